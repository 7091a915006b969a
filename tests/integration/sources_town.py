"""The small town with sources over HTTP: real servers on loopback, their addresses in the environment."""

from typing import Any

import pytest

from deployments.demo.store_server import StoreServer
from tests.factories.plan_folder import change, plan_document, plan_sheets, write_plan
from tests.factories.working_town import Town, at

RICE = {"item": "大米", "unit": "袋", "quantity": "58", "price_fen": 3000, "sold": "2"}
PORK = {"item": "猪肉", "unit": "斤", "quantity": "125", "price_fen": 1500, "sold": None}
SUBMISSIONS = "SELECT channel, sender, source_name, state FROM submission ORDER BY kind, business_date, sequence"
LATE = "SELECT duty_id, state, reason FROM duty WHERE duty_id LIKE 'source_%' ORDER BY duty_id"


def with_sources(town: Town, *sources: dict[str, Any]) -> None:
    """The plan with these sources; stores that they speak for send over HTTP."""
    document, sheets = plan_document(town.plan_id), plan_sheets()
    document["source"] = list(sources)
    for source in sources:
        if "store" in source:
            change(sheets, "stores", source["store"], channel="http")
    write_plan(town.data.parent / "plans" / town.plan_id, document, sheets)


def stocked_shop(server: StoreServer, *lines: dict[str, Any], clock: str = "11:00", day: int = 21) -> None:
    """The supermarket's server knows its stock of a moment."""
    server.shop("market").lists["stock"] = (at(clock, day), lines or (RICE, PORK))


def point_at(monkeypatch: pytest.MonkeyPatch, name: str, address: str) -> None:
    """An endpoint's address, as the environment gives it."""
    monkeypatch.setenv(f"BAOGONG_ENDPOINT_{name.upper()}", address)
