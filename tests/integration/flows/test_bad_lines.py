"""Lines that cannot be: every one is kept with its place and reasons, and what is sound in the same text is served."""

import openpyxl
import pytest

from tests.factories.working_town import Town

REFUSED = {
    "an item that nobody sells": ("3-2-501 火箭2枚", "item_unknown"),
    "nothing of it": ("3-2-501 大米0袋", "quantity_not_positive"),
    "less than nothing": ("3-2-501 大米-2袋", "quantity_not_positive"),
    "more than anybody carries": ("3-2-501 大米6000袋", "quantity_absurd"),
    "a number without its unit": ("3-2-501 大米2", "unit_missing"),
    "no number at all": ("3-2-501 大米", "quantity_missing"),
    "a unit that it is not sold by": ("3-2-501 大米2桶", "unit_unknown"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_line_that_cannot_be_is_kept_with_its_reason_and_the_rest_is_served(town: Town, case: str) -> None:
    words, code = REFUSED[case]
    told = town.needs(f"1. 3-1-302 面粉1袋\n2. {words}\n")
    assert (told["received"], told["accepted"], told["rejected"]) == (2, 1, 1)
    ((kept, codes),) = town.reasons()
    assert words.split()[-1] in kept
    assert codes == [code]
    assert town.rows("SELECT household_id, item_id FROM need") == [("h3", "flour")]
    assert town.told("lines_returned") == ["staff_sealed"]


def test_a_household_on_no_register_is_served_and_somebody_must_verify_it(town: Town) -> None:
    told = town.needs("1. 3-9-999 大米1袋\n")
    assert (told["accepted"], told["provisional"]) == (1, 1)
    ((home, persons),) = town.rows("SELECT household_id, persons FROM household WHERE provisional")
    assert persons == 1
    assert town.told("household_unknown") == ["staff_sealed"]
    town.run("allocate_orders", "16:20")
    town.run("deliver_orders", "07:30", day=22)
    assert town.rows("SELECT household_id, qty_base FROM parcel_line") == [(home, 5000)]
    town.needs("1. 3-9-999 面粉1袋\n", day=22)
    assert len(town.rows("SELECT household_id FROM household WHERE provisional")) == 1


def test_a_text_of_nobody_goes_back_whole(town: Town) -> None:
    told = town.needs("1. 3-2-501 大米1袋\n", name="不知道谁.txt")
    assert (told["accepted"], told["rejected"]) == (0, 1)
    assert [codes for _, codes in town.reasons()] == [["sender_unknown"]]
    # Whose lines these are is for those who look after what is unclear, not for every village's person.
    assert town.told("lines_returned") == ["supply_1", "supply_2"]
    assert all("不知道谁" in body for body in town.bodies("lines_returned"))


def test_a_correction_after_the_goods_went_out_is_refused_with_the_reason_and_kept(town: Town) -> None:
    town.needs("1. 3-2-501 大米1袋\n")
    town.run("allocate_orders", "16:20")
    town.run("deliver_orders", "07:30", day=22)
    town.put("needs", "示例家园_更正.txt", "1. 3-2-501 大米4袋\n")
    told = town.run("collect_needs", "08:00", day=22, of=21)
    assert (told["accepted"], told["rejected"]) == (1, 1)
    assert [codes for _, codes in town.reasons()] == [["cycle_delivered"]]
    assert town.run("allocate_orders", "08:10", day=22, of=21)["lines"] == 1
    assert town.rows("SELECT revision, qty_base FROM need ORDER BY revision")[-1][1] == 5000
    assert town.rows("SELECT qty_base FROM parcel_line") == [(5000,)]


def test_a_line_that_the_plan_learns_to_read_is_no_longer_among_those_returned(town: Town) -> None:
    from tasks.settings import settings
    from tests.factories.plan_folder import change, plan_sheets, write_plan

    town.needs("1. 3-2-501 大米1袋\n2. 3-1-302 珍珠米2袋\n")
    assert [codes for _, codes in town.reasons()] == [["item_unknown"]]
    sheets = plan_sheets()
    change(sheets, "items", "rice", aliases="米|珍珠米")
    write_plan(settings().plans / "demo", sheets=sheets)
    told = town.run("collect_needs", "16:30")
    assert (told["accepted"], told["rejected"]) == (2, 0)
    assert town.rows("SELECT household_id, qty_base FROM need WHERE revision = 2 ORDER BY 1") == [
        ("h1", 5000),
        ("h3", 10000),
    ]


HARMFUL = ('=HYPERLINK("http://198.51.100.1/","点我")', "+1+cmd|' /C calc'!A0", "@SUM(1+9)*cmd", "-2+3+cmd|'!A0")


def test_no_document_holds_a_formula_whatever_senders_write(town: Town) -> None:
    chain = "".join(f"{n}. 3-2-501 {words} 2袋\n" for n, words in enumerate(HARMFUL, start=1))
    town.put("needs", "示例家园.txt", chain + "9. @3-9-999 大米1袋\n")
    table = "".join(f'"{words.replace(chr(34), chr(34) * 2)}",大米,1,袋\n' for words in HARMFUL)
    town.put("needs", "样本庄.csv", "户号,商品,数量,单位\n" + table)
    goods = "".join(f'"{words.replace(chr(34), chr(34) * 2)}",5,袋,30,0\n' for words in HARMFUL)
    town.put("stock", "market.csv", "商品,库存,单位,售价,销量\n" + goods)
    for flow, clock in (("publish_catalog", "08:00"), ("check_stock", "13:30"), ("purchase_supplies", "13:50")):
        town.run(flow, clock)
    for flow, clock in (("submit_report", "14:30"), ("collect_needs", "16:05"), ("allocate_orders", "16:20")):
        town.run(flow, clock)
    town.run("deliver_orders", "07:30", day=22)
    cells = [
        (path.name, cell.coordinate, cell.value)
        for path in town.documents("*.xlsx")
        for sheet in openpyxl.load_workbook(path).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" or cell.hyperlink is not None
    ]
    assert cells == []
    quoted = [str(c.value) for p in town.documents("*退回*.xlsx") for s in openpyxl.load_workbook(p).worksheets
              for r in s.iter_rows() for c in r if c.value]  # fmt: skip
    assert any("cmd" in words for words in quoted)
