"""清单修订: prices asked back, rises told, goods taken off in the day, and who had ordered them (A-02, A-10, C-04)."""

import pytest

from deployments.by_hand import answer_price, fulfil_duty, posted_list
from tests.factories.plan_folder import plan_document, write_plan
from tests.factories.working_town import Town, at, on
from tests.integration.flows.test_catalog_flow import message

HEAD = "商品,单位,售价,是否有货\n"
PRICES = (
    "SELECT price_fen FROM catalog_line WHERE store_id = 'market' AND item_id = :i ORDER BY business_date, revision"
)


def listed(town: Town, *lines: str, name: str = "market.csv", day: int = 21, clock: str = "08:00") -> dict[str, object]:
    """The supermarket's list, published."""
    town.put("catalog", name, HEAD + "".join(f"{line}\n" for line in lines), day)
    return town.run("publish_catalog", clock, day)


def prices(town: Town, item: str) -> list[int]:
    return [row[0] for row in town.rows(PRICES, i=item)]


def test_a_price_ten_times_the_old_one_is_asked_back_and_the_old_one_stands(town: Town) -> None:
    told = listed(town, "大米,袋,300,有货", "面粉,袋,15,有货")
    assert told["questioned"] == 1
    assert prices(town, "rice") == [3000]
    assert "大米 30.00元/袋" in message(town, "c_sealed")
    assert town.told("price_questioned") == ["manager_market", "market_1"]
    (body,) = town.bodies("price_questioned", "manager_market")
    assert "大米 300.00元/袋（原 30.00元）" in body


def test_a_third_of_the_price_is_asked_back_and_a_little_more_than_that_is_not(town: Town) -> None:
    assert listed(town, "大米,袋,10,有货", "面粉,袋,5.01,有货")["questioned"] == 1
    assert (prices(town, "rice"), prices(town, "flour")) == ([3000], [501])


def test_a_price_told_by_another_unit_is_asked_back_unless_it_comes_to_the_same_money(town: Town) -> None:
    listed(town, "白菜,斤,1.5,有货", "土豆,斤,2,有货")
    told = listed(town, "白菜,公斤,1.5,有货", "土豆,公斤,4,有货", day=22)
    assert told["questioned"] == 1
    assert (prices(town, "cabbage"), prices(town, "potato")) == ([150, 150], [200, 200])
    (body,) = town.bodies("price_questioned", "manager_market")
    assert "白菜改按“公斤”报价（原按“斤”），折合 0.75元/斤（原 1.50元）" in body


def test_a_price_that_somebody_confirmed_is_published_from_then_on(town: Town) -> None:
    listed(town, "大米,袋,300,有货")
    assert answer_price("demo", "示例超市", "大米", "店长甲示例", False, on(21), at("09:00")) == 0
    assert prices(town, "rice") == [3000, 30000]
    assert "大米 300.00元/袋" in message(town, "c_sealed", 2)
    assert listed(town, "大米,袋,300,有货", day=22)["questioned"] == 0
    assert prices(town, "rice") == [3000, 30000, 30000]
    acts = town.rows("SELECT actor FROM audit WHERE plan_id = :plan AND act = 'price_confirmed'")
    assert acts == [("officer:manager_market",)]


def test_a_price_that_was_refused_stays_as_it_was_and_is_not_asked_again_that_day(town: Town) -> None:
    listed(town, "大米,袋,300,有货")
    answer_price("demo", "market", "rice", "market_1", True, on(21), at("09:00"))
    town.run("publish_catalog", "10:00")
    assert set(prices(town, "rice")) == {3000}
    assert len(town.bodies("price_questioned", "manager_market")) == 1
    assert answer_price("demo", "market", "rice", "market_1", False, on(21), at("10:30")) == 1


