"""What a supplier says to an order -> per item what is confirmed, short, beyond the order, and dearer (C-05, B-07).

Policy. A confirmation counts for the items that it names; one that is for all of the order counts for all of it. More
than was ordered is told and capped: nobody has to take it before somebody has said yes. Another price than was
ordered is a question, too, whichever way it moved: the packs count, the price does not yet. What is not confirmed is
short, and is no longer expected of this supplier. An item or an amount that is not plain refuses the whole answer:
nobody buys by half an answer.

Over HTTP (docs/store-api.yaml) `partial` names every item of the order, since silence about an item is no promise;
`refused` is nothing of it; `pending` is no answer yet. By telephone and in a file an item that is not named stays open.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rules.changes import MOST_PACKS, line_meant
from rules.intake.http_json import words
from rules.intake.identify import Directory
from rules.intake.quantities import fold
from schemas.plan import Item, Plan
from schemas.text import Text

STATES = ("confirmed", "partial", "refused", "pending")
_TOLD = re.compile(r"(?P<left>.+?)=(?P<packs>[0-9]{1,6})(?:@(?P<yuan>[0-9]{1,7}(?:\.[0-9]{1,2})?)元?)?")


@dataclass(frozen=True, slots=True)
class Ordered:
    """What is still expected of an item of an order, in packs, and what a pack costs by the order."""

    item_id: str
    packs: int
    pack_price_fen: int


@dataclass(frozen=True, slots=True)
class Said:
    """What a supplier says of an item; no price: that of the order."""

    item_id: str
    packs: int
    pack_price_fen: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer beside the order: `ordered = confirmed + short`, `offered = confirmed + more` where more is offered."""

    item_id: str
    ordered: int
    offered: int
    confirmed: int
    ordered_fen: int
    offered_fen: int
    reason: str

    @property
    def short(self) -> int:
        """Packs that this supplier will not bring."""
        return self.ordered - self.confirmed

    @property
    def more(self) -> int:
        """Packs beyond the order, which nobody has asked for."""
        return self.offered - self.confirmed

    @property
    def other_price(self) -> bool:
        """Whether what is confirmed is to cost something else."""
        return self.confirmed > 0 and self.offered_fen != self.ordered_fen


def judged(said: Sequence[Said], ordered: Sequence[Ordered]) -> list[Judged]:
    """The answer to those items that it names, in the order of the order."""
    told = {one.item_id: one for one in said}
    return [_judged(told[line.item_id], line) for line in ordered if line.item_id in told]


def _judged(said: Said, line: Ordered) -> Judged:
    price = line.pack_price_fen if said.pack_price_fen is None else said.pack_price_fen
    confirmed = min(said.packs, line.packs)
    return Judged(line.item_id, line.packs, said.packs, confirmed, line.pack_price_fen, price, said.reason)


# --- over HTTP ----------------------------------------------------------------------------------------------------


def said_in_entry(
    entry: Mapping[str, Any], ordered: Sequence[Ordered], directory: Directory
) -> list[Said] | Text | None:
    """What an entry of `confirmations`, or the answer to an order, says; None while it says nothing yet."""
    status, lines = entry.get("status"), entry.get("lines") or []
    if status not in STATES or not isinstance(lines, Sequence) or not all(isinstance(x, Mapping) for x in lines):
        return Text("page_not_agreed", {"what": "status"})
    if status == "pending":
        return None
    if status == "refused":
        return [Said(x.item_id, 0, reason=words(entry.get("reason"))[:200]) for x in ordered]
    said: dict[str, Said] = {}
    for line in lines:
        one = _said_in_line(line, {x.item_id for x in ordered}, directory)
        if isinstance(one, Text):
            return one
        said[one.item_id] = one
    silent = [x.item_id for x in ordered if x.item_id not in said]
    if status == "partial" and silent:
        return Text("confirmation_silent", {"items": "、".join(directory.plan.items[i].name for i in silent)})
    return [*said.values(), *(Said(x.item_id, x.packs) for x in ordered if x.item_id in silent)]


def _said_in_line(line: Mapping[str, Any], ordered: set[str], directory: Directory) -> Said | Text:
    item = directory.item(words(line.get("item")))
    if not isinstance(item, Item):
        return item
    if item.item_id not in ordered:
        return Text("confirmation_not_ordered", {"item": item.name})
    packs, price = line.get("packs"), line.get("pack_price_fen")
    if not _whole(packs, 0):
        return Text("confirmation_no_packs", {"item": item.name, "words": words(packs) or "?"})
    if price is not None and not _whole(price, 1):
        return Text("confirmation_no_price", {"item": item.name, "words": words(price) or "?"})
    return Said(item.item_id, int(str(packs)), price, words(line.get("reason"))[:200])


def _whole(value: object, least: int) -> bool:
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return least <= value <= (MOST_PACKS if least == 0 else 10**9)


# --- by telephone -------------------------------------------------------------------------------------------------


def said_in_words(text: str, store_id: str, ordered: Sequence[Ordered], plan: Plan) -> list[Said] | tuple[Text, ...]:
    """What somebody wrote down: `大米=3`, at another price of a pack `大米=3@104.50`, one a line; or what is wrong."""
    known = [(store_id, line.item_id) for line in ordered]
    said: dict[str, Said] = {}
    faults: list[Text] = []
    for number, line in enumerate(fold(text).splitlines(), start=1):
        for part in (p.strip() for p in line.split(";") if p.strip()):
            found = _said_in_part(part, known, plan)
            if isinstance(found, Said) and found.item_id in said:
                found = Text("change_twice")
            if isinstance(found, Text):
                faults.append(Text(found.code, {"line": number, "words": part, **found.args}))
            else:
                said[found.item_id] = found
    return tuple(faults) or list(said.values())


def _said_in_part(part: str, known: Sequence[tuple[str, str]], plan: Plan) -> Said | Text:
    told = _TOLD.fullmatch(re.sub(r"\s*([=@])\s*", r"\1", part))
    if told is None:
        return Text("confirmation_unreadable")
    line = line_meant(told["left"].strip(), known, plan)
    if isinstance(line, Text):
        return line
    fen = int(Decimal(told["yuan"]) * 100) if told["yuan"] else None
    if int(told["packs"]) > MOST_PACKS or fen == 0:
        return Text("confirmation_unreadable")
    return Said(line[1], int(told["packs"]), fen)
