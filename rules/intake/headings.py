"""The header words by which the columns of every kind of sheet are known: one table, and what a heading says beside.

What the ordering tools put out, and how it is known:

- 快团团, list of orders: 跟团号 下单人 团员备注 支付时间 团长备注 商品 订单金额 退款金额(订单退款) 订单状态 自提点
  收货人 联系电话 详细地址; list of goods: 跟团号 商品 规格 数量 商品成本价 收货人 联系电话 省 市 区 详细地址
  快递公司 快递单号. Both seen in several public programs that read such files, which also ask for own columns of a
  group leader, such as `房号（如606）` `楼号（如10）` `弄号（如168）`.
- 群接龙, list of orders: 接龙号 微信昵称 商品合计 订单总金额, where 商品合计 holds one `商品*数量` a line; list of
  goods: 下单序号 接龙号 收货人 联系电话 商品名称 商品编码 规格 数量 商品金额 订单总金额 下单时间 省 市 收货地址
  团长ID. Seen in one public program each.
- Assumed, not seen: 序号 昵称 接龙内容 接龙时间 for a plain chain put out as a table, one column per item of a
  群接龙 with a column for remarks, and that the cell 商品 of 快团团 writes a count as `*2`, `x2`, `×2` or `+2`,
  one article a line.
"""

import re
from functools import lru_cache

from rules.intake.lines import Vocabulary
from rules.intake.quantities import fold


