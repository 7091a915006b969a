"""Names for keys, read once per document from the plan's copy in the database.

The copy, not the plan's sheets: a document of an old date can still be made again after a store or an item has left
the plan.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from schemas.tables import CommunityRow, HouseholdRow, ItemRow, OfficerRow, StoreRow
from schemas.units import sale_quantity
from tasks.database import table_of

Row = TypeVar("Row", bound=SQLModel)
#: Keys per statement, below SQLite's limit of bound values.
_CHUNK = 5000


def rows(session: Session, model: type[Row], *where: Any) -> list[Row]:
    """All rows of a table under these conditions, in the order of its primary key."""
    query = sa.select(model).where(*where).order_by(*table_of(model).primary_key)
    return list(session.execute(query).scalars())


def natural(text: str) -> list[tuple[int, int, str]]:
    """A key that sorts `3-2-501` before `3-10-101`."""
    return [(0, int(p), "") if p.isdigit() and p.isascii() else (1, 0, p) for p in re.split(r"([0-9]+)", text) if p]


class Register:
    """Items, stores, communities, officers and households of a plan by their ids."""

    def __init__(self, session: Session, plan_id: str) -> None:
        self._session, self._plan_id = session, plan_id

    def _all(self, model: type[Row], key: str) -> dict[str, Row]:
        found = rows(self._session, model, sa.column("plan_id") == self._plan_id)
        return {str(getattr(r, key)): r for r in found}

    @cached_property
    def items(self) -> dict[str, ItemRow]:
        """Items by id."""
        return self._all(ItemRow, "item_id")

    @cached_property
    def stores(self) -> dict[str, StoreRow]:
        """Stores by id."""
        return self._all(StoreRow, "store_id")

    @cached_property
    def communities(self) -> dict[str, CommunityRow]:
        """Communities by id."""
        return self._all(CommunityRow, "community_id")

    @cached_property
    def officers(self) -> dict[str, OfficerRow]:
        """Officers by id."""
        return self._all(OfficerRow, "officer_id")

    def households(self, ids: Iterable[str]) -> dict[str, HouseholdRow]:
        """These households by id."""
        wanted = sorted(set(ids))
        found: dict[str, HouseholdRow] = {}
        for start in range(0, len(wanted), _CHUNK):
            chunk: Sequence[str] = wanted[start : start + _CHUNK]
            mine = (col(HouseholdRow.plan_id) == self._plan_id, col(HouseholdRow.household_id).in_(chunk))
            found |= {h.household_id: h for h in rows(self._session, HouseholdRow, *mine)}
        return found

    def quantity(self, item_id: str, qty_base: int) -> str:
        """`1.5 斤`: a quantity in the item's sale unit."""
        item = self.items[item_id]
        return f"{sale_quantity(qty_base, item.unit_base)} {item.unit}"

    def goods(self, amounts: Iterable[tuple[str, int]]) -> str:
        """`大白菜 2 斤、鸡蛋 1 板`, in the order of the items' ids."""
        return "、".join(f"{self.items[i].name} {self.quantity(i, q)}" for i, q in sorted(amounts))

    def officer_name(self, officer_id: str | None) -> str:
        """An officer's name; the id itself where no such officer is known, empty for none."""
        if not officer_id:
            return ""
        return self.officers[officer_id].name if officer_id in self.officers else officer_id
