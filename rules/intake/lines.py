"""What reading yields before anybody is looked up: lines as said, and what was set aside with its reason.

Every line of a source is in exactly one of the two lists, with its place: characters `start`..`end` (end not
included) and `line` of a text, or `sheet`, `row` and `cell` of a table. `who` in a place repeats the words that named
the household.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from rules.intake.quantities import NUMERALS, fold
from schemas.text import Text
from schemas.units import BASE_PER_UNIT

if TYPE_CHECKING:  # a chain is read without any plan in a tenth of the time that its models take to load
    from schemas.plan import Plan

Op = Literal["need", "withdraw", "add", "zero", "none"]
#: Where in the text of a group a line stands: in the chain itself, or in a message beside it.
Part = Literal["", "list", "message"]


def _words(words: str) -> tuple[str, ...]:
    return tuple(words.split())


#: Words for amounts that are no unit of any item, yet show where a quantity ends; such a line is refused by its unit.
COMMON_UNITS = _words(
    "个 只 袋 包 箱 瓶 盒 桶 罐 板 把 颗 根 条 块 片 支 份 件 提 捆 棵 头 串 打 枚 听 排 扎 筐 盘 套 卷 筒 张 双 副"
    " 杯 壶 朵 粒 碗 笼 屉 对 篮 托 格 联 尾 节 瓣 管 贴 刀 束 枝 坛 缸 连"
)
WITHDRAWN = frozenset(_words("不要了 取消 撤单 退单 不订了 取消了 全部取消 都不要了 全不要了 撤销"))
NOTHING = frozenset(_words("无需求 不需要 零报告 无需要 没有需求 无"))


@dataclass(frozen=True, slots=True)
class Source:
    """The submission that lines come from; the last four decide whose word is the latest."""

    submission_id: str
    community_id: str | None
    channel: str
    received_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class Said:
    """One line: who wants how much of what, in the sender's words. `item` empty with `withdraw`: everything.

    `none` is a 0 in a table: nothing of an item, said beside what is wanted. `add`: so much more of it.
    """

    line_no: int
    place: dict[str, object]
    words: str
    op: Op = "need"
    who: str = ""
    name: str = ""
    item: str = ""
    number: Decimal | None = None
    unit: str = ""
    variety: str = ""
    faults: tuple[Text, ...] = ()
    part: Part = ""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Words that carry no need, kept to show that nothing was lost: header, title, example, closing, total, list."""

    place: dict[str, object]
    words: str
    code: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A source, read. `title`: of the chain that a group posted, empty where it has none; None: no text of a group."""

    said: list[Said] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Goods that residents may name by a number. `unit`: what a bare number counts; `portion`: what 份 counts."""

    item_id: str
    unit: str
    portion: str


@dataclass(frozen=True)
class Vocabulary:
    """Words of a plan that show where an item ends and an amount begins; ids and addresses of its households.
    Folded.

    `listed`: what the numbers of the published list stand for. It is no part of what two vocabularies are compared by:
    the grammar that is made of one does not depend on it, and is kept from one day's list to the next.
    """

    items: frozenset[str]
    units: frozenset[str]
    households: frozenset[str] = frozenset()
    listed: Mapping[int, Listed] = field(default_factory=dict, compare=False)

    @cached_property
    def units_longest_first(self) -> tuple[str, ...]:
        """So that 公斤 is tried before 斤."""
        return tuple(sorted(self.units, key=lambda u: (-len(u), u)))

    @cached_property
    def amount(self) -> re.Pattern[str]:
        """A number with its unit, anywhere in a text."""
        units = "|".join(re.escape(u) for u in self.units_longest_first)
        return re.compile(rf"(?:[0-9.]+|[{NUMERALS}半]+)(?:{units})")


def numbered(reading: Reading) -> Reading:
    """Line numbers from 1; a zero report beside needs is refused, and so is a source without a line."""
    contradicted = any(line.op == "need" for line in reading.said)
    said = [_contradicted(line) if line.op == "zero" and contradicted else line for line in reading.said]
    said = said or [Said(0, {}, "", faults=(Text("no_lines"),))]
    return replace(reading, said=[replace(line, line_no=number) for number, line in enumerate(said, start=1)])


def _contradicted(line: Said) -> Said:
    return replace(line, faults=(*line.faults, Text("zero_with_needs", {"words": line.words[:80]})))


def unit_names(also_units: Iterable[str]) -> dict[str, int]:
    """`["个=1", "箱=360"]` -> folded unit -> base units."""
    pairs = (entry.partition("=") for entry in also_units)
    return {fold(name.strip()): int(size) for name, _, size in pairs}


def plain_vocabulary() -> Vocabulary:
    """The words that everybody uses, where no plan is at hand."""
    return Vocabulary(frozenset(), frozenset(COMMON_UNITS) | {u for per in BASE_PER_UNIT.values() for u in per})


def vocabulary(plan: "Plan", listed: Mapping[int, Listed] | None = None) -> Vocabulary:
    """The words of the plan's items and units, together with the units that everybody uses."""
    return replace(_words_of(plan), listed=listed) if listed else _words_of(plan)


@lru_cache(maxsize=8)
def _words_of(plan: "Plan") -> Vocabulary:
    items = {fold(w) for i in plan.items.values() for w in (i.item_id, i.name, *i.aliases)}
    items |= {fold(w) for w in plan.learnt_aliases}
    units = {fold(i.unit) for i in plan.items.values()} | set(COMMON_UNITS)
    units |= {u for i in plan.items.values() for u in unit_names(i.also_units)}
    units |= {u for per in BASE_PER_UNIT.values() for u in per}
    homes = {fold(w) for h in plan.households.values() for w in (h.household_id, h.address)}
    return Vocabulary(frozenset(items), frozenset(units), frozenset(homes))
