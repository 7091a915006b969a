"""配送清单: what goes to which door, what is bought together for a village, what is short, who cares for whom.

Plan B delivers to the address, through a village's person and through an isolation point (B-02, B-03); plan C hands out
everything through its station (C-06).
"""

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from schemas.plan import Plan
from schemas.tables import Allocation, HouseholdRow, Parcel, ParcelLine, Undelivered
from schemas.units import sale_quantity
from tasks.documents import Made
from tasks.documents.delivery import carer_sheet, carers_of, day_sheets
from tests.factories.read_back import ReadTable, community_sheet, fen, pages, stored, tables, text
from tests.factories.trading_orders import NEXT
from tests.factories.trading_town import GOODS, SPECIAL

LISTS = ("配送清单", "分发清单", "站点分发清单")
GROUPS = {"elderly_alone": "孤寡老人", "no_smartphone": "无智能手机老人", "disabled": "重症残疾"}
NAMES = {good.id: good for good in GOODS}


@pytest.fixture
def sheets(books: Session, plan: Plan) -> list[Made]:
    """The day's workbooks, one for each place."""
    return day_sheets(books, plan, NEXT, 1)


def parcel_lists(sheets: list[Made]) -> list[ReadTable]:
    return [tables(made, name)[0] for made in sheets for name in pages(made) if name in LISTS]


def test_each_place_gets_the_list_of_its_way(books: Session, town_of_stores: Plan, town_of_a_station: Plan) -> None:
    sealed, village, hotel = day_sheets(books, town_of_stores, NEXT, 1)
    assert list(pages(sealed)) == ["配送清单", "缺口告知", "包保服务", "交接单"]
    assert list(pages(village)) == ["统一采购清单", "分发清单", "缺口告知", "包保服务", "交接单"]
    assert list(pages(hotel)) == ["站点分发清单", "缺口告知", "包保服务", "交接单"]
    stations = day_sheets(books, town_of_a_station, NEXT, 1)
    assert [next(iter(pages(made))) for made in stations] == ["站点分发清单"] * 4
    assert all("居民不得自行提取" in text(made) for made in [hotel, *stations])


def test_every_parcel_of_the_day_stands_once_with_its_door_its_amount_and_its_payment_code(
    books: Session, plan: Plan, sheets: list[Made]
) -> None:
    listed = [row for table in parcel_lists(sheets) for row in table.rows]
    parcels = stored(books, Parcel, plan, deliver_on=NEXT)
    assert sorted((r["付款码"], r["住址"], r["户主"], fen(r["金额（元）"])) for r in listed) == sorted(
        (f"0421-{p.household_id}", plan.households[p.household_id].address, "张**", p.amount_fen) for p in parcels
    )
    assert sum(fen(table.total["金额（元）"]) for table in parcel_lists(sheets)) == sum(p.amount_fen for p in parcels)
    for table in parcel_lists(sheets):
        assert table.fen("金额（元）") == fen(table.total["金额（元）"])
        assert table.total["物品"] == f"{len(table.rows)} 份"


def test_the_goods_of_a_parcel_are_what_was_packed(books: Session, plan: Plan, sheets: list[Made]) -> None:
    packed: dict[str, set[str]] = {}
    for line in stored(books, ParcelLine, plan):
        good = NAMES[line.item_id]
        words = f"{good.name} {sale_quantity(line.qty_base, good.base)} {good.unit}"
        packed.setdefault(f"0421-{line.household_id}", set()).add(words)
    listed = {row["付款码"]: row["物品"].split("、") for table in parcel_lists(sheets) for row in table.rows}
    assert {code: set(goods) for code, goods in listed.items()} == packed
    assert all(len(goods) == len(set(goods)) for goods in listed.values())


def test_those_in_need_are_marked_with_their_carer_and_nobody_else(plan: Plan, sheets: list[Made]) -> None:
    for table in parcel_lists(sheets):
        for row in table.rows:
            home = plan.households[row["付款码"].removeprefix("0421-")]
            marked = (
                f"★{GROUPS[home.special_group]}\n包保：{plan.officers[home.carer].name}" if home.special_group else None
            )
            assert row["特殊照护"] == marked


