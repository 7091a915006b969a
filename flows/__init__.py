"""What happens: one module per process; a flow reads like the plan's own table of contents."""
