"""A text -> rows: physical lines, and the entries of a chain that was sent on one line; their marks and times."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: "1." "1、" "(2)" "[3]" "4)" "③" "5:" "no.6"; `1.5斤` is a decimal and `22:14` a time.
_MARK = re.compile(
    r"\s*(?:\(\s?(?P<a>[0-9]{1,5})\s?\)|\[(?P<b>[0-9]{1,5})\]|(?:no\.?|№)\s?(?P<c>[0-9]{1,5})[.、:\s]?|(?P<d>[0-9]{1,5})\s?(?:[、)。]|\.(?![0-9])|:(?![0-9]))|"
    r"(?P<e>[0-9]{1,5})\.(?=[0-9]{1,4}(?:[-#/号栋幢弄单室楼座组区\s,、]|[一-龥]))|(?P<f>[①-⑳⑴-⒇⒈-⒛㉑-㉟㊱-㊿]))\s*"
)
#: Marks that only their order makes plain: `2 张三`, `3,李四`.
_WEAK = re.compile(r"\s*(?P<n>[0-9]{1,5})(?:\s+|,\s*|-\s+)(?=\S)")
_DECIMAL = re.compile(r"\s*[0-9]{1,3}\.[0-9]{1,3}\s?(?:[斤两个只袋包箱瓶盒桶罐板把份公千克升月日号元块]|kg|g|ml|l)")
_TIME = re.compile(
    r"\s*[(\[]?(?:(?:20)?[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}[日号]?\s*|[0-9]{1,2}[月/][0-9]{1,2}[日号]?\s+|今天|昨天|星期[一二三四五六日天]|周[一二三四五六日])?\s*"
    r"(?:凌晨|早上|上午|中午|下午|晚上|傍晚)?\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s?[ap]m)?[)\]]?(?:\s+|$|(?=[一-龥]))"
)
_INLINE = re.compile(r"(?:^|[\s,;。!])(?P<m>\(?(?P<n>[0-9]{1,3})(?:[、)]|\.(?![0-9])|\.(?=[0-9]{1,4}[-栋幢号弄])))\s*")


@dataclass(frozen=True, slots=True)
class Row:
    """A line without the blanks around it. `number`: the physical line, from 1; `fresh`: nothing stands before it."""

    number: int
    start: int
    end: int


def weak_mark(plain: str, start: int, end: int) -> tuple[int, int] | None:
    """The same of a number without a sign, which only its order makes a mark."""
    weak = _WEAK.match(plain, start, end)
    return (int(weak["n"]), weak.end()) if weak else None


def mark(plain: str, start: int, end: int) -> tuple[int, int] | None:
    """(number, where the entry begins) of a marked row."""
    if _DECIMAL.match(plain, start, end):
        return None
    found = _MARK.match(plain, start, end)
    if found:
        group = next(g for g in "abcdef" if found[g])
        number = int(unicodedata.numeric(found[group])) if group == "f" else int(found[group])
        return number, found.end()
    return None


_DATE = re.compile(
    r"\s*(?:(?:(?:20)?[0-9]{2}[-/.年])?[0-9]{1,2}月[0-9]{1,2}[日号]?|[0-9]{1,2}[/.][0-9]{1,2})\s+(?=[0-9]{1,4}(?:-|栋|号楼|幢))"
)


def clock(plain: str, start: int, end: int) -> int:
    """Where the words behind a time stamp begin; `start` where there is none."""
    found = _TIME.match(plain, start, end) or _DATE.match(plain, start, end)
    return found.end() if found else start


def rows(plain: str, names_somebody: Callable[[int, int], bool]) -> Iterator[Row]:
    """Every row that is not blank. A line with several numbered entries in order is one row for each."""
    at = 0
    for number, raw in enumerate(plain.splitlines(keepends=True), start=1):
        body = raw.rstrip()
        start, end = at + len(body) - len(body.lstrip()), at + len(body)
        at += len(raw)
        if start >= end:
            continue
        cuts = _cuts(plain, start, end, names_somebody)
        for a, b in zip([start, *cuts], [*cuts, end], strict=True):
            if b > a:
                stop = a + len(plain[a:b].rstrip())
                yield Row(number, a, stop)


def _cuts(plain: str, start: int, end: int, names_somebody: Callable[[int, int], bool]) -> list[int]:
    """Where entries begin inside a line: at least two numbers in order, each before somebody's name or address."""
    found = list(_INLINE.finditer(plain, start, end)) if end - start > 12 else []  # noqa: PLR2004 - two entries are longer
    best: list[int] = []
    for first in range(len(found)):
        due, cuts = int(found[first]["n"]), []
        for match in found[first:]:
            if int(match["n"]) == due and names_somebody(match.end(), end):
                cuts.append(match.start("m"))
                due += 1
        if len(cuts) > len(best):
            best = cuts
        if len(found) - first <= len(best):
            break
    return [c for c in best if c > start] if len(best) > 1 else []
