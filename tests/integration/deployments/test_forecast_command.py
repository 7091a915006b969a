"""`baogong forecast` as somebody types it: histories in, totals with their band out, every fault with its row."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tasks.history_file import HistoryFaults, observed, read_histories
from tests.integration.deployments.test_command import HEAVY, baogong

DAYS = [date(2022, 4, 1) + timedelta(days=n) for n in range(14)]
STEADY = [{"unique_id": "大米", "ds": day, "y": 5.0} for day in DAYS]


def csv(folder: Path, *rows: str, head: str = "unique_id,ds,y", encoding: str = "utf-8") -> Path:
    path = folder / "history.csv"
    path.write_bytes("\n".join([head, *rows]).encode(encoding))
    return path


def parquet(folder: Path, rows: list[dict[str, Any]]) -> Path:
    path = folder / "history.parquet"
    pl.DataFrame(rows).write_parquet(path)
    return path


def seen(path: Path, **more: Any) -> dict[Any, list[tuple[int, float]]]:
    """What the rule is handed: of each series (age, amount), the newest first."""
    found = read_histories(path)
    rows = observed(found, 14, **more).sort("line", "age")
    return {name: rows.filter(line=n).select("age", "qty").rows() for n, name in enumerate(found.ids)}


def faults(path: Path) -> list[str]:
    with pytest.raises(HistoryFaults) as told:
        read_histories(path)
    return told.value.told


def test_totals_and_band_of_every_series_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = [f"b,{day},4" for day in reversed(DAYS)] + [f"a,{day},{n % 2 * 10}" for n, day in enumerate(DAYS)]
    done, imported = baogong("forecast", "--history", str(csv(tmp_path, *rows)), "--horizon", "7", "--json")
    assert done.returncode == 0
    first, second = json.loads(done.stdout)
    assert first == {"unique_id": "b", "total": 28.0, "low": 28.0, "high": 28.0}
    assert second["unique_id"] == "a"
    assert second["low"] < second["total"] < second["high"]
    assert not imported & {"prefect", "sqlalchemy", "httpx", "openpyxl"}


def test_parquet_says_the_same_as_csv(tmp_path: Path) -> None:
    text = csv(tmp_path, *(f"大米,{row['ds']},5" for row in STEADY))
    assert seen(parquet(tmp_path, STEADY)) == seen(text) == {"大米": [(n, 5.0) for n in range(14)]}


def test_help_of_the_command_imports_nothing_that_is_slow() -> None:
    done, imported = baogong("forecast", "--help")
    assert "--horizon" in done.stdout
    assert not imported & (set(HEAVY) - {"pydantic"})


@pytest.mark.parametrize("horizon", ["0", "-1", "367", "week"])
def test_a_horizon_that_is_no_number_of_days_is_refused(tmp_path: Path, horizon: str) -> None:
    done, _ = baogong("forecast", "--history", str(csv(tmp_path, "a,2022-04-01,1")), "--horizon", horizon, "--json")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "ds", ["2022-04-20", "2022/4/20", "2022.04.20", "20220420", "2022年4月20日", "2022-04-20 00:00:00"]
)
def test_a_day_is_known_in_the_ways_in_which_it_is_written(tmp_path: Path, ds: str) -> None:
    assert seen(csv(tmp_path, "a,2022-04-21,1", f"a,{ds},2")) == {"a": [(0, 1.0), (1, 2.0)]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_is_read_in_the_encodings_in_which_it_is_saved(tmp_path: Path, encoding: str) -> None:
    assert list(seen(csv(tmp_path, "大米,2022-04-21,1", encoding=encoding))) == ["大米"]


def test_rows_may_stand_in_any_order_with_other_columns_between_them(tmp_path: Path) -> None:
    rows = ("3,x,a,2022-04-20", "4,y,a,2022-04-21", "", "2,z,a,2022-04-19")
    assert seen(csv(tmp_path, *rows, head=" y ,note,unique_id,ds")) == {"a": [(0, 4.0), (1, 3.0), (2, 2.0)]}


@pytest.mark.parametrize("unknown", ["", "NaN", "null"])
def test_an_amount_that_is_left_empty_is_unknown(tmp_path: Path, unknown: str) -> None:
    assert seen(csv(tmp_path, "a,2022-04-19,1", f"a,2022-04-20,{unknown}", "a,2022-04-21,3")) == {
        "a": [(0, 3.0), (2, 1.0)]
    }


def test_missing_days_are_unknown_unless_it_is_said_that_they_are_days_of_nought(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,2022-04-18,1", "a,2022-04-20,", "a,2022-04-21,3", "b,2022-04-21,9")
    assert seen(path)["a"] == [(0, 3.0), (3, 1.0)]
    assert seen(path, zero_gaps=True) == {"a": [(0, 3.0), (2, 0.0), (3, 1.0)], "b": [(0, 9.0)]}


def test_days_before_a_break_are_left_out(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,2022-04-19,90", "a,2022-04-20,2", "a,2022-04-21,2", "b,2022-04-19,9")
    assert seen(path, since=date(2022, 4, 20)) == {"a": [(0, 2.0), (1, 2.0)], "b": []}
    done, _ = baogong("forecast", "--history", str(path), "--since", "2022-04-20", "--json")
    first, second = json.loads(done.stdout)
    assert first["total"] == 14.0
    assert (second["total"], second["low"], second["high"]) == (None, None, None)
    assert "b" in done.stderr


def test_each_history_ends_on_its_own_last_day(tmp_path: Path) -> None:
    assert seen(csv(tmp_path, "old,2021-04-21,7", "new,2022-04-21,3")) == {"old": [(0, 7.0)], "new": [(0, 3.0)]}


def test_days_with_an_empty_shelf_may_be_marked(tmp_path: Path) -> None:
    rows = [f"a,{day},{8 if n < 12 else 1},{'否' if n < 12 else '是'}" for n, day in enumerate(DAYS)]
    path = csv(tmp_path, *rows, head="unique_id,ds,y,stockout")
    done, _ = baogong("forecast", "--history", str(path), "--json")
    assert json.loads(done.stdout)[0]["total"] == 56.0


def test_numbers_as_ids_of_a_parquet_file_stay_numbers(tmp_path: Path) -> None:
    rows = [{"unique_id": 7, "ds": datetime(2022, 4, 21, tzinfo=UTC), "y": 3}]
    done, _ = baogong("forecast", "--history", str(parquet(tmp_path, rows)), "--json")
    assert json.loads(done.stdout)[0]["unique_id"] == 7


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a,昨天,1", "history.csv第3行：ds 列的“昨天”不是日期；请写成2022-04-21的形式"),
        ("a,2022-02-30,1", "history.csv第3行：ds 列的“2022-02-30”不是日期；请写成2022-04-21的形式"),
        ("a,22-04-20,1", "history.csv第3行：ds 列的“22-04-20”不是日期；请写成2022-04-21的形式"),
        ("a,2022-04-20 09:30:00,1", "history.csv第3行：ds 列的“2022-04-20 09:30:00”不是日期；请写成2022-04-21的形式"),
        ("a,2022-04-20,3斤", "history.csv第3行：y 列的“3斤”不是数量；请写数字，不清楚就留空"),
        ("a,2022-04-20,inf", "history.csv第3行：y 列的“inf”不是数量；请写数字，不清楚就留空"),
        ("a,2022-04-20,-1", "history.csv第3行：y 列的-1小于0；请写实际需求，退货另行登记"),
        (" ,2022-04-20,1", "history.csv第3行：unique_id 为空；请写明是哪一种物资"),
        ("a,2022-04-21,1", "history.csv第2、3行：a在2022-04-21不止一行；请每天只留一行"),
        ("a,2022/4/21,1", "history.csv第2、3行：a在2022-04-21不止一行；请每天只留一行"),
        ("a,2022-04-20,1,9", "history.csv第3行：单元格比首行多；请每种物资每天写一行"),
        ('a,2022-04-20,"1', "history.csv：第3行附近损坏，多因引号没有成对；请改正后重试"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_number_and_what_to_do(tmp_path: Path, row: str, words: str) -> None:
    assert faults(csv(tmp_path, "a,2022-04-21,1", row)) == [words]


def test_rows_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    path = csv(tmp_path, "a,2022-04-21,1", "", ",,", "a,x,1")
    assert faults(path)[0].startswith("history.csv第5行")
    path.write_text("\n\nunique_id,ds,y\na,x,1\n", encoding="utf-8")
    assert faults(path)[0].startswith("history.csv第4行")


def test_every_fault_is_told_at_once_in_the_order_of_the_rows_and_many_are_counted(tmp_path: Path) -> None:
    told = faults(csv(tmp_path, "a,x,y", *(f"b{n},2022-04-21,-1" for n in range(40))))
    assert [line.split("：")[0] for line in told[:3]] == ["history.csv第2行", "history.csv第2行", "history.csv第3行"]
    assert (len(told), told[-1]) == (21, "……另有22处")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "history.csv：文件是空的"),
        (b"\x00\x01\x02", "history.csv：文件不是文本"),
        (b"PAR1 no more than that", "history.csv：Parquet 文件已损坏，请重新生成"),
        (b"unique_id,ds,y\n", "history.csv：首行之下没有数据，无法预测"),
        (
            b"id,ds,qty\na,2022-04-21,1\n",
            "history.csv：首行缺少列unique_id、y，现有id、ds、qty；应有：unique_id、ds、y",
        ),
        (b"unique_id,ds,y,y\na,2022-04-21,1,2\n", "history.csv：首行有重复的列y，请只留一列"),
    ],
)
def test_a_file_that_is_no_history_is_told(tmp_path: Path, body: bytes, words: str) -> None:
    path = tmp_path / "history.csv"
    path.write_bytes(body)
    (told,) = faults(path)
    assert told.startswith(words)


def test_columns_of_parquet_that_hold_no_plain_values_are_told(tmp_path: Path) -> None:
    assert "列y" in faults(parquet(tmp_path, [{"unique_id": "a", "ds": DAYS[0], "y": [1, 2]}]))[0]
    assert "y 列" in faults(parquet(tmp_path, [{"unique_id": "a", "ds": DAYS[0], "y": True}]))[0]
    noon = datetime(2022, 4, 21, 12, tzinfo=UTC)
    assert "ds 列" in faults(parquet(tmp_path, [{"unique_id": "a", "ds": noon, "y": 1}]))[0]


def test_the_command_ends_with_one_and_tells_in_chinese(tmp_path: Path) -> None:
    for path in (csv(tmp_path, "a,昨天,1"), tmp_path / "none.csv"):
        done, _ = baogong("forecast", "--history", str(path), "--json")
        assert (done.returncode, done.stdout) == (1, "")
        assert any("\u4e00" <= sign <= "\u9fff" for sign in done.stderr)
        assert "Traceback" not in done.stderr
