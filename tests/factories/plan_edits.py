"""Changes to the small plan that each break one thing, and what the loader then says."""

from collections.abc import Callable
from pathlib import Path

from tasks.plans import check_plan, fault_line
from tests.factories.plan_folder import Document, Sheets, change, entry, plan_document, plan_sheets, write_plan

Edit = Callable[[Document, Sheets], object]
Place = tuple[str, int | None, str | None]

COMMUNITIES, HOUSEHOLDS, STORES = "communities.csv", "households.csv", "stores.csv"
ITEMS, STOCK, OFFICERS, PLAN = "items.csv", "stock.csv", "officers.csv", "plan.toml"


def cell(sheet: str, row_id: str, **cells: str) -> Edit:
    return lambda _, sheets: change(sheets, sheet, row_id, **cells)


def again(sheet: str, number: int) -> Edit:
    return lambda _, sheets: sheets[sheet].append(dict(sheets[sheet][number]))


def rule(section: str, key: str, value: object) -> Edit:
    return lambda document, _: document[section][key].update(value=value)


def clause(section: str, key: str, value: str) -> Edit:
    return lambda document, _: document[section][key].update(clause=value)


def of(table: str, name: str, **values: object) -> Edit:
    return lambda document, _: entry(document, table, name).update(values)


def faults_after(tmp_path: Path, edit: Edit) -> list[tuple[Place, str, str]]:
    document, sheets = plan_document(), plan_sheets()
    edit(document, sheets)
    plan, faults, _ = check_plan(write_plan(tmp_path / "demo", document, sheets))
    assert (plan is None) == bool(faults)
    return [((f.file, f.row, f.column), f.code, fault_line(f)) for f in faults]


def line_begins_with(key: str) -> str:
    """`step[check_stock].at` stands on a line `at = …`, `needs.cutoff.value` on `cutoff = …`, `need` on `[need]`."""
    section, _, rest = key.partition("]") if "[" in key.partition(".")[0] else key.partition(".")
    return rest.strip(".").split(".")[0] or ("[[" if "[" in section else f"[{section}]")
