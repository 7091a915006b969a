"""Every way in which things are sent in, asked back or taken off a list is used in the weeks that the demo shows."""

from collections.abc import Callable
from datetime import date

from deployments.demo.files import Letter, sender_of
from deployments.demo.lists import SLIP_ON, SLIP_TIMES, WITHDRAWN_AT, WITHDRAWN_ON, listing
from deployments.demo.smartphones import forms
from deployments.demo.stores import JUMP_ON, day_number
from deployments.demo.wishes import Town
from rules.intake.identify import directory_of
from tasks.intake.pulls import FILED_AS
from tasks.invariants import TAKEN_KINDS
from tests.integration.demo.conftest import SLOW
from tests.integration.demo.letter_rows import layout_of
from tests.integration.demo.shown import SEED, Demo

#: How needs come besides as files: forms, calls, visits, a reviewer's answers, a text pasted into the form in the UI.
NEEDS = {"http", "phone", "visit", "review", "wechat"}
EVERY = {(kind, "inbox") for kind in TAKEN_KINDS} | {("needs", channel) for channel in NEEDS}
EVERY |= {(kind, "http") for kind in FILED_AS.values()}
#: Ending and layout of needs.
LAYOUTS = {("txt", ""), ("csv", "long"), ("xlsx", "long"), ("ods", "long"), ("xlsx", "wide"), ("xlsx", "orders")}


def both(demos: Callable[[str], Demo]) -> list[Demo]:
    return [demos("matiwan"), demos("shengtang")]


def letters_of(demo: Demo) -> list[Letter]:
    """What was laid into the inbox of needs."""
    place = demo.folder / "inbox" / demo.plan.id / "needs"
    return [Letter(path.name, WITHDRAWN_AT, path.read_bytes()) for path in sorted(place.rglob("*.*"))]


def marked(test: Callable[..., None]) -> Callable[..., None]:
    """A test that wants the larger plan, too."""
    for mark in SLOW:
        test = mark(test)
    return test


@marked
def test_every_kind_of_list_comes_by_every_channel_that_it_has(demos: Callable[[str], Demo]) -> None:
    assert {row for one in both(demos) for row in one.rows("SELECT DISTINCT kind, channel FROM submission")} == EVERY


@marked
def test_needs_come_in_every_layout_and_lines_of_each_are_accepted(demos: Callable[[str], Demo]) -> None:
    accepted = "SELECT DISTINCT source_name FROM need_line JOIN submission USING (submission_id)"
    seen = set()
    for one in both(demos):
        read = {name.rpartition("/")[2] for (name,) in one.rows(accepted)}
        seen |= {(x.name.rpartition(".")[2], layout_of(x)) for x in letters_of(one) if x.name in read}
    assert seen == LAYOUTS


def test_files_begin_with_their_senders(demo: Demo) -> None:
    assert {directory_of(demo.plan).community(sender_of(letter)) for letter in letters_of(demo)} <= set(
        demo.plan.communities
    )


# --- the form ---------------------------------------------------------------------------------------------------------

BY_CHANNEL = """SELECT household_id, cycle, item_id, qty_base, need_line.state FROM need_line
    JOIN submission USING (submission_id) WHERE channel = ?"""


def test_who_fills_in_the_form_is_heard_by_it_alone_and_an_edit_takes_back_what_it_left_out(demo: Demo) -> None:
    town = Town(demo.plan, SEED)
    told = demo.rows(BY_CHANNEL, "http")
    if town.form is None:
        assert told == []
        return
    cycle = demo.plan.file.plan.start_date
    homes = {(demo.plan.communities[h.community_id].name, h.address): h.household_id for h in town.by_form}
    sent = forms(town, cycle)
    assert {row[0] for row in told if row[1] == cycle.isoformat()} == {homes[f.community, f.house] for f in sent}
    assert not {row[0] for row in demo.rows(BY_CHANNEL, "inbox")}.intersection(homes.values())
    mine = homes[sent[0].community, sent[0].house]
    states = [row[-1] for row in told if row[0] == mine]
    last = next(form for form in reversed(sent) if form.number == sent[0].number)
    assert "withdrawn" in states  # what the first word had and the second has not
    assert states.count("accepted") <= len(last.goods) < len(sent[0].goods)


# --- lists of goods on sale -------------------------------------------------------------------------------------------

ASKED = "SELECT business_date, store_id, item_id, price_fen, before_fen, state, answered_by FROM price_question"
PRICES = """SELECT price_fen FROM catalog_line WHERE business_date = ? AND store_id = ? AND item_id = ?
    ORDER BY revision"""


def test_a_slip_of_a_price_is_taken_back_and_a_price_that_jumped_is_stood_by(demo: Demo) -> None:
    asked = {day_number(demo.plan, date.fromisoformat(row[0])): row for row in demo.rows(ASKED)}
    if not listing(demo.plan):
        assert asked == {}
        return
    assert set(asked) == {SLIP_ON, JUMP_ON}
    slip, jump = asked[SLIP_ON], asked[JUMP_ON]
    assert (slip[3], slip[5]) == (SLIP_TIMES * slip[4], "refused")
    assert {price for (price,) in demo.rows(PRICES, *slip[:3])} == {slip[4]}
    assert jump[5] == "confirmed"
    assert [price for (price,) in demo.rows(PRICES, *jump[:3])] == [jump[4], jump[3]]
    assert all(row[6] == demo.plan.stores[row[1]].contact for row in (slip, jump))


def test_a_store_takes_something_off_its_list_and_those_who_ordered_it_are_told(demo: Demo) -> None:
    told = demo.rows("SELECT DISTINCT business_date, body FROM notice WHERE stage = 'goods_withdrawn'")
    if not listing(demo.plan):
        assert told == []
        return
    assert {day_number(demo.plan, date.fromisoformat(day)) for day, _ in told} == {WITHDRAWN_ON}
    off = """SELECT store_id, item_id, business_date FROM catalog_line AS was JOIN catalog_line AS now
        USING (plan_id, business_date, store_id, item_id)
        WHERE was.revision = 1 AND now.revision = 2 AND was.available AND NOT now.available"""
    ((store_id, item_id, day),) = demo.rows(off)
    assert day_number(demo.plan, date.fromisoformat(day)) == WITHDRAWN_ON
    goods = demo.plan.items[item_id].name
    assert all(demo.plan.stores[store_id].name in body and goods in body for _, body in told)
    again = "SELECT COUNT(*) FROM submission WHERE kind = 'catalog' AND sender = ? AND business_date = ?"
    assert demo.rows(again, demo.plan.stores[store_id].name, day) == [(2,)]


def test_lists_are_posted_in_the_groups_and_few_forget_to_say_so(demo: Demo) -> None:
    states = demo.rows("SELECT state FROM duty WHERE duty_id = 'catalog_posted' AND state <> 'open'")
    said = sum(state in ("done", "late") for (state,) in states)
    assert len(states) >= len(demo.plan.communities)
    assert 0.8 * len(states) <= said
