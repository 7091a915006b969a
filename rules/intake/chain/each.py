"""各: one amount for every name before it (土豆、白菜各两斤), or for every variety of one (小番茄 红和黄 各一斤)."""

import re

from rules.intake.chain.lexicon import GOODS, VARIETIES
from rules.intake.chain.model import Line
from rules.intake.chain.names import glued_goods, item_faults
from rules.intake.chain.plain import plain
from rules.intake.chain.runs import Word
from rules.intake.lines import Vocabulary
from schemas.text import Text

#: What stands between names that share something.
APART = re.compile(r"和|与|跟|及|/")


class Each:
    """The reader of names that share an amount, for one text."""

    def __init__(self, vocabulary: Vocabulary, text: str, folded: str) -> None:
        self.vocabulary, self.text, self.plain = vocabulary, text, folded

    def shared(self, names: list[Word], word: Word) -> list[Line]:
        """The lines of the names before `word`, which says 各 and an amount; one for review if they are unclear."""
        pieces = [p for name in names for p in self.pieces(name.start, name.end)]
        elements = word.said.elements
        each = next((i for i, e in enumerate(elements) if e.kind == "each"), 0)
        if each:
            pieces += self.pieces(word.start, word.start + elements[each - 1].end)
        amount = next((e for e in elements[each:] if e.kind in ("amount", "times", "vague", "number")), None)
        start = names[0].start if names else word.start
        said = self.text[start : word.end]
        pairs = self._pairs(pieces)
        if amount is None or len(pairs) < 2:  # noqa: PLR2004 - each of one is no each
            return [Line(said, "", None, "", start, word.end, "set", (Text("each_unclear", {"words": said[:80]}),))]
        lines = []
        for n, (item, variety, at) in enumerate(pairs):
            begin = start if n == 0 else at
            end = pairs[n + 1][2] if n + 1 < len(pairs) else word.end
            faults = item_faults(said, plain(item), self.vocabulary)
            if amount.kind == "vague" or amount.number is None:
                faults.append(Text("quantity_range", {"words": said[:80]}))
            if amount.kind == "number":
                faults.append(Text("unit_missing", {"words": said[:80]}))
            lines.append(Line(item, variety, amount.number, amount.unit, begin, end, "set", tuple(faults)))
        return lines

    def pieces(self, start: int, end: int) -> list[tuple[str, int]]:
        """Names joined by 和 and the like or glued together, with their places; brackets open into their words."""
        found: list[tuple[str, int]] = []
        for match in re.finditer(r"[^()\[\]\s,、]+", self.plain[start:end]):
            at = 0
            for joint in [*APART.finditer(match[0]), None]:
                stop = joint.start() if joint else len(match[0])
                if stop > at:
                    found += self._cut(match[0][at:stop], start + match.start() + at)
                at = joint.end() if joint else stop
        return found

    def _cut(self, name: str, at: int) -> list[tuple[str, int]]:
        known = self.vocabulary.items
        if name in known or name in GOODS or name in VARIETIES:
            return [(name, at)]
        for cut in range(len(name) - 1, 1, -1):
            if (name[:cut] in GOODS or name[:cut] in known) and all(c in VARIETIES for c in name[cut:]):
                return [(name[:cut], at), *((c, at + cut + n) for n, c in enumerate(name[cut:]))]
        parts = glued_goods(name)
        out = []
        for part in parts or (name,):
            out.append((part, at))
            at += len(part)
        return out

    def _pairs(self, pieces: list[tuple[str, int]]) -> list[tuple[str, str, int]]:
        """(item, variety, place): several goods, or one with its varieties (小番茄 红和黄)."""
        words = list(pieces)
        if len(words) > 2 and words[0][0] not in VARIETIES and all(w in VARIETIES for w, _ in words[1:]):  # noqa: PLR2004
            item = self.text[words[0][1] : words[0][1] + len(words[0][0])]
            return [(item, self.text[at : at + len(w)], at) for w, at in words[1:]]
        return [(self.text[at : at + len(w)], "", at) for w, at in words]
