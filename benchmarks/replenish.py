"""The replenishment rule at a command: on a case of one's own, or timed on a made-up township.

    python -m benchmarks.replenish --case FILE.json --json
    python -m benchmarks.replenish --items 200 --stores 40 --json

A case is `{"items": [{"id", "on_hand", "min", "target", "max" or null, "lead_days", "review_days", "pack", "demand":
[{"day", "qty"}], "receipts": [{"day", "qty"}]}]}`; the answer a list of `{"id", "qty", "need_by_day", "order_by_day",
"expedite_day", "surplus"}` in the same order. What is wrong with a case is told with its place, exit code 2.

Timed are the rule and its checks, from frames to suggestions, the best of five: every store and item has thirty days of
dated demand and an order under way. Making the township up is not timed.
"""

import argparse
import json
import random
import sys
import time
from typing import Any

import polars as pl

from benchmarks.replenish_case import CaseFaults, Line, answers, read_case
from rules.replenishment import replenish

DAYS, SEED = 30, 1


def frames(lines: list[Line]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Lines, demand and receipts as the rule takes them."""
    names = ("on_hand", "min_level", "target_level", "max_level", "lead_days", "review_days", "pack")
    asked = {"line": list(range(len(lines)))} | {name: [getattr(x, name) for x in lines] for name in names}
    moves = [
        {
            "line": [n for n, x in enumerate(lines) for _ in getattr(x, name)],
            "day": [day for x in lines for day, _ in getattr(x, name)],
            "qty": [qty for x in lines for _, qty in getattr(x, name)],
        }
        for name in ("demand", "receipts")
    ]
    demand, receipts = (pl.DataFrame(x, schema=dict.fromkeys(x, pl.Int64)) for x in moves)
    return pl.DataFrame(asked, schema=dict.fromkeys(asked, pl.Int64)), demand, receipts


def made_up(count: int) -> list[Line]:
    """So many lines: a few weeks' stock of each, uneven demand, an order under way."""
    chance = random.Random(SEED)
    lines = []
    for number in range(count):
        daily = chance.randint(1, 60)
        lines.append(
            Line(
                number, 1, daily * chance.randint(0, 20), daily * 7, daily * 12, daily * 20,
                chance.randint(0, 3), chance.choice((1, 3, 4, 7)), chance.choice((1, 6, 10, 24)),
                [(day, chance.randint(0, 2 * daily)) for day in range(DAYS)],
                [(chance.randint(0, 7), daily * 2)],
            )
        )  # fmt: skip
    return lines


def timed(count: int) -> dict[str, float]:
    """Seconds of the best of five, and how many lines are to be bought."""
    given = frames(made_up(count))
    times = []
    for _ in range(5):
        start = time.perf_counter()
        found = replenish(*given)
        requests = found.filter(pl.col("qty") > 0).height
        times.append(time.perf_counter() - start)
    return {"seconds": round(min(times), 4), "requests": requests}


def solved(path: str) -> list[dict[str, Any]]:
    """A case's answers."""
    lines = read_case(path)
    return answers(lines, replenish(*frames(lines)).rows(named=True))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replenish", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--case", metavar="FILE.json")
    parser.add_argument("--items", type=int, metavar="N")
    parser.add_argument("--stores", type=int, metavar="M", default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if (given.case is None) == (given.items is None):
        parser.error("give either --case FILE.json or --items N --stores M")
    if given.items is not None and not (given.items > 0 and given.stores > 0 and given.items * given.stores <= 10**6):
        parser.error("--items and --stores must be above 0, and at most a million lines together")
    return given


def main() -> int:
    """The command."""
    given = _arguments()
    try:
        found = solved(given.case) if given.case else timed(given.items * given.stores)
    except CaseFaults as faults:
        print("\n".join(faults.told), file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps(found))
    else:
        for row in found if isinstance(found, list) else [found]:
            print("  ".join(f"{name}: {'-' if value is None else value}" for name, value in row.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
