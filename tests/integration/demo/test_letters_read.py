"""The sample letters as `collect_needs` reads them: what was meant is accepted, slips go back, and nothing else."""

from collections import Counter
from datetime import UTC, date, datetime
from functools import cache

import pytest

from deployments.demo.files import Letter
from deployments.demo.samples import DAYS, FOLDER, SEED, SHIPPED, cycles, read_letters
from deployments.demo.smartphones import forms
from deployments.demo.wishes import Town
from rules.intake.identify import directory_of
from rules.intake.lines import Source, vocabulary
from rules.needs import Judged, judge_needs, raw_lines, read_needs
from schemas.plan import Plan
from tasks.intake.readers import read
from tasks.plans import load_plan
from tests.integration.demo.letter_rows import Row, layout_of, rows_of

NOON = datetime(2022, 4, 18, 4, tzinfo=UTC)
#: Layouts in which a 0 says that nothing is wanted, and is no slip.
ZERO_IS_NONE = ("long", "wide")


@cache
def plan_of(plan_id: str) -> Plan:
    return load_plan(plan_id)


def sent(plan_id: str) -> list[tuple[date, Letter]]:
    """Every letter that is no photo, with the day of its collection."""
    days = cycles(plan_of(plan_id), DAYS)
    return [(day, one) for day in days for one in read_letters(FOLDER / plan_id, day) if not one.name.endswith("jpg")]


def community_of(plan: Plan, letter: Letter) -> str:
    found = directory_of(plan).community(letter.name.partition("_")[0])
    assert found is not None
    return found


def judged(plan: Plan, letter: Letter) -> Judged:
    held = read(letter.body, letter.name, 20)
    assert held.reason is None, letter.name
    place = plan.communities[community_of(plan, letter)]
    got = read_needs(vocabulary(plan), held.text, held.sheets or (), [place.name])
    return judge_needs(raw_lines([(Source("s", place.community_id, "inbox", NOON, 1), got)]), plan)


def meant(plan: Plan, place: str, row: Row) -> tuple[str, str, int]:
    """(household, item, base units) of a row that can be used."""
    item = row.meant(plan)
    assert item is not None
    homes = {home.address: home.household_id for home in plan.households.values() if home.community_id == place}
    base = 1000 if row.unit == "公斤" else item.unit_base
    return homes.get(row.who, f"{place}~{row.who.removesuffix('号')}"), item.item_id, int(row.number) * base


@pytest.mark.parametrize("plan_id", SHIPPED)
def test_every_table_is_read_as_it_was_meant_and_only_its_slips_go_back(plan_id: str) -> None:
    plan = plan_of(plan_id)
    layouts: Counter[str] = Counter()
    for _, letter in sent(plan_id):
        if not (layout := layout_of(letter)):
            continue
        place, rows, found = community_of(plan, letter), list(rows_of(letter)), judged(plan, letter)
        wanted = Counter(meant(plan, place, row) for row in rows if row.usable(plan))
        taken = found.accepted.select("household_id", "item_id", "qty_base").rows()
        assert Counter(taken) == wanted, letter.name
        slips = [row for row in rows if not row.usable(plan) and (row.number != "0" or layout not in ZERO_IS_NONE)]
        assert found.rejected.height == len(slips), letter.name
        layouts[layout] += 1
    assert set(layouts) >= ({"long", "wide", "orders"} if plan_id == "shengtang" else {"long", "wide"})


def test_about_four_lines_in_a_hundred_of_the_chains_go_back() -> None:
    chains = [judged(plan_of(p), one) for p in SHIPPED for _, one in sent(p) if one.name.endswith("txt")]
    accepted, back = (sum(getattr(one, name).height for one in chains) for name in ("accepted", "rejected"))
    assert accepted > 5000
    assert 0.02 < back / (accepted + back) < 0.06


# --- who fills in the form instead ------------------------------------------------------------------------------------


def test_who_fills_in_the_form_stands_in_no_letter_of_his_community() -> None:
    plan = plan_of("matiwan")
    town = Town(plan, SEED)
    able = {home.household_id for home in town.by_form}
    for cycle in cycles(plan, DAYS):
        filled = {(form.community, form.house) for form in forms(town, cycle)}
        assert 3 <= len(filled) <= len(able)
        assert filled <= {(plan.communities[home.community_id].name, home.address) for home in town.by_form}
    heard = [home for _, one in sent("matiwan") for home in judged(plan, one).accepted["household_id"]]
    assert not able.intersection(heard)
    assert len(set(heard)) > len(plan.households) / 2


def test_a_form_is_edited_before_the_cut_off_and_says_something_else_then() -> None:
    town = Town(plan_of("matiwan"), SEED)
    for cycle in cycles(town.plan, DAYS):
        first, *others = forms(town, cycle)
        (edited,) = (form for form in others if form.number == first.number)
        assert first.at < edited.at < town.cutoff
        assert (edited.house, edited.goods) != (first.house, first.goods)
        assert edited.house == first.house


def test_some_lines_of_the_forms_cannot_be_used_and_most_can() -> None:
    plan = plan_of("matiwan")
    goods = [line for cycle in cycles(plan, DAYS) for form in forms(Town(plan, SEED), cycle) for line in form.goods]
    usable = [Row("", "", *line).usable(plan) for line in goods]
    assert 0 < usable.count(False) < len(usable) / 10


def test_a_plan_without_a_form_has_nobody_who_fills_it_in() -> None:
    town = Town(plan_of("shengtang"), SEED)
    assert town.by_form == []
    assert forms(town, town.plan.file.plan.start_date) == []
