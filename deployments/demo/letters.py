"""How a community's person sends in what its households ask for: chains, spreadsheets, an ordering tool's export.

Every community has its own habit, sends at its own hour, is sometimes late, silent, or reports none. The habits are
dealt out by their parts, so that no week of a large plan goes without one of them. Whoever fills in the township's form
(`smartphones.py`) does not stand in the letter of his community.
"""

from collections.abc import Callable, Mapping
from datetime import date, time

from deployments.demo.chains import chain
from deployments.demo.chance import Chance
from deployments.demo.files import Letter, letter
from deployments.demo.lines import Asked, basket_lines
from deployments.demo.tables import gb18030, group_buy, ods, utf8, wide, workbook
from deployments.demo.wishes import Town

#: Parts of all days of a community.
SILENT, LATE, NOTHING, GARBLED = 0.03, 0.04, 0.03, 0.01
#: Parts of all communities, and how each of them sends.
HABITS: dict[str, float] = {
    "chain": 0.4, "gb18030": 0.12, "utf8": 0.1, "workbook": 0.11, "ods": 0.09, "wide": 0.09, "group_buy": 0.09,
}  # fmt: skip
FORMS: dict[str, Callable[[Asked, time], list[Letter]]] = {
    "chain": chain,
    "gb18030": gb18030,
    "utf8": utf8,
    "workbook": workbook,
    "ods": ods,
    "wide": wide,
    "group_buy": group_buy,
}


def letters(town: Town, on: date) -> list[Letter]:
    """Everything that the communities send in for the collection of a day."""
    found: list[Letter] = []
    known = habits(town)
    for community in town.plan.communities.values():
        chance = Chance(town.seed, town.plan.id, on, community.community_id, "letter")
        fate = chance.weighted(
            ("silent", "nothing", "garbled", "late", "sent"),
            (SILENT, NOTHING, GARBLED, LATE, 1 - SILENT - NOTHING - GARBLED - LATE),
        )
        if fate == "silent":
            continue
        homes = [home for home in town.homes(community.community_id) if home not in town.by_form]
        baskets = [basket_lines(chance, basket) for basket in town.wishes(homes, on)]
        asked = Asked(community, on, town.cutoff, chance, baskets)
        found += _as_sent(asked, fate, FORMS[known[community.community_id]])
    return found


def habits(town: Town) -> Mapping[str, str]:
    """Community -> its habit: shares by largest remainder, dealt to communities in an order of chance."""
    places = list(town.plan.communities)
    exact = {name: part * len(places) for name, part in HABITS.items()}
    dealt = {name: int(share) for name, share in exact.items()}
    for name in sorted(exact, key=lambda name: dealt[name] - exact[name])[: len(places) - sum(dealt.values())]:
        dealt[name] += 1
    mixed = sorted(places, key=lambda place: Chance(town.seed, town.plan.id, place).share())
    return dict(zip(mixed, [name for name, count in dealt.items() for _ in range(count)], strict=True))


def _as_sent(asked: Asked, fate: str, form: Callable[[Asked, time], list[Letter]]) -> list[Letter]:
    chance, name = asked.chance, asked.community.name
    at = _late(chance, asked.cutoff) if fate == "late" else _in_time(chance, asked.cutoff)
    if fate == "nothing" or not asked.baskets:
        return [letter(name, at, "txt", f"{asked.on.month}月{asked.on.day}日 今日无需求\n".encode())]
    if fate == "garbled":
        # A photo of a list, or nothing at all: neither can be read, both are kept and asked about.
        return [letter(name, at, "jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00")]
    return form(asked, at)


def _in_time(chance: Chance, cutoff: time) -> time:
    return _clock(chance.between(9 * 60, cutoff.hour * 60 + cutoff.minute - 10))


def _late(chance: Chance, cutoff: time) -> time:
    return _clock(min(cutoff.hour * 60 + cutoff.minute + chance.between(25, 45), 23 * 60 + 50))


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
