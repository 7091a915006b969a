"""What comes in: files at rest, raw submissions, and what could be read of them."""
