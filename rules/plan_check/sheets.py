"""Reading one sheet: bytes as Excel saves them -> usable rows and the faults of the others.

UTF-8 (with or without BOM) or GB18030. Rows that begin with `#` are remarks, empty rows are passed over. Every row
keeps the number that Excel shows: a line break inside quotation marks does not count, remarks and empty rows do.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Generic

from pydantic import ValidationError

from rules.plan_check.draft import Key, M, Row, Sheet
from rules.plan_check.faults import Fault
from rules.plan_check.shapes import shape_fault, shown
from schemas.plan import Carrier, Community, Household, Item, MedicineUse, Officer, StockRow, Store
from schemas.plan.sheets import LearntAlias

Numbered = tuple[int, list[str]]
_BLANK = " \t\r\n\u3000\ufeff"


@dataclass(frozen=True)
class SheetKind(Generic[M]):
    """A sheet that plans have: its rows' model and the columns that make a row's key."""

    file: str
    model: type[M]
    key: tuple[str, ...]
    optional: bool = False


COMMUNITIES = SheetKind("communities.csv", Community, ("community_id",))
HOUSEHOLDS = SheetKind("households.csv", Household, ("household_id",))
STORES = SheetKind("stores.csv", Store, ("store_id",))
ITEMS = SheetKind("items.csv", Item, ("item_id",))
STOCK = SheetKind("stock.csv", StockRow, ("store_id", "item_id"))
OFFICERS = SheetKind("officers.csv", Officer, ("officer_id",))
ALIASES = SheetKind("aliases_learnt.csv", LearntAlias, ("alias",), optional=True)
CARRIERS = SheetKind("carriers.csv", Carrier, ("carrier_id",), optional=True)
MEDICINES = SheetKind("medicines.csv", MedicineUse, ("household_id", "medicine"), optional=True)
KINDS = (COMMUNITIES, HOUSEHOLDS, STORES, ITEMS, STOCK, OFFICERS, ALIASES, CARRIERS, MEDICINES)
SHEETS = tuple(k.file for k in KINDS)


def decoded(data: bytes) -> str | None:
    """The text, or None where it is neither UTF-8 nor GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # GB18030 accepts nearly any bytes, a renamed .xlsx among them; no text has a NUL in it.
        return None if "\0" in text else text
    return None


def _records(file: str, text: str) -> tuple[list[Numbered], list[Fault]]:
    reader, number, records = csv.reader(StringIO(text, newline=""), strict=True), 0, []
    try:
        for number, cells in enumerate(reader, 1):
            stripped = [cell.strip(_BLANK) for cell in cells]
            if any(stripped) and not stripped[0].startswith("#"):
                records.append((number, stripped))
    except csv.Error as exc:
        return records, [Fault(file, number + 1, None, "broken_csv", {"detail": str(exc)})]
    return records, []


def _header_faults(kind: SheetKind[M], number: int, header: Sequence[str]) -> list[Fault]:
    fields = kind.model.model_fields
    faults = []
    for place, name in enumerate(header):
        if name and name not in fields:
            args = {"value": shown(name), "allowed": list(fields)}
            faults.append(Fault(kind.file, number, name, "unknown_column", args))
        elif name and name in header[:place]:
            faults.append(Fault(kind.file, number, name, "repeated_column"))
    missing = [name for name, field in fields.items() if field.is_required() and name not in header]
    return faults + [Fault(kind.file, number, name, "missing_column") for name in missing]


def _cells(kind: SheetKind[M], header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    fields = kind.model.model_fields
    padded = [*cells, *[""] * (len(header) - len(cells))]
    named = {name: cell for name, cell in zip(header, padded, strict=False) if name in fields}
    return {name: cell for name, cell in named.items() if cell or fields[name].is_required()}


def _extra(kind: SheetKind[M], number: int, header: Sequence[str], cells: Sequence[str]) -> list[Fault]:
    titles = [*header, *[""] * (len(cells) - len(header))]
    beyond = [cell for title, cell in zip(titles, cells, strict=False) if cell and not title]
    return [Fault(kind.file, number, None, "extra_cells", {"value": shown(", ".join(beyond))})] if beyond else []


def _model(kind: SheetKind[M], number: int, header: Sequence[str], row: dict[str, str]) -> tuple[M | None, list[Fault]]:
    try:
        return kind.model.model_validate(row), []
    except ValidationError as exc:
        errors = exc.errors(include_url=False)
    faults: dict[str, Fault] = {}
    for error in errors:
        column = str(error["loc"][0])
        empty = row.get(column) == ""
        code, args = ("empty_cell", {}) if empty else shape_fault(error)
        if column in header:  # a column that is not there is told once, at the header
            faults.setdefault(column, Fault(kind.file, number, column, code, args))
    return None, list(faults.values())


def read_sheet(kind: SheetKind[M], data: bytes | None) -> tuple[Sheet[M], list[Fault]]:
    """The sheet and its faults; None where there is no such file."""
    if data is None:
        faults = [] if kind.optional else [Fault(kind.file, None, None, "sheet_missing")]
        return Sheet(kind.file, readable=kind.optional), faults
    text = decoded(data)
    if text is None:
        return Sheet(kind.file), [Fault(kind.file, None, None, "not_readable_text")]
    records, faults = _records(kind.file, text)
    if not records:
        empty = Fault(kind.file, None, None, "no_header", {"allowed": list(kind.model.model_fields)})
        return Sheet(kind.file), faults or [empty]
    (number, header), *rest = records
    if not set(header) & set(kind.model.model_fields):  # told once; each of its cells would else be a column unknown
        none = Fault(kind.file, number, None, "no_header", {"allowed": list(kind.model.model_fields)})
        return Sheet(kind.file), [*faults, none]
    broken = bool(faults)
    faults += _header_faults(kind, number, header)
    keyed = not broken and set(kind.key) <= set(header)
    return _rows(kind, header, rest, keyed, faults)


def _rows(
    kind: SheetKind[M], header: list[str], records: Sequence[Numbered], keyed: bool, faults: list[Fault]
) -> tuple[Sheet[M], list[Fault]]:
    rows: dict[Key, Row[M]] = {}
    first: dict[Key, int] = {}
    for number, cells in records:
        row: dict[str, Any] = _cells(kind, header, cells)
        key = tuple(row.get(name, "") for name in kind.key)
        model, wrong = _model(kind, number, header, row)
        faults += wrong + _extra(kind, number, header, cells)
        if all(key) and key in first:
            args = {"value": shown(" ".join(key)), "first": first[key]}
            faults.append(Fault(kind.file, number, kind.key[-1], "duplicate_key", args))
        elif model is not None:
            rows[key] = Row(number, model)
        first.setdefault(key, number)
    return Sheet(kind.file, rows, frozenset(first), readable=keyed), faults
