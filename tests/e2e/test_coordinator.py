"""A coordinator's day in a real browser: needs collected by a form, a purchase approved, artifacts and documents."""

import io
import re
import sqlite3
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from flows.collect_needs import Channel
from flows.forms import Answer
from flows.process import PARAMETERS
from tasks.notices.wording import PROCESSES
from tasks.words import say
from tests.e2e.brought_up import BroughtUp
from tests.e2e.conftest import PLAN
from tests.e2e.ui import Pictures, open_artifact, opened_document, resume_form, run_form, submitted_run

#: A run waits for the worker's next look, and imports for some seconds, on two cores that others use too.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

ZONE = ZoneInfo("Asia/Shanghai")
VILLAGE = "李店村前刘庄"
CHAIN = """#接龙 今日需求
1. 前刘庄1号 大米1袋，大白菜5斤
2. 前刘庄2号 鸡蛋1板，面粉1袋
3. 前刘庄3号 火箭2枚
4. 前刘庄4号 土豆3斤 电话000-0000-0007
"""
#: The lines that wait for an answer.
PROPOSED = """SELECT l.store_id || '/' || l.item_id, l.proposed_packs, l.approved_packs FROM purchase_line l
    JOIN purchase p ON p.cycle = l.cycle AND p.revision = l.revision WHERE l.proposed_packs > 0 ORDER BY 1"""
#: What of it is somebody's own: rooms, and a telephone number.
PERSONAL = ("前刘庄1号", "前刘庄2号", "前刘庄3号", "前刘庄4号", "000-0000-0007")


def chinese(text: str) -> bool:
    return bool(re.search(r"[\u4e00-\u9fff]", text))


def rows(town: BroughtUp, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """From our own database."""
    with sqlite3.connect(f"file:{town.data}/baogong.db?mode=ro", uri=True) as connection:
        return connection.execute(query, values).fetchall()


def kept_by_prefect(town: BroughtUp, words: tuple[str, ...]) -> set[str]:
    """Tables of Prefect's own database where any of the words stands."""
    found = set()
    with sqlite3.connect(f"file:{town.data}/prefect/prefect.db?mode=ro", uri=True) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - names of tables, from the database
                text = "|".join(str(value) for value in row)
                spelled = text + text.encode().decode("unicode_escape", "replace")
                if any(word in spelled for word in words):
                    found.add(table)
    return found


@pytest.fixture(scope="module")
def pasted_run() -> dict[str, str]:
    """The run that the first test starts, which later ones look back at."""
    return {}


def test_the_run_form_explains_itself_in_chinese(town: BroughtUp, page: Page) -> None:
    form = run_form(page, town.ui, town.deployment(f"{PLAN}-collect-needs")["id"])
    asked = ["plan", "business_date", "now", "pasted", "sender", "channel"]
    assert form.titles() == [*asked, "entered_by", "household", "payer", "carer", "dry_run"]
    assert form.text_of("plan") == PLAN
    assert form.choices("channel") == [channel.value for channel in Channel]
    assert all(chinese(channel) for channel in Channel)
    for name in form.titles():
        assert say(PARAMETERS[name]) in form.property(name).inner_text()
        assert chinese(say(PARAMETERS[name]))


def test_a_pasted_chain_is_collected_by_filling_in_the_form(
    town: BroughtUp, page: Page, pictures: Pictures, pasted_run: dict[str, str]
) -> None:
    today = datetime.now(ZONE).date()
    form = run_form(page, town.ui, town.deployment(f"{PLAN}-collect-needs")["id"])
    form.pick_date("business_date", today)
    form.write("pasted", CHAIN)
    form.write("sender", VILLAGE)
    form.choose("channel", Channel.PHONE.value)
    form.stretch("pasted")
    pictures.take(page, "run-form", 1180)
    form.submit()
    run_id = submitted_run(page)
    pasted_run["id"] = run_id
    run = town.reached(run_id, "Completed")
    assert run["parameters"]["business_date"] == today.isoformat()
    assert run["name"] == f"{say(PROCESSES['collect_needs'])} {PLAN} {today}"
    expect(page.get_by_text("Completed").first).to_be_visible()
    stored = "SELECT channel, sender, business_date FROM submission WHERE kind = 'needs'"
    assert rows(town, stored) == [("phone", VILLAGE, today.isoformat())]


def test_the_artifact_tells_in_chinese_what_came_in_and_what_goes_back(
    town: BroughtUp, page: Page, pictures: Pictures, pasted_run: dict[str, str]
) -> None:
    shown = open_artifact(page, town.ui, pasted_run["id"], say("Needs collected"))
    text = shown.inner_text()
    numbers = dict(re.findall(r"^(\S+)\t(\d+)$", text, re.MULTILINE))
    assert numbers[say("Lines received")] == "6"
    assert numbers[say("Lines accepted")] == "5"
    assert numbers[say("Lines returned for correction")] == "1"
    assert "火箭" in text
    assert not [word for word in PERSONAL if word in text]
    assert not re.search(r"\\|\*\*\w|\{|\}|&[a-z]+;|None", text)
    pictures.take(page, "artifact", 960)


def test_the_link_of_the_artifact_opens_the_document(town: BroughtUp, page: Page, pasted_run: dict[str, str]) -> None:
    shown = open_artifact(page, town.ui, pasted_run["id"], say("Needs collected"))
    link = shown.get_by_role("link").first
    assert (link.get_attribute("href") or "").startswith(f"{town.documents}/{PLAN}/")
    book = openpyxl.load_workbook(io.BytesIO(opened_document(page, link)))
    words = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row if cell is not None]
    assert any("火箭" in word for word in words)


