"""The letters of the sample weeks: shipped as generated, the same for a seed, and as mixed as those of real people."""

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from deployments.demo.files import Letter
from deployments.demo.letters import HABITS, habits, letters
from deployments.demo.samples import DAYS, FOLDER, SEED, SHIPPED, cycles, letters_folder, read_letters, write_letters
from deployments.demo.wishes import Town
from rules.geography import serving_stores
from schemas.plan import Plan
from schemas.words import Zone
from tasks.plans import load_plan
from tests.integration.demo.letter_rows import BOM, layout_of, rows_of


@cache
def plan_of(plan_id: str) -> Plan:
    return load_plan(plan_id)


@cache
def shipped(plan_id: str) -> dict[date, list[Letter]]:
    plan = plan_of(plan_id)
    return {cycle: read_letters(FOLDER / plan_id, cycle) for cycle in cycles(plan, DAYS)}


def every_letter() -> list[Letter]:
    return [letter for plan_id in SHIPPED for sent in shipped(plan_id).values() for letter in sent]


def generated(plan: Plan, seed: int, cycle: date) -> list[Letter]:
    return letters(Town(plan, seed), cycle)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- shipped and generated ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan_id", SHIPPED)
def test_the_shipped_letters_are_what_the_generator_writes(plan_id: str, tmp_path: Path) -> None:
    """Where this fails: `python -m deployments.demo.samples` writes them anew."""
    write_letters(plan_of(plan_id), SEED, DAYS, tmp_path / "letters")
    made, lying = contents(tmp_path / "letters"), contents(FOLDER / plan_id)
    assert sorted(made) == sorted(lying)
    assert [name for name, body in made.items() if lying[name] != body] == []


@pytest.mark.parametrize("plan_id", SHIPPED)
def test_letters_are_the_same_for_a_seed_and_others_for_another(plan_id: str) -> None:
    plan = plan_of(plan_id)
    cycle = plan.file.plan.start_date
    first, again, other = (generated(plan, seed, cycle) for seed in (7, 7, 8))
    assert first == again
    assert {letter.name for letter in first} != {letter.name for letter in other}
    assert not {letter.body for letter in first} & {letter.body for letter in other if b"JFIF" not in letter.body}


def test_letters_differ_from_day_to_day() -> None:
    days = [{letter.body for letter in sent} for sent in shipped("shengtang").values()]
    assert all(not one & other for at, one in enumerate(days) for other in days[at + 1 :])


def test_shipped_letters_serve_the_shipped_seed_and_days_and_any_other_is_written(tmp_path: Path) -> None:
    plan = plan_of("matiwan")
    assert letters_folder(plan, SEED, 2, tmp_path / "made") == FOLDER / "matiwan"
    assert not (tmp_path / "made").exists()
    assert letters_folder(plan, SEED + 1, 2, tmp_path / "made") == tmp_path / "made"
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["2022-04-18"]
    longer = letters_folder(plan, SEED, DAYS + 1, tmp_path / "longer")
    assert sorted(path.name for path in longer.iterdir()) == ["2022-04-18", "2022-04-22", "2022-04-25"]
    # A day is the same in a longer week.
    assert contents(longer / "2022-04-22") == contents(FOLDER / "matiwan" / "2022-04-22")


def test_a_letter_arrives_at_the_hour_in_its_name_and_in_the_morning_without_one(tmp_path: Path) -> None:
    day = tmp_path / "2022-04-21"
    day.mkdir()
    for name in ("示例村_1530.txt", "样本村_0905.csv", "无时刻.txt"):
        (day / name).write_bytes(b"x")
    found = read_letters(tmp_path, date(2022, 4, 21))
    assert [(letter.name, f"{letter.at:%H:%M}") for letter in found] == [
        ("无时刻.txt", "09:00"),
        ("样本村_0905.csv", "09:05"),
        ("示例村_1530.txt", "15:30"),
    ]
    assert read_letters(tmp_path, date(2022, 4, 22)) == []


# --- as real people send them ---------------------------------------------------------------------------------------


#: Forms of letters: ending, encoding, layout.
TABLES = {"csv UTF-8", "csv GB18030", "ods long", "xlsx long", "xlsx wide", "xlsx orders"}


def form(letter: Letter) -> str:
    """Which form a letter has by its bytes."""
    ending = letter.name.rpartition(".")[2]
    if ending in ("xlsx", "ods"):
        return f"{ending} {layout_of(letter)}"
    if ending != "csv":
        return ending
    if letter.body.startswith(BOM):
        return "csv UTF-8"
    letter.body.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):  # else it could be read as UTF-8 as well, and would prove nothing
        letter.body.decode("utf-8")
    return "csv GB18030"


