"""How a community's person sends in what its households ask for: chains, spreadsheets, slips of the pen and all.

Every community has its own habit (a chain in the group, a CSV out of Excel, a workbook), sends at its own hour, is
sometimes late, silent, or reports none. About four lines in a hundred cannot be used, as with real people. The hour of
sending stands in the file's name, as it often does: `前刘庄_1530.txt`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from deployments.demo.chance import Chance
from deployments.demo.files import GB18030, UTF8_BOM, Grid, as_csv, as_workbook
from deployments.demo.wishes import Town, Wish
from schemas.plan import Community

#: Parts of all days of a community.
SILENT, LATE, NOTHING, GARBLED = 0.03, 0.04, 0.03, 0.01
#: Parts of all lines, and of all households.
SLIP, UNREGISTERED, TAKEN_BACK = 0.04, 0.008, 0.01
POSTED_TWICE = 0.15
ENOUGH_FOR_TWO = 4  # households, below which nobody posts in two parts
UNKNOWN_GOODS = ("老干妈辣酱", "烤鸭", "铁观音", "奶油蛋糕", "腊肠")
NUMERALS = {1: "一", 2: "两", 3: "三", 4: "四", 5: "五", 6: "六", 8: "八", 10: "十"}
HABITS: dict[str, float] = {"chain": 0.5, "gb18030": 0.16, "utf8": 0.14, "workbook": 0.2}
HEADER = ("户号", "姓名", "商品", "数量", "单位")


@dataclass(frozen=True)
class Letter:
    """A file, and when it arrives on its day."""

    name: str
    at: time
    body: bytes


@dataclass(frozen=True)
class Line:
    """What one household asks for of one thing, as it will stand in the file."""

    who: str
    name: str
    item: str
    number: str
    unit: str


@dataclass(frozen=True)
class _Sheet:
    """A community's day before it is put into a form."""

    community: Community
    on: date
    cutoff: time
    chance: Chance
    baskets: list[list[Line]]


def letters(town: Town, on: date, days: int, cutoff: time) -> list[Letter]:
    """Everything that the communities send in for a collection that closes on `on` and is for so many days."""
    found: list[Letter] = []
    for community in town.plan.communities.values():
        chance = Chance(town.seed, town.plan.id, on, community.community_id, "letter")
        fate = chance.weighted(
            ("silent", "nothing", "garbled", "late", "sent"),
            (SILENT, NOTHING, GARBLED, LATE, 1 - SILENT - NOTHING - GARBLED - LATE),
        )
        if fate == "silent":
            continue
        baskets = [_basket(chance, basket) for basket in town.wishes(community.community_id, on, days)]
        sheet = _Sheet(community, on, cutoff, chance, baskets)
        found += _as_sent(town, sheet, fate)
    return found


def _as_sent(town: Town, sheet: _Sheet, fate: str) -> list[Letter]:
    chance, name = sheet.chance, sheet.community.name
    at = _late(chance, sheet.cutoff) if fate == "late" else _in_time(chance, sheet.cutoff)
    if fate == "nothing" or not sheet.baskets:
        return [_letter(name, at, "txt", f"{sheet.on.month}月{sheet.on.day}日 今日无需求\n".encode())]
    if fate == "garbled":
        # A photo of a list, or nothing at all: neither can be read, both are kept and asked about.
        return [_letter(name, at, "jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00")]
    habit = Chance(town.seed, town.plan.id, sheet.community.community_id).weighted(list(HABITS), list(HABITS.values()))
    return FORMS[habit](sheet, at)


def _in_time(chance: Chance, cutoff: time) -> time:
    return _clock(chance.between(9 * 60, cutoff.hour * 60 + cutoff.minute - 10))


def _late(chance: Chance, cutoff: time) -> time:
    return _clock(min(cutoff.hour * 60 + cutoff.minute + chance.between(25, 45), 23 * 60 + 50))


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _letter(name: str, at: time, ending: str, body: bytes) -> Letter:
    return Letter(f"{name}_{at:%H%M}.{ending}", at, body)


def _basket(chance: Chance, wishes: Sequence[Wish]) -> list[Line]:
    lines = [_line(chance, wish) for wish in wishes]
    if chance.happens(UNREGISTERED):
        # A tenant or a building site: on no register, and hungry all the same.
        stranger = f"{chance.between(60, 99)}号"
        return [replace(line, who=stranger, name="") for line in lines]
    return lines


