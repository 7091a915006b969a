"""What came in is stored raw, once, under the day that it is for."""

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from schemas.tables import CommunityRow, HouseholdRow, NeedLine, PlanRow, Submission
from tasks.database import insert, transaction
from tasks.intake.inbox import waiting_files
from tasks.intake.submissions import store_submissions, store_text
from tests.integration.intake.inbox import DAY, NOW, put


@pytest.fixture
def stored(database: sa.Engine) -> sa.Engine:
    with transaction() as session:
        insert(session, PlanRow, [{"plan_id": "demo", "name": "示例", "digest": "0", "loaded_at": NOW}])
    return database


def file_all(inbox: Path, day: date = DAY) -> list[Submission]:
    waiting = waiting_files(inbox, "needs", day, 0, limit_mb=1)
    with transaction() as session:
        return store_submissions(session, "demo", "needs", day, NOW, waiting.arrived, limit_mb=1)


def test_files_are_stored_raw_once_however_often_they_are_seen(stored: sa.Engine, tmp_path: Path) -> None:
    put(tmp_path, "示例家园.txt", "1. h1 土豆3斤")
    put(tmp_path, "示例家园_再发.txt", "1. h1 土豆3斤")
    put(tmp_path, "样本庄.txt", "1. h1 土豆3斤")
    rows = file_all(tmp_path)
    assert [(r.sequence, r.sender, r.state, r.body) for r in rows] == [
        (1, "样本庄", "read", "1. h1 土豆3斤".encode()),
        (2, "示例家园", "read", "1. h1 土豆3斤".encode()),
        (3, "示例家园", "duplicate", "1. h1 土豆3斤".encode()),
    ]
    assert rows[2].reasons == [{"code": "duplicate_of", "args": {"name": f"{DAY}/示例家园.txt"}}]
    put(tmp_path, "示例家园.txt", "1. h1 土豆5斤")
    again = file_all(tmp_path)
    assert [(r.sequence, r.state) for r in again] == [(1, "read"), (3, "duplicate"), (4, "read")]
    with stored.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(Submission)).scalar() == 4


def test_a_file_beyond_the_limit_is_stored_by_its_place(stored: sa.Engine, tmp_path: Path) -> None:
    put(tmp_path, "示例家园.txt", b"1" * 2_000_000)
    (row,) = file_all(tmp_path)
    assert (row.state, row.body, row.kept_at) == ("unreadable", None, f"demo/needs/{DAY}/示例家园.txt")


def test_a_file_left_undated_belongs_to_the_date_that_took_it(stored: sa.Engine, tmp_path: Path) -> None:
    put(tmp_path, "示例家园.txt", "1. h1 土豆3斤", dated=False)
    assert len(file_all(tmp_path)) == 1
    assert file_all(tmp_path, date(2022, 4, 22)) == []
    put(tmp_path, "示例家园.txt", "1. h1 土豆4斤", dated=False)
    assert len(file_all(tmp_path, date(2022, 4, 22))) == 1


def test_a_pasted_text_is_stored_once(stored: sa.Engine) -> None:
    for _ in range(2):
        with transaction() as session:
            row = store_text(session, "demo", "needs", DAY, NOW, "1. h1 土豆3斤", "示例家园")
    assert (row.sequence, row.channel, row.sender, row.body) == (1, "form", "示例家园", "1. h1 土豆3斤".encode())


def test_a_household_that_takes_back_everything_is_a_line_without_an_item(stored: sa.Engine) -> None:
    place = {"plan_id": "demo", "community_id": "c"}
    with transaction() as session:
        row = store_text(session, "demo", "needs", DAY, NOW, "1. 张示例 不要了", "示例家园")
        insert(session, CommunityRow, [place | {"name": "示例家园", "village": "v", "zone": "sealed", "population": 1}])
        insert(session, HouseholdRow, [place | {"household_id": "h1", "address": "1", "head": "张示例", "persons": 1}])
        line = {
            "submission_id": row.submission_id,
            "plan_id": "demo",
            "cycle": DAY,
            "household_id": "h1",
            "qty_base": 0,
        }
        assert insert(session, NeedLine, [line | {"line_no": 1, "words": "不要了", "state": "withdrawn"}]) == 1
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.execute(
            sa.insert(NeedLine).values(line | {"line_no": 2, "words": "x", "place": {}, "state": "accepted"})
        )
