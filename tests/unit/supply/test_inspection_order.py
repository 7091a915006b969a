"""Who checks a batch, who is asked next, and from when on a leader may decide."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.inspection import Asked, all_tried, inspectors, next_to_ask
from schemas.plan import Officer, Plan
from tests.supply_town import community, item, store, town

NOW = datetime(2022, 4, 23, 8, tzinfo=UTC)


def officer(officer_id: str, role: str, deputy: str | None = None, serves: str | None = None) -> Officer:
    return Officer(officer_id=officer_id, name=officer_id, role=role, deputy=deputy, serves=serves, channels=["dry"])


def staffed(*officers: Officer, roles: tuple[str, ...] = ("inspector", "market")) -> Plan:
    plan = town([community("c1")], [store("s1"), store("s2")], [item("rice")], receiving__inspector_roles=list(roles))
    return replace(plan, officers={o.officer_id: o for o in officers})


def asked_in(plan: Plan, store_id: str = "s1") -> list[str]:
    return [o.officer_id for o in inspectors(plan, store_id)]


def test_roles_come_in_the_plans_order_and_each_inspector_before_his_deputies() -> None:
    plan = staffed(
        officer("m1", "market", deputy="m2"),
        officer("m2", "market"),
        officer("i1", "inspector", deputy="x1"),
        officer("x1", "supply", deputy="m2"),
    )
    assert asked_in(plan) == ["i1", "x1", "m2", "m1"]


def test_one_who_is_limited_to_another_store_is_not_asked() -> None:
    plan = staffed(
        officer("i1", "inspector", serves="s1"), officer("i2", "inspector", serves="s2"), officer("m1", "market")
    )
    assert asked_in(plan, "s1") == ["i1", "m1"]
    assert asked_in(plan, "s2") == ["i2", "m1"]


def test_where_every_inspector_is_of_another_store_they_are_asked_all_the_same() -> None:
    assert asked_in(staffed(officer("i2", "inspector", serves="s2"), roles=("inspector",)), "s1") == ["i2"]


def asked(*ends: int) -> list[Asked]:
    return [Asked(f"o{n}", NOW + timedelta(minutes=end)) for n, end in enumerate(ends)]


def test_the_next_is_asked_when_the_time_of_the_last_is_over_and_a_leader_when_everybodys_is() -> None:
    order = [officer(f"o{n}", "market") for n in range(2)]
    assert next_to_ask(order, [], NOW) == order[0]
    assert next_to_ask(order, asked(1), NOW) is None
    assert next_to_ask(order, asked(0), NOW) == order[1]
    assert not all_tried(order, asked(0), NOW)
    assert not all_tried(order, asked(-60, 1), NOW)
    assert next_to_ask(order, asked(-60, 0), NOW) is None
    assert all_tried(order, asked(-60, 0), NOW)
    assert not all_tried(order, [], NOW)


@given(st.lists(st.integers(-90, 90), max_size=5), st.integers(1, 5))
def test_never_is_somebody_asked_while_another_has_time_and_never_twice(ends: list[int], count: int) -> None:
    order = [officer(f"o{n}", "market") for n in range(count)]
    before = asked(*ends)
    coming = next_to_ask(order, before, NOW)
    if coming is not None:
        assert all(one.until <= NOW for one in before)
        assert coming.officer_id not in {one.officer_id for one in before}
        assert not all_tried(order, before, NOW)
