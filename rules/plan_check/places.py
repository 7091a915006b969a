"""Communities, zones and stores: everybody lives in a place that is served, every store has something to do."""

from collections.abc import Iterator
from math import asin, cos, hypot, radians, sin, sqrt
from statistics import median

from rules.plan_check.draft import Draft, Row
from rules.plan_check.faults import Fault
from rules.plan_check.officers import at
from rules.plan_check.shapes import shown
from schemas.plan import Store
from schemas.words import Process, StoreKind

#: Farther from the middle of the communities than this, a place is taken for a slip of the pen.
FAR_KM = 100
#: Goods may come from another city.
FAR_SUPPLIER_KM = 1000


def households_placed(draft: Draft) -> Iterator[Fault]:
    """No household outside the communities."""
    for row in draft.households:
        if draft.communities.lacks(row.it.community_id):
            yield at(draft.households, row, "community_id", "no_such_community")


def zones_served(draft: Draft) -> Iterator[Fault]:
    """Every zone in which somebody lives has its way of delivery and its one place in the order (C-02)."""
    file = draft.document.file
    if file is None or Process.ALLOCATE_ORDERS not in {step.flow for step in file.step}:
        return
    used = sorted({row.it.zone for row in draft.communities})
    ranked = [zone for tier in file.allocation.tiers.value for zone in tier]
    for zone in used:
        if zone not in file.delivery.modes.value:
            yield draft.document.fault(("delivery", "modes"), "no_mode", value=zone.value)
        if zone not in ranked:
            yield draft.document.fault(("allocation", "tiers"), "no_tier", value=zone.value)
    for zone in dict.fromkeys(zone for zone in ranked if ranked.count(zone) > 1):
        yield draft.document.fault(("allocation", "tiers"), "two_tiers", value=zone.value)


def _km(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    north, east = radians(to_lat - lat), radians(to_lon - lon)
    half = hypot(sin(north / 2), sqrt(max(cos(radians(lat)) * cos(radians(to_lat)), 0)) * sin(east / 2))
    return 2 * 6371.0 * asin(min(1.0, half))


def coordinates(draft: Draft) -> Iterator[Fault]:
    """Nothing lies far from the middle (median) of the communities; suppliers may lie farther than stores."""
    if not draft.communities.rows:
        return
    lat = median(row.it.lat for row in draft.communities)
    lon = median(row.it.lon for row in draft.communities)
    for sheet in (draft.communities, draft.stores):
        for row in sheet:
            limit = FAR_SUPPLIER_KM if isinstance(row.it, Store) and _is_supplier(row.it) else FAR_KM
            far = round(_km(lat, lon, row.it.lat, row.it.lon))
            if far > limit:
                yield at(sheet, row, "lat", "far_away", value=shown(row.it.name), km=far)


def _is_supplier(store: Store) -> bool:
    return store.capacity_parcels == 0 and (store.supplies_to is not None or store.kind is StoreKind.WHOLESALE)


def _target_fault(draft: Draft, row: Row[Store]) -> Iterator[Fault]:
    target = row.it.supplies_to
    if target is None:
        return
    if draft.stores.lacks(target):
        yield at(draft.stores, row, "supplies_to", "no_such_store")
    elif target == row.it.store_id:
        yield at(draft.stores, row, "supplies_to", "supplies_itself")
    elif (target,) in draft.stores.rows and draft.stores.rows[(target,)].it.capacity_parcels == 0:
        yield at(draft.stores, row, "supplies_to", "supplies_supplier")


def stores_useful(draft: Draft) -> Iterator[Fault]:
    """A store serves residents and sells, or it supplies (a wholesale store without supplies_to: all stores)."""
    selling = {store for store, _ in draft.stock.keys}
    for row in draft.stores:
        store = row.it
        if store.capacity_parcels > 0 and draft.stock.readable and store.store_id not in selling:
            yield at(draft.stores, row, "store_id", "sells_nothing")
        elif store.capacity_parcels == 0 and not _is_supplier(store):
            yield at(draft.stores, row, "capacity_parcels", "serves_nobody", value=shown(store.store_id))
        yield from _target_fault(draft, row)


def sources(draft: Draft) -> Iterator[Fault]:
    """Where allocation takes goods from exists; a station (C-06) has a wholesale store that supplies it."""
    file = draft.document.file
    if file is None or not draft.stores.readable or Process.ALLOCATE_ORDERS not in {step.flow for step in file.step}:
        return
    stores = [row.it for row in draft.stores]
    if not any(store.capacity_parcels > 0 for store in stores) and len(stores) == len(draft.stores.keys):
        yield Fault(draft.stores.file, None, "capacity_parcels", "no_store_serves")
    if file.allocation.source.value != "station":
        return
    stations = [row for row in draft.stores if row.it.kind is StoreKind.STATION]
    if not stations and len(stores) == len(draft.stores.keys):
        yield draft.document.fault(("allocation", "source"), "no_station")
    supplied = {store.supplies_to for store in stores if store.kind is StoreKind.WHOLESALE}
    for row in stations:
        if not {row.it.store_id, None} & supplied:
            yield at(draft.stores, row, "store_id", "station_unsupplied")


CHECKS = (households_placed, zones_served, coordinates, stores_useful, sources)
