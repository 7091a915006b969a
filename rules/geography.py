"""Who serves whom, and how far it is (A-01: the nearest that can).

Distance is the great circle between two points, which ignores roads, rivers and closed gates: a store across a river
looks near. Good enough to put a township's stores in order; routes are planned elsewhere.
"""

from collections import defaultdict
from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt

from schemas.plan import Plan, Store
from schemas.words import StoreKind

EARTH_RADIUS_M = 6_371_008.8


def haversine_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance in metres between two points in degrees."""
    phi_a, phi_b = radians(lat_a), radians(lat_b)
    half = sin((phi_b - phi_a) / 2) ** 2 + cos(phi_a) * cos(phi_b) * sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, half)))


def distance_m(plan: Plan, community_id: str, store_id: str) -> float:
    """Metres from a community to a store."""
    community, store = plan.communities[community_id], plan.stores[store_id]
    return haversine_m(community.lat, community.lon, store.lat, store.lon)


def nearest_first(plan: Plan, community_id: str, store_ids: Iterable[str]) -> list[str]:
    """Stores by distance from a community; equal distance: by id."""
    return sorted(store_ids, key=lambda store_id: (distance_m(plan, community_id, store_id), store_id))


def serving_stores(plan: Plan) -> list[Store]:
    """Stores that pack for residents: with capacity and not wholesale; only stations where the plan says so (C-06)."""
    from_station = plan.file.allocation.source.value == "station"
    return [
        store
        for store in plan.stores.values()
        if store.capacity_parcels > 0
        and store.kind is not StoreKind.WHOLESALE
        and (not from_station or store.kind is StoreKind.STATION)
    ]


def sources_for(plan: Plan, store_id: str) -> list[str]:
    """Where a store's goods come from, nearest first: wholesalers that deliver to it, or to nobody in particular."""
    store = plan.stores[store_id]
    sources = [
        s
        for s in plan.stores.values()
        if s.store_id != store_id
        and (s.supplies_to == store_id or (s.supplies_to is None and s.kind is StoreKind.WHOLESALE))
    ]
    sources.sort(key=lambda s: (haversine_m(store.lat, store.lon, s.lat, s.lon), s.store_id))
    return [s.store_id for s in sources]


def sold_by(plan: Plan) -> dict[str, list[str]]:
    """Item -> serving stores that sell it: it is on their sheet, or on the sheet of a source that delivers to them."""
    listed: dict[str, set[str]] = defaultdict(set)
    for row in plan.stock:
        listed[row.store_id].add(row.item_id)
    sellers: dict[str, list[str]] = defaultdict(list)
    for store in serving_stores(plan):
        bound = [s.store_id for s in plan.stores.values() if s.supplies_to == store.store_id]
        for item_id in sorted(listed[store.store_id].union(*(listed[s] for s in bound))):
            sellers[item_id].append(store.store_id)
    return dict(sellers)
