"""Sheets of needs in the layouts that people use: long, wide, and the exports of ordering tools."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from rules.intake.identify import Directory
from rules.intake.layouts import Cell, Sheet
from rules.intake.lines import Reading, Source, Vocabulary
from rules.intake.needs_table import read_needs_table
from rules.needs import judge_needs, raw_lines
from rules.reconcile import reconcile
from schemas.plan import Plan

NOON = datetime(2022, 4, 21, 4, tzinfo=UTC)


def sheet(*rows: str, merged: Any = (), kinds: Any = None) -> Sheet:
    """Rows of cells apart by `|`; `kinds`: (row, column) -> what the file says the cell is."""
    cells = {
        n: {c: Cell(v.strip(), (kinds or {}).get((n, c), "text")) for c, v in enumerate(row.split("|")) if v.strip()}
        for n, row in enumerate(rows, start=1)
    }
    return Sheet("表", {n: row for n, row in cells.items() if row}, merged)


def read(words: Vocabulary, *rows: str, **more: Any) -> Reading:
    return read_needs_table([sheet(*rows, **more)], words)


def lines(reading: Reading) -> list[tuple[str, str, str]]:
    return [(s.who or s.name, s.item, f"{s.number:f}{s.unit}") for s in reading.said if s.op == "need" and not s.faults]


def codes(reading: Reading) -> list[str]:
    return [fault.code for said in reading.said for fault in said.faults]


def places(reading: Reading) -> list[object]:
    return [said.place["cell"] for said in reading.said]


def aside(reading: Reading) -> list[str]:
    return [found.code for found in reading.aside]


def accepted(plan: Plan, *readings: Reading) -> Any:
    sources = [(Source(f"s{n}", "c_sealed", "inbox", NOON, n), reading) for n, reading in enumerate(readings)]
    return judge_needs(raw_lines(sources), plan)


WIDE = ("示例家园需求登记表", "户号|姓名|土豆(斤)|鸡蛋/板|1.大米（袋）|联系电话|备注")


def test_a_wide_sheet_has_one_line_for_every_amount(words: Vocabulary) -> None:
    got = read(words, *WIDE, "h1|张示例|3||1|000-0000-1001|放门口", "h2|李示例|半|1板|||", "合 计||3.5|1|1||")
    assert lines(got) == [("h1", "土豆", "3斤"), ("h1", "大米", "1袋"), ("h2", "土豆", "0.5斤"), ("h2", "鸡蛋", "1板")]
    assert places(got) == ["C3", "E3", "C4", "D4"]
    assert aside(got) == ["title", "header", "note", "total"]


def test_the_cells_unit_goes_before_the_headings(words: Vocabulary) -> None:
    assert lines(read(words, "户号|鸡蛋(板)", "h1|10个")) == [("h1", "鸡蛋", "10个")]


def test_units_may_stand_in_a_row_below_the_items(words: Vocabulary) -> None:
    got = read(words, "户号|土豆|鸡蛋", "|斤|元/板", "h1|3|1")
    assert lines(got) == [("h1", "土豆", "3斤"), ("h1", "鸡蛋", "1板")]


def test_items_may_stand_below_a_heading_that_spans_them(words: Vocabulary) -> None:
    got = read(
        words, "户号|姓名|需求物资|", "||土豆(斤)|鸡蛋(板)", "h1|张示例|3|1", merged=[(1, 2, 0, 0), (1, 1, 2, 3)]
    )
    assert lines(got) == [("h1", "土豆", "3斤"), ("h1", "鸡蛋", "1板")]


def test_a_column_that_is_no_item_of_the_plan_is_not_lost(words: Vocabulary, plan: Plan) -> None:
    got = read(words, "户号|土豆(斤)|榴莲(个)|阿莫西林(盒)", "h1|3|2|1")
    rejected = accepted(plan, got).rejected
    assert rejected["words"].to_list() == ["h1 榴莲(个) 2", "h1 阿莫西林(盒) 1"]
    assert ["item_unknown" in r or "maybe_medicine" in r for r in rejected["reasons"]] == [True, True]


def test_a_cell_that_is_no_amount_goes_back_alone_with_its_own_place(words: Vocabulary) -> None:
    got = read(words, "户号|土豆(斤)|鸡蛋(板)|大米(袋)", "h1|√|1|=A1", kinds={(2, 3): "formula"})
    assert codes(got) == ["quantity_unclear", "formula_not_value"]
    assert lines(got) == [("h1", "鸡蛋", "1板")]
    assert places(got) == ["B2", "C2", "D2"]


def test_items_without_a_unit_anywhere_go_back(words: Vocabulary, plan: Plan) -> None:
    assert "unit_missing" in accepted(plan, read(words, "户号|土豆", "h1|3")).rejected["reasons"][0]


@pytest.mark.parametrize("none", ["0", "0斤", "无", "-", "/", "不要", "零"])
def test_nothing_of_an_item_is_no_line_and_no_error(words: Vocabulary, plan: Plan, none: str) -> None:
    judged = accepted(plan, read(words, "户号|土豆(斤)|鸡蛋(板)", f"h1|{none}|1"))
    assert judged.rejected.is_empty()
    assert judged.accepted["item_id"].to_list() == ["eggs"]


def test_a_zero_after_an_amount_is_asked_about_and_cancels_nothing(words: Vocabulary, plan: Plan) -> None:
    before, after = read(words, "户号|土豆(斤)", "h1|3"), read(words, "户号|土豆(斤)|鸡蛋(板)", "h1|0|0", "h2|0|")
    judged = accepted(plan, before, after)
    (reasons,), (place,) = judged.rejected["reasons"], judged.rejected["place"]
    assert ("zero_was_more" in reasons, "3斤" in reasons, '"B2"' in place) == (True, True, True)
    assert reconcile(judged, Directory(plan)).lines.select("item_id", "qty_base", "state").rows() == [
        ("potato", 1500, "accepted")
    ]


@pytest.mark.parametrize("later", ["h1|5", "h1|不要了"])
def test_a_zero_that_a_later_word_overtook_is_not_asked_about(words: Vocabulary, plan: Plan, later: str) -> None:
    head = "户号|土豆(斤)"
    judged = accepted(plan, read(words, head, "h1|3"), read(words, head, "h1|0"), read(words, head, later))
    assert judged.rejected.is_empty()


def test_a_zero_in_the_long_layout_says_the_same(words: Vocabulary, plan: Plan) -> None:
    head = "户号|商品|数量|单位"
    assert accepted(plan, read(words, head, "h1|土豆|0|斤", "h2|土豆|1|斤")).rejected.is_empty()
    assert accepted(plan, read(words, head, "h1|土豆|3|斤"), read(words, head, "h1|土豆|0|斤")).rejected.height == 1


def test_no_need_in_a_wide_row_takes_back_everything(words: Vocabulary) -> None:
    got = read(words, *WIDE, "h1|张示例|无需求||||", "h2|李示例|||||无需求", "h3|王示例|3|不需要|||")
    assert [(s.who, s.op, s.item) for s in got.said] == [
        ("h1", "withdraw", ""),
        ("h2", "withdraw", ""),
        ("h3", "need", "土豆"),
        ("h3", "none", "鸡蛋"),
    ]


def test_one_item_is_taken_back_by_its_own_cell(words: Vocabulary) -> None:
    (said,) = read(words, "户号|土豆(斤)|鸡蛋(板)", "h1|不要了|").said
    assert (said.op, said.item) == ("withdraw", "土豆")


def test_a_household_with_nothing_beside_it_is_silence(words: Vocabulary) -> None:
    got = read(words, "户号|商品|数量|单位", "h1|||", "h2|土豆|1|斤", "h3|土豆||斤")
    assert aside(got) == ["header", "blank"]
    assert codes(got) == ["quantity_missing"]


def test_a_sheet_of_nothing_but_no_need_is_a_report(words: Vocabulary) -> None:
    assert [s.op for s in read(words, "样本庄 4月21日", "无需求").said] == ["zero"]


@pytest.mark.parametrize(
    ("head", "row", "who"),
    [
        ("楼栋|单元|房号|商品|数量|单位", "3|2|501|土豆|3|斤", "3-2-501"),
        ("楼号（如10）|单元|房号（如606）|商品|数量|单位", "3栋|2单元|501室|土豆|3|斤", "3栋-2单元-501室"),
        ("弄号（如168）|楼号|室号|商品|数量|单位", "168|10|606|土豆|3|斤", "168-10-606"),
        ("楼栋|单元|房号|商品|数量|单位", "3|/|501|土豆|3|斤", "3-501"),
        ("楼栋|地址|商品|数量|单位", "3栋|3栋2单元501|土豆|3|斤", "3栋2单元501"),
        ("小区|地址|商品|数量|单位", "别处花园|3栋2单元501|土豆|3|斤", "别处花园3栋2单元501"),
    ],
)
def test_an_address_in_several_columns_is_put_together(words: Vocabulary, head: str, row: str, who: str) -> None:
    (said,) = read(words, head, row).said
    assert (said.who, said.faults) == (who, ())


def test_half_an_address_is_nobodys(words: Vocabulary) -> None:
    got = read(words, "楼栋|单元|房号|土豆(斤)", "3|2|501|1", "||502|1")
    assert codes(got) == ["address_part_missing"]
    merged = read(words, "楼栋|单元|房号|土豆(斤)", "3|2|501|1", "||502|1", merged=[(2, 3, 0, 0), (2, 3, 1, 1)])
    assert [s.who for s in merged.said] == ["3-2-501", "3-2-502"]


KTT = "跟团号|下单人|团员备注|支付时间|团长备注|商品|订单金额|退款金额|订单状态|自提点|收货人|联系电话|详细地址"


def test_the_orders_of_kuaituantuan_are_read(words: Vocabulary) -> None:
    got = read(
        words,
        KTT,
        "1|阳光|放门口|2022-04-21 09:30:00||土豆(斤)*3\n鸡蛋（板）+1|17.5|0|已支付|东门|张示例||3栋2单元501",
        "2|阿福|||已核实|大米（袋）×2；白菜 3斤|80|0|已支付|东门|李示例|000-0000-1002|3栋2单元502",
        kinds={(2, 3): "date"},
    )
    assert lines(got) == [
        ("3栋2单元501", "土豆", "3斤"),
        ("3栋2单元501", "鸡蛋", "1板"),
        ("3栋2单元502", "大米", "2袋"),
        ("3栋2单元502", "白菜", "3斤"),
    ]
    assert [s.name for s in got.said] == ["张示例", "张示例", "李示例", "李示例"]
    assert places(got) == ["F2", "F2", "F3", "F3"]
    assert aside(got) == ["header", "note", "note"]


@pytest.mark.parametrize(("refund", "status"), [("0", "已取消"), ("12.5", "已支付"), ("", "待支付"), ("", "退款中")])
def test_an_order_that_may_be_void_is_for_somebody_to_look_at(words: Vocabulary, refund: str, status: str) -> None:
    got = read(words, KTT, f"1|阳光|||| 土豆(斤)*3|10|{refund}|{status}|东门|张示例||3栋2单元501")
    assert codes(got) == ["order_in_doubt"]


def test_a_remark_that_asks_for_something_is_never_dropped(words: Vocabulary) -> None:
    got = read(words, KTT, "1|阳光|再加一斤白菜||换成红薯|土豆(斤)*3|10||已支付||张示例||3栋2单元501")
    assert [(s.words, [f.code for f in s.faults]) for s in got.said] == [
        ("土豆(斤)*3", []),
        ("再加一斤白菜", ["note_asks"]),
        ("换成红薯", ["note_asks"]),
    ]
    assert places(got) == ["F2", "C2", "E2"]


@pytest.mark.parametrize("note", ["放门口", "多谢啦", "不急，谢谢", "家里有老人"])
def test_a_remark_that_asks_for_nothing_is_kept_aside(words: Vocabulary, note: str) -> None:
    got = read(words, "户号|土豆(斤)|备注", f"h1|3|{note}")
    assert (codes(got), aside(got)) == ([], ["header", "note"])


def test_an_article_whose_unit_is_not_said_goes_back(words: Vocabulary, plan: Plan) -> None:
    reasons = accepted(plan, read(words, KTT, "1|阳光||||土豆*3|||已支付||张示例||3栋2单元501")).rejected["reasons"]
    assert "unit_missing" in reasons[0]
    pack = read(words, KTT, "1|阳光||||盐汽水600ml*24瓶4箱|||已支付||张示例||3栋2单元501")
    assert lines(pack) == [("3栋2单元501", "盐汽水", "4箱")]


def test_the_goods_of_kuaituantuan_and_qunjielong_are_rows(words: Vocabulary) -> None:
    ktt = read(
        words,
        "跟团号|商品|规格|数量|商品成本价|收货人|联系电话|省|市|区|详细地址",
        "1|土豆|斤|3|1|张示例|||||3栋2单元501",
    )
    assert lines(ktt) == [("3栋2单元501", "土豆", "3斤")]
    head = (
        "下单序号|接龙号|收货人|联系电话|商品名称|商品编码|规格|数量|商品金额|订单总金额|下单时间|省|市|收货地址|团长ID"
    )
    assert lines(read(words, head, "1|7|张示例||鸡蛋||板|1|18|18||||3栋2单元501|9")) == [("3栋2单元501", "鸡蛋", "1板")]


def test_the_orders_of_qunjielong_are_read(words: Vocabulary) -> None:
    got = read(words, "接龙号|微信昵称|商品合计|订单总金额", "7|张示例|土豆(斤)*3\n鸡蛋(板)*1|25.5")
    assert lines(got) == [("张示例", "土豆", "3斤"), ("张示例", "鸡蛋", "1板")]


def test_a_chain_put_out_as_a_table_is_read_as_a_chain(words: Vocabulary) -> None:
    got = read(words, "序号|昵称|接龙内容|接龙时间", "1|阳光|3-2-501 土豆3斤 鸡蛋1板|09:30", "2|张示例|土豆2斤|09:31")
    assert lines(got) == [("3-2-501", "土豆", "3斤"), ("3-2-501", "鸡蛋", "1板"), ("张示例", "土豆", "2斤")]
    assert places(got) == ["C2", "C2", "C3"]


def test_sheets_of_ours_beside_the_table_are_not_read(words: Vocabulary) -> None:
    got = read_needs_table([sheet("〔保供附页〕填写说明", "h9|土豆|9|斤"), sheet("户号|土豆(斤)", "h1|3")], words)
    assert lines(got) == [("h1", "土豆", "3斤")]
    assert aside(got) == ["attached", "header"]


def test_headers_on_every_page_and_signatures_below_are_set_aside(words: Vocabulary) -> None:
    got = read(words, "户号|土豆(斤)", "h1|3", "户号|土豆(斤)", "h2|1", "填表人：示例|2022-04-21")
    assert lines(got) == [("h1", "土豆", "3斤"), ("h2", "土豆", "1斤")]
    assert aside(got) == ["header", "header", "footer"]


def test_ranges_made_to_overlap_cost_no_time(words: Vocabulary) -> None:
    rows = ["户号|土豆(斤)", *(f"h1|{n}" for n in range(1, 2000))]
    got = read(words, *rows, merged=[(2, 2000, 0, 0)] * 20_000)
    assert len(got.said) == 1999
    assert got.said[0].number == Decimal(1)
