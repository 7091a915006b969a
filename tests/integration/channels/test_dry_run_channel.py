"""The dry run's channel: a file for each notice, in a folder for each officer."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tasks.channels.dry_run import write_notice

AT = datetime(2022, 4, 1, 15, 0, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
NOTICE = "shengtang:stock_checked:2022-04-01:store-1:1:officer-3"


def write(folder: Path, notice: str = NOTICE, at: datetime = AT, body: str = "大米可保障 6 天") -> str:
    """Write a notice and say how it ended."""
    return write_notice(folder, "officer-3", notice, at, "库存预警", body, ["预警清单.xlsx"]).state


def test_an_officers_notice_is_a_file_that_sorts_by_time_and_names_its_stage(tmp_path: Path) -> None:
    assert write(tmp_path) == "sent"
    (file,) = (tmp_path / "officer-3").iterdir()
    assert file.name.startswith("20220401-150005_stock_checked_")
    words = file.read_text(encoding="utf-8")
    assert words.startswith("库存预警\n")
    assert "大米可保障 6 天" in words
    assert "预警清单.xlsx" in words
    assert file.stat().st_mode & 0o077 == 0


def test_the_same_notice_written_again_is_the_same_file(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, at=AT.replace(hour=16), body="大米可保障 5 天")
    (file,) = (tmp_path / "officer-3").iterdir()
    assert "5 天" in file.read_text(encoding="utf-8")


def test_what_a_killed_run_left_half_written_is_finished_by_the_next(tmp_path: Path) -> None:
    write(tmp_path)
    (file,) = (tmp_path / "officer-3").iterdir()
    file.rename(file.with_name(f".{file.name}.part"))
    write(tmp_path)
    assert list((tmp_path / "officer-3").iterdir()) == [file]


def test_two_notices_of_one_moment_and_stage_are_two_files(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, NOTICE.replace("store-1", "store-2"))
    assert len(list((tmp_path / "officer-3").iterdir())) == 2


def test_an_id_leads_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    write_notice(folder, "../../officer", "plan:../up:x", AT, "题", "文", [])
    assert [path for path in tmp_path.rglob("*.txt") if not path.is_relative_to(folder)] == []
    assert len(list(folder.rglob("*.txt"))) == 1


def test_a_folder_that_cannot_be_written_is_undelivered(tmp_path: Path) -> None:
    blocked = tmp_path / "notices"
    blocked.write_text("a file where the folder should be", encoding="utf-8")
    outcome = write_notice(blocked, "officer-3", NOTICE, AT, "题", "文", [])
    assert (outcome.state, outcome.retryable) == ("undelivered", True)
