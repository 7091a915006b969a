"""代配药订单: what a pharmacy prepares, by prescription, with who comes for it and nobody's door (B-04)."""

from collections import Counter

import pytest
from sqlalchemy.orm import Session

from schemas.plan import Plan
from tasks.documents.medicine_orders import medicine_order, medicine_order_path, medicine_orders_of
from tests.factories.read_back import tables, text
from tests.factories.trading_days import LATER, MEDICINES
from tests.factories.trading_orders import DAY, NOW
from tests.factories.trading_town import GOODS, seller

NAMES = {good.id: good.name for good in GOODS}


@pytest.fixture
def pharmacy(plan: Plan) -> str:
    """Who sells the town's medicine."""
    return seller(plan, next(g for g in GOODS if g.category == "medicine"))


def test_every_moments_orders_are_an_order_of_their_own(books: Session, plan: Plan, pharmacy: str) -> None:
    assert medicine_orders_of(books, plan, DAY) == [(NOW, pharmacy), (LATER, pharmacy)]
    assert len({medicine_order_path(plan, DAY, at, pharmacy) for at in (NOW, LATER)}) == 2


def test_the_totals_are_the_boxes_of_the_prescriptions(books: Session, plan: Plan, pharmacy: str) -> None:
    made = medicine_order(books, plan, DAY, NOW, pharmacy)
    wanted: Counter[str] = Counter()
    for n, (_home, medicine, opened) in enumerate(MEDICINES):
        wanted[NAMES.get(medicine, medicine)] += (n + 1) * (opened == NOW)
    (totals,) = tables(made, "汇总拣货")
    assert {row["药品"]: row["盒数"] for row in totals.rows} == +wanted
    (lines,) = tables(made, "按处方明细")
    assert lines.column("处方编号") == ["RX-0", "RX-2", "RX-1"]
    assert sum(lines.column("盒数")) == totals.total["盒数"] == wanted.total()


def test_it_says_who_comes_for_it_and_names_no_resident_and_no_door(books: Session, plan: Plan, pharmacy: str) -> None:
    told = text(medicine_order(books, plan, DAY, NOW, pharmacy))
    assert "赵示例" in told
    for home in plan.households.values():
        for kept in (home.head, home.address, home.household_id, home.phone):
            assert kept
            assert kept not in told


def test_a_pharmacy_without_an_order_has_no_document(books: Session, plan: Plan) -> None:
    with pytest.raises(LookupError):
        medicine_order(books, plan, DAY, NOW, "w1")