def test_nothing_personal_is_kept_by_prefect_but_in_the_run_that_was_pasted(
    town: BroughtUp, pasted_run: dict[str, str]
) -> None:
    assert "pasted" in town.flow_run(pasted_run["id"])["tags"]
    assert kept_by_prefect(town, PERSONAL) == {"flow_run"}
    carrying = [run["id"] for run in town.ask("POST", "/flow_runs/filter", {}) if "前刘庄1号" in str(run["parameters"])]
    assert carrying == [pasted_run["id"]]
    assert not [line for line in town.logs(pasted_run["id"]) if any(word in line for word in PERSONAL)]


def test_an_empty_date_is_the_day_of_the_scheduled_start_in_the_plans_zone(town: BroughtUp) -> None:
    evening = datetime.now(ZONE).replace(hour=23, minute=50) - timedelta(days=2)
    run_id = town.run(f"{PLAN}-check-stock", scheduled=evening.astimezone(ZoneInfo("UTC")))
    town.reached(run_id, "Completed")
    decided = "SELECT business_date FROM revision WHERE process = 'check_stock'"
    assert rows(town, decided) == [(evening.date().isoformat(),)]


def test_a_dry_run_says_so(town: BroughtUp, page: Page) -> None:
    form = run_form(page, town.ui, town.deployment(f"{PLAN}-publish-catalog")["id"])
    form.switch("dry_run")
    form.submit()
    run_id = submitted_run(page)
    assert town.reached(run_id, "Completed")["parameters"]["dry_run"] is True
    shown = open_artifact(page, town.ui, run_id, say("Goods on sale"))
    assert say("Dry run: nothing is sent.") in shown.inner_text()
    assert rows(town, "SELECT notice_id FROM notice WHERE stage = 'catalog_published'") == []


def test_a_purchase_is_approved_in_the_resume_form_and_ordered(town: BroughtUp, page: Page, pictures: Pictures) -> None:
    run_id = town.run(f"{PLAN}-purchase-supplies")
    town.reached(run_id, "Suspended")
    assert rows(town, "SELECT state FROM purchase") == [("proposed",)]
    _read_the_proposal(town, page, run_id)
    _answer_as_somebody_else(town, page, run_id)
    first, second, *_ = lines = [line for line, packs, _ in rows(town, PROPOSED) if packs > 1]
    changes = [f"{first}=1", f"{second}=0"]
    _answer_with_a_slip_in_line_seven(town, page, run_id, changes)
    town.stop()
    town.start()  # what waits for its answer waits on, whatever became of the server meanwhile
    form = resume_form(page, town.ui, run_id)
    form.choose(say("Decision"), Answer.CHANGE.value)
    form.write(say("Approver"), "秦代称")
    form.write(say("Changes"), "\n".join(changes))
    pictures.take(page, "approval", 1020)
    form.submit()
    town.reached(run_id, "Completed")
    _everything_is_ordered(town, page, run_id)
    approved = {line: packs for line, _, packs in rows(town, PROPOSED)}
    assert (approved[first], approved[second]) == (1, 0)
    assert all(approved[line] > 1 for line in lines[2:])


