"""Circles in who follows whom."""

from collections.abc import Iterator, Mapping, Sequence


def circles(follows: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Each circle once, from its first member in the order of `follows`; those sharing members may be told as one."""
    done: set[str] = set()
    for start in follows:
        found = _circle_from(start, follows, done)
        if found:
            first = min(found, key=list(follows).index)
            place = found.index(first)
            yield found[place:] + found[:place]


def _circle_from(start: str, follows: Mapping[str, Sequence[str]], done: set[str]) -> list[str] | None:
    trail: list[str] = []
    stack: list[tuple[str, Iterator[str]]] = []
    found: list[str] | None = None
    if start not in done:
        trail, stack = [start], [(start, iter(follows.get(start, ())))]
    while stack:
        here, rest = stack[-1]
        following = next(rest, None)
        if following is None:
            done.add(here)
            trail.pop()
            stack.pop()
        elif following in trail:
            found = found or trail[trail.index(following) :]
        elif following not in done:
            trail.append(following)
            stack.append((following, iter(follows.get(following, ()))))
    return found
