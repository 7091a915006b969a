"""A household's story, as `baogong trace` tells it: words as sent, place, allocation, order, parcel, hand-over."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.factories.plan_folder import write_plan
from tests.factories.working_town import Town, on, stocked


def story(capsys: pytest.CaptureFixture[str], household: str, day: int | None = None) -> dict[str, Any]:
    """What the command prints as JSON."""
    from deployments.by_hand import tell_story

    capsys.readouterr()
    assert tell_story("demo", household, None if day is None else on(day), True) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def lived(town: Town) -> None:
    """Two places ask, what there is is shared and delivered, and one parcel is signed for."""
    town.put("needs", "样本庄.csv", "户号,商品,数量,单位\nh4,大米,2,袋\nh5,大米,2,袋\n")
    town.needs("1. 3-2-501 大米2袋 白菜5斤\n")
    town.run("allocate_orders", "16:20")
    town.run("deliver_orders", "07:30", day=22)
    town.confirm("h1")


def test_a_story_runs_from_the_words_to_the_signature(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    lived(town)
    told = story(capsys, "h1")
    (cycle,) = told["cycles"]
    assert (told["community"], cycle["cycle"]) == ("示例家园", "2022-04-21")
    assert {said["item"] for said in cycle["said"]} == {"大米", "白菜"}
    said = next(s for s in cycle["said"] if s["item"] == "大米")
    assert said["file"] == "2022-04-21/示例家园.txt"
    assert "大米2袋" in said["words"]
    assert said["place"]
    assert said["state"]
    assert len(cycle["allocated"]) == 2
    assert [order["store"] for order in cycle["orders"]] in (["market"], ["示例超市"])
    assert cycle["parcel"][0]["deliver_on"] == "2022-04-22"
    assert {goods["item"] for goods in cycle["goods"]} == {"大米", "白菜"}
    assert all(goods["batch"] for goods in cycle["goods"])
    assert cycle["handover"][0]["confirmed_by"] in ("staff_sealed", "专人甲示例")


def test_a_row_of_a_sheet_is_told_by_its_place(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    lived(town)
    (cycle,) = story(capsys, "h5")["cycles"]
    (said,) = cycle["said"]
    assert said["file"] == "2022-04-21/样本庄.csv"
    assert "3" in said["place"]
    assert cycle["handover"][0]["confirmed_by"] is None


def test_what_is_short_says_why(town: Town, plans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_plan(plans / "demo", stock=stocked(rice=4))
    lived(town)
    (cycle,) = story(capsys, "h1")["cycles"]
    rice = next(line for line in cycle["allocated"] if line["item"] == "大米")
    assert "C-02" in rice["reason"]
    assert "大米" in rice["reason"]


def test_a_story_is_told_of_one_date_alone(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    lived(town)
    town.needs("1. 3-2-501 面粉1袋\n", day=22)
    assert [c["cycle"] for c in story(capsys, "h1")["cycles"]] == ["2022-04-21", "2022-04-22"]
    assert [c["cycle"] for c in story(capsys, "h1", 22)["cycles"]] == ["2022-04-22"]


def test_nobodys_story_is_told_as_such(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    from deployments.by_hand import tell_story

    lived(town)
    assert tell_story("demo", "nobody", None, True) == 1
    assert "nobody" in capsys.readouterr().err


def test_a_household_asked_for_by_its_house_number_is_offered_by_its_id(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    from deployments.by_hand import tell_story

    lived(town)
    assert tell_story("demo", "3-2-501", None, False) == 1
    assert "h1（" in capsys.readouterr().err


def test_what_was_not_allocated_is_told_without_a_store(
    town: Town, plans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from deployments.by_hand import tell_story

    write_plan(plans / "demo", stock=stocked(rice=0))
    lived(town)
    capsys.readouterr()
    assert tell_story("demo", "h1", None, False) == 0
    text = capsys.readouterr().out
    assert "未分配：大米（需求 2袋），原因：" in text
    assert "来自-" not in text.replace(" ", "")


def test_a_story_as_text_is_the_same_story(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    from deployments.by_hand import tell_story

    lived(town)
    capsys.readouterr()
    assert tell_story("demo", "h1", None, False) == 0
    text = capsys.readouterr().out
    for words in (
        "大米2袋",
        "白菜",
        "派单：示例超市，2022-04-22 配送",
        "已签收 专人甲示例",
        "2022-04-22 通知专人甲示例：",
    ):
        assert words in text
