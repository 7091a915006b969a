"""Sharing a short supply in whole steps: equal proportion, then largest remainder.

Everybody's exact share is wanted x supply / total wanted. Whole steps of it are given at once; the steps left over go
one each to the largest remainders. Ties: more persons first, then the lower household id, so that a run repeated
gives the same. All in integers: no rounding of a computer decides who eats. Known drawback: with fewer steps than
households some get nothing, and small households lose more often; nothing is remembered from one cycle to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """Whole steps that one household wants of one item."""

    household_id: str
    steps: int
    persons: int


def share(claims: Sequence[Claim], supply_steps: int) -> list[int]:
    """Steps for each claim, in its order: never more than claimed, in all min(supply, claimed)."""
    total = sum(claim.steps for claim in claims)
    if supply_steps >= total:
        return [claim.steps for claim in claims]
    given = [claim.steps * supply_steps // total for claim in claims]

    def rank(index: int) -> tuple[int, int, str]:
        claim = claims[index]
        return (-(claim.steps * supply_steps % total), -claim.persons, claim.household_id)

    # Fewer steps are left over than there are remainders above zero, so nobody gets a step beyond his claim.
    for index in sorted(range(len(claims)), key=rank)[: supply_steps - sum(given)]:
        given[index] += 1
    return given
