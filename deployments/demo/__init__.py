"""The main job in one command: townships fed for a week by the real flows, in a world that answers (`baogong demo`)."""

from pathlib import Path


def demo(plans: list[str], days: int, seed: int, out: Path) -> int:
    """Show it; exit code 1 where a check is false or a flow failed. Everything heavy is imported only now."""
    from deployments.demo.show import show

    return show(plans, days, seed, out)
