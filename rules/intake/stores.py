"""What stands in the cells of stores' lists: yuan per unit, dates, yes and no."""

import re
from datetime import date
from decimal import Decimal

from rules.intake.identify import units_of
from rules.intake.layouts import Row
from rules.intake.quantities import fold
from schemas.plan import Item
from schemas.text import Text

_PRICE = re.compile(r"[¥￥]?(?P<yuan>-?[0-9]{1,7}(?:\.[0-9]{1,6})?)(?:元|块)?(?:(?:/|每)(?P<unit>\D+))?")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ t]00:00(?::00)?)?|(\d{4})(\d{2})(\d{2})")
_HEADED = re.compile(r"(?:元)?(?:/|每)?(?P<unit>.*)")
AVAILABLE = {"": True, "有": True, "有货": True, "是": True, "在售": True, "充足": True, "紧张": True}
AVAILABLE |= {"无": False, "无货": False, "缺货": False, "否": False, "售罄": False, "断档": False, "停售": False}


def price_fen(row: Row, item: Item) -> int | Text:
    """Fen per sale unit: `3.5`, `3.50元`, `¥7元/公斤`. The unit is said in the cell, the header or the unit column."""
    told = row.text("price")
    found = _PRICE.fullmatch(told.replace(" ", ""))
    if found is None:
        return Text("price_unclear", {"words": told}) if told else Text("price_missing", {"item": item.name})
    unit = price_unit(row)
    if not unit:
        return Text("unit_missing", {"words": f"{item.name} {told}"})
    size = units_of(item).get(unit)
    if size is None:
        return Text("unit_unknown", {"unit": unit, "item": item.name, "choices": "、".join(units_of(item))})
    fen = Decimal(found["yuan"]) * 100 * item.unit_base / size
    return int(fen) if fen == int(fen) else Text("price_not_in_fen", {"words": told, "unit": item.unit})


def price_unit(row: Row) -> str:
    """The unit that a price is told for, in the sender's word; empty where none is told."""
    found = _PRICE.fullmatch(row.text("price").replace(" ", ""))
    return (found and found["unit"]) or _header_unit(row) or row.text("unit")


def _header_unit(row: Row) -> str:
    found = _HEADED.fullmatch(row.units.get("price", ""))
    return found["unit"] if found else ""


def day(row: Row, name: str) -> date | Text | None:
    """A date with its year, as Excel or a person writes it; None where the cell is empty."""
    told = fold(row.text(name))
    if not told:
        return None
    found = _DATE.fullmatch(told)
    try:
        return date(*(int(part) for part in found.groups() if part is not None)) if found else _no_date(told)
    except ValueError:
        return _no_date(told)


def _no_date(told: str) -> Text:
    return Text("date_unclear", {"words": told})


def availability(row: Row) -> bool | Text:
    """Whether a store offers it; an empty cell of a list of goods on sale says yes."""
    told = row.text("available")
    return AVAILABLE[told] if told in AVAILABLE else Text("available_unclear", {"words": told})


#: What an inspector writes; nothing written is no conclusion yet.
CONCLUSIONS = {
    "": "",
    "合格": "pass",
    "通过": "pass",
    "pass": "pass",
    "不合格": "fail",
    "未通过": "fail",
    "fail": "fail",
}


def conclusion(row: Row) -> str | Text:
    """`pass`, `fail`, or nothing yet (C-07)."""
    told = row.text("conclusion").casefold()
    return CONCLUSIONS[told] if told in CONCLUSIONS else Text("conclusion_unclear", {"words": told})
