"""交接单: what is handed over at a place, from which stores, and who signs for it (A-08, B-02, C-06)."""

from collections import defaultdict

import pytest
from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import Allocation, HouseholdRow, Parcel, ParcelLine, Undelivered
from tasks.documents import Made
from tasks.documents.delivery import day_sheets
from tests.factories.read_back import ReadTable, pages, stored, tables
from tests.factories.trading_orders import DAY, NEXT

#: The communities that one sheet takes together, by the name of its place.
TOGETHER = {
    "B": {"幸福小区": ["c1"], "王村": ["c2", "c3"], "示例宾馆": ["c4"]},
    "C": {"幸福小区": ["c1"], "东王村": ["c2"], "西王村": ["c3"], "示例宾馆": ["c4"]},
}


@pytest.fixture
def handed(books: Session, plan: Plan) -> dict[str, list[ReadTable]]:
    """Facts, sources and signatures of every place, by its name."""
    return {place(made): tables(made, "交接单") for made in day_sheets(books, plan, NEXT, 1)}


def place(made: Made) -> str:
    return made.title.split("：")[1]


def facts(read: list[ReadTable]) -> dict[str, str]:
    return {row["项目"]: row["内容"] for row in read[0].rows}


def test_every_place_has_one_sheet(plan: Plan, handed: dict[str, list[ReadTable]]) -> None:
    assert set(handed) == set(TOGETHER[plan.file.plan.clauses])


def test_parcels_amount_and_shortages_are_those_of_the_database(
    books: Session, plan: Plan, handed: dict[str, list[ReadTable]]
) -> None:
    parcels = stored(books, Parcel, plan, deliver_on=NEXT)
    short = [a.household_id for a in stored(books, Allocation, plan) if a.short_base]
    short += [u.household_id for u in stored(books, Undelivered, plan)]
    for name, communities in TOGETHER[plan.file.plan.clauses].items():
        mine, told = [p for p in parcels if p.community_id in communities], facts(handed[name])
        assert told["份数"] == f"{len(mine)} 份"
        assert told["金额"] == f"{sum(p.amount_fen for p in mine) / 100:,.2f} 元"
        assert told["缺口"].startswith(f"{sum(home[:2] in communities for home in short)} 项")


def test_the_point_its_sign_the_zone_the_way_and_the_hour_are_told(
    plan: Plan, handed: dict[str, list[ReadTable]]
) -> None:
    for name, communities in TOGETHER[plan.file.plan.clauses].items():
        told = facts(handed[name])
        for key in communities:
            where = plan.communities[key]
            assert f"{where.delivery_point}（{where.sign}）" in told["配送地点"].split("\n")
        assert told["发车时间"] == "2022年4月22日（周五） 08:00"
    ways = {name: facts(read)["配送方式"] for name, read in handed.items()}
    by_station = {name for name, way in ways.items() if way == "经配送站点接收分发"}
    assert by_station == ({"示例宾馆"} if plan.file.plan.clauses == "B" else set(handed))
    assert facts(handed["幸福小区"])["分区"] == "封控区"


def test_every_store_stands_once_with_its_kinds_and_the_parcels_that_hold_them(
    books: Session, plan: Plan, handed: dict[str, list[ReadTable]]
) -> None:
    lines = stored(books, ParcelLine, plan)
    for name, communities in TOGETHER[plan.file.plan.clauses].items():
        kinds, homes = defaultdict(set), defaultdict(set)
        for line in lines:
            if line.household_id[:2] in communities:
                kinds[line.store_id].add(line.item_id)
                homes[line.store_id].add(line.household_id)
        listed = [(r["商超"], r["物品"], r["份数"]) for r in handed[name][1].rows]
        assert sorted(listed) == sorted(
            (plan.stores[s].name, f"{len(items)} 种", len(homes[s])) for s, items in kinds.items()
        )


def test_sender_driver_receiver_and_inspector_have_a_box_to_sign_in(
    books: Session, plan: Plan, handed: dict[str, list[ReadTable]]
) -> None:
    for read in handed.values():
        assert read[2].caption == "签字栏"
        assert read[2].column("角色") == ["发货方（商超）", "配送员（司机）", "接收人", "查验人"]
        assert {row[box] for row in read[2].rows for box in ("姓名、签字", "份数", "时间")} == {None}
    for made in day_sheets(books, plan, NEXT, 1):
        page = pages(made)["交接单"]
        boxes = [row[0].row for row in page.iter_rows() if row[0].value in read[2].column("角色")]
        assert all(page.row_dimensions[row].height >= 30 for row in boxes)


def test_the_sheet_that_changes_hands_names_no_resident_and_no_door(books: Session, plan: Plan) -> None:
    for made in day_sheets(books, plan, NEXT, 1):
        told = "\n".join(str(c.value) for row in pages(made)["交接单"].iter_rows() for c in row if c.value)
        assert "已送达待确认" in told
        for home in plan.households.values():
            assert home.address not in told
            assert home.household_id not in told
        assert "张**" not in told


def test_a_place_that_only_misses_something_has_its_sheet_too(books: Session, town_of_stores: Plan) -> None:
    plan = town_of_stores
    for home in stored(books, HouseholdRow, plan, community_id="c4"):
        for model in (ParcelLine, Undelivered, Parcel):
            for row in stored(books, model, plan, household_id=home.household_id):
                books.delete(row)
        books.flush()
    (made,) = [made for made in day_sheets(books, plan, NEXT, 1) if place(made) == "示例宾馆"]
    short = [a for a in stored(books, Allocation, plan, cycle=DAY) if a.short_base and a.household_id[:2] == "c4"]
    assert len(tables(made, "缺口告知")[0].rows) == len(short) > 0
    told = facts(tables(made, "交接单"))
    assert (told["份数"], told["金额"]) == ("0 份", "0.00 元")
    assert tables(made, "站点分发清单")[0].rows == []
