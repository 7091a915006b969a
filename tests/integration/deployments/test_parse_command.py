"""`baogong parse` as somebody types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tasks.settings import ROOT
from tests.integration.deployments.test_command import HEAVY, baogong

CHAIN = (
    "#接龙\n今日蔬菜\n1. 3-2-501 张示例 土豆3斤，大米10斤装2袋\n2. 3-2-502 苹果三四斤\n李示例 不要了\n谁有盐？土豆2斤\n"
)


def parsed(*words: str, text: str = CHAIN) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deployments.command", "parse", *words]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BAOGONG_")}
    return subprocess.run(command, cwd=ROOT, env=kept, input=text, capture_output=True, text=True, check=False)


def test_a_chain_from_standard_input_comes_back_as_json() -> None:
    done = parsed("-", "--json")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["title"] == "今日蔬菜"
    first, second, third = told["entries"]
    assert first == {
        "no": 1,
        "who": "张示例",
        "household": {"building": "3", "unit": "2", "room": "501"},
        "op": "set",
        "lines": [
            {
                "item": "土豆",
                "variety": None,
                "item_id": None,
                "qty": "3",
                "unit": "斤",
                "span": [24, 28],
                "review": None,
            },
            {
                "item": "大米",
                "variety": "10斤装",
                "item_id": None,
                "qty": "2",
                "unit": "袋",
                "span": [29, 37],
                "review": None,
            },
        ],
    }
    assert second["lines"][0]["qty"] is None
    assert "苹果三四斤" in second["lines"][0]["review"]
    assert (third["who"], third["household"], third["op"], third["lines"]) == ("李示例", None, "cancel", [])
    for line in [line for entry in told["entries"] for line in entry["lines"]]:
        start, end = line["span"]
        assert line["item"] in CHAIN[start:end]
    (piece,) = told["unresolved"]
    assert CHAIN[slice(*piece["span"])] == piece["text"] == "谁有盐？土豆2斤"
    assert piece["why"]


def test_a_plans_list_says_which_goods_are_meant_and_what_does_not_fit(tmp_path: Path) -> None:
    (tmp_path / "chain.txt").write_text("1. 3-2-501 洋芋3斤，鸡旦1板，大米20斤装1袋，土豆粉1包", encoding="gb18030")
    done = parsed(str(tmp_path / "chain.txt"), "--plan", "shengtang", "--json")
    (entry,) = json.loads(done.stdout)["entries"]
    found = [(line["item"], line["item_id"], bool(line["review"])) for line in entry["lines"]]
    assert found == [
        ("洋芋", "potato", False),
        ("鸡旦", "eggs", False),
        ("大米", "rice", True),
        ("土豆粉", None, True),
    ]
    assert "5000克" in entry["lines"][2]["review"]


def test_without_json_a_table_in_chinese_shows_lines_and_questions() -> None:
    done = parsed("-")
    assert done.returncode == 0
    assert "今日蔬菜" in done.stdout
    assert "需核实" in done.stdout
    assert "土豆" in done.stdout


def test_what_cannot_be_read_ends_in_one_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(b"\x00\x01\x02")
    for name in ("gone.txt", "empty.txt", "binary.txt"):
        done = parsed(str(tmp_path / name), "--json")
        assert (done.returncode, done.stdout) == (1, "")
        assert any("\u4e00" <= sign <= "\u9fff" for sign in done.stderr)
    assert "nowhere" in parsed("-", "--plan", "nowhere").stderr


def test_a_chain_is_read_without_what_is_slow_to_load(tmp_path: Path) -> None:
    (tmp_path / "chain.txt").write_text(CHAIN, encoding="utf-8")
    done, imported = baogong("parse", str(tmp_path / "chain.txt"), "--json")
    assert done.returncode == 0
    assert not imported & (set(HEAVY) - {"pydantic"}), "typer itself loads pydantic for every command"
