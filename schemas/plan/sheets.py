"""Rows of the sheets beside `plan.toml`. Every cell is text in the file; these say what it must be."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.plan.ruling import Strict
from schemas.plan.values import (
    MOST_ON_HAND,
    PRESCRIPTION,
    AsTyped,
    Count,
    Day,
    Doses,
    Key,
    Latitude,
    Longitude,
    Maybe,
    Positive,
    Words,
    YesNo,
)
from schemas.words import Measure, SpecialGroup, StoreKind, Zone


class Community(Strict):
    """communities.csv: a sealed place, village part, estate or isolation point."""

    community_id: Key
    name: Key
    village: Key = Field(description="the village or sub-district office that it belongs to (B-03, B-13)")
    zone: Zone
    population: Positive
    lat: Latitude
    lon: Longitude
    delivery_point: str = Field(min_length=1)
    sign: str = Field(default="", description="the sign at the point (A-06, C-06)")
    point_capacity: Positive = Field(description="parcels that the point can hold")
    contact: Key = Field(description="officer_id of the named person who collects (A-04, C-04)")


class Household(Strict):
    """households.csv: who lives where, and who answers for them (D-11)."""

    household_id: Key
    community_id: Key
    address: Annotated[str, AsTyped] = Field(min_length=1)
    head: str = Field(min_length=1)
    phone: Annotated[str, AsTyped] = ""
    persons: int = Field(gt=0, le=30)
    special_group: SpecialGroup
    responsible: Key = Field(description="officer_id (D-11)")
    carer: Annotated[Key | None, Maybe] = Field(
        default=None, description="officer_id; a special group needs one (C-09)"
    )


class Store(Strict):
    """stores.csv: places that hold or supply goods."""

    store_id: Key
    name: Key
    kind: StoreKind
    lat: Latitude
    lon: Longitude
    capacity_parcels: Count = Field(description="parcels a day that it can pack; 0 = it does not serve residents")
    supplies_to: Annotated[Key | None, Maybe] = Field(
        default=None, description="for a supplier: where its goods arrive"
    )
    lead_days: Count
    channel: Literal["inbox", "http"]
    contact: Key = Field(description="officer_id of who answers in the store: gets its orders and returned lines")
    liaison: Key = Field(description="officer_id of the one liaison named to it (A-10)")


class Item(Strict):
    """items.csv: goods with their sale unit, pack and the words that residents use."""

    item_id: Key
    name: Key
    category: Key
    measure: Measure
    unit: Key = Field(description="sale unit, as shown: 斤, 袋, 板")
    unit_base: Positive = Field(description="base units in one sale unit: 斤 = 500")
    step_base: Positive = Field(description="smallest amount that is sold, in base units")
    pack_units: Positive = Field(description="sale units in one pack when bought")
    weight_g: Positive = Field(description="grams in one sale unit")
    keeps_days: Positive
    aliases: Words = Field(default_factory=list)
    also_units: Words = Field(default_factory=list, description="other units: 个=1|箱=360, in base units")
    medicine: YesNo = False
    max_units: Positive = Field(description="above this many sale units per household a line is for review")


class StockRow(Strict):
    """stock.csv: what a store holds and asks on the plan's first day."""

    store_id: Key
    item_id: Key
    qty_units: int = Field(ge=0, le=MOST_ON_HAND)
    price_fen: int = Field(gt=0, le=MOST_ON_HAND, description="fen per sale unit")
    cost_fen: int = Field(gt=0, le=MOST_ON_HAND)
    checked_by: str = Field(min_length=1, description="who saw it checked before the first day")


class Officer(Strict):
    """officers.csv: roles, deputies and the names (never the addresses) of their channels."""

    officer_id: Key
    name: str = Field(min_length=1)
    role: Key
    serves: Annotated[Key | None, Maybe] = Field(default=None, description="community_id or store_id it is limited to")
    deputy: Annotated[Key | None, Maybe] = None
    escalates_to: Annotated[Key | None, Maybe] = None
    channels: Words
    phone: Annotated[str, AsTyped] = ""


class Carrier(Strict):
    """carriers.csv (may be absent): transport firms that carry necessities (B-09)."""

    carrier_id: Key
    name: Key
    contact: Key = Field(description="officer_id of who declares its vehicles")


class MedicineUse(Strict):
    """medicines.csv (may be absent): who takes what until when (B-04); the prescription's reference, no diagnosis."""

    household_id: Key
    medicine: Key = Field(description="item_id, name or alias of an item, or a name that no item has")
    pharmacy: Key = Field(description="store_id of the pharmacy that has it")
    daily_units: Annotated[Doses, Field(gt=0)] = Field(description="dose units a day: 2 tablets, 0.5 tablets")
    pack_units: int = Field(gt=0, le=10_000, description="dose units in one pack")
    units_left: Doses = Field(description="dose units left in the morning of as_of")
    as_of: Day
    until: Annotated[Day | None, Maybe] = Field(default=None, description="the treatment's last day; empty: it goes on")
    prescription: str = Field(pattern=PRESCRIPTION, description="its reference, nothing else")


class LearntAlias(Strict):
    """aliases_learnt.csv (may be absent): words that residents used and somebody has assigned to an item."""

    alias: str = Field(min_length=1)
    item_id: Key
