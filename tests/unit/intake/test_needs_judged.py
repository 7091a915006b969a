"""From lines to needs that hold."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl

from rules.intake.identify import Directory
from rules.intake.layouts import Cell, Sheet
from rules.intake.lines import Source, Vocabulary
from rules.needs import Judged, judge_needs, raw_lines, read_needs
from rules.reconcile import reconcile
from rules.standing import consolidate
from schemas.plan import Plan

NOON = datetime(2022, 4, 21, 4, tzinfo=UTC)


def source(
    name: str = "s1", sequence: int = 1, channel: str = "inbox", minutes: int = 0, community: str | None = "c_sealed"
) -> Source:
    return Source(name, community, channel, NOON + timedelta(minutes=minutes), sequence)


def judged(plan: Plan, words: Vocabulary, *texts: tuple[Source, str]) -> Judged:
    return judge_needs(raw_lines((s, read_needs(words, text)) for s, text in texts), plan)


def codes(frame: pl.DataFrame) -> list[list[str]]:
    return [[reason["code"] for reason in json.loads(reasons)] for reasons in frame["reasons"]]


def standing(plan: Plan, result: Judged) -> list[tuple[str, str | None, int, str]]:
    return reconcile(result, Directory(plan)).lines.select("household_id", "item_id", "qty_base", "state").rows()


def test_a_plain_line_is_accepted_in_base_units(plan: Plan, words: Vocabulary) -> None:
    result = judged(plan, words, (source(), "1. 3-2-501 土豆3斤，鸡蛋10个"))
    assert standing(plan, result) == [("h1", "potato", 1500, "accepted"), ("h1", "eggs", 10, "accepted")]
    assert result.rejected.is_empty()


def test_every_reason_against_a_line_is_told_at_once(plan: Plan, words: Vocabulary) -> None:
    result = judged(plan, words, (source(), "1. h4 坦克3辆\n2. 3-2-501 土豆0斤\n3. 3-2-501 土豆500.01斤"))
    assert codes(result.rejected)[1:] == [["quantity_not_positive"], ["quantity_absurd", "not_a_step"]]


def test_nobody_known_by_the_senders_name_means_that_every_line_goes_back(plan: Plan, words: Vocabulary) -> None:
    result = judged(plan, words, (source(community=None), "1. 3-2-501 土豆3斤"))
    assert codes(result.rejected) == [["sender_unknown"]]


def test_a_later_post_replaces_what_it_names_and_leaves_what_it_does_not(plan: Plan, words: Vocabulary) -> None:
    first = (source("s1", 1), "1. 3-2-501 土豆3斤，鸡蛋1板")
    second = (source("s2", 2), "1. 3-2-501 土豆5斤")
    assert standing(plan, judged(plan, words, second, first)) == [
        ("h1", "potato", 1500, "superseded"),
        ("h1", "eggs", 30, "accepted"),
        ("h1", "potato", 2500, "accepted"),
    ]


def test_the_coordinators_form_holds_against_a_file_of_the_same_moment(plan: Plan, words: Vocabulary) -> None:
    form = (source("s1", 1, "form"), "1. 3-2-501 土豆5斤")
    file = (source("s2", 2, "inbox"), "1. 3-2-501 土豆3斤")
    late = (source("s3", 3, "inbox", 5), "1. 3-2-501 土豆1斤")
    assert standing(plan, judged(plan, words, form, file))[-1] == ("h1", "potato", 2500, "accepted")
    assert standing(plan, judged(plan, words, form, file, late))[-1] == ("h1", "potato", 500, "accepted")


def test_a_household_takes_back_one_item_then_everything_and_asks_again(plan: Plan, words: Vocabulary) -> None:
    text = "1. 3-2-501 土豆3斤，鸡蛋1板，白菜1斤\n2. 3-2-501 土豆不要了\n3. 张示例 不要了\n4. 3-2-501 白菜2斤"
    assert standing(plan, judged(plan, words, (source(), text))) == [
        ("h1", "potato", 1500, "withdrawn"),
        ("h1", "eggs", 30, "withdrawn"),
        ("h1", "cabbage", 500, "withdrawn"),
        ("h1", "potato", 0, "withdrawn"),
        ("h1", None, 0, "withdrawn"),
        ("h1", "cabbage", 1000, "accepted"),
    ]


def test_a_provisional_household_is_made_once(plan: Plan, words: Vocabulary) -> None:
    text = "1. 9-9-999 土豆3斤，鸡蛋1板\n2. 9栋9单元999 白菜1斤"
    result = judged(plan, words, (source(), text))
    assert result.provisional["household_id"].to_list() == ["c_sealed~9-9-999"]
    lines = raw_lines([(source(), read_needs(words, text))])
    assert judge_needs(lines, plan, {"c_sealed~9-9-999"}).provisional.is_empty()


def test_no_household_is_made_for_lines_that_go_back(plan: Plan, words: Vocabulary) -> None:
    assert judged(plan, words, (source(), "1. 9-9-999 坦克3个")).provisional.is_empty()


def test_a_zero_report_is_told_apart_from_needs(plan: Plan, words: Vocabulary) -> None:
    result = judged(plan, words, (source(), "示例家园今日无需求"))
    result = judge_needs(raw_lines([(source(), read_needs(words, "示例家园今日无需求", names=["示例家园"]))]), plan)
    assert result.zero["community_id"].to_list() == ["c_sealed"]
    assert result.accepted.is_empty()
    assert result.rejected.is_empty()


def test_needs_are_summed_per_community_and_item(plan: Plan, words: Vocabulary) -> None:
    texts = (
        (source("s1", 1), "1. 3-2-501 土豆3斤\n2. 3-2-502 土豆2斤\n3. 3-2-501 土豆1斤"),
        (source("s2", 2, community="c_controlled"), "1. 1号 土豆4斤"),
    )
    totals = consolidate(reconcile(judged(plan, words, *texts), Directory(plan)).lines, plan)
    assert totals.rows() == [("c_sealed", "potato", 1500, 2), ("c_controlled", "potato", 2000, 1)]


def table(*rows: str, merged: tuple[tuple[int, int, int, int], ...] = ()) -> Sheet:
    cells = {
        number: {c: Cell(v, "formula" if v.startswith("=") else "text") for c, v in enumerate(row.split(",")) if v}
        for number, row in enumerate(rows, start=1)
    }
    return Sheet("需求", {number: row for number, row in cells.items() if row}, merged)


def test_a_table_under_a_title_with_a_total_row_is_read(plan: Plan, words: Vocabulary) -> None:
    sheet = table(
        "示例家园需求表",
        "",
        "门牌,姓名,商品,数量(斤),备注",
        "3-2-501,张示例,土豆,3,",
        "3-2-502,,鸡蛋,1板,",
        ",王示例,白菜,2斤,取消",
        "合计,,,6,",
    )
    reading = read_needs(words, sheets=[sheet])
    assert [a.code for a in reading.aside] == ["title", "header", "total"]
    assert standing(plan, judge_needs(raw_lines([(source(), reading)]), plan)) == [
        ("h1", "potato", 1500, "accepted"),
        ("h2", "eggs", 30, "accepted"),
        ("h3", "cabbage", 0, "withdrawn"),
    ]


def test_a_household_cell_merged_downwards_holds_for_its_rows_and_no_other_cell_is_filled_in(
    plan: Plan, words: Vocabulary
) -> None:
    rows = ("户号,商品,数量,单位", "h1,土豆,3,斤", ",白菜,,斤", ",鸡蛋,1,板", ",大米,1,袋")
    reading = read_needs(words, sheets=[table(*rows, merged=((2, 4, 0, 0), (2, 3, 2, 2)))])
    result = judge_needs(raw_lines([(source(), reading)]), plan)
    assert standing(plan, result) == [("h1", "potato", 1500, "accepted"), ("h1", "eggs", 30, "accepted")]
    assert codes(result.rejected) == [["quantity_missing"], ["household_missing"]]
    assert [json.loads(p)["cell"] for p in result.rejected["place"]] == ["B3", "B5"]


def test_a_header_merged_over_two_rows_is_found(words: Vocabulary) -> None:
    reading = read_needs(words, sheets=[table("户号,需求,,", ",品名,数量,单位", "h1,土豆,3,斤")])
    assert [(s.who, s.item, str(s.number), s.unit) for s in reading.said] == [("h1", "土豆", "3", "斤")]


def test_cells_that_hold_no_value_name_their_place(words: Vocabulary) -> None:
    reading = read_needs(
        words, sheets=[table("户号,商品,数量,单位", "h1,土豆,=1+2,斤", "h1,土豆,5斤,公斤", "h1,土豆,若干,斤")]
    )
    assert [[f.code for f in s.faults] for s in reading.said] == [
        ["formula_not_value"],
        ["unit_twice"],
        ["quantity_unclear"],
    ]
    assert reading.said[0].faults[0].args == {"cell": "C2"}


def test_a_sheet_without_a_header_says_which_columns_are_wanted(words: Vocabulary) -> None:
    reading = read_needs(words, sheets=[table("某某,某某", "1,2")])
    assert [f.code for s in reading.said for f in s.faults] == ["header_missing"]
    assert reading.said[0].faults[0].args["columns"] == "户号/姓名、商品、数量"
