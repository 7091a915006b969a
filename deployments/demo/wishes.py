"""What the households of a sample week ask for: about 60 % of the planning norm, of what the plan's stores have."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property

from deployments.demo.chance import Chance
from rules.calendar import cycle_end
from rules.demand import grams_per_base
from schemas.plan import Household, Item, Plan
from schemas.plan.sources import Source
from schemas.words import SpecialGroup

#: Part of the norm that people order: the rest is in the cupboard, in the garden, or goes without.
PART_OF_NORM = 0.6
#: How many of the households order on a day of a daily plan, and on one of two days a week.
DAILY, TWICE_WEEKLY = 0.35, 0.85
#: Households that ask for a medicine, and for a thing of prevention, per day.
MEDICINE_PER_DAY = 0.012
#: More of one kind than this is split over several goods.
SEVERAL_FROM_G = 1200
#: Households that fill in the township's form themselves, where it has one.
BY_FORM = 6


@dataclass(frozen=True)
class Wish:
    """A household asks for whole sale units of an item."""

    home: Household
    item: Item
    units: int


@dataclass(frozen=True)
class Town:
    """A plan as its residents see it: which goods there are, and how much of each."""

    plan: Plan
    seed: int

    @cached_property
    def shelves(self) -> dict[str, list[tuple[Item, float]]]:
        """Category -> items with the grams that lie in the stores: people ask for what they see."""
        grams: dict[str, float] = {}
        for row in self.plan.stock:
            item = self.plan.items[row.item_id]
            grams[row.item_id] = grams.get(row.item_id, 0.0) + row.qty_units * item.unit_base * grams_per_base(item)
        found: dict[str, list[tuple[Item, float]]] = {}
        for item_id, item in self.plan.items.items():
            if grams.get(item_id):
                found.setdefault(item.category, []).append((item, grams[item_id]))
        return found

    @cached_property
    def form(self) -> Source | None:
        """The township's own form, where the plan names one."""
        return next((s for s in self.plan.file.source if s.kind == "form_submissions"), None)

    @cached_property
    def by_form(self) -> list[Household]:
        """Those who fill in the form instead of telling their community's person: a few of one community."""
        if self.form is None:
            return []
        chance = Chance(self.seed, self.plan.id, "form")
        homes = self.homes(self.form.community or chance.one(list(self.plan.communities)))
        able = [(chance.share(), home) for home in homes if home.special_group is not SpecialGroup.NO_SMARTPHONE]
        return [home for _, home in sorted(able, key=lambda pair: pair[0])[:BY_FORM]]

    @property
    def cutoff(self) -> time:
        """When a collection closes."""
        return self.plan.file.needs.cutoff.value

    def homes(self, community_id: str) -> list[Household]:
        """Households of a community in the order of their sheet."""
        return [h for h in self.plan.households.values() if h.community_id == community_id]

    def wishes(self, homes: Iterable[Household], on: date) -> list[list[Wish]]:
        """What each of these households that orders in a cycle asks for, until the next one; one list per household."""
        days = (cycle_end(self.plan, on) - on).days + 1
        part = DAILY if days == 1 else TWICE_WEEKLY
        baskets = []
        for home in homes:
            chance = Chance(self.seed, self.plan.id, on, home.household_id)
            if chance.happens(part):
                baskets.append(self._basket(chance, home, PART_OF_NORM * days / part, days / part))
        return [basket for basket in baskets if basket]

    def _basket(self, chance: Chance, home: Household, norms: float, days: float) -> list[Wish]:
        asked: dict[str, Wish] = {}
        for category_id, goods in self.shelves.items():
            category = self.plan.categories[category_id]
            if category.norm_g == 0:
                if chance.happens(MEDICINE_PER_DAY * days):
                    item = chance.one([item for item, _ in goods])
                    asked[item.item_id] = Wish(home, item, 1)
                continue
            grams = category.norm_g * home.persons * norms
            several = min(len(goods), 1 + int(grams / SEVERAL_FROM_G), 3)
            for _ in range(several):
                item = chance.weighted([i for i, _ in goods], [g for _, g in goods])
                units = chance.rounded(grams / several / (grams_per_base(item) * item.unit_base))
                units = min(units, max(1, item.max_units // 2))
                if units and item.item_id not in asked:
                    asked[item.item_id] = Wish(home, item, units)
        return list(asked.values())