def test_doors_are_in_the_order_in_which_one_walks(books: Session, town_of_stores: Plan) -> None:
    plan = town_of_stores
    far = plan.households["c1-002"].address.replace("2号楼", "10号楼")
    row = books.get(HouseholdRow, (plan.id, "c1-002"))
    assert row is not None
    row.address = far
    books.flush()
    (table,) = tables(community_sheet(books, plan, NEXT, 1, "c1"), "配送清单")
    assert table.column("住址")[0].startswith("幸福路1号楼")
    assert table.column("住址")[-1] == far


def test_a_village_buys_together_what_its_parcels_hold(books: Session, town_of_stores: Plan) -> None:
    (table,) = tables(community_sheet(books, town_of_stores, NEXT, 1, "c2"), "统一采购清单")
    wanted: Counter[tuple[str, str]] = Counter()
    for line in stored(books, ParcelLine, town_of_stores):
        if line.household_id[:2] in ("c2", "c3"):
            wanted[town_of_stores.stores[line.store_id].name, NAMES[line.item_id].name] += line.qty_base
    named = {good.name: good for good in GOODS}
    listed = {(r["商超"], r["品名"]): round(r["数量"] * named[r["品名"]].base) for r in table.rows}
    assert listed == dict(wanted)
    assert len(table.rows) == len(wanted)
    assert community_sheet(books, town_of_stores, NEXT, 1, "c3").sha256 == (
        community_sheet(books, town_of_stores, NEXT, 1, "c2").sha256
    )


def test_whatever_is_short_stands_once_with_what_is_given_and_why(
    books: Session, plan: Plan, sheets: list[Made]
) -> None:
    listed = [row for made in sheets for row in tables(made, "缺口告知")[0].rows]
    short = [(a.household_id, a.item_id, a.needed_base, a.allocated_base) for a in stored(books, Allocation, plan)]
    short = [(home, item, needed, given) for home, item, needed, given in short if given < needed]
    short += [(u.household_id, u.item_id, u.qty_base, 0) for u in stored(books, Undelivered, plan)]
    assert len(short) == 8
    assert sorted((r["住址"], r["品名"], r["需求"], r["实发"]) for r in listed) == sorted(
        (
            plan.households[home].address,
            good.name,
            *(f"{sale_quantity(q, good.base)} {good.unit}" for q in (needed, given)),
        )
        for home, item, needed, given in short
        for good in [NAMES[item]]
    )
    reasons = {row["品名"]: row["原因"] for row in listed}
    assert "40%" in reasons["鸡蛋"]
    assert "已分配" in reasons["大米"]


def test_a_carer_sees_his_own_doors_and_nobody_elses(books: Session, plan: Plan) -> None:
    assert carers_of(books, plan, NEXT) == ["o2", "o3"]
    seen: list[str] = []
    for carer in ("o2", "o3"):
        (table,) = tables(carer_sheet(books, plan, NEXT, 1, carer), "包保服务")
        mine = {home.address for home in plan.households.values() if home.carer == carer}
        assert {next(a for a in mine if row["住址"].endswith(a)) for row in table.rows} == mine
        assert set(table.column("包保联系人")) == {plan.officers[carer].name}
        seen += table.column("住址")
    assert len(seen) == len(set(seen)) == len(SPECIAL) * len(plan.communities)
    with pytest.raises(LookupError):
        carer_sheet(books, plan, NEXT, 1, "o1")


def test_where_goods_are_prepaid_the_old_are_paid_for_in_advance(books: Session, town_of_stores: Plan) -> None:
    plan = town_of_stores
    about = plan.file.plan.model_copy(update={"clauses": "A"})
    prepaying = replace(plan, file=plan.file.model_copy(update={"plan": about}))
    (table,) = tables(community_sheet(books, prepaying, NEXT, 1, "c1"), "配送清单")
    advanced = {row["付款码"][-1] for row in table.rows if row["收款"] == "垫付·记台账"}
    assert advanced == {"3", "5"}
    (usual,) = tables(community_sheet(books, plan, NEXT, 1, "c1"), "配送清单")
    assert set(usual.column("收款")) == {"□ 已收"}
