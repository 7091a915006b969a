"""Whom and what the words mean in a plan: sender, household, item, unit. Two that fit are none.

Households and senders match exactly; items as `rules/intake/items.py` says.

Household, within the sender's community: its id; else its address (by key, rules/intake/who.py); else the name of its
head where only one household has it. An address or name that fits nobody makes a provisional household
`<community_id>~<key>`, which is served and verified later: tenants and building sites are on no register. An unknown
address with the name of a known head contradicts itself and is refused. Drawback: a slip in a room number (501 for
510) makes a provisional household, seen when it is verified.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rules.intake.chain.plain import plain
from rules.intake.items import Published
from rules.intake.lines import unit_names
from rules.intake.packs import pack_base
from rules.intake.quantities import fold
from rules.intake.who import address_key, is_address, split_who
from schemas.plan import Community, Item, Plan
from schemas.text import Text
from schemas.units import BASE_PER_UNIT, sale_quantity
from schemas.words import Measure

#: The word for one base unit.
_BASE = {Measure.GRAM: "克", Measure.MILLILITRE: "毫升", Measure.PIECE: "件"}
#: Beyond this many of anything a number is a slip, and would not fit a column either.
ABSURD = Decimal(1_000_000)
LONGEST_KEY = 40


@dataclass(frozen=True, slots=True)
class Household:
    """A household found, or one to be made."""

    household_id: str
    provisional: bool = False
    address: str = ""
    head: str = ""


@lru_cache(maxsize=8)
def directory_of(plan: Plan) -> "Directory":
    """The plan's look-ups; made once for each reading of a plan, since a register has hundreds of addresses."""
    return Directory(plan)


class Directory:
    """Look-ups of one plan, built once: senders, households by id, address and head, items by every word."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._homes: dict[str, str] = {fold(h): h for h in plan.households}
        self._addresses: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._numbers: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._heads: dict[tuple[str, str], list[str]] = defaultdict(list)
        for home in plan.households.values():
            key = self._key(plan.communities[home.community_id], fold(home.address))
            self._addresses[home.community_id, key].append(home.household_id)
            self._numbers[home.community_id, re.sub("^[^0-9]+", "", key)].append(home.household_id)
            self._heads[home.community_id, fold(home.head)].append(home.household_id)
        self._published = Published(plan)
        self._units = {i.item_id: units_of(i) for i in plan.items.values()}

    @staticmethod
    def _key(community: Community, address: str) -> str:
        return address_key(address, (fold(community.name), fold(community.village), fold(community.community_id)))

    def community(self, sender: str) -> str | None:
        """The community that a sender's words name: id, name, or the village of one community only."""
        told = fold(sender.strip())
        ids = [c.community_id for c in self.plan.communities.values() if told in (fold(c.community_id), fold(c.name))]
        ids = ids or [c.community_id for c in self.plan.communities.values() if told == fold(c.village)]
        return ids[0] if len(ids) == 1 else None

    def store(self, sender: str) -> str | None:
        """The store or supplier that a sender's words name: id or name."""
        told = fold(sender.strip())
        ids = [s.store_id for s in self.plan.stores.values() if told in (fold(s.store_id), fold(s.name))]
        return ids[0] if len(ids) == 1 else None

    def household(self, community_id: str, who: str, name: str) -> Household | Text:
        """The household that the words name, or why they name none. `who`: id, address, or both in one cell."""
        told, head = fold(who.strip()), fold(name.strip())
        if told in self._homes:
            return self._own(community_id, self._homes[told], who)
        if told and not is_address(told) and not self._at_key(community_id, told)[1]:
            split = split_who(told)
            if split is None or (split.name and head and split.name != head):
                return Text("household_unclear", {"who": who or name})
            told, head = split.address, split.name or head
        if told:
            return self._at(community_id, told, head)
        return self._headed(community_id, head)

    def _own(self, community_id: str, household_id: str, who: str) -> Household | Text:
        if self.plan.households[household_id].community_id == community_id:
            return Household(household_id)
        return Text("household_elsewhere", {"who": who, "community": self.plan.communities[community_id].name})

    def _at_key(self, community_id: str, address: str) -> tuple[str, list[str]]:
        """The key of an address and who lives there; bare numbers (1号) stand for 样本庄1号, too."""
        key = self._key(self.plan.communities[community_id], address)
        return key, self._addresses.get((community_id, key)) or self._numbers.get((community_id, key), [])

    def _at(self, community_id: str, address: str, head: str) -> Household | Text:
        key, found = self._at_key(community_id, address)
        if len(found) > 1:
            found = [h for h in found if fold(self.plan.households[h].head) == head]
            return Household(found[0]) if len(found) == 1 else Text("household_ambiguous", {"who": address})
        if found:
            return Household(found[0])
        if self._heads.get((community_id, head)):
            return Text("household_contradicts", {"who": address, "name": head})
        return _provisional(community_id, key, address, head)

    def _headed(self, community_id: str, head: str) -> Household | Text:
        found = self._heads.get((community_id, head), [])
        if len(found) > 1:
            return Text("household_ambiguous", {"who": head})
        if found:
            return Household(found[0])
        return (
            _provisional(community_id, address_key(head), "", head)
            if head
            else Text("household_missing", {"words": ""})
        )

    def item(self, words: str) -> Item | Text:
        """The item that the words name, or why they name none plainly."""
        return self._published.find(words)

    def known(self, words: str) -> str | None:
        """The id of the item that the words name as they stand, without looking for what is near them."""
        return self._published.exactly(words)

    def size(self, item: Item, unit: str, variety: str) -> Text | None:
        """Why a pack's size as written does not fit the item as it is sold; None where it does, or nothing says."""
        told, sold = pack_base(variety, item.measure), self._units[item.item_id].get(plain(unit))
        if told is None or sold is None or told == sold or sold == 1:
            return None
        return Text(
            "size_unfit", {"item": item.name, "size": variety, "unit": unit, "sold": f"{sold}{_BASE[item.measure]}"}
        )

    def base_units(self, item: Item, number: Decimal, unit: str) -> int | Text:
        """Base units of an amount, 0 and less included; or why it has none."""
        if not unit:
            return Text("unit_missing", {"words": f"{item.name}{number}"})
        size = self._units[item.item_id].get(plain(unit.strip()))
        if size is None:
            choices = "、".join(self._units[item.item_id])
            return Text("unit_unknown", {"unit": unit, "item": item.name, "choices": choices})
        if abs(number) > ABSURD:
            return too_much(item)
        exact = number * size
        return int(exact) if exact == int(exact) else off_step(item)


def _provisional(community_id: str, key: str, address: str, head: str) -> Household | Text:
    if not key or len(key) > LONGEST_KEY:
        return Text("household_unclear", {"who": (address or head)[:LONGEST_KEY]})
    return Household(f"{community_id}~{key}", True, address or head, head or address)


def units_of(item: Item) -> dict[str, int]:
    """Folded unit -> base units for one item; the plan's own words go before the common ones."""
    return BASE_PER_UNIT[item.measure] | unit_names(item.also_units) | {fold(item.unit): item.unit_base}


def too_much(item: Item) -> Text:
    """The reason for an amount beyond what one household is given."""
    return Text("quantity_absurd", {"item": item.name, "limit": item.max_units, "unit": item.unit})


def off_step(item: Item) -> Text:
    """The reason for an amount that is no whole number of steps."""
    step = sale_quantity(item.step_base, item.unit_base)
    return Text("not_a_step", {"item": item.name, "step": step, "unit": item.unit})
