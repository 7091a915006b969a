"""A loaded plan: the document and its sheets, each row under its key."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from schemas.plan.document import Category, PlanFile, Step
from schemas.plan.sheets import Carrier, Community, Household, Item, MedicineUse, Officer, StockRow, Store
from schemas.plan.sources import Source
from schemas.words import DeliveryMode, Process


@dataclass(frozen=True, eq=False)
class Plan:
    """One jurisdiction, checked. Keys of the dictionaries are the ids of their rows.

    Itself and nothing else: a plan that was read again is another one, and what was looked up in it is not mixed up.
    """

    folder: Path
    digest: str
    file: PlanFile
    communities: dict[str, Community]
    households: dict[str, Household]
    stores: dict[str, Store]
    items: dict[str, Item]
    stock: list[StockRow]
    officers: dict[str, Officer]
    learnt_aliases: dict[str, str] = field(default_factory=dict)
    carriers: dict[str, Carrier] = field(default_factory=dict)
    medicines: list[MedicineUse] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The plan's slug."""
        return self.file.plan.id

    @cached_property
    def zone(self) -> ZoneInfo:
        """Its zone of time."""
        return ZoneInfo(self.file.plan.timezone)

    @cached_property
    def categories(self) -> dict[str, Category]:
        """Categories by id, in the plan's order."""
        return {c.id: c for c in self.file.category}

    @cached_property
    def steps(self) -> dict[Process, Step]:
        """The process graph by flow."""
        return {s.flow: s for s in self.file.step}

    @cached_property
    def sources(self) -> dict[str, Source]:
        """What is fetched over HTTP, by id."""
        return {s.id: s for s in self.file.source}

    def mode(self, community_id: str) -> DeliveryMode:
        """How goods reach the households of a community."""
        return self.file.delivery.modes.value[self.communities[community_id].zone]

    def min_cover_days(self, category_id: str) -> float:
        """Minimum days of cover for a category, falling back on the plan's rule."""
        own = self.categories[category_id].min_cover_days
        return float(self.file.reserve.min_cover_days.value) if own is None else own

    def officers_in(self, roles: list[str], serves: str | None = None) -> list[Officer]:
        """Officers with one of the roles; with `serves`, only those not limited to another place."""
        return [o for o in self.officers.values() if o.role in roles and (serves is None or o.serves in (None, serves))]
