"""采购建议单: every line with its sum, what is cut for want of money, and the answer to it (C-04, C-05, B-07, B-10)."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import Approval, PurchaseLine
from tasks.database import insert
from tasks.documents.purchase import proposal_sheet
from tests.factories.read_back import fen, pages, stored, tables, text
from tests.factories.trading_orders import DAY, of_cycle
from tests.factories.trading_town import GOODS

NAMES = {good.id: good for good in GOODS}
BOXES = ("审批意见", "批准金额（元）", "审批人签字", "日期、时间")
NUMBER = r"([\d.]+) \S+?"
SUM = re.compile(
    rf"需求 {NUMBER} \+ 储备缺口 {NUMBER} [-−] 现有 {NUMBER} [-−] 在途 {NUMBER} = {NUMBER}，"
    rf"合 (\d+) 件（每件 {NUMBER}）"
)


def answer(session: Session, plan: Plan, decision: str, by: str = "o1", reason: str = "") -> None:
    """Somebody's answer to the day's proposal, at 14:05 in the plan's zone."""
    said: dict[str, Any] = {"decision": decision, "approver": by, "via": "form", "reason": reason}
    moment = datetime(2022, 4, 21, 6, 5, tzinfo=UTC)
    insert(session, Approval, [of_cycle(plan) | {"revision": 1, "decided_at": moment} | said])


@pytest.fixture
def lines(books: Session, plan: Plan) -> list[PurchaseLine]:
    """What is proposed."""
    return stored(books, PurchaseLine, plan, revision=1)


def test_every_line_of_a_proposal_stands_once_and_the_amount_is_their_sum(
    books: Session, plan: Plan, lines: list[PurchaseLine]
) -> None:
    table = tables(proposal_sheet(books, plan, DAY, 1), "采购建议单")[0]
    listed = [
        (r["品名"], r["件数"], fen(r["每件单价（元）"]), fen(r["金额（元）"]), r["核减件数"] or 0) for r in table.rows
    ]
    assert sorted(listed) == sorted(
        (NAMES[x.item_id].name, x.proposed_packs, x.pack_price_fen, x.proposed_packs * x.pack_price_fen, x.cut_packs)
        for x in lines
    )
    assert {(r["收货单位"], r["供货单位"]) for r in table.rows} == {(plan.stores["s1"].name, plan.stores["w1"].name)}
    amount = sum(x.proposed_packs * x.pack_price_fen for x in lines)
    assert table.fen("金额（元）") == fen(table.total["金额（元）"]) == amount
    assert table.total["核减件数"] == sum(x.cut_packs for x in lines)


def test_the_sum_of_each_line_can_be_followed(books: Session, plan: Plan, lines: list[PurchaseLine]) -> None:
    wanted = {NAMES[x.item_id].name: x for x in lines}
    for row in tables(proposal_sheet(books, plan, DAY, 1), "采购建议单")[0].rows:
        found = SUM.search(row["测算依据"])
        assert found, row["测算依据"]
        needs, gap, hand, order, result, packs, pack = map(float, found.groups())
        line = wanted[row["品名"]]
        base = NAMES[line.item_id].base
        assert [needs, gap, hand, order] == [
            x / base for x in (line.needs_base, line.reserve_gap_base, line.on_hand_base, line.on_order_base)
        ]
        assert needs + gap - hand - order == result
        assert packs == -(-result // pack) == row["件数"] + (row["核减件数"] or 0)


def test_what_is_cut_for_want_of_money_is_told_and_marked(
    books: Session, plan: Plan, lines: list[PurchaseLine]
) -> None:
    made = proposal_sheet(books, plan, DAY, 1)
    cut = sum(x.cut_packs * x.pack_price_fen for x in lines)
    assert f"{cut / 100:,.2f} 元" in text(made)
    assert "预算 20,000.00 元" in text(made)
    rows = [row for row in pages(made)["采购建议单"].iter_rows() if str(row[3].value) in {g.name for g in GOODS}]
    marked = {row[3].value for row in rows if row[3].fill.fgColor.rgb == "00FFF7E0"}
    assert marked == {NAMES[x.item_id].name for x in lines if x.cut_packs}


def test_before_anybody_answered_nothing_is_approved_and_the_boxes_are_empty(books: Session, plan: Plan) -> None:
    proposal, approval = tables(proposal_sheet(books, plan, DAY, 1), "采购建议单")
    assert {*proposal.column("批准件数"), proposal.total["批准件数"]} == {None}
    assert [list(row) for row in approval.rows] == [list(BOXES)]
    assert set(approval.rows[0].values()) == {None}
    page = pages(proposal_sheet(books, plan, DAY, 1))["采购建议单"]
    (head,) = [row[0].row for row in page.iter_rows() if row[0].value == BOXES[0]]
    assert page.row_dimensions[head + 1].height >= 30


def test_after_an_answer_it_says_what_was_approved_by_whom_and_when(
    books: Session, plan: Plan, lines: list[PurchaseLine]
) -> None:
    for line in lines:
        line.approved_packs = 2 if line.item_id == "rice" else line.proposed_packs
    books.flush()
    answer(books, plan, "change", reason="大米尚足")
    proposal, approval = tables(proposal_sheet(books, plan, DAY, 1), "采购建议单")
    approved = {row["品名"]: row["批准件数"] for row in proposal.rows}
    assert approved == {NAMES[x.item_id].name: x.approved_packs for x in lines}
    assert proposal.total["批准件数"] == sum(x.approved_packs for x in lines)
    (told,) = [[row[box] for box in BOXES] for row in approval.rows]
    amount = sum(x.approved_packs * x.pack_price_fen for x in lines)
    assert (told[0], fen(told[1]), *told[2:]) == (
        "调整后同意（大米尚足）",
        amount,
        "李示例",
        "2022年4月21日（周四） 14:05",
    )


@pytest.mark.parametrize(
    ("decision", "by", "words", "who"),
    [("reject", "o1", "不同意", "李示例"), ("approve", "policy:approve_below_fen", "同意", "方案既定规则")],
)
def test_who_answered_is_a_person_or_the_plans_own_rule(
    books: Session, town_of_stores: Plan, decision: str, by: str, words: str, who: str
) -> None:
    answer(books, town_of_stores, decision, by)
    approval = tables(proposal_sheet(books, town_of_stores, DAY, 1), "采购建议单")[1]
    assert (approval.rows[0]["审批意见"], approval.rows[0]["审批人签字"]) == (words, who)


def test_a_day_without_a_proposal_has_no_sheet(books: Session, town_of_stores: Plan) -> None:
    with pytest.raises(LookupError):
        proposal_sheet(books, town_of_stores, DAY.replace(day=1), 1)