def test_who_has_nothing_to_do_with_prices_cannot_confirm_one(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    listed(town, "大米,袋,300,有货")
    assert answer_price("demo", "market", "rice", "staff_sealed", False, on(21), at("09:00")) == 1
    assert "监管示例" in capsys.readouterr().err
    assert prices(town, "rice") == [3000]


def test_a_corrected_list_needs_nobodys_word(town: Town) -> None:
    listed(town, "大米,袋,300,有货")
    told = listed(town, "大米,袋,31,有货", name="market_2.csv", clock="09:00")
    assert told["questioned"] == 0
    assert prices(town, "rice") == [3000, 3100]


def test_what_a_list_day_knew_is_not_changed_by_a_word_of_a_later_day(town: Town) -> None:
    listed(town, "大米,袋,300,有货")
    assert answer_price("demo", "market", "rice", "market_1", False, on(22), at("07:00", 22)) == 0
    town.run("publish_catalog", "08:00")
    assert prices(town, "rice") == [3000]
    assert town.rows("SELECT MAX(revision) FROM catalog_line WHERE business_date = '2022-04-21'") == [(1,)]
    assert listed(town, "大米,袋,300,有货", day=22)["questioned"] == 0


def test_a_rise_above_the_plans_limit_is_published_and_told_to_the_price_officer(town: Town) -> None:
    listed(town, "大米,袋,30,有货", "白菜,斤,1.5,有货")
    told = listed(town, "大米,袋,32,有货", "白菜,斤,2.5,有货", day=22)
    assert (told["price_alerts"], told["dearer"]) == (2, 2)
    assert town.told("price_moved") == ["market_1"]
    (body,) = town.bodies("price_moved")
    assert "示例超市白菜 涨 66.7%" in body
    assert "示例超市大米 涨 6.7%" in body


def test_new_and_gone_goods_are_counted_against_the_list_before_and_new_ones_marked(town: Town) -> None:
    listed(town, "大米,袋,30,有货", "白菜,斤,1.5,有货")
    told = listed(town, "大米,袋,30,有货", "土豆,斤,2,有货", day=22)
    assert (told["new"], told["gone"], told["dearer"]) == (1, 1, 0)
    text = next(p for p in town.documents("2022-04-22/*示例家园*.txt")).read_text(encoding="utf-8")
    assert "土豆（新） 2.00元/斤" in text
    assert "大米 30.00元/袋" in text


def test_whoever_had_ordered_what_a_store_takes_off_is_told_through_the_communitys_person(town: Town) -> None:
    listed(town, "大米,袋,30,有货", "白菜,斤,1.5,有货")
    town.needs("1. 3-2-501 大米1袋\n2. 3-1-302 大米2袋 白菜5斤\n", clock="10:00")
    town.needs("1. 样本庄1号 白菜2斤\n", name="样本庄.txt", clock="10:10")
    assert town.told("goods_withdrawn") == []
    listed(town, "大米,袋,30,缺货", name="market_2.csv", clock="11:00")
    assert town.told("goods_withdrawn") == ["staff_sealed"]
    (body,) = town.bodies("goods_withdrawn")
    for words in ("示例家园", "示例超市撤下大米", "2 户", "其他门店没有大米"):
        assert words in body
    assert not any(room in body for room in ("3-2-501", "3-1-302", "501", "张示例"))


def test_an_order_that_is_read_after_the_goods_were_taken_off_is_told_of_too_and_nobody_twice(town: Town) -> None:
    listed(town, "大米,袋,30,有货", "白菜,斤,1.5,有货")
    listed(town, "大米,袋,30,缺货", name="market_2.csv", clock="11:00")
    assert town.told("goods_withdrawn") == []
    town.needs("1. 3-2-501 大米1袋\n", clock="15:00")
    assert len(town.bodies("goods_withdrawn")) == 1
    town.needs("1. 3-1-302 白菜5斤\n", name="示例家园_2.txt", clock="15:10")
    town.run("publish_catalog", "15:20")
    assert len(town.bodies("goods_withdrawn")) == 1
    town.needs("1. 3-1-302 大米1袋\n", name="示例家园_3.txt", clock="15:30")
    assert [
        ("1 户" in body, "2 户" in body) for body in sorted(town.bodies("goods_withdrawn"), key=lambda b: "2 户" in b)
    ] == [
        (True, False),
        (False, True),
    ]


def test_a_need_of_what_was_taken_off_is_kept_and_short_for_that_reason(town: Town) -> None:
    listed(town, "大米,袋,30,有货", "白菜,斤,1.5,有货")
    town.needs("1. 3-2-501 大米1袋 白菜5斤\n", clock="10:00")
    listed(town, "大米,袋,30,缺货", name="market_2.csv", clock="11:00")
    town.run("collect_needs", "16:05")
    town.run("allocate_orders", "16:20")
    query = "SELECT item_id, needed_base, allocated_base, reason FROM allocation ORDER BY item_id"
    assert town.rows(query) == [("cabbage", 2500, 2500, ""), ("rice", 5000, 0, "withdrawn_by_store")]
    assert "rice" not in {row[0] for row in town.rows("SELECT item_id FROM store_order_line")}


def test_where_another_store_still_has_it_the_need_is_served_from_there(town: Town) -> None:
    listed(town, "鸡蛋,板,18,有货")
    town.needs("1. 3-2-501 鸡蛋1板\n", clock="10:00")
    listed(town, "鸡蛋,板,18,缺货", name="market_2.csv", clock="11:00")
    assert "其他门店仍有鸡蛋" in town.bodies("goods_withdrawn")[0]
    town.run("collect_needs", "16:05")
    town.run("allocate_orders", "16:20")
    assert town.rows("SELECT store_id, qty_base FROM allocation_source") == [("pharmacy", 30)]


def test_goods_that_come_back_on_the_list_are_promised_again(town: Town) -> None:
    listed(town, "大米,袋,30,有货")
    town.needs("1. 3-2-501 大米1袋\n", clock="10:00")
    listed(town, "大米,袋,30,缺货", name="market_2.csv", clock="11:00")
    listed(town, "大米,袋,30,有货", name="market_3.csv", clock="12:00")
    town.run("collect_needs", "16:05")
    town.run("allocate_orders", "16:20")
    assert town.rows("SELECT allocated_base, reason FROM allocation") == [(5000, "")]


def test_residents_pay_what_the_list_said_though_the_store_reports_another_price_later(town: Town) -> None:
    listed(town, "大米,袋,30,有货")
    town.stock("market.csv", "大米,58,袋,31,2", clock="13:30")
    town.needs("1. 3-2-501 大米1袋\n")
    town.run("allocate_orders", "16:20")
    assert town.rows("SELECT price_fen FROM store_order_line") == [(3000,)]


def test_the_watch_revises_the_list_when_a_store_sends_another_and_does_nothing_else_otherwise(town: Town) -> None:
    listed(town, "大米,袋,30,有货")
    town.run("watch_duties", "09:00")
    town.put("catalog", "market_2.csv", f"{HEAD}大米,袋,30,缺货\n")
    town.run("watch_duties", "11:00")
    town.run("watch_duties", "11:10")
    revisions = "SELECT revision, decided_at FROM revision WHERE process = 'publish_catalog' ORDER BY revision"
    assert [row[0] for row in town.rows(revisions)] == [1, 2]
    assert "大米" not in message(town, "c_sealed", 2)
    assert "第 2 版" in town.bodies("catalog_published", "staff_sealed")[1]


def test_before_the_days_list_was_published_the_watch_leaves_it_to_its_hour(town: Town) -> None:
    town.put("catalog", "market.csv", f"{HEAD}大米,袋,30,有货\n")
    town.run("watch_duties", "07:40")
    assert town.rows("SELECT COUNT(*) FROM catalog_line") == [(0,)]
    assert town.run("publish_catalog", "08:00")["items"] > 0


@pytest.fixture
def posting_town(bare_town: Town) -> Town:
    """The town whose communities owe a word that the list was posted."""
    document = plan_document("demo")
    times = {"opens": "08:00", "due": "10:00", "remind_minutes": 30, "escalate_minutes": 30}
    posted = {"id": "catalog_posted", "title": "清单上传群", "owed_by": "communities", "fulfilled_by": "hand", **times}
    document["duty"].append({**posted, "clause": "A-03"})
    write_plan(bare_town.data.parent / "plans" / "demo", document)
    return bare_town


POSTED = "SELECT subject, state FROM duty WHERE duty_id = 'catalog_posted' ORDER BY subject"


def test_each_community_says_for_itself_that_the_list_was_posted(posting_town: Town) -> None:
    town = posting_town
    town.run("publish_catalog", "08:00")
    assert posted_list("demo", "", on(21), "专人甲示例", at("08:40")) == 0
    assert fulfil_duty("demo", "catalog_posted", "community:c_controlled", on(21), "staff_controlled", at("10:20")) == 0
    town.run("watch_duties", "10:35")
    assert town.rows(POSTED) == [
        ("community:c_controlled", "late"),
        ("community:c_isolation", "open"),
        ("community:c_sealed", "done"),
    ]
    (body, *_) = town.bodies("duty_escalated", "coordinator")
    assert "测试隔离点" in body
    assert "示例家园" not in body


def test_who_answers_for_no_community_says_which_one(posting_town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    town = posting_town
    town.run("watch_duties", "08:00")
    assert posted_list("demo", "", on(21), "coordinator", at("09:00")) == 1
    assert "--community" in capsys.readouterr().err
    assert posted_list("demo", "测试隔离点", on(21), "coordinator", at("09:00")) == 0
    assert ("community:c_isolation", "done") in town.rows(POSTED)
