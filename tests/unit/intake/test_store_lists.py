"""Stores' lists: what counts, and what goes back."""

import json
from dataclasses import replace
from datetime import date

import pytest

from rules.intake.identify import Directory
from rules.intake.layouts import EPOCH_1904, Cell, Sheet
from rules.intake.lines import Vocabulary
from rules.stock_intake import StoreJudged, StoreList, judge_arrivals, judge_catalog, judge_stock


def sheet(*rows: str) -> Sheet:
    cells = {n: {c: Cell(v) for c, v in enumerate(row.split(",")) if v} for n, row in enumerate(rows, start=1)}
    return Sheet("表", {n: row for n, row in cells.items() if row})


def codes(result: StoreJudged) -> list[list[str]]:
    return [[reason["code"] for reason in json.loads(reasons)] for reasons in result.rejected["reasons"]]


def stock(directory: Directory, words: Vocabulary, *rows: str, store: str | None = "market") -> StoreJudged:
    header = "商品,库存,单位,售价(元),今日销量"
    return judge_stock([StoreList("s1", 1, store, [sheet(header, *rows)])], directory, words)


def test_a_stock_report_is_read_in_base_units_and_fen(directory: Directory, words: Vocabulary) -> None:
    result = stock(directory, words, "土豆,120,斤,2.5,30", "鸡蛋,0,板,18,", "白菜,10公斤,,3元/公斤,5斤", "合计,130,,,")
    columns = ("item_id", "qty_base", "price_fen", "sold_base", "state")
    assert result.accepted.select(columns).rows() == [
        ("potato", 60_000, 250, 15_000, "accepted"),
        ("eggs", 0, 1800, None, "accepted"),
        ("cabbage", 10_000, 150, 2500, "accepted"),
    ]


@pytest.mark.parametrize(
    ("row", "reasons"),
    [
        ("土豆,-1,斤,2.5,", ["quantity_negative"]),
        ("土豆,,斤,0,", ["quantity_missing"]),
        ("土豆,1,斤,0,", ["price_not_positive"]),
        ("土豆,1,,2.5,", ["unit_missing", "unit_missing"]),
        ("土豆,1,斤,面议,", ["price_unclear"]),
        ("土豆,1,斤,,", ["price_missing"]),
        ("土豆,1,斤,2.555,", ["price_not_in_fen"]),
        ("坦克,1,斤,2.5,", ["item_unknown"]),
    ],
)
def test_a_row_that_cannot_be_goes_back(directory: Directory, words: Vocabulary, row: str, reasons: list[str]) -> None:
    assert codes(stock(directory, words, row)) == [reasons]


def test_an_item_named_twice_in_one_list_is_refused_both_times(directory: Directory, words: Vocabulary) -> None:
    result = stock(directory, words, "土豆,1,斤,2.5,", "洋芋,2,斤,2.5,", "鸡蛋,1,板,18,")
    assert codes(result) == [["said_twice"], ["said_twice"]]
    assert result.accepted["item_id"].to_list() == ["eggs"]


def test_a_list_of_nobody_known_or_as_plain_text_goes_back(directory: Directory, words: Vocabulary) -> None:
    assert codes(stock(directory, words, "土豆,1,斤,2.5,", store=None)) == [["sender_unknown"]]
    assert codes(judge_stock([StoreList("s1", 1, "market", None)], directory, words)) == [["table_wanted"]]


def test_the_later_list_of_a_store_holds_for_the_items_it_names(directory: Directory, words: Vocabulary) -> None:
    header = "商品,库存,单位,售价"
    first = StoreList("s1", 1, "market", [sheet(header, "土豆,9,斤,2.5", "鸡蛋,5,板,18")])
    second = StoreList("s2", 2, "market", [sheet(header, "土豆,4,斤,2.6")])
    result = judge_stock([second, first], directory, words)
    assert result.accepted.select("item_id", "qty_base", "state").rows() == [
        ("potato", 4500, "superseded"),
        ("eggs", 150, "accepted"),
        ("potato", 2000, "accepted"),
    ]


def test_a_list_of_goods_on_sale_is_read(directory: Directory) -> None:
    lists = [
        StoreList(
            "s1", 1, "market", [sheet("商品,单价(元/斤),是否有货", "土豆,2.5,有货", "白菜,1.5,缺货", "猪肉,15,看情况")]
        )
    ]
    result = judge_catalog(lists, directory)
    assert result.accepted.select("item_id", "price_fen", "available").rows() == [
        ("potato", 250, True),
        ("cabbage", 150, False),
    ]
    assert codes(result) == [["available_unclear"]]


def test_arrivals_name_a_known_order_and_add_up_as_batches(directory: Directory, words: Vocabulary) -> None:
    rows = (
        "采购单号,商品,数量,单位,单价,生产日期,到期日期,供应商",
        "po-1,土豆,50,斤,1.2,2022-04-20,2022年5月20日,示例批发",
        "PO-1,土豆,30,斤,1.2,20220419,,示例批发",
        "po-9,土豆,30,斤,1.2,,,",
        "po-1,土豆,30,斤,1.2,2022-04-20,2022-04-01,",
        "po-1,土豆,0,斤,1.2,四月二十,,",
        "po-1,土豆,0,斤,1.2,,,",
    )
    result = judge_arrivals([StoreList("s1", 1, "wholesale", [sheet(*rows)])], directory, words, {"po-1"})
    assert result.accepted.select("order_id", "qty_base", "price_fen", "produced_on", "expires_on").rows() == [
        ("po-1", 25_000, 120, date(2022, 4, 20), date(2022, 5, 20)),
        ("po-1", 15_000, 120, date(2022, 4, 19), None),
    ]
    assert codes(result) == [["order_unknown"], ["expires_before_made"], ["date_unclear"], ["quantity_not_positive"]]


def test_goods_that_a_template_names_and_nobody_filled_in_say_nothing(directory: Directory, words: Vocabulary) -> None:
    header, rows = "商品,库存,单位,售价,今日销量", ("土豆,,斤,,", "鸡蛋,5,板,18,")
    given = judge_stock(
        [StoreList("s1", 1, "market", [sheet("示例超市〔保供模板〕", header, *rows)])], directory, words
    )
    own = judge_stock([StoreList("s1", 1, "market", [sheet("示例超市", header, *rows)])], directory, words)
    assert (codes(given), given.accepted["item_id"].to_list()) == ([], ["eggs"])
    assert codes(own) == [["quantity_missing", "price_missing"]], "in a sheet of the store's own it is a slip"


def test_a_serial_number_in_a_date_column_is_its_date(directory: Directory, words: Vocabulary) -> None:
    rows = ("采购单号,商品,数量,单位,单价,生产日期", "po-1,土豆,50,斤,1.2,44672", "po-1,土豆,9,斤,1.2,12")
    result = judge_arrivals([StoreList("s1", 1, "wholesale", [sheet(*rows)])], directory, words, {"po-1"})
    assert result.accepted["produced_on"].to_list() == [date(2022, 4, 21)]
    assert codes(result) == [["date_unclear"]]
    macintosh = replace(sheet(rows[0], "po-1,土豆,50,斤,1.2,43210"), day_zero=EPOCH_1904)
    result = judge_arrivals([StoreList("s1", 1, "wholesale", [macintosh])], directory, words, {"po-1"})
    assert result.accepted["produced_on"].to_list() == [date(2022, 4, 21)]
