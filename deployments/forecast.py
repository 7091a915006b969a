"""`baogong forecast --history FILE [--horizon 7] [--json]`: what the days ahead will take, give or take how much."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from schemas.text import N_
from tasks.words import say


def forecast(history: Path, horizon: int, since: date | None, zero_gaps: bool, json_wanted: bool) -> int:
    """Exit code 1 where the file cannot be used as it stands."""
    from tasks.history_file import HistoryFaults, read_histories

    try:
        found = read_histories(history)
    except HistoryFaults as faults:
        print("\n".join(faults.told), file=sys.stderr)
        return 1
    rows = _forecast(found, horizon, since, zero_gaps)
    unknown = [row["unique_id"] for row in rows if row["total"] is None]
    if unknown:
        words = N_("Nothing is known of {count} of them, such as {name}: their numbers are left empty")
        print(say(words, count=len(unknown), name=unknown[0]), file=sys.stderr)
    if json_wanted:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        _show(rows)
    return 0


def _forecast(found: Any, horizon: int, since: date | None, zero_gaps: bool) -> list[dict[str, Any]]:
    import polars as pl

    from rules.forecast import Method
    from rules.forecast import forecast as rule
    from tasks.history_file import observed

    method = Method()
    priors = {"line": range(len(found.ids)), "prior_per_day": [None] * len(found.ids)}
    lines = pl.DataFrame(priors, schema={"line": pl.Int64, "prior_per_day": pl.Float64})
    told = rule(observed(found, method.window_days, since, zero_gaps), lines, method, horizon)
    told = told.select(pl.col("total", "low", "high").round(6))
    return [{"unique_id": name, **row} for name, row in zip(found.ids, told.iter_rows(named=True), strict=True)]


def _show(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for name in (N_("Series"), N_("Expected in all"), N_("At least"), N_("At most")):
        table.add_column(say(name), overflow="fold")
    for row in rows:
        table.add_row(
            *(
                "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
                for value in row.values()
            )
        )
    Console(markup=False).print(table)
