"""How it is brought up: the `baogong` command, server, pool, limits, deployments and self-check."""
