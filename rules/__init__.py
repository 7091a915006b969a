"""What the plan decides: pure functions, frames in, frames out; no I/O, no clock, no Prefect."""
