"""The same needs, in whatever format and layout they are sent, are the same lines."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.intake.identify import Directory
from rules.intake.lines import Source, vocabulary
from rules.needs import judge_needs, raw_lines, read_needs
from rules.reconcile import reconcile
from schemas.plan import Plan
from tasks.intake.readers import read
from tasks.plans import load_plan
from tests.factories.plan_folder import write_plan
from tests.factories.table_files import NAMES, table_file

NOON = datetime(2022, 4, 21, 4, tzinfo=UTC)
ITEMS = {"土豆": "斤", "鸡蛋": "板", "大米": "袋", "白菜": "斤"}
#: A household of the plan by its number, by its address in one cell, and by its address in parts.
HOMES = {"h1": ("3栋2单元501", "3|2|501"), "h2": ("3栋2单元502", "3|2|502")}
wishes = st.dictionaries(
    st.sampled_from(list(HOMES)),
    st.dictionaries(st.sampled_from(list(ITEMS)), st.integers(0, 4), min_size=1),
    min_size=1,
).filter(lambda wished: any(qty for items in wished.values() for qty in items.values()))
Wishes = dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return load_plan(write_plan(Path(tmp_path_factory.mktemp("plans")) / "demo"))


def long(wished: Wishes) -> Iterator[list[Any]]:
    yield ["户号", "商品", "数量", "单位"]
    yield from ([home, item, qty, ITEMS[item]] for home, items in wished.items() for item, qty in items.items())


def long_with_units_in_cells(wished: Wishes) -> Iterator[list[Any]]:
    yield from (["需求登记表"], [], ["地址", "商品", "数量"])
    for home, items in wished.items():
        yield from ([HOMES[home][0], item, f"{qty}{ITEMS[item]}"] for item, qty in items.items())
    yield ["合计", None, "99"]


def wide(wished: Wishes) -> Iterator[list[Any]]:
    yield ["户号", *(f"{item}({unit})" for item, unit in ITEMS.items()), "备注"]
    yield from ([home, *(items.get(item) for item in ITEMS), None] for home, items in wished.items())


def wide_in_parts(wished: Wishes) -> Iterator[list[Any]]:
    yield ["楼栋", "单元", "房号", *ITEMS]
    for home, items in wished.items():
        cells = [f"{items[item]}{unit}" if item in items else None for item, unit in ITEMS.items()]
        yield [*map(int, HOMES[home][1].split("|")), *cells]


def orders(wished: Wishes) -> Iterator[list[Any]]:
    yield ["跟团号", "下单人", "商品", "订单状态", "详细地址"]
    for number, (home, items) in enumerate(wished.items(), start=1):
        goods = "\n".join(f"{item}({ITEMS[item]})*{qty}" for item, qty in items.items() if qty)
        yield [number, "阳光", goods, "已支付", HOMES[home][0]]


LAYOUTS = (long, long_with_units_in_cells, wide, wide_in_parts, orders)


def sent(wished: Wishes, plan: Plan, layout: Any, name: str) -> list[tuple[Any, ...]]:
    got = read(table_file(name, list(layout(wished))), name, 1)
    reading = read_needs(vocabulary(plan), got.text, got.sheets or ())
    judged = judge_needs(raw_lines([(Source("s", "c_sealed", "inbox", NOON, 1), reading)]), plan)
    assert judged.rejected.is_empty(), (layout.__name__, name, judged.rejected["reasons"].to_list())
    return sorted(
        reconcile(judged, Directory(plan)).lines.select("household_id", "item_id", "qty_base", "state").rows()
    )


@settings(max_examples=15)
@given(wished=wishes, one=st.sampled_from(LAYOUTS), name=st.sampled_from(NAMES))
def test_every_format_and_layout_gives_the_same_lines(wished: Wishes, one: Any, name: str, plan: Plan) -> None:
    units = {"土豆": 500, "鸡蛋": 30, "大米": 5000, "白菜": 500}
    ids = {"土豆": "potato", "鸡蛋": "eggs", "大米": "rice", "白菜": "cabbage"}
    meant = [
        (home, ids[item], qty * units[item], "accepted")
        for home, items in wished.items()
        for item, qty in items.items()
        if qty
    ]
    files = [(layout, name) for layout in LAYOUTS] + [(one, other) for other in NAMES]
    results = {(layout.__name__, other): sent(wished, plan, layout, other) for layout, other in files}
    assert {key: held for key, held in results.items() if held != sorted(meant)} == {}