def test_the_forms_are_mixed() -> None:
    forms = Counter(form(letter) for letter in every_letter())
    assert set(forms) == {"txt", *TABLES, "jpg"}
    assert min(forms[kind] for kind in ("txt", *TABLES)) >= len(every_letter()) / 20
    assert forms["txt"] > len(every_letter()) / 3  # most people post a chain in the group


@pytest.mark.parametrize("seed", range(5))
def test_no_week_of_the_larger_plan_goes_without_a_form(seed: int) -> None:
    town = Town(plan_of("shengtang"), seed)
    assert set(habits(town)) == set(town.plan.communities)
    assert set(habits(town).values()) == set(HABITS)


@pytest.mark.parametrize("plan_id", SHIPPED)
def test_a_community_keeps_to_its_form(plan_id: str) -> None:
    """Where it reports that it needs nothing, or a photo came instead, aside."""
    forms: dict[str, set[str]] = {}
    for letter in (letter for sent in shipped(plan_id).values() for letter in sent):
        if "今日无需求".encode() not in letter.body and not letter.name.endswith("jpg"):
            forms.setdefault(letter.name.partition("_")[0], set()).add(form(letter))
    assert [name for name, kinds in forms.items() if len(kinds) > 1] == []


def test_about_four_lines_in_a_hundred_cannot_be_used() -> None:
    usable: dict[str, list[bool]] = {}
    for plan_id in SHIPPED:
        for letter in (letter for sent in shipped(plan_id).values() for letter in sent):
            usable.setdefault(form(letter), []).extend(row.usable(plan_of(plan_id)) for row in rows_of(letter))
    assert all(len(usable[kind]) > 500 for kind in TABLES)
    assert dict.fromkeys(TABLES, True) == {k: 0.01 < usable[k].count(False) / len(usable[k]) < 0.08 for k in TABLES}


def test_some_communities_are_late_some_silent_some_need_nothing_and_none_is_always_so() -> None:
    counted: Counter[str] = Counter()
    for plan_id in SHIPPED:
        plan = plan_of(plan_id)
        for sent in shipped(plan_id).values():
            heard = {letter.name.partition("_")[0] for letter in sent}
            counted["days"] += len(plan.communities)
            counted["silent"] += len({c.name for c in plan.communities.values()} - heard)
            counted["late"] += len({x.name.partition("_")[0] for x in sent if x.at > plan.file.needs.cutoff.value})
            counted["nothing"] += sum("今日无需求".encode() in letter.body for letter in sent)
            counted["twice"] += len(sent) - len(heard)
    for kind in ("silent", "late", "nothing"):
        assert 1 <= counted[kind] <= counted["days"] / 10, kind
    assert counted["twice"] > 0


def test_people_on_no_register_ask_as_well() -> None:
    known = {home.address for home in plan_of("shengtang").households.values()}
    asked = {
        row.who
        for sent in shipped("shengtang").values()
        for letter in sent
        for row in rows_of(letter)
        if row.who and not row.name
    }
    assert asked - known


# --- the world they come from ---------------------------------------------------------------------------------------


def test_plan_b_is_a_township_of_about_600_households_in_8_villages_with_13_sealed_places() -> None:
    plan = plan_of("shengtang")
    zones = Counter(community.zone for community in plan.communities.values())
    assert 550 <= len(plan.households) <= 650
    assert zones == {Zone.SEALED: 13, Zone.CONTROLLED: 8}
    villages = {c.village for c in plan.communities.values() if c.zone is Zone.CONTROLLED}
    assert len(villages) == 8
    assert {home.community_id for home in plan.households.values()} == set(plan.communities)


def test_plan_b_has_8_suppliers_and_at_least_60_goods_over_its_categories() -> None:
    plan = plan_of("shengtang")
    assert len(serving_stores(plan)) == 8
    assert len(plan.items) >= 60
    assert len({item.category for item in plan.items.values()}) >= 12
    assert {item.category for item in plan.items.values()} == set(plan.categories)
    stocked = {row.item_id for row in plan.stock}
    assert len(stocked) >= 60  # sold, not only named


def test_plan_c_has_about_200_households_and_one_station() -> None:
    plan = plan_of("matiwan")
    assert 180 <= len(plan.households) <= 220
    assert [store.kind.value for store in serving_stores(plan)] == ["station"]
