"""Frames between two steps, checked with Pandera on polars."""
