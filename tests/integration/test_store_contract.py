"""docs/store-api.yaml is what the client asks and what the example server answers, word for word."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import sqlalchemy as sa
import yaml

from deployments.demo.json_server import Request
from deployments.demo.store_server import StoreServer
from rules.intake.store_pages import COLUMNS, PATHS, VERSION
from tests.factories.plan_folder import write_plan
from tests.factories.sources import store_source
from tests.factories.working_town import Town, at
from tests.integration.sources_town import PORK, RICE, point_at, with_sources

CONTRACT = yaml.safe_load((Path(__file__).parents[2] / "docs" / "store-api.yaml").read_text(encoding="utf-8"))


def schema(name: str) -> jsonschema.Draft202012Validator:
    """A validator of one schema of the contract; OpenAPI 3.1 takes JSON Schema 2020-12 as it is."""
    whole = {"$ref": f"#/components/schemas/{name}", "components": CONTRACT["components"]}
    return jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())


def of_answer(verb: str, path: str, status: int) -> str:
    """The schema's name for an answer."""
    found = CONTRACT["paths"][path][verb.lower()]["responses"][str(status)]["content"]["application/json"]["schema"]
    return str(found["$ref"]).rsplit("/", 1)[-1]


@pytest.fixture
def traffic(database: sa.Engine, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StoreServer]:
    """A day of a store over HTTP: every request that the client makes of it."""
    monkeypatch.setenv("BAOGONG_PLANS", str(tmp_path / "plans"))
    monkeypatch.setenv("BAOGONG_TOKEN_MARKET_KEY", "0" * 20)
    write_plan(tmp_path / "plans" / "demo")
    town = Town("demo", data)
    kinds = ("stock", "catalog", "order_confirmations")
    with_sources(town, *(store_source(kind, token="market_key") for kind in kinds))
    with StoreServer(token="0" * 20, page_size=1) as server:
        point_at(monkeypatch, "market", server.base("market"))
        shop, server.clock = server.shop("market"), at("16:20")
        shop.lists["stock"] = (at("11:00"), [RICE, PORK])
        goods = [{"item": n, "unit": u, "price_fen": 1, "available": True} for n, u in (("大米", "袋"), ("猪肉", "斤"))]
        shop.lists["catalog"] = (at("07:30"), goods)
        shop.can_pack = {"大米": 1}
        town.run("publish_catalog", "08:00")
        town.run("check_stock", "13:30")
        town.needs("1. 3-2-501 大米2袋 白菜1斤\n2. h4 大米1袋")
        town.run("allocate_orders", "16:20")
        town.run("deliver_orders", "07:30", 22)
        yield server


def test_the_contract_is_openapi_3_1_with_schemas_that_are_schemas() -> None:
    assert CONTRACT["openapi"].startswith("3.1")
    for name in CONTRACT["components"]["schemas"]:
        schema(name).check_schema(CONTRACT["components"]["schemas"][name])
    text = json.dumps(CONTRACT)
    for ref in set(re.findall(r'"#/([^"]+)"', text)):
        here: Any = CONTRACT
        for part in ref.split("/"):
            here = here[part]
        assert here


def test_the_client_asks_what_the_contract_has_and_all_of_it(traffic: StoreServer) -> None:
    asked = {(r.verb.lower(), r.path.removeprefix("/market")) for r in traffic.requests}
    assert asked == {(verb, path) for path, verbs in CONTRACT["paths"].items() for verb in verbs}
    for request in traffic.requests:
        _as_agreed(request)


def _as_agreed(request: Request) -> None:
    operation = CONTRACT["paths"][request.path.removeprefix("/market")][request.verb.lower()]
    named = [CONTRACT["components"]["parameters"]["page"] if "$ref" in p else p for p in operation["parameters"]]
    query = {p["name"]: p for p in named if p["in"] == "query"}
    assert set(request.query) <= set(query)
    assert {name for name, p in query.items() if p.get("required")} <= set(request.query)
    headers = {name.lower() for name in request.headers}
    assert {p["name"].lower() for p in named if p["in"] == "header"} <= headers
    assert request.headers["Authorization"] == "Bearer " + "0" * 20
    if request.verb == "POST":
        order = json.loads(request.body)
        schema("Order").validate(order)
        assert order["order"] == request.headers["Idempotency-Key"]


def test_the_example_server_answers_as_the_contract_says(traffic: StoreServer) -> None:
    seen = set()
    for request in list(traffic.requests):
        answer = httpx.request(
            request.verb,
            f"{traffic.address}{request.path}",
            params=request.query,
            content=request.body,
            headers={n: request.headers[n] for n in ("Authorization", "Idempotency-Key") if n in request.headers},
        )
        path = request.path.removeprefix("/market")
        schema(of_answer(request.verb, path, answer.status_code)).validate(answer.json())
        assert answer.headers["Content-Type"] == "application/json"
        seen.add((path, answer.status_code))
    assert {path for path, _ in seen} == set(CONTRACT["paths"])


def test_the_reader_reads_the_fields_that_the_contract_has() -> None:
    schemas = CONTRACT["components"]["schemas"]
    assert schemas["Head"]["properties"]["version"]["const"] == VERSION
    for kind, name in (("stock", "StockLine"), ("catalog", "CatalogLine")):
        assert {key for _, key in COLUMNS[kind]} == set(schemas[name]["properties"])
    assert {f"/{path}" for path in PATHS.values()} < set(CONTRACT["paths"])


def test_what_the_contract_does_not_allow_is_seen() -> None:
    """Guards the check itself: a schema that takes everything would prove nothing."""
    page = {"version": "1", "store": "market", "as_of": at("11:00").isoformat(), "next": None, "lines": [RICE]}
    schema("Stock").validate(page)
    for wrong in ({"version": "2"}, {"lines": [RICE | {"quantity": 58}]}, {"lines": None}, {"store": None}):
        with pytest.raises(jsonschema.ValidationError):
            schema("Stock").validate(page | wrong)
