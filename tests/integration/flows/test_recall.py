"""召回: from a batch to every household that was given some of it, in one command, once (C-07)."""

import io
import json
from typing import Any

import openpyxl
import pytest

from deployments.goods import recall_goods
from schemas.words import Process
from tasks.corrections import Correction, correct_move
from tasks.recall import recall_batch
from tasks.refused import Refused
from tasks.runs import Run, working
from tests.factories.books import books, changes, files
from tests.factories.working_town import Town, at, on
from tests.integration.flows.test_inspections import CODE, came, deputised, watch

__all__ = ["deputised"]
RICE = "opening:demo:market:rice"
SEALED = "1. 3-2-501 大米1袋\n2. 3-1-302 大米2袋 白菜5斤\n"
VILLAGE = "1. 样本庄1号 大米1袋\n2. 样本庄2号 白菜3斤\n"


def delivered(town: Town) -> None:
    """Rice for two sealed homes and one of the village, at the door the next morning; one has signed."""
    town.put("needs", "样本庄.txt", VILLAGE)
    town.needs(SEALED)
    town.run("allocate_orders", "16:20")
    town.run("deliver_orders", "07:30", day=22)
    town.confirm("h1")


def recall(
    town: Town, batch: str = RICE, by: str = "监管示例", clock: str = "11:00", day: int = 22, **said: str
) -> Any:
    with working(Run(town.plan_id, Process.RECEIVE_GOODS, on(day), at(clock, day))) as work:
        return recall_batch(work, batch, by, said.get("reason", "抽检不合格"))


def households(told: Any) -> list[tuple[str, str, str, str]]:
    return [(r["household"], r["community"], r["quantity"], r["handover"]) for r in told["households"]]


def table(town: Town, name: str) -> list[tuple[Any, ...]]:
    """The rows of a list between its header and its total."""
    (path,) = town.documents(name)
    rows = list(openpyxl.load_workbook(io.BytesIO(path.read_bytes())).active.iter_rows(values_only=True))
    return [row for row in rows if isinstance(row[0], int)]


def test_everybody_who_was_given_some_of_it_is_listed_with_day_and_amount(town: Town) -> None:
    delivered(town)
    told = recall(town)
    assert (told["changed"], told["held"]) == (True, True)
    assert households(told) == [
        ("h4", "样本庄", "1袋", "delivered_unconfirmed"),
        ("h3", "示例家园", "2袋", "delivered_unconfirmed"),
        ("h1", "示例家园", "1袋", "signed"),
    ]
    assert {str(r["date"]) for r in told["households"]} == {"2022-04-22"}


def test_each_communitys_person_and_the_officers_are_told_with_their_list(town: Town) -> None:
    delivered(town)
    recall(town)
    assert town.told("goods_recalled") == [
        "coordinator", "coordinator_2", "market_1", "staff_controlled", "staff_sealed", "supply_1", "supply_2"
    ]  # fmt: skip
    assert "请通知2户停止食用并收回" in town.bodies("goods_recalled", "staff_sealed")[0]
    assert "请通知1户停止食用并收回" in town.bodies("goods_recalled", "staff_controlled")[0]
    assert "请通知3户停止食用并收回" in town.bodies("goods_recalled", "market_1")[0]
    assert "抽检不合格" in town.bodies("goods_recalled", "market_1")[0]
    attached = "SELECT attachments FROM notice WHERE stage = 'goods_recalled'"
    named = {
        path for (paths,) in town.rows(attached) for path in (json.loads(paths) if isinstance(paths, str) else paths)
    }
    assert len(named) == 3
    assert all((town.data / "documents" / path).is_file() for path in named), "a notice names no list that is not there"


def test_the_list_of_a_community_shows_nobody_elses_doors(town: Town) -> None:
    delivered(town)
    recall(town)
    assert [row[2] for row in table(town, "召回_*示例家园*.xlsx")] == ["3-1-302", "3-2-501"]
    assert [row[2] for row in table(town, "召回_*样本庄*.xlsx")] == ["样本庄1号"]
    assert [(row[2], row[5]) for row in table(town, "召回_opening_demo_market_rice-????????_v1.xlsx")] == [
        ("样本庄1号", "1 袋"),
        ("3-1-302", "2 袋"),
        ("3-2-501", "1 袋"),
    ]
    assert len(town.documents("召回_*.xlsx")) == 3


def test_said_again_it_changes_nothing_and_tells_nobody_twice(town: Town) -> None:
    delivered(town)
    first = recall(town)
    before, made = books(town.engine), files(town.data / "documents")
    again = recall(town, clock="12:00", reason="再说一次")
    assert again == first | {"changed": False}
    assert changes(before, books(town.engine)) == {}
    assert files(town.data / "documents") == made


def test_nothing_more_of_it_is_handed_out_whoever_tries(town: Town) -> None:
    delivered(town)
    town.put("needs", "示例家园_2.txt", "1. 3-2-501 大米1袋\n", day=22)
    town.run("collect_needs", "16:05", day=22)
    town.run("allocate_orders", "16:20", day=22)
    recall(town, clock="17:00")
    assert town.told("supply_delayed") == ["staff_sealed"]
    town.run("deliver_orders", "07:30", day=23)
    assert town.rows("SELECT household_id, item_id, reason FROM undelivered") == [("h1", "rice", "not_on_shelf")]
    insert = (
        "INSERT INTO parcel_line (plan_id, cycle, household_id, item_id, store_id, batch_id, batch_released, qty_base)"
        " SELECT plan_id, cycle, household_id, item_id, 'pharmacy', batch_id, batch_released, qty_base FROM parcel_line"
        " WHERE item_id = 'rice' AND household_id = 'h1'"
    )
    with pytest.raises(Exception, match="called back"):
        town.execute(insert)


