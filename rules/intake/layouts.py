"""What a sheet is made of, and the header words by which its columns are known, per kind of sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rules.intake.quantities import fold
from schemas.text import Text

HEADER_ROWS = 10
#: The sheet of our own order form that holds the goods to choose from: nobody asks for anything on it.
GOODS_SHEET = "可售物品"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as written, and what the file says it is."""

    text: str
    kind: str = "text"  # text, number, date, formula, error


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows that hold something: row number (from 1) -> column (from 0) -> cell; merged ranges down a column."""

    name: str
    rows: Mapping[int, Mapping[int, Cell]]
    merged: Sequence[tuple[int, int, int, int]] = ()  # first row, last row, first column, last column


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table by field. `units`: what the header says in brackets, by field."""

    place: dict[str, object]
    words: str
    cells: dict[str, Cell]
    units: dict[str, str] = field(default_factory=dict)
    faults: tuple[Text, ...] = ()

    def text(self, name: str) -> str:
        """The folded text of a field, empty where there is none."""
        cell = self.cells.get(name)
        return fold(cell.text).strip() if cell else ""


def _words(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_ITEM = _words("商品 品名 物资 商品名称 物资名称 名称 品种 货品 货品名称 物品 物品名称 需求物资 商品编号 item item_id")
_QTY = _words("数量 需求数量 订购数量 份数 qty quantity")
_UNIT = _words("单位 计量单位 unit")
_PRICE = _words("售价 单价 价格 零售价 进价 price")
#: kind of sheet -> field -> header words; the header must name every field of `MUST`, one of each group.
LAYOUTS: dict[str, dict[str, tuple[str, ...]]] = {
    "needs": {
        "who": _words("户号 房号 门牌 门牌号 地址 住址 楼栋房号 房间号 household household_id"),
        "name": _words("姓名 户主 户主姓名 联系人 name"),
        "item": _ITEM,
        "qty": _QTY,
        "unit": _UNIT,
        "note": _words("备注 说明 note"),
    },
    "stock": {
        "item": _ITEM,
        "qty": (*_words("库存 库存数量 库存量 现有库存 结存 stock"), *_QTY),
        "unit": _UNIT,
        "price": _PRICE,
        "sold": _words("销量 今日销量 当日销量 销售量 售出 sold"),
    },
    "catalog": {
        "item": _ITEM,
        "unit": _UNIT,
        "price": _PRICE,
        "available": _words("是否有货 状态 供应状态 有货 available"),
    },
    "arrivals": {
        "order": _words("采购单号 单号 订单号 采购单 order_id"),
        "item": _ITEM,
        "qty": (*_words("到货数量 实收数量 实到数量"), *_QTY),
        "unit": _UNIT,
        "price": _PRICE,
        "produced": _words("生产日期 produced_on"),
        "expires": _words("到期日期 有效期至 保质期至 失效日期 expires_on"),
        "supplier": _words("供应商 供货商 supplier"),
        "inspector": _words("检验人 验收人 查验人 inspector"),
        "conclusion": _words("检验结论 检验结果 验收结论 验收结果 conclusion"),
    },
}
MUST: dict[str, tuple[tuple[str, ...], ...]] = {
    "needs": (("who", "name"), ("item",), ("qty",)),
    "stock": (("item",), ("qty",), ("price",)),
    "catalog": (("item",), ("price",)),
    "arrivals": (("order",), ("item",), ("qty",), ("price",)),
}
#: The words that a fault names columns with.
COLUMN = {"who": "户号", "name": "姓名", "item": "商品", "qty": "数量", "price": "售价", "order": "采购单号"}
