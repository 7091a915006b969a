"""Declarations: what producers can supply (B-08), which vehicles are ready (B-09), who takes which medicine (B-04).

Policy. A row counts when everything it must say is plain; every reason against it is told at once, and it goes back.
A declaration without dates is for the week that begins on the day it is filed under; one whose last day is past is
refused. Of several declarations of one producer for one item, or of one vehicle, the latest word holds on the days
that it is for; an older one holds again where the newer has ended. What is declared is a ceiling that is shown and
warned of, never a silent cut: a producer may bring more, and a person decides. A vehicle whose driver has no green
code is kept and not counted.

Drawback: a producer that leaves an item out of a new list keeps the older line until its last day.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from rules.intake.checking import build, failing_codes
from rules.intake.identify import Directory
from rules.intake.layouts import Row, Sheet
from rules.intake.lines import SetAside, Vocabulary
from rules.intake.quantities import fold, parse_number
from rules.intake.stores import day, price_fen
from rules.intake.table import amount_of, read_sheet
from rules.needs import as_json
from schemas.frames.people import DECLARED, MedicineLine, Returned, SupplyLine, VehicleLine
from schemas.plan import Item, Plan
from schemas.plan.values import PRESCRIPTION
from schemas.text import Text
from schemas.words import StoreKind

WEEK = timedelta(days=6)
#: How a driver's health code is written.
HEALTH = {"绿码": True, "绿": True, "正常": True, "阴性": True, "是": True, "ok": True}
HEALTH |= {"黄码": False, "红码": False, "黄": False, "红": False, "阳性": False, "异常": False, "否": False}
_PLATE = re.compile(r"[\w\u4e00-\u9fff·-]{5,12}")
_KG = {"": 1, "kg": 1, "公斤": 1, "千克": 1, "吨": 1000, "t": 1000}
_WEIGHT = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>kg|公斤|千克|吨|t)?")
_DOSE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]{1,3})?)\s*\D{0,4}")


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


Reader = Callable[[Declaration, Row], dict[str, Any]]


@dataclass
class _Desk:
    """Where rows of one kind are judged; `read` turns a row into values of its model, faults among them."""

    kind: str
    read: Reader
    good: list[dict[str, Any]] = field(default_factory=list)
    bad: list[dict[str, Any]] = field(default_factory=list)
    aside: list[tuple[str, SetAside]] = field(default_factory=list)

    def take(self, source: Declaration) -> None:
        """All rows of one list, numbered from 1 in its order."""
        rows: list[Row] = []
        for found in (f for sheet in source.sheets or () if sheet.rows for f in read_sheet(sheet, self.kind)):
            if isinstance(found, SetAside):
                self.aside.append((source.submission_id, found))
            else:
                rows.append(found)
        if not rows:
            rows = [Row({}, "", {}, {}, (Text("table_wanted" if source.sheets is None else "no_lines"),))]
        for number, row in enumerate(rows, start=1):
            self._row(source, number, row)

    def _row(self, source: Declaration, number: int, row: Row) -> None:
        line: dict[str, Any] = {
            "submission_id": source.submission_id,
            "line_no": number,
            "received_at": source.received_at,
            "sequence": source.sequence,
            "words": row.words,
            "place": as_json(row.place),
        }
        values = {} if row.faults else self.read(source, row)
        faults = [*row.faults, *(value for value in values.values() if isinstance(value, Text))]
        if faults:
            self.reject(line, faults)
        else:
            self.good.append(line | values)

    def reject(self, line: Mapping[str, Any], faults: Iterable[Text]) -> None:
        """The row goes back with all of its reasons."""
        self.bad.append({**line, "reasons": as_json([fault.as_json() for fault in faults])})

    def judged(self, model: Any) -> Judged:
        """Numbers that cannot be go back, too; everything in the order of the sources."""
        columns = {name: [row.get(name) for row in self.good] for name in DECLARED.columns}
        failed = failing_codes(DECLARED, pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Int64)))
        for index, codes in failed.items():
            self.reject(self.good[index], [Text(code, {"words": self.good[index]["words"][:80]}) for code in codes])
        good = [row for index, row in enumerate(self.good) if index not in failed]
        order = sorted(self.bad, key=lambda row: (row["sequence"], row["submission_id"], row["line_no"]))
        return Judged(build(model, good), build(Returned, order), self.aside)


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
        store_id, item = directory.store(source.sender), directory.item(row.text("item"))
        known: dict[str, Any] = {"store_id": store_id or Text("sender_unknown")}
        if not isinstance(item, Item):
            return known | {"item_id": item} | _window(source, row)
        amount = amount_of(row, "qty", words)
        missing = Text("quantity_missing", {"words": row.words[:80]})
        qty = directory.base_units(item, *amount) if isinstance(amount, tuple) else amount or missing
        return known | {
            "item_id": item.item_id,
            "qty_base_per_day": qty,
            "price_fen": price_fen(row, item),
            **_window(source, row),
        }

    return _all(_Desk("supply", read), lists, SupplyLine)


def judge_vehicles(lists: Iterable[Declaration], plan: Plan) -> Judged:
    """Carriers' lists -> `VehicleLine`."""

    def read(source: Declaration, row: Row) -> dict[str, Any]:
        plate, driver, told = row.text("plate").upper(), _written(row, "driver"), row.text("health")
        return {
            "carrier_id": carrier_named(plan, source.sender) or Text("sender_unknown"),
            "plate": plate if _PLATE.fullmatch(plate) else Text("plate_unclear", {"words": plate}),
            "capacity_kg": _kilograms(row),
            "driver": driver or Text("driver_missing", {"words": row.words[:80]}),
            "health_ok": HEALTH[told] if told in HEALTH else Text("health_unclear", {"words": told}),
            **_window(source, row),
        }

    return _all(_Desk("vehicles", read), lists, VehicleLine)


