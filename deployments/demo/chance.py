"""Chance that can be repeated: it all comes from `random()`, the one method whose numbers Python promises to keep."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A stream of its own for every key, so that one village's day does not depend on another's."""

    def __init__(self, *key: object) -> None:
        self._random = random.Random("|".join(str(part) for part in key)).random

    def share(self) -> float:
        """From 0 up to 1."""
        return self._random()

    def happens(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self._random() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._random() * (high - low + 1))

    def one(self, of: Sequence[T]) -> T:
        """One of them, all alike."""
        return of[int(self._random() * len(of))]

    def weighted(self, of: Sequence[T], weights: Sequence[float]) -> T:
        """One of them by weight."""
        mark = self._random() * sum(weights)
        for one, weight in zip(of, weights, strict=True):
            mark -= weight
            if mark < 0:
                return one
        return of[-1]

    def rounded(self, value: float) -> int:
        """Up or down by chance, so that the mean is kept."""
        return int(value + self._random())
