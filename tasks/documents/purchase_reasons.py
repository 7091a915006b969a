"""Why a line of a proposal is as it is, in words beside its formula: reserve, moves, offers, cuts (B-07, B-10)."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.tables import PurchaseLine
from schemas.text import N_
from tasks.documents.register import Register
from tasks.words import say

GAP = N_("gap {gap} = until the next goods come {expected} + {days} days of reserve {reserve}")
CUT_FOR: Mapping[str, str] = {"money": N_("money"), "vehicles": N_("room on the vehicles")}


def reasons(register: Register, line: PurchaseLine) -> Iterator[str]:
    """What the gap is made of, what is moved instead, whom else to ask, and what was cut for want of what."""
    why: Mapping[str, Any] = line.why

    def amount(base: object) -> str:
        return register.quantity(line.item_id, int(str(base)))

    if "expected_base" in why:
        parts = {"gap": line.reserve_gap_base, "expected": why["expected_base"], "reserve": why["reserve_base"]}
        yield say(GAP, days=f"{why['reserve_days']:g}", **{name: amount(base) for name, base in parts.items()})
    if why.get("moved_base"):
        yield say(N_("on order includes {moved} moved from other stores"), moved=amount(why["moved_base"]))
    if why.get("unmet_base"):
        yield say(N_("{lacking} are needed before it can come: find a faster way"), lacking=amount(why["unmet_base"]))
    yield from _offers(register, why)
    yield from _cut(line)


def _offers(register: Register, why: Mapping[str, Any]) -> Iterator[str]:
    """Of goods whose price swings, what each source asks; one price alone is none (B-07)."""
    told = why.get("sources") or []
    if why.get("volatile") and len(told) == 1:
        yield say(N_("the price swings and only one source told it: ask others"))
    elif why.get("volatile"):
        names = [f"{register.stores[o['supplier_id']].name} {o['cost_fen'] / 100:.2f}" for o in told]
        yield say(N_("offers in yuan: {offers}"), offers="、".join(names))


def _cut(line: PurchaseLine) -> Iterator[str]:
    wanting = line.why.get("cut_for")
    if line.cut_packs and isinstance(wanting, list) and wanting:
        what = "、".join(say(CUT_FOR[name]) for name in wanting)
        yield say(N_("{packs} packs cut for want of {what}"), packs=line.cut_packs, what=what)
