"""Words side by side: which belong together, which make a run, and which cannot be told apart from their neighbours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.intake.chain.elements import MEASURES, PARTS
from rules.intake.chain.said import Said

_STARTS = ("斤", "公斤", "kg", "袋", "箱", "板", "个", "盒", "瓶", "桶", "包", "颗", "份")
_SIZES = ("ml", "毫升", "l", "升", "g", "克", "kg", "公斤")


@dataclass(frozen=True, slots=True)
class Word:
    """A word in the whole text. `apart`: more than a blank stands before it."""

    text: str
    start: int
    end: int
    apart: bool
    said: Said


def belongs(last: Word, word: Word) -> bool:
    """`3 斤`, and `花生油5l 2桶`, where the first amount is the size."""
    if word.said.kind == "unit":
        spelled = last.said.kind == "name" and last.text[-1] in "一二两三四五六七八九十半" and len(last.text) > 1
        return last.said.kind in ("number", "counted") or spelled or last.text == "两"
    if last.said.kind == "number" and word.said.kind == "name":  # 3 斤土豆
        return any(word.text.startswith(u) and len(word.text) > len(u) for u in _STARTS)
    if last.said.kind == word.said.kind == "amount":  # 1斤 2两
        return (last.said.elements[0].unit, word.said.elements[0].unit) in PARTS
    sized = last.said.kind == "goods" and len(last.said.goods) == 1 and last.said.goods[0].unit in _SIZES
    return sized and word.said.kind == "amount" and word.said.elements[0].unit not in MEASURES


def runs_of(part: list[Word]) -> Iterator[list[Word]]:
    """Bare words side by side; every other word alone, a name with the 不要了 behind it."""
    run: list[Word] = []
    for word in part:
        kind = word.said.kind
        if kind in ("name", "amount", "number", "counted", "unit") or (kind == "aside" and run):
            run.append(word)
            continue
        if kind == "cancel" and word.said.cancelled == (0, 0) and run and run[-1].said.kind == "name":
            if run[:-1]:
                yield run[:-1]
            yield [run[-1], word]
            run = []
            continue
        if run:
            yield run
            run = []
        yield [word]
    if run:
        yield run


def touched(runs: list[list[Word]], settled: Sequence[object | None]) -> list[bool]:
    """Runs that cannot be read, and those whose amount or name they may claim."""
    unclear = [found is None for found in settled]
    for at in range(len(runs)):
        run = runs[at]
        if run[0].said.kind == "goods" and run[0].said.leading and at and _hangs(runs[at - 1]):
            unclear[at - 1] = unclear[at] = True  # 鸡蛋 3斤土豆
        if (
            run[0].said.kind == "cancel"
            and len(run) == 1
            and run[0].said.cancelled == (0, 0)
            and at
            and runs[at - 1][0].said.kind == "goods"
        ):
            unclear[at - 1] = unclear[at] = True  # 土豆3斤 不要了
    return [any(unclear[max(0, at - 1) : at + 2]) and not _still(runs[at], unclear[at]) for at in range(len(runs))]


def kind_of(run: list[Word]) -> str:
    """What a run says: its cancellation, else what its first word says."""
    return "cancel" if run[-1].said.kind == "cancel" else run[0].said.kind


def _still(run: list[Word], unclear: bool) -> bool:
    """Asides are drawn into nothing."""
    return not unclear and run[0].said.kind == "note"


def _hangs(run: list[Word]) -> bool:
    return run[-1].said.kind == "name"