def _kilograms(row: Row) -> int | Text:
    told = row.text("capacity").replace(",", "")
    found = _WEIGHT.fullmatch(told)
    unit = (found["unit"] or row.units.get("capacity", "")) if found else ""
    if found is None or unit not in _KG:
        return Text("capacity_unclear", {"words": told})
    kilograms = Decimal(found["number"]) * _KG[unit]
    return int(kilograms)


def judge_medicines(lists: Iterable[Declaration], directory: Directory) -> Judged:
    """Lists of who takes what -> `MedicineLine`; sent by a community about its own households, or by a pharmacy."""

    def read(source: Declaration, row: Row) -> dict[str, Any]:
        end, counted = day(row, "until"), day(row, "as_of")
        counted = source.on if counted is None else counted
        values: dict[str, Any] = {
            "household_id": _household(directory, source.sender, row),
            "medicine": medicine_named(directory, _written(row, "medicine")),
            "pharmacy_id": _pharmacy(directory, row),
            "daily_milli": _milli(row, "daily"),
            "left_milli": _milli(row, "left"),
            "pack_units": _pack(row),
            "as_of": counted,
            "until": end,
            "prescription": _reference(row),
        }
        if isinstance(counted, date):
            values["days_ahead"] = (counted - source.on).days
            values |= {"window_days": (end - counted).days} if isinstance(end, date) else {}
        return values

    return _all(_Desk("medicines", read), lists, MedicineLine)


def _all(desk: _Desk, lists: Iterable[Declaration], model: Any) -> Judged:
    for source in lists:
        desk.take(source)
    return desk.judged(model)


def _household(directory: Directory, sender: str, row: Row) -> str | Text:
    """A household on the register, of the sender's own community; a pharmacy may name any by its id."""
    who, plan = row.text("who"), directory.plan
    community_id = directory.community(sender)
    if community_id is None:
        own = next((h for h in plan.households if fold(h) == fold(who)), None)
        from_pharmacy = directory.store(sender) is not None
        return Text("sender_unknown") if not from_pharmacy else own or Text("household_unclear", {"who": who})
    found = directory.household(community_id, who, row.text("name"))
    if isinstance(found, Text):
        return found
    unknown = Text("household_unclear", {"who": who or row.text("name")})
    return unknown if found.provisional else found.household_id


def medicine_named(directory: Directory, words: str) -> str | Text:
    """The item's id where an item has this name, else the name as written: not every medicine is on a list."""
    told = words.strip()
    if not told:
        return Text("item_missing")
    item = directory.item(told)
    if isinstance(item, Item):
        return item.item_id if item.medicine else Text("not_a_medicine", {"item": item.name})
    return item if item.code == "item_ambiguous" else told


def _written(row: Row, name: str) -> str:
    cell = row.cells.get(name)
    return " ".join(cell.text.split()) if cell else ""


def _pharmacy(directory: Directory, row: Row) -> str | Text:
    store_id = directory.store(row.text("pharmacy"))
    known = store_id is not None and directory.plan.stores[store_id].kind is StoreKind.PHARMACY
    return store_id if known and store_id else Text("pharmacy_unknown", {"words": row.text("pharmacy")})


def _milli(row: Row, name: str) -> int | Text:
    """Thousandths of a dose unit: `2`, `0.5片`."""
    found = _DOSE.fullmatch(row.text(name))
    return int(Decimal(found["number"]) * 1000) if found else Text("dose_unclear", {"words": row.text(name)})


def _pack(row: Row) -> int | Text:
    found = _DOSE.fullmatch(row.text("pack"))
    number = parse_number(found["number"]) if found else None
    whole = number is not None and number == int(number)
    return int(number) if number is not None and whole else Text("dose_unclear", {"words": row.text("pack")})


def _reference(row: Row) -> str | Text:
    """The prescription's reference as written, and nothing that tells of an illness."""
    told = _written(row, "prescription")
    return told if re.fullmatch(PRESCRIPTION, told) else Text("prescription_unclear", {"words": told[:40]})


def holding(lines: pl.DataFrame, on: date, key: Sequence[str]) -> pl.DataFrame:
    """Per key the latest declaration that holds on a day; columns of `SupplyLine` or `VehicleLine`."""
    holds = lines.filter((pl.col("from_date") <= on) & (pl.col("until_date") >= on))
    order = ["received_at", "sequence", "submission_id", "line_no"]
    return holds.sort(order).unique(subset=list(key), keep="last", maintain_order=True).sort(list(key))
