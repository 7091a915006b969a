"""The words of an entry behind the household -> goods, each with its span, or the reason why they do not pair.

A run of bare words between two separators must alternate throughout, item amount item amount … or amount item …;
otherwise the run is refused as one line, and so are the goods that touch it without a separator, since its amount may
be theirs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rules.intake.goods import Token

Group = tuple[int, int, Token | str]
_BARE = ("item", "amount", "number")


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its span in the whole text; `apart`: more than a blank stands before it."""

    text: str
    start: int
    end: int
    apart: bool
    token: Token


def _joined(words: list[Word]) -> list[Word]:
    """`3 斤` -> `3斤`: a number and a unit with a blank between them."""
    out: list[Word] = []
    for word in words:
        last = out[-1] if out else None
        if last and last.token.kind == "number" and not word.apart and word.token.kind == "unit":
            out[-1] = replace(last, end=word.end, token=Token("amount", "", last.token.number, word.text))
        else:
            out.append(word)
    return out


def _segments(words: list[Word]) -> Iterator[list[Word]]:
    """Words with nothing but blanks between them."""
    segment: list[Word] = []
    for word in words:
        if word.apart and segment:
            yield segment
            segment = []
        segment.append(word)
    if segment:
        yield segment


def _runs(segment: list[Word]) -> Iterator[list[Word]]:
    """Bare words side by side; every other word alone."""
    run: list[Word] = []
    for word in segment:
        if word.token.kind in _BARE:
            run.append(word)
            continue
        if run:
            yield run
            run = []
        yield [word]
    if run:
        yield run


def _alternating(run: list[Word]) -> list[Group] | None:
    kinds = [w.token.kind for w in run]
    for first, second in (("item", "amount"), ("amount", "item")):
        if len(run) % 2 == 0 and kinds == [first, second] * (len(run) // 2):
            return [_pair(run[i], run[i + 1]) for i in range(0, len(run), 2)]
    return None


def _pair(one: Word, two: Word) -> Group:
    amount = one.token if one.token.kind == "amount" else two.token
    item = one.token.item or two.token.item
    return one.start, two.end, Token("goods", item, amount.number, amount.unit)


def _settled(run: list[Word]) -> list[Group] | None:
    """Goods or reasons of a run that says itself what it means; None where its neighbours are drawn in."""
    kind = run[0].token.kind
    if kind == "counted":
        return [(run[0].start, run[0].end, "unit_missing")]
    if kind in ("goods", "withdraw"):
        return [(run[0].start, run[0].end, run[0].token)]
    if all(w.token.kind == "item" for w in run):
        return [(w.start, w.end, "quantity_missing") for w in run]
    return _alternating(run)


def _segment(segment: list[Word]) -> Iterator[Group]:
    runs = list(_runs(segment))
    settled = [_settled(run) for run in runs]
    unclear = [found is None for found in settled]
    for at, run in enumerate(runs[1:], start=1):
        # `鸡蛋 3斤土豆`: the amount may belong to the word before it.
        if run[0].token.leading and runs[at - 1][-1].token.kind == "item" and len(runs[at - 1]) % 2:
            unclear[at - 1] = unclear[at] = True
    touched = [any(unclear[max(0, at - 1) : at + 2]) for at in range(len(runs))]
    start: int | None = None
    for run, groups, bad in zip(runs, settled, touched, strict=True):
        if bad or groups is None:
            start = run[0].start if start is None else start
            end = run[-1].end
            continue
        if start is not None:
            yield start, end, "split_unclear"
            start = None
        yield from groups
    if start is not None:
        yield start, end, "split_unclear"


def pair(words: list[Word]) -> list[Group]:
    """`(start, end, goods or reason code)` for the words of an entry; every word lies in exactly one span."""
    return [group for segment in _segments(_joined(words)) for group in _segment(segment)]
