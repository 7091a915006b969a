"""Who gets how many packs when money or vehicles are short (B-10, C-02).

Life-line categories first, and inside that what was asked for before reserve; what was asked for in the order of the
tiers of those who asked. Packs are given one by one: of what was asked for, to the line of which the smallest part is
bought; of reserve, to the lowest cover in days; ties by store and item. A pack that is too dear or too heavy for what
is left does not stop a cheaper or lighter one. What is left out is told, with what it was left out for.

Known drawback: pack by pack is fair and not the most that the money could buy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Literal

MONEY: Literal["money"] = "money"
VEHICLES: Literal["vehicles"] = "vehicles"
Short = Literal["money", "vehicles"]


@dataclass
class Claim:
    """A line that wants packs. `asked`: packs for what was asked for, up to each tier; `wanted`: with reserve."""

    asked: Sequence[int]
    wanted: int
    lifeline: bool
    fen: int
    grams: int
    cover: Callable[[int], float]
    packs: int = 0
    short: set[Short] = field(default_factory=set)

    def served(self) -> float:
        """Which part of what was asked for is bought so far."""
        most = self.asked[-1] if self.asked else 0
        return self.packs / most if most else 1.0


@dataclass
class Means:
    """Money in fen and what the vehicles carry in grams; None: no vehicle is declared, and nobody knows."""

    fen: int
    grams: int | None

    def lacking(self, claim: Claim, packs: int = 1) -> Short | None:
        """What there is not enough of for so many more packs."""
        if packs * claim.fen > self.fen:
            return MONEY
        return VEHICLES if self.grams is not None and packs * claim.grams > self.grams else None

    def take(self, claim: Claim, packs: int) -> None:
        """Pay and load packs."""
        self.fen -= packs * claim.fen
        self.grams = None if self.grams is None else self.grams - packs * claim.grams
        claim.packs += packs


def spend(claims: Sequence[Claim], means: Means) -> None:
    """Give packs while the means last; `claims` stand in the order that breaks ties."""
    tiers = max((len(claim.asked) for claim in claims), default=0)
    for lifeline in (True, False):
        group = [claim for claim in claims if claim.lifeline is lifeline]
        for tier in range(tiers):
            _give(group, [claim.asked[tier] if claim.asked else 0 for claim in group], means, Claim.served)
        _give(group, [claim.wanted for claim in group], means, lambda claim: claim.cover(claim.packs))


def _give(claims: Sequence[Claim], goals: Sequence[int], means: Means, need: Callable[[Claim], float]) -> None:
    """Pack by pack to whoever has the lowest `need` by then, up to each one's goal."""
    if _enough(claims, goals, means):
        for claim, goal in zip(claims, goals, strict=True):
            means.take(claim, max(0, goal - claim.packs))
        return
    queue = [(need(claim), n) for n, claim in enumerate(claims) if claim.packs < goals[n]]
    heapify(queue)
    while queue:
        _, n = heappop(queue)
        claim = claims[n]
        short = means.lacking(claim)
        if short is not None:
            claim.short.add(short)  # the means only shrink: this one is done
            continue
        means.take(claim, 1)
        if claim.packs < goals[n]:
            heappush(queue, (need(claim), n))


def _enough(claims: Sequence[Claim], goals: Sequence[int], means: Means) -> bool:
    more = [(claim, max(0, goal - claim.packs)) for claim, goal in zip(claims, goals, strict=True)]
    fen, grams = (sum(packs * getattr(claim, name) for claim, packs in more) for name in ("fen", "grams"))
    return fen <= means.fen and (means.grams is None or grams <= means.grams)
