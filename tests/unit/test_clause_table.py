"""docs/CLAUSES.md against the plans, the code and the tests that it names: a name that leads nowhere is a fault."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from rules.plan_check.sheets import SHEETS
from schemas.plan import Carrier, Community, Household, Item, MedicineUse, Officer, Plan, StockRow, Store
from schemas.plan.ruling import rulings
from schemas.plan.values import LAST_CLAUSE
from schemas.words import StoreKind, Zone
from tasks.plans import load_plan, plan_ids
from tasks.settings import ROOT
from tests.factories.defined_names import names_defined_in

TABLE = ROOT / "docs" / "CLAUSES.md"
COLUMNS = {
    "communities.csv": Community,
    "households.csv": Household,
    "stores.csv": Store,
    "items.csv": Item,
    "stock.csv": StockRow,
    "officers.csv": Officer,
    "carriers.csv": Carrier,
    "medicines.csv": MedicineUse,
}


@dataclass(frozen=True)
class Row:
    """One clause as the table tells it."""

    clause: str
    plan_id: str
    demands: str
    set_by: tuple[str, ...]
    code: tuple[str, ...]
    tests: tuple[str, ...]
    not_yet: str


def table_rows() -> Iterator[Row]:
    plan_id = ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        folder = re.fullmatch(r"Plan folder: `plans/(\w+)`", line)
        plan_id = folder[1] if folder else plan_id
        if line.startswith("| **"):
            name, demands, *named, not_yet = [cell.strip() for cell in line.strip("|").split(" | ")]
            set_by, code, tests = (tuple(re.findall(r"`([^`]+)`", cell)) for cell in named)
            yield Row(name.strip("* "), plan_id, demands, set_by, code, tests, not_yet.strip("|–"))


ROWS = list(table_rows())


def of_every_row(column: str) -> list[Any]:
    return [pytest.param(r, name, id=f"{r.clause} {name}") for r in ROWS for name in getattr(r, column)]


def clauses_in(cited: str) -> list[str]:
    return re.findall(r"[A-D]-\d{2}", cited)


def keys_by_clause(plan: Plan) -> dict[str, set[str]]:
    """What a plan sets for each clause, in the table's words."""
    found: dict[str, set[str]] = defaultdict(set)
    cited = [("[{}] {}".format(*path.split(".", 1)), ruling.clause) for path, ruling in rulings(plan.file).items()]
    cited += [(f"[[category]] {x.id}", x.clause) for x in plan.file.category]
    cited += [(f"[[step]] {x.flow.value}", x.clause) for x in plan.file.step]
    cited += [(f"[[duty]] {x.id}", x.clause) for x in plan.file.duty]
    cited += [("[[fact]]", x.clause) for x in plan.file.fact]
    for key, clauses in cited:
        for clause in clauses_in(clauses):
            found[clause].add(key)
    return found


def is_in_plan(plan: Plan, key: str) -> bool:
    sheet, _, column = key.partition(" ")
    if sheet in COLUMNS:
        return column in COLUMNS[sheet].model_fields and sheet in SHEETS
    if key.startswith("[["):
        return any(key in keys for keys in keys_by_clause(plan).values())
    section, name = re.fullmatch(r"\[(\w+)\] (\w+)", key).groups()  # type: ignore[union-attr]  # no match: a fault
    return hasattr(getattr(plan.file, section, None), name)


def test_every_clause_stands_in_the_table_once_and_under_its_plan() -> None:
    wanted = [f"{letter}-{n:02d}" for letter, last in LAST_CLAUSE.items() for n in range(1, last + 1)]
    assert [row.clause for row in ROWS] == wanted
    for row in ROWS:
        assert load_plan(row.plan_id).file.plan.clauses == row.clause[0]


def test_every_clause_that_a_plan_cites_stands_in_the_table() -> None:
    cited = {clause for plan_id in plan_ids() for clause in keys_by_clause(load_plan(plan_id))}
    assert cited <= {row.clause for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.clause)
def test_whatever_the_plan_sets_for_a_clause_stands_in_its_row(row: Row) -> None:
    assert keys_by_clause(load_plan(row.plan_id))[row.clause] - set(row.set_by) == set()
    assert Counter(row.set_by).most_common(1)[0][1] == 1


@pytest.mark.parametrize(("row", "key"), of_every_row("set_by"))
def test_every_key_of_the_table_is_one_of_its_plan(row: Row, key: str) -> None:
    assert is_in_plan(load_plan(row.plan_id), key)


@pytest.mark.parametrize(("row", "name"), of_every_row("code"))
def test_every_name_of_code_is_defined_where_the_table_says(row: Row, name: str) -> None:
    path, _, defined = name.partition(":")
    assert defined in names_defined_in(ROOT / path)


@pytest.mark.parametrize(("row", "name"), of_every_row("tests"))
def test_every_test_of_the_table_exists(row: Row, name: str) -> None:
    path, _, test = name.partition("::")
    assert test.startswith("test_")
    assert test in names_defined_in(ROOT / path)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.clause)
def test_a_clause_that_no_code_or_no_test_carries_says_what_is_not_yet_there(row: Row) -> None:
    assert row.demands
    assert row.not_yet or (row.code and row.tests)


def test_plan_b_has_its_places_its_eight_suppliers_and_its_eight_villages() -> None:
    """B-01, B-11, B-13: thirteen sealed places, a controlled zone, eight suppliers, eight villages."""
    plan = load_plan("shengtang")
    zones = Counter(c.zone for c in plan.communities.values())
    assert zones[Zone.SEALED] == 13
    assert zones[Zone.CONTROLLED] > 0
    assert len([s for s in plan.stores.values() if s.capacity_parcels and s.kind is not StoreKind.WHOLESALE]) == 8
    assert len({c.village for c in plan.communities.values() if c.zone is Zone.CONTROLLED}) == 8
    heads = plan.officers_in(["price_monitor", "supply", "coordinator"])
    assert {o.role for o in heads if o.deputy} == {"price_monitor", "supply", "coordinator"}
