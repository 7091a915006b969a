"""Silence is never "no need" (A-09, C-09): whoever is not heard of is asked by somebody, once, and nobody else is."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from rules.household_tasks import due_acts, hours, last_collections, silent_households
from schemas.plan import Household, Officer, Plan
from schemas.tables import HouseholdTask
from schemas.words import TaskKind
from tests.supply_town import community, item, store, town

MONDAY = date(2022, 4, 25)
CYCLES = [MONDAY - timedelta(days=n) for n in range(4)]
HOMES = [f"h{n}" for n in range(1, 7)]
NOW = datetime(2022, 4, 25, 16, 5, tzinfo=timezone(timedelta(hours=8)))


def home(household_id: str) -> Household:
    number = int(household_id[1:])
    group = {1: "elderly_alone", 2: "no_smartphone"}.get(number, "")
    where = "a" if number % 2 else "b"
    return Household(
        household_id=household_id,
        community_id=where,
        address=f"{number}号",
        head="张示例",
        persons=2,
        special_group=group,  # type: ignore[arg-type]
        responsible=f"grid_{where}",
        carer=f"carer_{where}" if group else None,
    )


def officer(officer_id: str) -> Officer:
    return Officer(officer_id=officer_id, name=officer_id, role="head", channels=["file"], escalates_to="o1")


def plan_of(silent_cycles: int) -> Plan:
    made = town([community("a"), community("b")], [store("s")], [item("rice")], visits__silent_cycles=silent_cycles)
    people = ["o1", "grid_a", "grid_b", "carer_a", "carer_b"]
    return replace(made, households={h: home(h) for h in HOMES}, officers={o: officer(o) for o in people})


HEARD = st.fixed_dictionaries({day: st.sets(st.sampled_from(HOMES)) for day in CYCLES})
NONE_SAID = st.fixed_dictionaries({day: st.sets(st.sampled_from(["a", "b"])) for day in CYCLES})


@given(st.integers(1, 4), st.integers(1, 4), HEARD, NONE_SAID)
def test_whoever_is_not_heard_of_is_asked_and_nobody_else(
    silent_cycles: int, ran: int, heard: dict[date, set[str]], none_said: dict[date, set[str]]
) -> None:
    plan, collected = plan_of(silent_cycles), CYCLES[:ran]
    raised = silent_households(plan, collected, heard, none_said)
    asked = {task.household_id: task.kind for task in raised}
    assert len(asked) == len(raised)
    for h in HOMES:
        special = h in ("h1", "h2")
        window = collected[:silent_cycles]
        silent_long = ran >= silent_cycles and not any(
            h in heard[day] or plan.households[h].community_id in none_said[day] for day in window
        )
        expected = (TaskKind.SPECIAL_SILENT if h not in heard[MONDAY] else None) if special else None
        if not special and silent_long:
            expected = TaskKind.HOUSEHOLD_SILENT
        assert asked.get(h) == expected


@given(HEARD)
def test_a_task_has_an_owner_and_somebody_else_to_take_it_over(heard: dict[date, set[str]]) -> None:
    plan = plan_of(1)
    for task in silent_households(plan, CYCLES[:1], heard, {}):
        assert task.owner in plan.officers
        assert task.backup in plan.officers
        assert task.owner != task.backup


def test_collections_before_the_first_day_prove_nobody_silent() -> None:
    plan = plan_of(2)
    assert last_collections(plan, plan.file.plan.start_date, 3) == [plan.file.plan.start_date]
    assert silent_households(plan, [plan.file.plan.start_date], {}, {})[0].kind is TaskKind.SPECIAL_SILENT


@given(st.integers(-300, 300), st.integers(0, 600))
def test_a_task_is_reminded_then_handed_on_and_each_once(due_in: int, later: int) -> None:
    found = hours(plan_of(2), NOW, NOW + timedelta(minutes=due_in))
    assert NOW <= found.remind_at <= found.due_at < found.escalate_at
    task = HouseholdTask(
        plan_id="town",
        kind="special_silent",
        on_date=MONDAY,
        subject="household:h1",
        owner="carer_a",
        backup="grid_a",
        opens_at=NOW,
        remind_at=found.remind_at,
        due_at=found.due_at,
        escalate_at=found.escalate_at,
    )
    now = NOW + timedelta(minutes=later)
    (*acts,) = due_acts(task, now)
    assert len(acts) <= 1
    if acts == ["remind"]:
        assert now < found.escalate_at
        task.reminded_at = now
        assert list(due_acts(task, now)) == []
    if now >= found.escalate_at:
        assert acts == ["escalate"]
