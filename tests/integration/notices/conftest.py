"""Receivers on loopback, shared with the tests of the channels."""

from tests.integration.channels.conftest import free_port, postbox, service

__all__ = ["free_port", "postbox", "service"]
