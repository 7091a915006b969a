"""A NUL or half a character in what comes in: its bytes are kept as they came, its text is marked and asked back."""

import json
from decimal import Decimal

import pytest

from deployments.demo.form_server import KoboServer
from flows.forms import ReviewForm
from rules.intake.http_json import json_object
from tests.factories.sources import form_source
from tests.factories.table_files import table_file
from tests.factories.working_town import Town, at
from tests.integration.sources_town import point_at, with_sources

NUL, HALF, MARK = "\x00", "\ud83d", "\ufffd"
NEED = "SELECT household_id, item_id, qty_base FROM need WHERE plan_id = :plan ORDER BY 1, 2"


def rejected(town: Town) -> list[str]:
    return [words for words, _ in town.reasons()]


def test_a_form_that_is_filled_in_so_is_read_and_its_page_stays_as_it_came(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_sources(town, form_source())
    with KoboServer() as server:
        point_at(monkeypatch, "form", server.data)
        eggs = (f"鸡{NUL}蛋", "1", "板")
        server.fill(1, at("10:00"), "示例家园", "3-2-501", ("大米", "1", "袋"), eggs, payer=f"甲{NUL}")
        town.run("collect_needs", "16:05")
    assert town.rows(NEED) == [("h1", "rice", 5000)]
    assert any(MARK in words for words in rejected(town))
    ((body,),) = town.rows("SELECT body FROM submission")
    assert b"\\u0000" in bytes(body)


def test_a_pasted_chain_with_half_an_emoji_in_a_nickname_is_read(town: Town) -> None:
    town.run("collect_needs", "16:05", pasted=f"1. 3-2-501{HALF} 大米1袋\n2. 3-2-502 鸡{NUL}蛋1板", sender="示例家园")
    ((body,),) = town.rows("SELECT body FROM submission")
    assert bytes(body).decode().count(MARK) == 2
    assert town.rows("SELECT COUNT(*) FROM rejected_line")[0][0] >= 1
    assert not [row for row in town.rows(NEED) if row[1] == "eggs"]


def test_a_need_that_is_written_down_so_is_kept(town: Town) -> None:
    given = {"pasted": f"大米 1袋\n{NUL}", "entered_by": "专人甲示例", "household": "h2", "payer": f"甲{NUL}{HALF}"}
    town.run("collect_needs", "10:00", **given)
    assert town.rows("SELECT payer FROM need_line WHERE item_id = 'rice'") == [(f"甲{MARK}{MARK}",)]


def test_an_old_workbook_with_such_a_cell_is_kept_as_it_came_and_its_row_asked_back(town: Town) -> None:
    head, rice, eggs = ["户号", "商品", "数量", "单位"], ["h1", "大米", 1, "袋"], ["h2", f"鸡{NUL}蛋", 1, "板"]
    body = table_file("a.xls", [head, rice, eggs])
    town.put("needs", "示例家园.xls", body)
    town.run("collect_needs", "16:05")
    assert town.rows(NEED) == [("h1", "rice", 5000)]
    assert any(MARK in words for words in rejected(town))
    assert (
        town.rows("SELECT body FROM submission") == [(body,)]
        or bytes(town.rows("SELECT body FROM submission")[0][0]) == body
    )


def test_half_a_character_in_a_page_is_marked_in_names_and_values_alike() -> None:
    page = b'{"a\\ud83d": ["\\u0000", {"b": "\\udc00x"}], "c": 1.5}'
    assert json_object(page) == {f"a{MARK}": [MARK, {"b": f"{MARK}x"}], "c": Decimal("1.5")}


def test_an_answer_typed_into_a_form_can_be_kept() -> None:
    form = ReviewForm(answers=f"1=大米{NUL} 1袋{HALF}", reviewer="供给示例")
    assert json.dumps(form.answers, ensure_ascii=False).encode()
    assert form.answers == f"1=大米{MARK} 1袋{MARK}"