def _words(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_ITEM = _words(
    "商品 品名 物资 商品名称 物资名称 名称 品种 货品 货品名称 物品 物品名称 需求物资 商品编号 商品名 菜品 产品"
    " 产品名称 货名 item item_id"
)
_QTY = _words("数量 需求数量 订购数量 份数 订货数量 购买数量 下单数量 需求量 件数 qty quantity")
_UNIT = _words("单位 计量单位 销售单位 unit")
_PRICE = _words("售价 单价 价格 零售价 销售价 今日价格 现价 进价 采购价 进货价 price")
#: Kind of sheet -> field -> header words. Fields of one sheet are named once: the first column that fits counts.
LAYOUTS: dict[str, dict[str, tuple[str, ...]]] = {
    "needs": {
        "id": _words("户号 住户编号 户编号 household household_id"),
        "who": _words("房号 门牌 门牌号 楼栋房号 房间号 楼栋门牌 楼栋单元房号 楼栋单元"),
        "address": _words("地址 住址 详细地址 收货地址 家庭地址 家庭住址 住户地址 门牌地址 具体地址 送货地址 配送地址"),
        "lane": _words("弄 弄号"),
        "building": _words("楼栋 楼号 栋 幢 栋号 幢号 楼栋号 楼 号楼 座"),
        "entrance": _words("单元 单元号 单元门"),
        "room": _words("室 室号 房间 户室"),
        "community": _words("小区 小区名称 社区 社区名称 村 村名 所在村 所在小区 村组 自然村"),
        "name": _words("姓名 户主 户主姓名 联系人 收货人 收件人 住户 住户姓名 居民姓名 需求人 订购人 name"),
        "nick": _words("下单人 微信昵称 昵称 群昵称 微信名 接龙人 团员 团员昵称 购买人 买家"),
        "item": _ITEM,
        "qty": _QTY,
        "unit": _UNIT,
        "spec": _words("规格 商品规格 规格型号 型号 包装 包装规格"),
        "goods": _words(
            "商品合计 接龙内容 商品明细 购买商品 订购内容 需求内容 所需物资 需求明细 订单内容 商品信息"
            " 购买内容 需求清单 物资需求 订购商品 订单商品 生活物资需求"
        ),
        "note": _words("备注 说明 团员备注 买家备注 顾客备注 客户备注 订单备注 买家留言 留言 特殊需求 其他需求 note"),
        "leader_note": _words("团长备注 卖家备注 商家备注 内部备注"),
        "status": _words("订单状态 支付状态 付款状态 状态"),
        "refund": _words("退款金额 订单退款 退款 已退款金额"),
    },
    "stock": {
        "item": _ITEM,
        "qty": (*_words("库存 库存数量 库存量 现有库存 结存 结存数量 当前库存 现存量 剩余库存 stock"), *_QTY),
        "unit": _UNIT,
        "price": _PRICE,
        "sold": _words("销量 今日销量 当日销量 销售量 销售数量 售出 已售 今日销售 sold"),
    },
    "catalog": {
        "item": _ITEM,
        "unit": _UNIT,
        "price": _PRICE,
        "available": _words("是否有货 状态 供应状态 有货 供应情况 货源 available"),
    },
    "arrivals": {
        "order": _words("采购单号 单号 订单号 采购单 采购单编号 order_id"),
        "item": _ITEM,
        "qty": (*_words("到货数量 实收数量 实到数量 到货量 验收数量 入库数量"), *_QTY),
        "unit": _UNIT,
        "price": _PRICE,
        "produced": _words("生产日期 出厂日期 屠宰日期 采收日期 produced_on"),
        "expires": _words("到期日期 有效期至 保质期至 失效日期 有效日期 expires_on"),
        "supplier": _words("供应商 供货商 供货单位 supplier"),
        "inspector": _words("检验人 验收人 查验人 检查人 inspector"),
        "conclusion": _words("检验结论 检验结果 验收结论 验收结果 查验结果 conclusion"),
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
#: Columns beside the items of a wide sheet that name no goods; a column that is neither is read as goods.
BESIDE = frozenset(
    _words(
        "序号 编号 号 跟团号 接龙号 下单序号 订单号 订单编号 团号 商品编码 商品种类数 商品件数 商品成本价"
        " 商品金额 订单金额 订单总金额 总金额 金额 支付金额 实付金额 应付金额 运费 优惠 合计 小计 总计 合计金额"
        " 总价 共计 支付时间 下单时间 提交时间 接龙时间 付款时间 填写时间 登记时间 时间 日期 登记日期 提交人"
        " 联系电话 电话 手机 手机号 手机号码 电话号码 联系方式 自提点 自提点名称 省 市 区 县 街道 乡镇 快递公司"
        " 快递单号 团长id 人数 家庭人数 人口 常住人数 网格员 楼长 网格 楼栋长 责任人 包保人 填表人 登记人 签名"
        " 签字 签收 领取人 是否付款 付款方式 支付方式 特殊群体 人群类别 身份证号 性别 年龄"
    )
)
#: What a header must name to be one: one field of each group.
MUST: dict[str, tuple[tuple[str, ...], ...]] = {
    "needs": (("id", "name"), ("item",), ("qty",)),
    "stock": (("item",), ("qty",), ("price",)),
    "catalog": (("item",), ("price",)),
    "arrivals": (("order",), ("item",), ("qty",), ("price",)),
    "supply": (("item",), ("qty",), ("price",)),
    "vehicles": (("plate",), ("capacity",), ("driver",), ("health",)),
    "medicines": (("who", "name"), ("medicine",), ("pharmacy",), ("daily",), ("pack",), ("left",), ("prescription",)),
}
#: The words that a fault names columns with.
COLUMN = {
    "id": "户号",
    "who": "户号",
    "name": "姓名",
    "item": "商品",
    "qty": "数量",
    "price": "售价",
    "order": "采购单号",
    "lane": "弄号",
    "building": "楼栋",
    "entrance": "单元",
    "room": "房号",
    "plate": "车牌",
    "capacity": "载重",
    "driver": "驾驶员",
    "health": "健康码",
    "medicine": "药品",
    "pharmacy": "药店",
    "daily": "每日用量",
    "pack": "每盒含量",
    "left": "剩余",
    "prescription": "处方编号",
}
#: Fields that name a household, whole or in parts; a cell of theirs that is merged downwards holds for all its rows.
HOUSEHOLD = ("id", "who", "address", "lane", "building", "entrance", "room", "community", "name", "nick")
#: In the first row of a sheet of ours: rows left as they were given out say nothing.
TEMPLATE_MARK = "保供模板"
#: In the first row of a sheet of ours that is not to be read: instructions, lists to choose from, what to correct.
ATTACHED_MARK = "保供附页"
_BRACKET = re.compile(r"[(\[【](?P<inside>[^)\]】]*)[)\]】]")
_PRICED = re.compile(r"(?:单位:?)?(?:[0-9.]*元?/)?(?P<unit>\D+)")
_NUMBERED = re.compile(r"^[0-9]{1,3}[.、](?=[^0-9])")
_TAIL = re.compile(r"(?P<item>.+?)(?:[0-9.]+元?|元)?/(?P<unit>\D+)")


def told(text: str) -> str:
    """A heading without blanks, stars of compulsion and colons."""
    return re.sub(r"[\s*:]+", "", fold(text))


def field_of(text: str, kind: str) -> tuple[str, str] | None:
    """(field, what stands in brackets) that a heading names in a kind of sheet."""
    said = told(text)
    inside = _BRACKET.search(said)
    base = _BRACKET.sub("", said)
    for name, synonyms in LAYOUTS[kind].items():
        if base in synonyms or said in synonyms:
            return name, inside["inside"] if inside else ""
    return None


def is_beside(text: str) -> bool:
    """Whether a heading is of a column that names no goods."""
    said = told(text)
    return not said or said in BESIDE or _BRACKET.sub("", said) in BESIDE


@lru_cache(maxsize=4096)
def goods_heading(text: str, words: Vocabulary) -> tuple[str, str]:
    """Item words and unit of `土豆(斤)`, `土豆/斤`, `1.土豆`, `土豆(2.5元/斤)`; no unit where none is plainly said."""
    said = _NUMBERED.sub("", told(text))
    if said in words.items:
        return said, ""
    inside, base = _BRACKET.search(said), _BRACKET.sub("", said)
    if inside and base and (unit := unit_of(inside["inside"], words)):
        return base, unit
    tail = _TAIL.fullmatch(said)
    if tail and tail["unit"] in words.units:
        return tail["item"], tail["unit"]
    return said, ""


def unit_of(text: str, words: Vocabulary) -> str:
    """The unit of `斤`, `单位:斤`, `元/斤`, `2.5元/斤`; empty where it is none."""
    found = _PRICED.fullmatch(told(text))
    return found["unit"] if found and found["unit"] in words.units else ""
