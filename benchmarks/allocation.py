"""How long sharing a cycle's needs among stores takes, against merely summing the same needs per item.

    python -m benchmarks.allocation [--json]

Two thousand lines of five hundred households over eight stores, every item short. Both are timed in one run on the
same frames, the best of three, so that a slow machine moves them together.
"""

import json
import sys
import time
from collections.abc import Callable

import polars as pl

from rules.allocation import allocate
from schemas.frames.base import frame_of
from schemas.frames.supply import Needs, Supply
from tests.supply_town import community, item, store, town

LINES, HOUSEHOLDS, STORES, GOODS, PLACES = 2000, 500, 8, 20, 20


def best(act: Callable[[], object]) -> float:
    """Seconds of the quickest of three."""
    found = []
    for _ in range(3):
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return min(found)


def needs() -> pl.DataFrame:
    return frame_of(
        Needs,
        [
            {
                "household_id": f"h{n % HOUSEHOLDS}",
                "community_id": f"c{n % PLACES}",
                "item_id": f"i{n // HOUSEHOLDS * 5 + n % 5}",
                "needed_base": 500 + 500 * (n % 7),
                "special": False,
                "persons": 3,
            }
            for n in range(LINES)
        ],
    )


def main() -> None:
    places = [community(f"c{n}", ("sealed", "controlled")[n % 2], 116 + n / 100) for n in range(PLACES)]
    stores = [store(f"s{n}", 116 + n / 40, 60) for n in range(STORES)]
    plan = town(places, stores, [item(f"i{n}") for n in range(GOODS)])
    asked = needs()
    held = [{"store_id": s, "item_id": i, "available_base": 40_000} for s in plan.stores for i in plan.items]
    supply = frame_of(Supply, held)
    shared = best(lambda: allocate(asked, supply, plan))
    summed = best(lambda: asked.group_by("item_id").agg(pl.col("needed_base").sum()))
    told = {"lines": LINES, "seconds": round(shared, 4), "times_the_sum": round(shared / summed, 1)}
    print(json.dumps(told) if "--json" in sys.argv else "  ".join(f"{k} {v}" for k, v in told.items()))


if __name__ == "__main__":
    main()
