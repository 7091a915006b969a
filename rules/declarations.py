"""Declarations of the week: what producers can supply (B-08), which vehicles are ready (B-09).

Policy. A row counts when everything it must say is plain; every reason against it is told at once, and it goes back.
A declaration without dates is for the week that begins on the day it is filed under; one whose last day is past is
refused. Of several declarations of one producer for one item, or of one vehicle, the latest word holds on the days
that it is for; an older one holds again where the newer has ended. What is declared is a ceiling that is shown and
warned of, never a silent cut: a producer may bring more, and a person decides. A vehicle whose driver has no green
code is kept and not counted.

Drawback: a producer that leaves an item out of a new list keeps the older line until its last day.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from rules.intake.checking import build
from rules.intake.desk import Desk
from rules.intake.identify import Directory
from rules.intake.layouts import Row, Sheet
from rules.intake.lines import SetAside, Vocabulary
from rules.intake.quantities import fold
from rules.intake.stores import day, price_fen
from rules.intake.table import amount_of
from schemas.frames.people import DECLARED, Returned, SupplyLine, VehicleLine
from schemas.plan import Item, Plan
from schemas.text import Text

WEEK = timedelta(days=6)
#: How a driver's health code is written.
HEALTH = {"绿码": True, "绿": True, "正常": True, "阴性": True, "是": True, "ok": True}
HEALTH |= {"黄码": False, "红码": False, "黄": False, "红": False, "阳性": False, "异常": False, "否": False}
_PLATE = re.compile(r"[\w\u4e00-\u9fff·-]{5,12}")
_KG = {"": 1, "kg": 1, "公斤": 1, "千克": 1, "吨": 1000, "t": 1000}
_WEIGHT = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>kg|公斤|千克|吨|t)?")


@dataclass(frozen=True, slots=True)
class Declaration:
    """One submission. `sender`: its words; `sheets` None: plain text; `on`: the day it is filed under."""

    submission_id: str
    sequence: int
    received_at: datetime
    on: date
    sender: str
    sheets: Sequence[Sheet] | None


@dataclass(frozen=True)
class Judged:
    """Rows of the kind's model, rows that go back (`Returned`), and what was set aside."""

    accepted: pl.DataFrame
    returned: pl.DataFrame
    aside: list[tuple[str, SetAside]]


def carrier_named(plan: Plan, sender: str) -> str | None:
    """The carrier that a sender's words name: id or name."""
    told = fold(sender.strip())
    ids = [c.carrier_id for c in plan.carriers.values() if told in (fold(c.carrier_id), fold(c.name))]
    return ids[0] if len(ids) == 1 else None


def _window(source: Declaration, row: Row) -> dict[str, Any]:
    """From when until when it holds, and the lengths by which that is checked."""
    first, last = day(row, "from"), day(row, "until")
    first = source.on if first is None else first
    last = first + WEEK if last is None and isinstance(first, date) else last
    values: dict[str, Any] = {"from_date": first, "until_date": last}
    if isinstance(first, date) and isinstance(last, date):
        values |= {"window_days": (last - first).days, "days_left": (last - source.on).days}
    return values


def judge_supply(lists: Iterable[Declaration], directory: Directory, words: Vocabulary) -> Judged:
    """Producers' lists -> `SupplyLine`."""

    def read(source: Declaration, row: Row) -> dict[str, Any]:
        item = directory.item(row.text("item"))
        if not isinstance(item, Item):
            return {"item_id": item} | _window(source, row)
        amount = amount_of(row, "qty", words)
        missing = Text("quantity_missing", {"words": row.words[:80]})
        qty = directory.base_units(item, *amount) if isinstance(amount, tuple) else amount or missing
        values = {"item_id": item.item_id, "qty_base_per_day": qty, "price_fen": price_fen(row, item)}
        return values | _window(source, row)

    def head(source: Declaration) -> dict[str, Any]:
        return {"store_id": directory.store(source.sender) or Text("sender_unknown")}

    return judge("supply", read, lists, SupplyLine, head)


def judge_vehicles(lists: Iterable[Declaration], plan: Plan) -> Judged:
    """Carriers' lists -> `VehicleLine`."""

    def read(source: Declaration, row: Row) -> dict[str, Any]:
        plate, driver, told = row.text("plate").upper(), written(row, "driver"), row.text("health")
        return {
            "plate": plate if _PLATE.fullmatch(plate) else Text("plate_unclear", {"words": plate}),
            "capacity_kg": _kilograms(row),
            "driver": driver or Text("driver_missing", {"words": row.words[:80]}),
            "health_ok": HEALTH[told] if told in HEALTH else Text("health_unclear", {"words": told}),
            **_window(source, row),
        }

    def head(source: Declaration) -> dict[str, Any]:
        return {"carrier_id": carrier_named(plan, source.sender) or Text("sender_unknown")}

    return judge("vehicles", read, lists, VehicleLine, head)


def _kilograms(row: Row) -> int | Text:
    told = row.text("capacity").replace(",", "")
    found = _WEIGHT.fullmatch(told)
    unit = (found["unit"] or row.units.get("capacity", "")) if found else ""
    if found is None or unit not in _KG:
        return Text("capacity_unclear", {"words": told})
    kilograms = Decimal(found["number"]) * _KG[unit]
    return int(kilograms)


def judge(
    kind: str,
    read: Callable[[Declaration, Row], dict[str, Any]],
    lists: Iterable[Declaration],
    model: Any,
    head: Callable[[Declaration], dict[str, Any]] = lambda _: {},
) -> Judged:
    """All lists of one kind -> rows of its model and rows that go back; `read` and `head` as a desk takes them."""
    desk: Desk[Declaration] = Desk(kind, read, lambda source: {"received_at": source.received_at} | head(source))
    desk.take(lists)
    desk.hold_numbers(DECLARED)
    return Judged(build(model, desk.good), build(Returned, desk.returned()), desk.aside)


def written(row: Row, name: str) -> str:
    """What a cell holds as it was written, blanks made one."""
    cell = row.cells.get(name)
    return " ".join(cell.text.split()) if cell else ""


def holding(lines: pl.DataFrame, on: date, key: Sequence[str]) -> pl.DataFrame:
    """Per key the latest declaration that holds on a day; columns of `SupplyLine` or `VehicleLine`."""
    holds = lines.filter((pl.col("from_date") <= on) & (pl.col("until_date") >= on))
    order = ["received_at", "sequence", "submission_id", "line_no"]
    return holds.sort(order).unique(subset=list(key), keep="last", maintain_order=True).sort(list(key))
