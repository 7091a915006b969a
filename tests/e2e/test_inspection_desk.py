"""Goods at the door in a real browser: what came is typed into the run's form, its check into the form that waits."""

from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from schemas.units import sale_quantity, yuan
from tasks.words import say
from tests.e2e.brought_up import BroughtUp
from tests.e2e.conftest import PLAN
from tests.e2e.test_coordinator import ZONE, chinese, rows
from tests.e2e.ui import Pictures, resume_form, run_form, submitted_run

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

ORDERED = """SELECT l.order_id, i.name, l.qty_base, i.unit_base, i.unit, l.pack_price_fen, l.packs
    FROM purchase_order_line l JOIN item i ON i.plan_id = :plan AND i.item_id = l.item_id
    ORDER BY l.order_id, l.item_id LIMIT 1"""
BATCH = "SELECT state, checked_by, qty_base, conditional FROM batch WHERE number = 1"


@pytest.fixture(scope="module")
def ordered(town: BroughtUp) -> tuple[Any, ...]:
    """A line of an order that was placed, whoever approved it."""
    if not rows(town, ORDERED, plan=PLAN):
        for words in (("run", "purchase_supplies"), ("approve", "--by", "supply_1"), ("run", "purchase_supplies")):
            done = town.command(words[0], *words[1:], "--plan", PLAN)
            assert done.returncode == 0, done.stderr
    return rows(town, ORDERED, plan=PLAN)[0]


def answer(town: BroughtUp, page: Page, run_id: str, text: str, who: str, *next_states: str) -> None:
    """Fill in the form of the suspended run."""
    form = resume_form(page, town.ui, run_id)
    assert form.titles() == [say("Results"), say("Inspector")]
    assert all(chinese(title) for title in form.titles())
    form.write(say("Results"), text)
    form.write(say("Inspector"), who)
    first = town.flow_run(run_id)["state_id"]
    form.submit()
    town.reached_anew(run_id, first, *next_states)


def test_what_came_is_typed_in_the_run_form_and_checked_in_the_form_that_waits(
    town: BroughtUp, page: Page, pictures: Pictures, ordered: tuple[Any, ...]
) -> None:
    order, name, qty_base, unit_base, unit, pack_price_fen, packs = ordered
    price = yuan(pack_price_fen * packs * unit_base // qty_base)
    form = run_form(page, town.ui, town.deployment(f"{PLAN}-receive-goods")["id"])
    form.write("arrived", f"{name},{sale_quantity(qty_base, unit_base)}{unit},{price}")
    form.write("order", order)
    form.write("received_by", "supply_1")
    form.submit()
    run_id = submitted_run(page)
    town.reached(run_id, "Suspended")
    code = f"{datetime.now(ZONE):%m%d}-1"
    assert rows(town, BATCH) == [("arrived", None, qty_base, 0)]
    resume_form(page, town.ui, run_id)
    modal = page.locator(".p-modal")
    expect(modal).to_contain_text(code)
    expect(modal).to_contain_text(name)
    expect(modal).to_contain_text(price)
    pictures.take(page, "inspection", 900)
    answer(town, page, run_id, f"{code}=还行", "market_1", "Suspended")
    assert rows(town, BATCH)[0][0] == "arrived"
    resume_form(page, town.ui, run_id)
    expect(page.locator(".p-modal")).to_contain_text("还行")
    answer(town, page, run_id, f"{code}=合格", "market_1", "Completed")
    assert rows(town, BATCH) == [("released", "market_1", qty_base, 0)]