def test_a_delivery_run_late_hands_out_nothing_that_was_called_back_since(town: Town) -> None:
    town.needs("1. 3-2-501 大米1袋\n")
    town.run("allocate_orders", "16:20")
    recall(town, clock="09:00")
    town.run("deliver_orders", "07:30", day=22)
    assert town.rows("SELECT 1 FROM parcel_line") == []


def test_what_was_booked_wrongly_is_not_taken_back_from_who_never_had_it(town: Town) -> None:
    delivered(town)
    ((move,),) = town.rows("SELECT move_id FROM stock_move WHERE to_place = 'household:h4' AND batch_id = :b", b=RICE)
    with working(Run(town.plan_id, Process.CHECK_STOCK, on(22), at("10:00", 22))) as work:
        correct_move(work, Correction(move, "供给示例", "未送到"))
    assert [r[0] for r in households(recall(town))] == ["h3", "h1"]


def test_goods_that_nobody_has_yet_are_held_and_no_list_is_made(town: Town) -> None:
    told = recall(town)
    assert (told["changed"], told["households"], told["documents"]) == (True, [], [])
    assert town.rows("SELECT state, released FROM batch WHERE batch_id = :b", b=RICE) == [("held", False)]
    assert "尚未发出" in town.bodies("goods_recalled", "market_1")[0]


@pytest.mark.parametrize(
    ("said", "words"), [({"batch": "0422-9"}, "0422-9"), ({"by": "店长甲示例"}, "店长甲示例"), ({"by": ""}, "监管示例")]
)
def test_a_recall_that_cannot_be_taken_says_why(town: Town, said: dict[str, str], words: str) -> None:
    delivered(town)
    with pytest.raises(Refused, match=words):
        recall(town, **said)
    assert town.told("goods_recalled") == []


def test_a_leader_may_call_a_batch_back(town: Town) -> None:
    delivered(town)
    assert recall(town, by="leader")["changed"] is True


def test_a_check_afterwards_that_fails_starts_the_recall_by_itself(deputised: Town) -> None:
    town = deputised
    came(town)
    watch(town, "17:00")
    town.permit(CODE)
    town.run("allocate_orders", "18:10", day=23)
    town.run("deliver_orders", "07:30", day=24)
    # What expires first goes first: of the shelf's own rice nothing is left to be given out before it.
    given = town.rows(
        "SELECT DISTINCT household_id FROM parcel_line p JOIN batch b ON b.batch_id = p.batch_id WHERE b.number = 1"
    )
    assert given
    assert town.inspect(CODE, failed="农残超标", day=24, clock="10:00")
    assert "staff_sealed" in town.told("goods_recalled")
    assert len(town.documents("召回_*.xlsx")) == 2
    assert town.rows("SELECT conditional, stopped_at IS NOT NULL FROM batch WHERE number = 1") == [(False, True)]
    watch(town, "20:00", 24)
    assert town.rows("SELECT COUNT(*) FROM inspection_request WHERE purpose = 'overdue'") == [(0,)]


def test_a_recall_is_lifted_by_a_check_that_it_passes_and_everybody_told_hears_so(town: Town) -> None:
    delivered(town)
    recall(town)
    assert town.inspect(RICE, clock="15:00")
    assert (
        "解除召回"
        in town.bodies("goods_recalled", "staff_sealed")[-1] + town.bodies("goods_recalled", "staff_sealed")[0]
    )
    assert town.rows("SELECT state, stopped_at IS NULL FROM batch WHERE batch_id = :b", b=RICE) == [("released", True)]


def test_lists_that_a_cut_off_recall_left_unmade_are_made_by_the_next_watch(town: Town) -> None:
    delivered(town)
    recall(town)
    for path in town.documents("召回_*.xlsx"):
        path.unlink()
    town.run("watch_duties", "11:10", day=22)
    assert len(town.documents("召回_*.xlsx")) == 3


def test_the_command_lists_and_tells_and_says_what_it_cannot_do(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    delivered(town)
    capsys.readouterr()
    assert recall_goods(town.plan_id, RICE, "监管示例", "抽检不合格", at("11:00", 22), True) == 0
    told = json.loads(capsys.readouterr().out)
    assert [r["household"] for r in told["households"]] == ["h4", "h3", "h1"]
    assert town.rows("SELECT DISTINCT state FROM notice WHERE stage = 'goods_recalled'") == [("sent",)], "at once"
    assert recall_goods(town.plan_id, RICE, "监管示例", "", at("11:05", 22), False) == 0
    words = capsys.readouterr().out
    assert "3户" in words
    assert "示例家园 h3：2袋" in words
    assert recall_goods(town.plan_id, "0422-9", "监管示例", "", at("11:05", 22), True) == 1
    assert capsys.readouterr().err.strip() == "没有批次 0422-9。"


def test_a_households_story_says_what_of_it_was_called_back(town: Town) -> None:
    from tasks.trace import story, story_text

    delivered(town)
    recall(town)
    told = story(town.plan_id, "h3")
    assert told is not None
    assert [(g["item"], g["called_back"]) for g in told["cycles"][0]["goods"]] == [("白菜", False), ("大米", True)]
    assert "已召回" in story_text(told)
