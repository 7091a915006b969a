"""The head of a row: whose entry it is, with the nicknames and buildings that stand only in a chain's own rows."""

import re
from collections.abc import Mapping
from dataclasses import replace

from rules.intake.chain.lexicon import FOOD
from rules.intake.chain.model import Who
from rules.intake.chain.persons import nickname
from rules.intake.chain.settling import Grammar, Open, Settling
from rules.intake.chain.who import Head
from rules.intake.lines import Listed

_BETWEEN = re.compile(r"\s*(?:的|[:,、;。-])*\s*(?:(?:代|帮忙)?(?:订购|订|购|买)(?=\s|[^\s]))?\s*")


class Entries(Settling):
    """Begins entries.

    `due`: the number that comes next; `part`: a row that is only 1栋, in which the rooms below are.
    """

    def __init__(self, text: str, grammar: Grammar, listed: Mapping[int, Listed]) -> None:
        super().__init__(text, grammar, listed)
        self.due = 1
        self.entered = self.numbered = False
        self.part: Who | None = None

    def _entry(self, start: int, end: int, found: tuple[int, int]) -> None:
        """A marked row."""
        self._close()
        no, at = found
        if not self.plain[at:end].strip(" ,、.。:;-"):
            self._aside(start, end, "empty_entry")
            self.due = no + 1
            return
        self.entered = self.numbered = True
        self.due = no + 1
        head = self.grammar.heads.read(self.plain, at, end) or self._nicknamed(at, end)
        head = self._in_part(self.by_number.own(self.grammar.heads, head, at, end)) if head else None
        if head and head.who.address and not head.who.name:
            head = self._called(head, end)
        body = self._body_at(head.end if head else at, end)
        self.open = Open(no, head, start, body, end, "set", False)

    def _called(self, head: Head, end: int) -> Head:
        """The nickname behind an address: 2-301 阳光 白菜1颗."""
        found = nickname(self.plain, head.end, end, self.grammar.heads.is_goods)
        if found is None or re.search(r"[0-9a-z区]|不|无|取消|各", found[0]) or self._words_of_goods(found[0]):
            return head
        body = self.goods.read(self._body_at(found[1], end), end)
        plain_goods = body.lines and body.everything is None and not any(line.faults for line in body.lines)
        return replace(head, who=replace(head.who, name=found[0]), end=found[1]) if plain_goods else head

    def _words_of_goods(self, word: str) -> bool:
        return self.grammar.words.of(word).kind != "name" or bool(FOOD.search(word))

    def _body_at(self, at: int, end: int) -> int:
        found = _BETWEEN.match(self.plain, at, end)
        return found.end() if found else at

    def _nicknamed(self, at: int, end: int) -> Head | None:
        """A word that is no plain name and can only be one: sure where everything behind it is plain."""
        found = nickname(self.plain, at, end, self.grammar.heads.is_goods)
        if found is None:
            return None
        home = self.grammar.heads.read(self.plain, found[1], end)
        if home is not None and home.who.address and not home.who.name:
            return Head(replace(home.who, name=found[0]), home.end)
        if self._counted(found[1], end) is None:
            body = self.goods.read(self._body_at(found[1], end), end)
            if not body.lines or any(line.faults for line in body.lines):
                return None
        return Head(Who("", found[0]), found[1])

    def _in_part(self, head: Head) -> Head:
        """A room below a row that names its building is in that building."""
        home, part = head.who.household, self.part
        if part is None or part.household is None or home is None or home.building or home.unit:
            return head
        whole = replace(part.household, room=home.room)
        return replace(head, who=replace(head.who, address=part.address + head.who.address, household=whole))