def _answer_with_a_slip_in_line_seven(town: BroughtUp, page: Page, run_id: str, changes: list[str]) -> None:
    form = resume_form(page, town.ui, run_id)
    expect(page.locator(".p-modal")).to_contain_text("路人甲")
    form.choose(say("Decision"), Answer.CHANGE.value)
    form.write(say("Approver"), "秦代称")
    form.write(say("Changes"), "\n".join([*changes, "", "", "", "", "大迷 25公斤=40"]))
    first = town.flow_run(run_id)["state_id"]
    form.submit()
    town.reached_anew(run_id, first, "Suspended")
    resume_form(page, town.ui, run_id)
    expect(page.locator(".p-modal")).to_contain_text("第7行“大迷 25公斤=40”")
    assert rows(town, "SELECT count(*) FROM approval") == [(0,)]
    assert all(approved == proposed for _, proposed, approved in rows(town, PROPOSED))


def _read_the_proposal(town: BroughtUp, page: Page, run_id: str) -> None:
    shown = open_artifact(page, town.ui, run_id, say("Purchase proposal"))
    assert shown.locator("table").count() == 2
    book = openpyxl.load_workbook(io.BytesIO(opened_document(page, shown.get_by_role("link").first)))
    assert book.sheetnames


def _answer_as_somebody_else(town: BroughtUp, page: Page, run_id: str) -> None:
    form = resume_form(page, town.ui, run_id)
    by_telephone = [say("Written down by"), say("Time of the call")]
    assert form.titles() == [say("Decision"), say("Approver"), say("Changes"), say("Reason"), *by_telephone]
    assert all(chinese(title) for title in form.titles())
    assert form.choices(say("Decision")) == [answer.value for answer in Answer]
    assert all(chinese(answer) for answer in Answer)
    form.choose(say("Decision"), Answer.APPROVE.value)
    form.write(say("Approver"), "路人甲")
    first = town.flow_run(run_id)["state_id"]
    form.submit()
    town.reached_anew(run_id, first, "Suspended")
    assert rows(town, "SELECT count(*) FROM approval") == [(0,)]


def _everything_is_ordered(town: BroughtUp, page: Page, run_id: str) -> None:
    ((approver, via, decided_at),) = rows(town, "SELECT approver, via, decided_at FROM approval")
    assert (approver, via) == ("supply_1", "form")
    scheduled = datetime.fromisoformat(town.flow_run(run_id)["expected_start_time"])
    assert datetime.fromisoformat(decided_at).replace(tzinfo=ZoneInfo("UTC")) > scheduled
    assert rows(town, "SELECT state FROM purchase") == [("ordered",)]
    ((orders,),) = rows(town, "SELECT count(*) FROM purchase_order")
    shown = open_artifact(page, town.ui, run_id, say("Purchase orders"))
    links = shown.get_by_role("link")
    assert links.count() == orders > 0
    book = openpyxl.load_workbook(io.BytesIO(opened_document(page, links.first)))
    assert book.sheetnames


def test_a_pasted_run_is_deleted_from_prefect_a_day_after_it_ended(town: BroughtUp, pasted_run: dict[str, str]) -> None:
    before = datetime.now(ZONE) + timedelta(hours=23)
    town.reached(town.run("watch-duties", now=before.isoformat()), "Completed")
    assert kept_by_prefect(town, PERSONAL) == {"flow_run"}
    after = datetime.now(ZONE) + timedelta(hours=24, minutes=1)
    town.reached(town.run("watch-duties", now=after.isoformat()), "Completed")
    assert kept_by_prefect(town, PERSONAL) == set()
    assert town.ask("POST", "/flow_runs/filter", {"flow_runs": {"id": {"any_": [pasted_run["id"]]}}}) == []
    assert rows(town, "SELECT count(*) FROM submission WHERE channel = 'phone'") == [(1,)]
