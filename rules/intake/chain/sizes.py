"""Which of several amounts is the size of a pack, and which says how many."""

import re

from rules.intake.chain.elements import CONTAINERS, MEASURES, Element, Elements, number_of

_FEW = 5


#: An amount in these is the size of a bottle or tin: how many is not said.
VOLUMES = ("ml", "毫升", "l", "升")
_OUTER = ("箱", "件", "提", "板", "组")


def reduced(elements: list[Element], glued: bool) -> list[Element]:
    """Of amounts side by side, those that say a size become one."""
    out: list[Element] = []
    for element in elements:
        last = out[-1] if out else None
        if last is not None and last.kind == element.kind == "amount" and last.number is not None:
            if last.unit in MEASURES and element.unit not in MEASURES and last.unit not in ("斤", "两", "市斤"):
                out[-1] = last._replace(kind="size")
            elif glued and element.unit in VOLUMES and last.unit not in MEASURES:  # 一瓶2l可乐
                out.append(element._replace(kind="size"))
                continue
            elif glued and element.unit in MEASURES and last.number != 1:
                pass
            elif glued and _holds(last, element):
                out.append(element._replace(kind="size"))
                continue
            elif glued and _holds(element, last):
                out[-1] = last._replace(kind="size")
        elif glued and last is not None and (last.kind, element.kind) == ("amount", "times") and _boxed(last, element):
            out[-1] = last._replace(kind="size")
        out.append(element)
    return out


def _boxed(inner: Element, outer: Element) -> bool:
    """鸡蛋30枚*2板: so many of the larger, each of so many of the smaller."""
    return outer.unit in _OUTER and inner.unit not in _OUTER


def _holds(outer: Element, inner: Element) -> bool:
    """一箱 holds 24罐: one container, more than one of what is counted in it."""
    return (
        outer.number == 1
        and outer.unit in CONTAINERS
        and inner.unit != outer.unit
        and inner.number is not None
        and inner.number > 1
        and inner.unit not in ("箱", "件", "提")
    )


def unpacked(elements: list[Element]) -> list[Element]:
    """`5kg*2袋` without another amount: the last factor is the amount where it cannot be part of the pack."""
    kinds = [e.kind for e in elements]
    if "amount" in kinds or "times" in kinds or "vague" in kinds or kinds.count("size") != 1:
        return elements
    at = kinds.index("size")
    size = elements[at]
    factors = re.split(r"[*x]", size.text)
    last = re.fullmatch(r"([0-9]+|[一二两三四五六七八九十]+)([^0-9]*)", factors[-1])
    if len(factors) == 1 or "/" in size.text or last is None or not last[2]:
        return elements
    number = number_of(last[1])
    two = len(factors[1:]) == 1
    few = two and number is not None and number <= _FEW
    if not few and not (not two and last[2] in CONTAINERS):
        return elements
    cut = size.end - len(factors[-1])
    head = size._replace(end=cut - 1, text=size.text[: cut - 1 - size.start])
    return [
        *elements[:at],
        head,
        Element("amount", cut - 1, size.end, factors[-1], number, last[2]),
        *elements[at + 1 :],
    ]


def bracketed(elements: list[Element], reader: Elements) -> list[Element]:
    """`土豆(2斤)`, `土豆(3斤)白菜(2斤)`: brackets that hold the only amounts."""
    if any(e.kind not in ("goods", "bracket") for e in elements):
        return elements
    out = []
    for element in elements:
        inside = reader.of(element.text[1:-1]) if element.kind == "bracket" else ()
        amount = len(inside) == 1 and inside[0].kind == "amount"
        out.append(element._replace(kind="amount", number=inside[0].number, unit=inside[0].unit) if amount else element)
    kinds = [e.kind for e in out]
    return out if kinds == ["goods", "amount"] * (len(out) // 2) else elements
