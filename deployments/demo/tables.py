"""A community's day as a table: one row per household and item, one column per item, or an ordering tool's export.

The layouts are those that `rules/intake/headings.py` names; of ordering tools the list of orders of 快团团. Old `.xls`
files are read and not sent here: writing them takes a package that only the tests have.
"""

from collections.abc import Sequence
from datetime import time

from deployments.demo.files import GB18030, UTF8_BOM, Cell, Grid, Letter, as_csv, as_opendocument, as_workbook, letter
from deployments.demo.lines import UNKNOWN_GOODS, Asked, Line

#: Of the orders that a tool puts out, those that were cancelled and stand there all the same.
VOID = 0.01
HEADER = ("户号", "姓名", "商品", "数量", "单位")
HOME = ("门牌", "姓名")
ORDERS = (
    "跟团号", "下单人", "团员备注", "支付时间", "团长备注", "商品", "订单金额", "退款金额", "订单状态", "自提点",
    "收货人", "联系电话", "详细地址",
)  # fmt: skip
#: When a group opens, in minutes of the day.
OPENED = 8 * 60 + 30
NICKNAMES = ("阳光", "平安是福", "岁月静好", "小雨点", "知足常乐", "向日葵", "丁丁妈妈", "清风")
NOTES = ("", "", "", "放门口", "多谢啦", "家里有老人")
#: What stands in a wide sheet where somebody ticked instead of writing how much.
TICK = "√"


def gb18030(asked: Asked, at: time) -> list[Letter]:
    """A CSV out of Excel, with a title and merged rows or without."""
    grid = _long(asked, asked.chance.happens(0.5))
    return [letter(asked.community.name, at, "csv", as_csv(grid, GB18030))]


def utf8(asked: Asked, at: time) -> list[Letter]:
    """A CSV out of anything else."""
    return [letter(asked.community.name, at, "csv", as_csv(_long(asked, titled=False), UTF8_BOM))]


def workbook(asked: Asked, at: time) -> list[Letter]:
    """A workbook with a title, merged cells and a total."""
    return [letter(asked.community.name, at, "xlsx", as_workbook(_long(asked, titled=True), asked.on))]


def ods(asked: Asked, at: time) -> list[Letter]:
    """The same out of LibreOffice or WPS."""
    return [letter(asked.community.name, at, "ods", as_opendocument(_long(asked, titled=True)))]


def _long(asked: Asked, titled: bool) -> Grid:
    rows = [(line.who, line.name, line.item, line.number, line.unit) for line in asked.lines()]
    total = ("合计", "", "", str(len(rows)), "") if titled else ()
    return Grid(HEADER, rows, _title(asked) if titled else "", total, merge_first=titled)


def _title(asked: Asked) -> str:
    return f"{asked.community.name}{asked.on.month}月{asked.on.day}日居民需求表"


# --- one column per item ----------------------------------------------------------------------------------------------


def wide(asked: Asked, at: time) -> list[Letter]:
    """A row per household, a column per item with its unit, and the rows counted below."""
    headings = list(dict.fromkeys(_heading(line) for line in asked.lines()))
    rows = [_wide_row(basket, headings) for basket in asked.baskets]
    total: list[Cell] = ["合计", "", *(sum(bool(row[n]) for row in rows) for n in range(2, len(headings) + 2))]
    grid = Grid([*HOME, *headings], rows, _title(asked), total)
    return [letter(asked.community.name, at, "xlsx", as_workbook(grid, asked.on))]


def _heading(line: Line) -> str:
    """The item as the sheet was drawn up; goods that nobody knows got a column of their own."""
    words = line.item if line.item in UNKNOWN_GOODS else line.wish.item.name
    return f"{words}({line.wish.item.unit})"


def _wide_row(basket: Sequence[Line], headings: Sequence[str]) -> list[Cell]:
    told = {_heading(line): _amount(line) for line in basket}
    return [basket[0].who, basket[0].name, *(told.get(heading, "") for heading in headings)]


def _amount(line: Line) -> str:
    if not line.unit:
        return TICK  # the heading has the unit, so the slip is another one here
    return line.number if line.unit == line.wish.item.unit else f"{line.number}{line.unit}"


# --- an ordering tool's export ----------------------------------------------------------------------------------------


def group_buy(asked: Asked, at: time) -> list[Letter]:
    """快团团's list of orders: a row per household, all its goods in one cell."""
    rows = [_order(asked, at, number, basket) for number, basket in enumerate(asked.baskets, start=1)]
    return [letter(asked.community.name, at, "xlsx", as_workbook(Grid(ORDERS, rows), asked.on))]


def _order(asked: Asked, at: time, number: int, basket: Sequence[Line]) -> list[Cell]:
    chance, first = asked.chance, basket[0]
    hour, minute = divmod(chance.between(OPENED, at.hour * 60 + at.minute - 1), 60)
    paid_at = f"{asked.on.isoformat()} {hour:02d}:{minute:02d}:00"
    status = "已取消" if chance.happens(VOID) else "已支付"
    phone = first.wish.home.phone if first.name else ""
    goods = "\n".join(f"{line.item}({line.unit})*{line.number}" if line.unit else _bare(line) for line in basket)
    place = asked.community.delivery_point
    nick, note = chance.one(NICKNAMES), chance.one(NOTES)
    return [number, nick, note, paid_at, "", goods, "", "", status, place, first.name, phone, first.who]


def _bare(line: Line) -> str:
    return f"{line.item}*{line.number}"
