"""可售清单: every store's dated list, and one message for each community's group (A-02, A-03, C-04)."""

from tests.factories.working_town import Town, workbook


def message(town: Town, community: str) -> str:
    """The text that the community's person puts into the group."""
    query = "SELECT attachments FROM notice WHERE plan_id = :plan AND stage = 'catalog_published' AND notice_id LIKE :c"
    ((attached,),) = town.rows(query, c=f"%:{community}:%")
    path = attached[0] if isinstance(attached, list) else attached.strip('[]"').encode().decode("unicode_escape")
    return (town.data / "documents" / path).read_text(encoding="utf-8")


def test_every_store_has_a_dated_list_and_every_community_its_message(town: Town) -> None:
    told = town.run("publish_catalog", "08:00")
    assert (told["stores"], told["items"], told["communities"]) == (["market", "pharmacy"], 8, 3)
    dated = town.rows("SELECT store_id, COUNT(*) FROM catalog_line WHERE business_date = '2022-04-21' GROUP BY 1")
    assert sorted(dated) == [("market", 7), ("pharmacy", 2)]
    assert len(town.documents("*.xlsx")) == 2
    assert len(town.documents("*.txt")) == 3
    assert town.told("catalog_published") == ["staff_controlled", "staff_isolation", "staff_sealed"]


def test_a_message_names_goods_prices_cutoff_and_the_place_of_hand_over(town: Town) -> None:
    town.run("publish_catalog", "08:00")
    text = message(town, "c_sealed")
    for words in ("示例家园", "大米 30.00", "布洛芬 18.00", "16:00", "示例家园东门"):
        assert words in text
    assert "样本庄村部" not in text


def test_a_list_that_a_store_sent_replaces_what_the_books_would_offer(town: Town) -> None:
    body = workbook(["商品", "单位", "售价", "状态"], ["大米", "袋", 31, "有货"], ["鸡蛋", "板", 19, "缺货"])
    town.put("catalog", "market_20220421.xlsx", body)
    told = town.run("publish_catalog", "08:00")
    assert told["returned"] == 0
    query = "SELECT item_id, price_fen, available FROM catalog_line WHERE store_id = 'market' ORDER BY item_id"
    assert [(i, p, bool(a)) for i, p, a in town.rows(query)] == [("eggs", 1900, False), ("rice", 3100, True)]
    assert "大米 31.00" in message(town, "c_isolation")


def test_a_price_that_is_no_price_goes_back_to_the_store_and_the_rest_is_published(town: Town) -> None:
    town.put("catalog", "market.csv", "商品,单位,售价\n大米,袋,面议\n面粉,袋,15\n")
    told = town.run("publish_catalog", "08:00")
    assert told["returned"] == 1
    assert [codes for _, codes in town.reasons()] == [["price_unclear"]]
    assert town.rows("SELECT item_id FROM catalog_line WHERE store_id = 'market'") == [("flour",)]
    assert town.told("lines_returned") == ["manager_market"]


def test_a_changed_list_is_a_new_revision_and_the_first_stays(town: Town) -> None:
    town.run("publish_catalog", "08:00")
    town.put("catalog", "market.csv", "商品,单位,售价\n大米,袋,33\n")
    town.run("publish_catalog", "09:00")
    query = "SELECT revision, price_fen FROM catalog_line WHERE store_id = 'market' AND item_id = 'rice' ORDER BY 1"
    assert town.rows(query) == [(1, 3000), (2, 3300)]
    assert town.rows("SELECT COUNT(*) FROM notice WHERE stage = 'catalog_published'") == [(6,)]


def test_a_station_offers_what_its_source_sells_before_anything_was_bought(station_town: Town) -> None:
    told = station_town.run("publish_catalog", "08:00", day=22)
    assert (told["stores"], told["communities"]) == (["station"], 3)
    assert told["items"] == 8
