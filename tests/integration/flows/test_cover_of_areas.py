"""Cover of township and communities, of silent stores as an estimate, with what is on its way; and what mends it."""

import json
from typing import Any

import pytest

from tests.factories.read_back import tables_of
from tests.factories.working_town import Town

AREAS = """SELECT community_id, item_id, stock_base, cover_days, level FROM area_cover_line
    WHERE category = :c AND revision = (SELECT MAX(revision) FROM area_cover_line) ORDER BY community_id, item_id"""
LINE = """SELECT stock_base, coming_base, cover_days, cover_coming_days, missing_base, missing_fen, estimated, why
    FROM cover_line WHERE store_id = :s AND item_id = :i AND business_date = :d
    AND revision = (SELECT MAX(revision) FROM cover_line WHERE business_date = :d)"""


def line(town: Town, item: str, store: str = "market", day: int = 21) -> dict[str, Any]:
    names = ("stock", "coming", "cover", "with_coming", "missing", "fen", "estimated", "why")
    return dict(zip(names, town.rows(LINE, s=store, i=item, d=f"2022-04-{day}")[0], strict=True))


def test_township_and_every_community_have_their_days_by_category(town: Town) -> None:
    town.stock("market.csv", "大米,58,袋,30,2")
    found = town.rows(AREAS, c="grain")
    assert [(where, item) for where, item, *_ in found] == [
        ("", ""), ("", "flour"), ("", "rice"), ("c_controlled", ""), ("c_isolation", ""), ("c_sealed", ""),
    ]  # fmt: skip
    days = {(where, item): cover for where, item, _, cover, _ in found}
    # One store serves them all, so all share its days; what is shared out is all that there is.
    assert days["c_sealed", ""] == pytest.approx(days["", ""], abs=0.01)
    grams = {where: stock for where, item, stock, *_ in found if not item}
    assert sum(q for where, q in grams.items() if where) == pytest.approx(grams[""], abs=3)


def test_a_silent_stores_stock_decays_by_its_demand_and_is_never_booked(town: Town) -> None:
    town.stock("market.csv", "大米,58,袋,30,2")
    town.run("check_stock", "13:30", day=23)
    known, guessed = line(town, "rice"), line(town, "rice", day=23)
    assert not known["estimated"]
    assert guessed["estimated"]
    per_day = known["stock"] / known["cover"]
    assert guessed["stock"] == pytest.approx(58 * 5000 - 2 * per_day, abs=2)
    assert town.rows("SELECT COUNT(*) FROM stock_move WHERE cause = 'count' AND moved_at > '2022-04-22'") == [(0,)]


def test_what_is_bought_and_not_yet_come_is_told_beside_what_lies_there(town: Town) -> None:
    town.needs("1. 样本庄1号 大米6袋\n2. 样本庄3号 大米6袋\n", "样本庄.txt", clock="13:00")
    town.run("purchase_supplies", "13:50")
    town.approve(clock="14:00")
    town.run("purchase_supplies", "14:05")
    town.stock("market.csv", "大米,58,袋,30,2", clock="14:10")
    found = line(town, "rice")
    assert found["coming"] > 0
    assert found["with_coming"] > found["cover"]


def test_an_alert_says_when_how_much_is_missing_in_kilograms_and_yuan_and_what_mends_it(town: Town) -> None:
    town.put("stock", "pharmacy.csv", "商品,库存,单位,售价,销量\n鸡蛋,900,板,19,0\n布洛芬,80,盒,18,0\n")
    town.stock("market.csv", "大米,2,袋,30,2", "面粉,40,袋,15,0", "鸡蛋,0,板,18,3")
    found = line(town, "rice")
    assert found["missing"] > 0
    assert found["fen"] >= found["missing"] * 2500 // 5000
    bodies = town.bodies("stock_out_soon", "supply_1")
    assert any("公斤" in body and "元" in body and "向示例批发采购" in body for body in bodies), bodies
    (sheet,) = town.documents("库存预警清单*.xlsx")
    ways = {(r["商超"], r["品名"]): r["补救办法"] for r in tables_of(sheet.read_bytes(), "预警清单")[0].rows}
    assert "向示例批发采购大米" in ways["示例超市 ?", "大米"]


def test_what_one_store_can_spare_mends_the_shelf_of_another(town: Town) -> None:
    def report(day: int) -> dict[str, Any]:
        for name, egg in (("market.csv", "鸡蛋,0,板,18"), ("pharmacy.csv", "鸡蛋,900,板,19")):
            town.put("stock", name, f"商品,库存,单位,售价,销量\n{egg},{day - 21}\n", day)
        return town.run("check_stock", "13:30", day=day)

    assert report(21)["doubted"] == ["market", "pharmacy"], "nine hundred trays where there were twenty"
    assert "pharmacy" not in str(line(town, "eggs")["why"]), "a doubted stock is promised to nobody"
    assert report(22)["doubted"] == [], "counted again, and the same"
    why = line(town, "eggs", day=22)["why"]
    ways = (json.loads(why) if isinstance(why, str) else why)["ways"]
    assert ("move", "pharmacy") in [(way["kind"], way["source"]) for way in ways]
