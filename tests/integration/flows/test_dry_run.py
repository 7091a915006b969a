"""A dry run (试运行): everything can be looked at, nothing is sent, and the books are as they were."""

import pytest
import sqlalchemy as sa

from tasks.database import engine, is_undone
from tests.factories.books import books
from tests.factories.working_town import STOCK_HEAD, Town, at, on
from tests.integration.channels.loopback import Service

CHAIN = "#接龙\n1. 3-2-501 大米1袋\n2. 3-2-502 鸡蛋1板\n"


def documents(town: Town, dry: bool) -> list[str]:
    folder = town.data / "documents" / town.plan_id
    found = [path for path in folder.rglob("*.xlsx") if ("dry_run" in path.parts) is dry]
    return sorted(path.name for path in found)


def test_a_dry_run_changes_no_row_and_the_real_run_after_it_still_tells_everybody(town: Town) -> None:
    town.put("needs", "示例家园.txt", CHAIN)
    town.run("publish_catalog", "08:00")
    before = books(engine())
    dry = town.run("collect_needs", "16:05", dry_run=True)
    assert books(engine()) == before
    assert not is_undone()
    told = sorted(path.parent.name for path in (town.data / "notices" / town.plan_id / "dry_run").rglob("*.txt"))
    assert told == ["carer_1", "supply_1", "supply_2"]
    real = town.run("collect_needs", "16:05")
    assert real == dry
    assert any("stage=needs_collected" in row for row in books(engine())["notice"])


def test_every_step_of_a_dry_run_sees_what_the_one_before_it_wrote(town: Town) -> None:
    town.put("needs", "示例家园.txt", CHAIN)
    town.run("collect_needs", "16:05")
    dry = town.run("allocate_orders", "16:20", dry_run=True)
    assert (dry["lines"], dry["stores"]) == (2, ["market"])
    assert documents(town, dry=True) == ["订单_示例超市_v1.xlsx"]
    assert "订单_示例超市_v1.xlsx" not in documents(town, dry=False)
    assert books(engine())["allocation"] == []


def test_a_report_compiled_dry_is_not_handed_in(town: Town, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOGONG_ENDPOINT_LEADING_GROUP_OFFICE", f"http://{service.place}/reports")
    town.put("stock", "示例超市.csv", STOCK_HEAD + "大米,58,袋,30,2\n")
    town.run("check_stock", "13:30")
    town.run("submit_report", "14:30", dry_run=True)
    assert service.requests == []
    town.run("submit_report", "14:30")
    assert len(service.requests) == 1


def test_a_purchase_proposed_dry_asks_nobody_and_can_still_be_proposed(town: Town) -> None:
    dry = town.run("purchase_supplies", "13:50", dry_run=True)
    assert dry["state"] == "awaiting_approval"
    assert books(engine())["purchase"] == []
    assert town.run("purchase_supplies", "13:50")["amount_fen"] == dry["amount_fen"]
    with engine().connect() as connection:
        assert connection.execute(sa.text("SELECT state FROM purchase")).scalar() == "proposed"


def test_a_watch_looks_without_reminding(town: Town) -> None:
    town.run("publish_catalog", "08:00")
    before = books(engine())
    assert town.run("watch_duties", "15:30", dry_run=True)["reminded"] > 0
    assert books(engine()) == before


def test_a_dry_run_is_one_also_where_its_parameters_come_by_their_places(town: Town) -> None:
    from flows.publish_catalog import publish_catalog

    publish_catalog.fn(town.plan_id, on(21), at("08:00"), True)  # as Prefect calls it
    assert books(engine())["catalog_line"] == []
    assert books(engine())["notice"] == []
