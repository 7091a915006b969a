"""The ledger of goods: asked for any moment that is past, corrected by entries that name who and why, never edited."""

import json
from typing import Any

import pytest

from deployments.goods import correct_stock, show_moves, show_stock
from schemas.words import Process
from tasks.corrections import Correction, correct_move
from tasks.refused import Refused
from tasks.runs import Run, working
from tasks.stock_at import stock_at
from tests.factories.working_town import Town, at, on

DELIVERY = "SELECT move_id, qty_base, to_place FROM stock_move WHERE cause = 'delivery' AND batch_id LIKE '%rice'"
REVERSAL = """INSERT INTO stock_move (move_id, plan_id, moved_at, batch_id, from_place, to_place, qty_base, cause,
    entered_by, reason, reverses) SELECT 'x', plan_id, moved_at, batch_id, to_place, from_place, {qty}, 'reversal',
    {by}, {why}, {of} FROM stock_move WHERE cause = 'delivery' LIMIT 1"""


def delivered(town: Town) -> None:
    """Three bags of rice ordered, shared and handed out the next morning."""
    town.needs("1. 3-2-501 大米1袋\n2. 3-1-302 大米2袋\n")
    town.run("allocate_orders", "16:20")
    town.run("deliver_orders", "07:30", day=22)


def rice(town: Town, clock: str, day: int, store: str = "") -> Any:
    found = [row for row in stock_at(run(town, clock, day).plan, at(clock, day), store) if row["item_id"] == "rice"]
    return found[0]["on_hand"] if found else None


def run(town: Town, clock: str = "09:00", day: int = 22) -> Run:
    return Run(town.plan_id, Process.CHECK_STOCK, on(day), at(clock, day))


def correct(town: Town, move: str, by: str = "供给示例", reason: str = "多记", right: str = "", day: int = 22) -> Any:
    with working(run(town, day=day)) as work:
        return correct_move(work, Correction(move, by, reason, right))


def test_stock_is_what_lay_there_at_any_moment_whatever_was_moved_since(town: Town) -> None:
    delivered(town)
    assert rice(town, "23:00", 20) is None, "before the plan's first day"
    assert rice(town, "07:29", 22) == "60"
    assert rice(town, "07:30", 22) == "57"
    assert rice(town, "07:30", 22, "示例超市") == rice(town, "07:30", 22, "market") == "57"
    assert rice(town, "07:30", 22, "pharmacy") is None
    with pytest.raises(Refused, match="没有门店"):
        rice(town, "07:30", 22, "没有门店")


def test_a_wrong_move_is_taken_back_by_one_that_names_who_and_why_and_the_first_one_stays(town: Town) -> None:
    delivered(town)
    moves = {to: (move, qty) for move, qty, to in town.rows(DELIVERY)}
    move, qty = moves["household:h3"]
    assert correct(town, move) == {"move_id": f"reversal:{move}", "reverses": move, "qty_base": qty, "changed": True}
    assert rice(town, "08:00", 22) == "57"
    assert rice(town, "09:00", 22) == "59"
    row = "SELECT from_place, to_place, entered_by, reason FROM stock_move WHERE cause = 'reversal'"
    assert town.rows(row) == [("household:h3", "store:market", "supply_1", "多记")]
    assert {m for m, _, _ in town.rows(DELIVERY)} == {m for m, _ in moves.values()}


