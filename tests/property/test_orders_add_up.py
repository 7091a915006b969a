"""Whatever suppliers answer: every pack is confirmed, ordered elsewhere, asked about or told as had by nobody."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.resourcing import Source, next_source, within_price_rule, without_asking
from rules.supplier_answers import Ordered, Said, judged
from tests.supply_town import community, item, sheet, store, town

RICE = item("rice")
HUB = store("hub", kind="station")
NAMES = ("s1", "s2", "s3", "s4")
SOURCES = [store(name, 116.1 + n / 10, 0, kind="wholesale") for n, name in enumerate(NAMES)]
PLAN = town([community("c1")], [HUB, *SOURCES], [RICE], [sheet("hub", "rice")])
packs = st.integers(0, 400)
prices = st.integers(1, 300)


@given(packs, packs, prices, st.none() | prices)
def test_an_answer_is_what_is_confirmed_what_is_short_and_what_is_offered_beyond(
    ordered: int, offered: int, price: int, other: int | None
) -> None:
    (found,) = judged([Said("rice", offered, other)], [Ordered("rice", ordered, price)])
    assert found.confirmed + found.short == ordered
    assert found.confirmed + found.more == offered
    assert min(found.short, found.more) == 0
    assert found.other_price == (found.confirmed > 0 and other not in (None, price))


@given(st.dictionaries(st.sampled_from(NAMES), prices), st.sets(st.sampled_from(NAMES)))
def test_the_next_source_is_one_that_was_not_tried_and_the_cheapest_of_those(
    asks: dict[str, int], tried: set[str]
) -> None:
    costs = {(name, "rice"): fen for name, fen in asks.items()}
    found = next_source(PLAN, "hub", "rice", costs, tried)
    left = (set(asks) or set(NAMES)) - tried
    if not left:
        assert found is None
        return
    assert found is not None
    assert found.supplier_id in left
    cheapest = min(asks.get(name, 200) for name in left) if asks else 200
    assert found.pack_price_fen == cheapest * RICE.pack_units


@given(
    st.integers(1, 300),
    st.fixed_dictionaries(dict.fromkeys(NAMES, prices)),
    st.fixed_dictionaries(dict.fromkeys(NAMES, packs)),
    st.integers(0, 50_000),
)
@settings(max_examples=200)
def test_no_pack_is_lost_or_bought_twice_and_nothing_beyond_what_was_approved_without_a_yes(
    wanted: int, asks: dict[str, int], brings: dict[str, int], spare_fen: int
) -> None:
    costs = {(name, "rice"): fen for name, fen in asks.items()}
    first = next_source(PLAN, "hub", "rice", costs, ())
    assert first is not None
    approved = wanted * first.pack_price_fen + spare_fen
    bought, left, tried = _follow(costs, brings, first, wanted, approved)
    assert sum(count for count, _ in bought) + left == wanted
    assert sum(count * price for count, price in bought) <= approved
    assert all(within_price_rule(PLAN, first.pack_price_fen, price) for _, price in bought)
    assert len(tried) == len(set(tried))


def _follow(
    costs: dict[tuple[str, str], int], brings: dict[str, int], first: Source, wanted: int, approved: int
) -> tuple[list[tuple[int, int]], int, list[str]]:
    """Order from one after the other: (packs, price) that were bought, packs that wait or nobody has, who was asked."""
    source: Source | None = first
    bought: list[tuple[int, int]] = []
    tried: list[str] = []
    left = wanted
    while source is not None and left:
        committed = sum(count * price for count, price in bought)
        if not without_asking(PLAN, left, (first.pack_price_fen, source.pack_price_fen), committed, approved):
            break
        tried.append(source.supplier_id)
        ordered = Ordered("rice", left, source.pack_price_fen)
        (found,) = judged([Said("rice", brings[source.supplier_id])], [ordered])
        bought.append((found.confirmed, source.pack_price_fen))
        left = found.short
        source = next_source(PLAN, "hub", "rice", costs, tried)
    return bought, left, tried
