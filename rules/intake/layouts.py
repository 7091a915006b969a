"""What a sheet is made of, and the header words by which its columns are known, per kind of sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rules.intake.quantities import fold
from schemas.text import Text

HEADER_ROWS = 10


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
LAYOUTS |= {
    "supply": {
        "item": _ITEM,
        "qty": (*_words("每日可供 日可供量 每日可供数量 日供应量 可供数量 可供量 日产量"), *_QTY),
        "unit": _UNIT,
        "price": (*_words("供货价 出厂价 报价"), *_PRICE),
        "from": _words("起始日期 开始日期 自 from"),
        "until": _words("截止日期 有效期至 可供至 至 until"),
        "note": _words("备注 说明 note"),
    },
    "vehicles": {
        "plate": _words("车牌 车牌号 车号 车辆号牌 plate"),
        "capacity": _words("载重 载重量 核定载质量 装载量 运力 capacity capacity_kg"),
        "driver": _words("驾驶员 司机 司机姓名 驾驶员姓名 driver"),
        "health": _words("健康码 健康码状态 司机健康码 核酸 health_code"),
        "from": _words("起始日期 开始日期 自 from"),
        "until": _words("截止日期 可用至 有效期至 至 until"),
        "note": _words("备注 说明 note"),
    },
    "medicines": {
        "who": _words("户号 房号 门牌 门牌号 地址 住址 household household_id"),
        "name": _words("姓名 户主 户主姓名 name"),
        "medicine": _words("药品 药名 药品名称 药物 medicine"),
        "pharmacy": _words("药店 取药药店 药房 定点药店 pharmacy"),
        "daily": _words("每日用量 日用量 每天用量 用量 daily_units"),
        "pack": _words("每盒含量 每盒片数 包装规格 每盒 pack_units"),
        "left": _words("剩余 剩余量 剩余数量 余量 现余 units_left"),
        "as_of": _words("清点日期 统计日期 日期 as_of"),
        "until": _words("用到 疗程截止 停药日期 截止日期 until"),
        "prescription": _words("处方编号 处方号 处方 prescription"),
    },
}
#: Fields that hold a date; in any other a date is what Excel made of something else.
DATED = ("produced", "expires", "from", "until", "as_of")
MUST: dict[str, tuple[tuple[str, ...], ...]] = {
    "needs": (("who", "name"), ("item",), ("qty",)),
    "stock": (("item",), ("qty",), ("price",)),
    "catalog": (("item",), ("price",)),
    "arrivals": (("order",), ("item",), ("qty",), ("price",)),
    "supply": (("item",), ("qty",), ("price",)),
    "vehicles": (("plate",), ("capacity",), ("driver",), ("health",)),
    "medicines": (("who", "name"), ("medicine",), ("pharmacy",), ("daily",), ("pack",), ("left",), ("prescription",)),
}
#: The words that a fault names columns with.
COLUMN = {"who": "户号", "name": "姓名", "item": "商品", "qty": "数量", "price": "售价", "order": "采购单号"}
COLUMN |= {"plate": "车牌", "capacity": "载重", "driver": "驾驶员", "health": "健康码"}
COLUMN |= {"medicine": "药品", "pharmacy": "药店", "daily": "每日用量", "pack": "每盒含量", "left": "剩余"}
COLUMN |= {"prescription": "处方编号"}
