"""A body -> its words in their places, telephone numbers and times set aside."""

import re
from collections.abc import Iterator

from rules.intake.chain.runs import Word, belongs
from rules.intake.chain.said import moved
from rules.intake.chain.words import Words

_WORD = re.compile(
    r"(?:\([^()\n]{0,60}\)|\[[^\[\]\n]{0,60}\]|(?<=\S)\s?[*x]\s?(?=[0-9一二两三四五六七八九十])|[:=]\s?(?=[0-9半一二两三四五六七八九十])|"
    r"\+\s?(?=(?:[0-9.]{1,5}|[一二两三四五六七八九十]{1,3})[一-龥a-z]{0,2}(?:[\s,、;。!+)]|$))|\.(?=[0-9])|/(?![一-龥]{2})|[^\s,、;。!|+.~/]|(?<=[0-9])~(?=[0-9]))+"
)
_STRONG = re.compile(r"[,、;。!|+.~/\n\r]")
PHONE = re.compile(
    r"(?:电话|手机|tel)?:?(?:\+?86-?)?"
    r"(?:1[0-9]{2}[- ]?[0-9]{4}[- ]?[0-9]{4}|0[0-9]{2,3}-?[0-9]{7,8}|000-?[0-9]{4}-?[0-9]{4})(?![0-9])"
)
_DIGITS = re.compile(r"[0-9]{3}[- ]?[0-9]{4}|[0-9]:[0-9]{2}")
_NOT_GOODS = re.compile(rf"{PHONE.pattern}|(?<![0-9一-龥])(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?![0-9])")


class Split:
    """The splitter of one text. `folded`: the text as it is read."""

    def __init__(self, words: Words, folded: str) -> None:
        self.words, self.plain = words, folded

    def read(self, start: int, end: int) -> tuple[list[Word], list[tuple[int, int]]]:
        """Words of a body, and the places of what is none of its goods."""
        asides: list[tuple[int, int]] = []
        if _DIGITS.search(self.plain, start, end):
            asides = [found.span() for found in _NOT_GOODS.finditer(self.plain, start, end)]
        return self._merged(list(self._split(start, end, asides))), asides

    def _split(self, start: int, end: int, asides: list[tuple[int, int]]) -> Iterator[Word]:
        folded, of = self.plain, self.words.of
        before = start
        for match in _WORD.finditer(folded, start, end):
            at, to = match.span()
            if any(a < to and at < b for a, b in asides):
                continue
            yield Word(
                match[0], at, to, before > start and _STRONG.search(folded, before, at) is not None, of(match[0])
            )
            before = to

    def _merged(self, words: list[Word]) -> list[Word]:
        """`3 斤` is one word; so is `花生油5l 2桶`, unless a name behind it may claim the second amount."""
        out: list[Word] = []
        for at, word in enumerate(words):
            last = out[-1] if out else None
            ahead = words[at + 1] if at + 1 < len(words) else None
            claimed = ahead is not None and not ahead.apart and ahead.said.kind in ("name", "unit")
            if (
                last is not None
                and not word.apart
                and belongs(last, word)
                and not (claimed and word.said.kind != "unit")
            ):
                out[-1] = self.word(last.start, word.end, last.apart)
            else:
                out.append(word)
            if (
                len(out) > 1
                and not out[-1].apart
                and belongs(out[-2], out[-1])
                and out[-2].said.kind == out[-1].said.kind
            ):
                out[-2:] = [self.word(out[-2].start, out[-1].end, out[-2].apart)]
        return out

    def word(self, start: int, end: int, apart: bool) -> Word:
        """Words that belong together, read as one: 3 斤. Places are moved back to where the blanks are."""
        text = self.plain[start:end]
        at = [n for n, c in enumerate(text) if not c.isspace()]
        said = self.words.of("".join(text[n] for n in at))
        return Word(text, start, end, apart, moved(said, lambda n: at[n], lambda n: at[n - 1] + 1))
