"""How fast series are forecast: seconds for 10,000 series of sixty days, of the rule alone and of the whole command.

    python -m benchmarks.forecast [--series N] [--json]

The rule is timed from the frame of what was seen to the forecasts, the best of five; the command from the file on the
disk to its JSON, once, a Python of its own included.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from rules.forecast import Method, forecast

DAYS, HORIZON, SEED = 60, 7, 1


def history(series: int) -> pl.DataFrame:
    """unique_id, ds, y of so many series, each with its own level and unrest."""
    chance, first = random.Random(SEED), date(2022, 3, 1)
    levels = [chance.uniform(1, 200) for _ in range(series)]
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return pl.DataFrame(
        {
            "unique_id": [f"s{n}" for n in range(series) for _ in days],
            "ds": days * series,
            "y": [round(level * chance.uniform(0, 2), 1) for level in levels for _ in days],
        }
    )


def of_the_rule(told: pl.DataFrame, series: int) -> float:
    """Seconds of the rule."""
    age = (pl.col("ds").max() - pl.col("ds")).dt.total_days()
    line = pl.col("unique_id").str.strip_prefix("s").cast(pl.Int64)
    seen = told.select(line=line, age=age, span=pl.lit(1, dtype=pl.Int64), qty="y", censored=pl.lit(False))
    lines = {"line": range(series), "prior_per_day": [None] * series}
    priors = pl.DataFrame(lines, schema={"line": pl.Int64, "prior_per_day": pl.Float64})
    times = []
    for _ in range(5):
        start = time.perf_counter()
        forecast(seen, priors, Method(), HORIZON)
        times.append(time.perf_counter() - start)
    return min(times)


def of_the_command(told: pl.DataFrame, ending: str) -> float:
    """Seconds of `baogong forecast` on a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"history{ending}"
        told.write_csv(path) if ending == ".csv" else told.write_parquet(path)
        words = ["forecast", "--history", str(path), "--horizon", str(HORIZON), "--json"]
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "deployments.command", *words], capture_output=True, check=True)
        took = time.perf_counter() - start
        if len(json.loads(done.stdout)) != told["unique_id"].n_unique():
            raise SystemExit("a series was lost; the figures would mean nothing")
    return took


def measured(series: int) -> dict[str, float]:
    """Seconds of each."""
    told = history(series)
    return {
        "series": series,
        "seconds": round(of_the_rule(told, series), 3),
        "command_csv_seconds": round(of_the_command(told, ".csv"), 2),
        "command_parquet_seconds": round(of_the_command(told, ".parquet"), 2),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecast", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = measured(given.series)
    print(json.dumps(figures) if given.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))
