"""退回补正: what a sender has to correct, in his own words, with the place and the reason of each line."""

import re

import pytest
from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import RejectedLine, Submission
from tasks.database import insert
from tasks.documents.returned import returned_sheet, senders
from tests.factories.read_back import ReadTable, stored, tables, text
from tests.factories.trading_orders import DAY, of_cycle
from tests.factories.trading_town import SPELLS

SENDER = "幸福小区"
NEVER_SEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def returned(session: Session, plan: Plan) -> ReadTable:
    (table,) = tables(returned_sheet(session, plan, DAY, 1, SENDER), "退回补正")
    return table


def test_every_line_that_waits_stands_once_with_its_file_its_place_and_its_reason(books: Session, plan: Plan) -> None:
    rows = returned(books, plan).rows
    assert [row["序号"] for row in rows] == list(range(1, len(SPELLS) + 2))
    places = [row["位置"] for row in rows if row["文件"] == "幸福小区_接龙.txt"]
    assert places == [f"第 {line.line_no} 行" for line in stored(books, RejectedLine, plan)]
    assert all("9-9-909" in row["退回原因"] and "幸福小区" in row["退回原因"] for row in rows)


def test_words_stand_as_they_were_sent_but_what_cannot_be_seen(books: Session, plan: Plan) -> None:
    listed = [row["原文"] for row in returned(books, plan).rows if row["原文"] != "（整个文件）"]
    sent = [line.words for line in stored(books, RejectedLine, plan)]
    assert len(listed) == len(sent)
    for told, words in zip(listed, sent, strict=True):
        assert NEVER_SEEN.sub("?", words) == re.sub("[\u2400-\u2421\ufffd]", "?", told)


def test_a_file_that_could_not_be_read_is_returned_as_a_whole(books: Session, plan: Plan) -> None:
    (row,) = [row for row in returned(books, plan).rows if row["原文"] == "（整个文件）"]
    assert row["文件"] == "=1+1.xlsx"
    assert row["退回原因"]


def test_a_line_that_was_settled_is_asked_for_no_more(books: Session, plan: Plan) -> None:
    before = len(returned(books, plan).rows)
    first = stored(books, RejectedLine, plan)[0]
    first.state = "settled"
    books.flush()
    assert len(returned(books, plan).rows) == before - 1
    assert f"第 {first.line_no} 行" not in returned(books, plan).column("位置")


def test_what_one_sent_goes_back_to_nobody_else(books: Session, town_of_stores: Plan) -> None:
    plan = town_of_stores
    kept = {c.name: getattr(stored(books, Submission, plan)[0], c.name) for c in Submission.__table__.columns}  # type: ignore[attr-defined]
    insert(books, Submission, [kept | {"submission_id": "other", "sender": "东王村", "sha256": "9", "state": "read"}])
    line = {"submission_id": "other", "line_no": 1, "number": 99, "words": "王组9号 大米1袋", "place": {"row": 1}}
    insert(books, RejectedLine, [of_cycle(plan) | line | {"reasons": [{"code": "item_unknown", "args": {}}]}])
    assert senders(books, plan, DAY) == sorted([SENDER, "东王村"])
    assert "王组9号" not in text(returned_sheet(books, plan, DAY, 1, SENDER))
    assert "王组9号 大米1袋" in text(returned_sheet(books, plan, DAY, 1, "东王村"))
    assert "9-9-909" not in text(returned_sheet(books, plan, DAY, 1, "东王村"))


def test_who_sent_nothing_wrong_gets_nothing_back(books: Session, plan: Plan) -> None:
    assert senders(books, plan, DAY) == [SENDER]
    with pytest.raises(LookupError):
        returned_sheet(books, plan, DAY, 1, "西王村")
