"""Reports of stock that may not be what lies there: used, flagged, told to the store and to the officer (B-06)."""

from tests.factories.read_back import tables_of
from tests.factories.working_town import Town

GOODS = (
    "大米,60,袋,30,0",
    "面粉,40,袋,15,0",
    "菜籽油,30,桶,70,0",
    "猪肉,120,斤,15,0",
    "鸡蛋,40,板,18,0",
    "白菜,400,斤,2,0",
)
MARKED = """SELECT item_id, doubtful FROM cover_line
    WHERE store_id = 'market' AND revision = (SELECT MAX(revision) FROM cover_line)"""
CODES = "SELECT store_id, item_id, code FROM stock_doubt ORDER BY store_id, item_id, code"


def test_a_count_beyond_all_that_came_is_used_and_flagged_and_the_store_is_asked(town: Town) -> None:
    told = town.stock("market.csv", "大米,600,袋,30,2", "面粉,40,袋,15,0")
    assert town.rows(CODES) == [("market", "rice", "count_too_high")]
    assert (told["doubted"], [d["code"] for d in told["doubts"]]) == (["market"], ["count_too_high"])
    marked = dict(town.rows(MARKED))
    assert marked["rice"]
    assert not marked["flour"]
    assert town.rows("SELECT qty_base FROM stock_report_line WHERE item_id = 'rice'") == [(600 * 5000,)]
    assert town.told("stock_doubted") == ["liaison_1", "manager_market", "supply_1", "supply_2"]
    (body,) = town.bodies("stock_doubted", "manager_market")
    assert "600袋" in body
    assert "60袋" in body
    assert "示例超市" in town.bodies("stock_checked", "supply_1")[0]


def test_a_doubt_stays_with_its_report_however_often_the_check_is_run(town: Town) -> None:
    first = town.stock("market.csv", "大米,600,袋,30,2")
    again = town.run("check_stock", "13:40")
    assert again == first
    assert town.rows("SELECT MAX(revision) FROM cover_line") == [(1,)]


def test_a_corrected_report_ends_the_doubt_and_tells_that_the_store_said_something_else(town: Town) -> None:
    town.stock("market_1.csv", "大米,600,袋,30,2", clock="13:00")
    told = town.stock("market_2.csv", "大米,60,袋,30,2", clock="13:30")
    assert [d["code"] for d in told["doubts"]] == ["count_too_low", "count_said_twice"]
    third = town.stock("market_3.csv", "大米,60,袋,30,3", clock="13:40")
    assert {d["code"] for d in third["doubts"]} == {"count_said_twice"}


def test_yesterdays_file_sent_again_is_told_with_its_day(town: Town) -> None:
    town.stock("market.csv", *GOODS)
    told = town.stock("market.csv", *GOODS, day=22)
    assert [(d["store_id"], d["code"], d["args"]) for d in told["doubts"]] == [
        ("market", "report_file_of", {"day": "2022-04-21"})
    ]
    marked = dict(town.rows(MARKED))
    assert all(marked[item] for item in ("rice", "flour", "oil", "pork", "eggs", "cabbage"))


def test_numbers_that_were_copied_while_goods_were_handed_out_are_noticed(town: Town) -> None:
    town.stock("market.csv", *GOODS)
    town.needs("1. 3-2-501 大米2袋 面粉2袋 菜籽油2桶\n2. 3-1-302 大米2袋 面粉2袋\n")
    town.run("allocate_orders", "16:20")
    town.run("deliver_orders", "07:30", day=22)
    told = town.stock("market.csv", *(line.replace(",0", ",1") for line in GOODS), day=22)
    assert [d["code"] for d in told["doubts"]] == ["report_copied"]


def test_a_count_below_nothing_goes_back_and_is_no_report(town: Town) -> None:
    told = town.stock("market.csv", "大米,-3,袋,30,2")
    assert told["estimated"] == ["market", "pharmacy"]
    assert town.told("lines_returned") == ["manager_market"]


def test_the_artifact_and_the_sheet_say_what_is_doubted(town: Town) -> None:
    town.stock("market.csv", "大米,600,袋,30,2")
    (sheet,) = town.documents("库存预警清单*.xlsx")
    (table,) = tables_of(sheet.read_bytes(), "存疑")
    assert [(row["商超"], "600袋" in row["原因"]) for row in table.rows] == [("示例超市", True)]
