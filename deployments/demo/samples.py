"""The letters of the sample weeks, shipped: `samples/<plan>/<date>/<files>`, from seed 1, read as they lie there.

The hour at which a file arrives stands in its name (`前刘庄_1530.txt`), so a letter can be edited, added or taken away
by hand before a demo. `python -m deployments.demo.samples` writes them anew; a test fails where they differ from what
the plans and the generator give.
"""

import re
import shutil
from datetime import date, time, timedelta
from pathlib import Path

from deployments.demo.files import Letter
from deployments.demo.letters import letters
from deployments.demo.wishes import Town
from rules.calendar import runs_on
from schemas.plan import Plan
from schemas.words import Process
from tasks.plans import load_plan
from tasks.settings import ROOT

FOLDER = ROOT / "samples"
SHIPPED = ("shengtang", "matiwan")
SEED, DAYS = 1, 7
_HOUR = re.compile(r"_([0-2][0-9])([0-5][0-9])\.")


def cycles(plan: Plan, days: int) -> list[date]:
    """Dates within the plan's first days on which needs are collected."""
    first = plan.file.plan.start_date
    listed = [first + timedelta(days=n) for n in range(days)]
    return [on for on in listed if runs_on(plan, Process.COLLECT_NEEDS, on)]


def write_letters(plan: Plan, seed: int, days: int, folder: Path) -> None:
    """Write every letter of the plan's first days below `folder/<date>`; what lay there is replaced."""
    town = Town(plan, seed)
    shutil.rmtree(folder, ignore_errors=True)
    for cycle in cycles(plan, days):
        place = folder / cycle.isoformat()
        place.mkdir(parents=True)
        for letter in letters(town, cycle):
            (place / letter.name).write_bytes(letter.body)


def read_letters(folder: Path, cycle: date) -> list[Letter]:
    """The letters of a collection, in the order in which they arrive; a file without an hour comes in the morning."""
    place = folder / cycle.isoformat()
    found = (
        [Letter(path.name, _hour(path.name), path.read_bytes()) for path in place.glob("*")] if place.is_dir() else []
    )
    return sorted(found, key=lambda letter: (letter.at, letter.name))


def _hour(name: str) -> time:
    found = _HOUR.search(name)
    return time(int(found[1]), int(found[2])) if found else time(9)


def letters_folder(plan: Plan, seed: int, days: int, made: Path) -> Path:
    """Where the letters lie: as shipped for the shipped plans, seed and days; else written to `made` first."""
    if plan.id in SHIPPED and seed == SEED and days <= DAYS:
        return FOLDER / plan.id
    write_letters(plan, seed, days, made)
    return made


if __name__ == "__main__":
    for plan_id in SHIPPED:
        write_letters(load_plan(plan_id), SEED, DAYS, FOLDER / plan_id)