def _line(chance: Chance, wish: Wish) -> Line:
    item, home = wish.item, wish.home
    words = chance.one(item.aliases) if item.aliases and chance.happens(0.6) else item.name
    number, unit = str(wish.units), item.unit
    if unit == "斤" and wish.units % 2 == 0 and chance.happens(0.2):
        number, unit = str(wish.units // 2), "公斤"
    plain = Line(home.address, home.head, words, number, unit)
    return _slipped(chance, plain) if chance.happens(SLIP) else plain


def _slipped(chance: Chance, line: Line) -> Line:
    """A slip that nobody can mend but the one who made it."""
    slips: tuple[Callable[[], Line], ...] = (
        lambda: replace(line, item=chance.one(UNKNOWN_GOODS)),
        lambda: replace(line, unit=""),
        lambda: replace(line, number=f"{line.number}000"),
        lambda: replace(line, number="0"),
        lambda: replace(line, unit="箱"),
    )
    return chance.one(slips)()


def _chain(sheet: _Sheet, at: time) -> list[Letter]:
    """One posting, or two: then the second has what came since, a correction, and perhaps all taken back."""
    chance, name, baskets = sheet.chance, sheet.community.name, sheet.baskets
    if len(baskets) < ENOUGH_FOR_TWO or not chance.happens(POSTED_TWICE):
        return [_letter(name, at, "txt", _chain_text(sheet, baskets))]
    first = baskets[: len(baskets) * 2 // 3]
    before = _clock(max(8 * 60 + 30, at.hour * 60 + at.minute - chance.between(20, 90)))
    corrected = [[_more(first[0][0]), *first[0][1:]], *baskets[1:]]
    if chance.happens(0.5):
        gone = first[-1][0]
        corrected.append([Line(gone.who, gone.name, "", "", "不要了")])
    return [
        _letter(name, before, "txt", _chain_text(sheet, first)),
        _letter(name, at, "txt", _chain_text(sheet, corrected)),
    ]


def _more(line: Line) -> Line:
    return replace(line, number="2" if line.number == "1" else "1")


def _chain_text(sheet: _Sheet, baskets: Sequence[Sequence[Line]]) -> bytes:
    chance = sheet.chance
    mark = chance.one(("{}.", "{}、", "({})"))
    apart = chance.one(("，", " ", "、"))
    lines = [
        "#接龙",
        f"{sheet.community.name} {sheet.on.month}月{sheet.on.day}日生活物资需求",
        "例 门牌 姓名 商品数量",
        "",
    ]
    for number, basket in enumerate(baskets, start=1):
        goods = apart.join(_goods(chance, line) for line in basket)
        who = " ".join(word for word in (basket[0].who, basket[0].name) if word)
        lines.append(f"{mark.format(number)} {who} {goods}")
    closing = chance.one((f"{sheet.cutoff:%H:%M}截单,谢谢大家", "收到,辛苦了", ""))
    return "\n".join([*lines, "", closing]).encode()


def _goods(chance: Chance, line: Line) -> str:
    if not line.item:
        return line.unit
    number = line.number
    if number.isdigit() and int(number) in NUMERALS and line.unit and chance.happens(0.25):
        number = NUMERALS[int(number)]
    return f"{line.item}{number}{line.unit}"


def _rows(sheet: _Sheet) -> Iterator[tuple[str, str, str, str, str]]:
    for basket in sheet.baskets:
        for line in basket:
            yield line.who, line.name, line.item, line.number, line.unit


def _grid(sheet: _Sheet, titled: bool) -> Grid:
    rows = list(_rows(sheet))
    title = f"{sheet.community.name}{sheet.on.month}月{sheet.on.day}日居民需求表" if titled else ""
    total = ("合计", "", "", str(len(rows)), "") if titled else ()
    return Grid(HEADER, rows, title, total, merge_first=titled)


def _gb18030(sheet: _Sheet, at: time) -> list[Letter]:
    return [_letter(sheet.community.name, at, "csv", as_csv(_grid(sheet, sheet.chance.happens(0.5)), GB18030))]


def _utf8(sheet: _Sheet, at: time) -> list[Letter]:
    return [_letter(sheet.community.name, at, "csv", as_csv(_grid(sheet, titled=False), UTF8_BOM))]


def _workbook(sheet: _Sheet, at: time) -> list[Letter]:
    return [_letter(sheet.community.name, at, "xlsx", as_workbook(_grid(sheet, titled=True), sheet.on))]


FORMS: dict[str, Callable[[_Sheet, time], list[Letter]]] = {
    "chain": _chain,
    "gb18030": _gb18030,
    "utf8": _utf8,
    "workbook": _workbook,
}
