"""The steps that a coordinator sees, and the only code that touches the world."""
