"""A community's day as a chain in its group (接龙): one posting, or two with what came since and what was corrected."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from deployments.demo.chance import Chance
from deployments.demo.files import Letter, letter
from deployments.demo.lines import Asked, Line, another_number

POSTED_TWICE = 0.15
ENOUGH_FOR_TWO = 4  # households, below which nobody posts in two parts
FIRST_HOUR = 8 * 60 + 30  # in minutes, before which nobody posts
NUMERALS = {1: "一", 2: "两", 3: "三", 4: "四", 5: "五", 6: "六", 8: "八", 10: "十"}


def chain(asked: Asked, at: time) -> list[Letter]:
    """One posting, or two: then the second has what came since, a correction, and perhaps all taken back."""
    chance, name, baskets = asked.chance, asked.community.name, asked.baskets
    if len(baskets) < ENOUGH_FOR_TWO or not chance.happens(POSTED_TWICE):
        return [letter(name, at, "txt", _text(asked, baskets))]
    first = baskets[: len(baskets) * 2 // 3]
    minutes = max(FIRST_HOUR, at.hour * 60 + at.minute - chance.between(20, 90))
    corrected = [[another_number(first[0][0]), *first[0][1:]], *baskets[1:]]
    if chance.happens(0.5):
        corrected.append([replace(first[-1][0], item="", number="", unit="不要了")])
    return [
        letter(name, time(minutes // 60, minutes % 60), "txt", _text(asked, first)),
        letter(name, at, "txt", _text(asked, corrected)),
    ]


def _text(asked: Asked, baskets: Sequence[Sequence[Line]]) -> bytes:
    chance = asked.chance
    mark = chance.one(("{}.", "{}、", "({})"))
    apart = chance.one(("，", " ", "、"))
    lines = [
        "#接龙",
        f"{asked.community.name} {asked.on.month}月{asked.on.day}日生活物资需求",
        "例 门牌 姓名 商品数量",
        "",
    ]
    for number, basket in enumerate(baskets, start=1):
        goods = apart.join(_goods(chance, line) for line in basket)
        who = " ".join(word for word in (basket[0].who, basket[0].name) if word)
        lines.append(f"{mark.format(number)} {who} {goods}")
    closing = chance.one((f"{asked.cutoff:%H:%M}截单,谢谢大家", "收到,辛苦了", ""))
    return "\n".join([*lines, "", closing]).encode()


def _goods(chance: Chance, line: Line) -> str:
    if not line.item:
        return line.unit
    number = line.number
    if number.isdigit() and int(number) in NUMERALS and line.unit and chance.happens(0.25):
        number = NUMERALS[int(number)]
    return f"{line.item}{number}{line.unit}"