def test_a_correction_said_again_changes_nothing_and_another_of_the_same_move_is_refused(town: Town) -> None:
    delivered(town)
    move = next(m for m, _, to in town.rows(DELIVERY) if to == "household:h3")
    assert correct(town, move, right="1.5袋")["qty_base"] == 2500
    again = correct(town, move, right="1.5")
    assert (again["changed"], again["qty_base"]) == (False, 2500)
    with pytest.raises(Refused, match="supply_1"):
        correct(town, move, right="1")
    assert correct(town, f"reversal:{move}")["changed"], "a wrong correction is taken back in turn"
    assert rice(town, "09:00", 22) == "57"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"by": "路人"}, "路人"),
        ({"reason": " "}, "原因"),
        ({"right": "很多"}, "很多"),
        ({"right": "-1"}, "-1"),
        ({"right": "NaN"}, "NaN"),
        ({"right": "0.00001"}, "0.00001"),
        ({"right": "2袋"}, "2袋"),
        ({"move": "no-such-move"}, "no-such-move"),
    ],
)
def test_a_correction_that_cannot_be_taken_says_why_and_changes_nothing(
    town: Town, said: dict[str, str], words: str
) -> None:
    delivered(town)
    move = next(m for m, _, to in town.rows(DELIVERY) if to == "household:h3")
    with pytest.raises(Refused, match=words):
        correct(town, **{"move": move, **said})
    assert town.rows("SELECT 1 FROM stock_move WHERE cause = 'reversal'") == []


def test_goods_that_went_on_are_not_taken_back_from_where_they_no_longer_are(town: Town) -> None:
    delivered(town)
    (opening,) = town.rows("SELECT move_id FROM stock_move WHERE cause = 'opening' AND batch_id LIKE '%market_rice'")
    with pytest.raises(Refused, match="57袋"):
        correct(town, opening[0])
    assert correct(town, opening[0], right="3袋")["qty_base"] == 57 * 5000
    assert rice(town, "09:00", 22) is None


@pytest.mark.parametrize(
    ("qty", "by", "why", "of"),
    [
        ("qty_base", "''", "'多记'", "move_id"),
        ("qty_base", "'supply_1'", "''", "move_id"),
        ("qty_base", "'supply_1'", "'多记'", "NULL"),
        ("qty_base", "'supply_1'", "'多记'", "'another'"),
        ("qty_base + 1", "'supply_1'", "'多记'", "move_id"),
    ],
)
def test_the_database_itself_refuses_a_reversal_that_names_not_its_move_not_who_or_not_why(
    town: Town, qty: str, by: str, why: str, of: str
) -> None:
    delivered(town)
    with pytest.raises(Exception, match="a reversal names its move"):
        town.execute(REVERSAL.format(qty=qty, by=by, why=why, of=of))


@pytest.mark.parametrize("statement", ["UPDATE stock_move SET reason = 'x'", "DELETE FROM stock_move"])
def test_the_database_itself_refuses_to_change_or_delete_a_move(town: Town, statement: str) -> None:
    delivered(town)
    with pytest.raises(Exception, match="append-only"):
        town.execute(statement)


def test_the_commands_tell_stock_moves_and_corrections(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    delivered(town)
    capsys.readouterr()
    assert show_stock(town.plan_id, at("07:30", 22), "", True) == 0
    told = json.loads(capsys.readouterr().out)
    (line,) = [x for x in told["lines"] if x["item_id"] == "rice"]
    assert (line["on_hand"], line["usable"], line["on_hand_base"]) == ("57", "57", 285_000)
    assert show_stock(town.plan_id, at("07:30", 22), "示例超市", False) == 0
    assert "大米 57袋" in capsys.readouterr().out
    assert show_moves(town.plan_id, "opening:demo:market:rice", at("07:30", 22)) == 0
    moves = json.loads(capsys.readouterr().out)
    assert [m["cause"] for m in moves] == ["opening", "delivery", "delivery"]
    assert correct_stock(town.plan_id, moves[1]["move_id"], "供给示例", "未送", "", at("08:00", 22)) == 0
    assert json.loads(capsys.readouterr().out)["changed"] is True
    assert show_moves(town.plan_id, "no-such-batch", None) == 1
    assert "no-such-batch" in capsys.readouterr().err


def test_stock_is_told_before_anything_has_run(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_stock(town.plan_id, at("07:30", 22), "", True) == 0
    assert len(json.loads(capsys.readouterr().out)["lines"]) == 9
