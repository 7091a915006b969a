"""The review desk in a real browser: a chain is pasted, what is unclear is answered, the answer is in the orders."""

import io
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tasks.words import say
from tests.e2e.brought_up import BroughtUp
from tests.e2e.conftest import PLAN
from tests.e2e.test_coordinator import ZONE, rows
from tests.e2e.ui import Pictures, open_artifact, opened_document, resume_form

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

VILLAGE = "李店村后刘庄"
CHAIN = "1. 后刘庄1号 大米1袋\n2. 后刘庄2号 土豆3\n3. 后刘庄3号 火炬2枚\n"
GIVEN = "SELECT words, answer, answered_by FROM rejected_line WHERE answered_by IS NOT NULL ORDER BY words"
ORDERED = """SELECT SUM(l.qty_base) FROM store_order_line l JOIN store_order o ON o.plan_id = l.plan_id
    AND o.cycle = l.cycle AND o.revision = l.revision AND o.store_id = l.store_id
    WHERE l.item_id = :item AND l.community_id = :place AND o.state = 'placed'"""


def number_of(town: BroughtUp, words: str) -> int:
    ((number,),) = rows(town, "SELECT number FROM rejected_line WHERE words = :words", words=words)
    return int(number)


def answer(town: BroughtUp, page: Page, run_id: str, text: str, *next_states: str) -> None:
    """Fill in the form of the suspended run."""
    form = resume_form(page, town.ui, run_id)
    form.write(say("Answers"), text)
    form.write(say("Reviewer"), "coord_1")
    first = town.flow_run(run_id)["state_id"]
    form.submit()
    town.reached_anew(run_id, first, *next_states)


def test_what_is_unclear_in_a_pasted_chain_is_answered_in_the_form_and_ordered(
    town: BroughtUp, page: Page, pictures: Pictures
) -> None:
    today: dict[str, Any] = {"business_date": datetime.now(ZONE).date().isoformat()}
    town.reached(town.run(f"{PLAN}-collect-needs", pasted=CHAIN, sender=VILLAGE, **today), "Completed")
    run_id = town.run(f"{PLAN}-review-intake", **today)
    town.reached(run_id, "Suspended")
    shown = open_artifact(page, town.ui, run_id, say("Unclear lines"))
    assert "火炬2枚" in shown.inner_text()
    assert "后刘庄2号" not in shown.inner_text()
    book = openpyxl.load_workbook(io.BytesIO(opened_document(page, shown.get_by_role("link").first)))
    assert any("后刘庄2号" in str(c) for row in book.active.iter_rows(values_only=True) for c in row)
    resume_form(page, town.ui, run_id)
    modal = page.locator(".p-modal")
    expect(modal).to_contain_text("土豆3斤")
    expect(modal).not_to_contain_text("后刘庄2号")
    pictures.take(page, "review", 900)
    potato, rocket = number_of(town, "土豆3"), number_of(town, "火炬2枚")
    answer(
        town, page, run_id, f"{potato}=是\n{rocket}=火炬3枚", "Suspended"
    )  # one that is still unclear is asked again
    resume_form(page, town.ui, run_id)
    expect(page.locator(".p-modal")).to_contain_text("火炬3枚")
    answer(town, page, run_id, f"{rocket}=跳过", "Suspended", "Completed")
    if town.flow_run(run_id)["state_name"] == "Suspended":  # lines of other tests wait, too; an empty answer ends it
        answer(town, page, run_id, "", "Completed")
    assert rows(town, GIVEN) == [("土豆3", "土豆3斤", "coord_1"), ("火炬2枚", "", "coord_1")]
    town.reached(town.run(f"{PLAN}-allocate-orders", **today), "Completed")
    assert rows(town, ORDERED, item="potato", place="HLZ") == [(1500,)]
