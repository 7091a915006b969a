"""What stands in the sample letters that are tables, row by row: read by hand, whatever the layout."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import openpyxl

from deployments.demo.files import Letter
from deployments.demo.tables import HEADER, HOME, ORDERS
from schemas.plan import Item, Plan
from tasks.intake.readers import read

BOM = b"\xef\xbb\xbf"
TABLES = ("csv", "xlsx", "ods")
_ORDERED = re.compile(r"(?P<item>[^(]+?)(?:\((?P<unit>.+)\))?\*(?P<number>[0-9]+)")
_AMOUNT = re.compile(r"(?P<number>[0-9]+)(?P<unit>\D*)")


@dataclass(frozen=True)
class Row:
    """What a household asks for of one thing; `number` empty: it says none. `void`: the whole order is."""

    who: str
    name: str
    item: str
    number: str
    unit: str
    void: bool = False

    def meant(self, plan: Plan) -> Item | None:
        """The goods, where the words name some."""
        return next((i for i in plan.items.values() if self.item == i.name or self.item in i.aliases), None)

    def usable(self, plan: Plan) -> bool:
        """Whether a shop could fill it: goods of the plan, a unit that they have, an amount that a home needs."""
        item = self.meant(plan)
        amount = 0 < int(self.number or 0) < 1000
        return item is not None and amount and self.unit in {item.unit, "公斤"} and not self.void


def layout_of(letter: Letter) -> str:
    """long, wide or orders; empty where it is no table."""
    if letter.name.rpartition(".")[2] not in TABLES:
        return ""
    heads = {tuple(row[: len(head)]): head for row in cells_of(letter)[:2] for head in (HEADER, HOME, ORDERS)}
    return next(name for name, head in (("long", HEADER), ("orders", ORDERS), ("wide", HOME)) if tuple(head) in heads)


def rows_of(letter: Letter) -> Iterator[Row]:
    """The lines between its header and its total; nothing where it is no table."""
    if not (layout := layout_of(letter)):
        return
    cells = cells_of(letter)
    start = next(n for n, row in enumerate(cells) if row[0] in (HEADER[0], HOME[0], ORDERS[0]))
    who = ""
    for row in (row for row in cells[start + 1 :] if row[0] != "合计"):
        who = row[0] or who  # a merged cell holds for the rows below it
        if layout == "long":
            yield Row(who, *row[1:])
        else:
            yield from _wide(row, cells[start]) if layout == "wide" else _ordered(row)


@cache
def cells_of(letter: Letter) -> list[list[str]]:
    """Its cells as text."""
    if letter.name.endswith("xlsx"):
        page = openpyxl.load_workbook(io.BytesIO(letter.body)).active
        assert page is not None
        return [["" if cell is None else str(cell) for cell in row] for row in page.iter_rows(values_only=True)]
    if letter.name.endswith("ods"):
        (sheet,) = read(letter.body, letter.name, 20).sheets or ()
        width = max(max(row) for row in sheet.rows.values()) + 1
        return [[row[c].text if c in row else "" for c in range(width)] for _, row in sorted(sheet.rows.items())]
    text = letter.body.decode("utf-8-sig" if letter.body.startswith(BOM) else "gb18030")
    return list(csv.reader(io.StringIO(text)))


def _wide(row: list[str], heads: list[str]) -> Iterator[Row]:
    for head, cell in zip(heads[2:], row[2:], strict=True):
        item, unit = head[:-1].split("(")
        said = _AMOUNT.fullmatch(cell)
        if cell:
            yield Row(row[0], row[1], item, said["number"] if said else "", (said and said["unit"]) or unit)


def _ordered(row: list[str]) -> Iterator[Row]:
    told = dict(zip(ORDERS, row, strict=True))
    for piece in told["商品"].split("\n"):
        said = _ORDERED.fullmatch(piece)
        assert said is not None, piece
        void = told["订单状态"] != "已支付"
        yield Row(told["详细地址"], told["收货人"], said["item"], said["number"], said["unit"] or "", void)
