"""What stands of a cycle's lines: the latest word of every household on every item, line by line in their order.

Policy. The latest word on an item holds, the one before it is superseded. A withdrawal takes back what stood before it,
of one item or of all; a line said later stands again. What is added (+1, 再加2份) makes a sum with what stands, where
that is in the same unit; the line of the sum says what it was added to. There is nothing to add to, it is in another
unit, it makes more than one household is given: a question, and what stood stays. Drawback: two lines on one item in
two texts that are no posts of one chain count as a correction, not as a sum.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from rules.intake.checking import build
from rules.intake.identify import Directory, too_much
from rules.intake.reposts import Key, Stood
from rules.needs import as_json
from schemas.frames.intake import NeedTotal
from schemas.plan import Plan
from schemas.text import Text
from schemas.units import sale_quantity

#: A line as a frame has it; `state` and `reasons` are written into it.
Row = dict[str, Any]


@dataclass(slots=True)
class _Stand:
    """The line that stands for an item. `words`: all that it was put together from; `stood`: how much."""

    row: Row
    words: str
    stood: Stood


def whose(row: Row) -> str:
    """The words that name a line's household."""
    return str(json.loads(row["place"]).get("who") or "")


class Books:
    """What stands, household by household, while lines are taken in their order."""

    def __init__(self, directory: Directory) -> None:
        self.directory, self.plan = directory, directory.plan
        self._standing: dict[str, dict[str, _Stand]] = defaultdict(dict)

    def stood(self, key: Key) -> Stood | None:
        """How much stands of a thing."""
        found = self._standing[key[0]].get(key[1] or "")
        return found.stood if found else None

    def items(self, household_id: str) -> list[str]:
        """Items of which something stands for a household."""
        return list(self._standing[household_id])

    def line(self, key: Key) -> Row:
        """The line that stands for a thing."""
        return self._standing[key[0]][key[1] or ""].row

    def shown(self, key: Key) -> str:
        """What stands of a thing, in words that are read back as the same."""
        name = self.plan.items[str(key[1])].name
        found = self._standing[key[0]].get(key[1] or "")
        return f"{name}{self._amount(str(key[1]), found.stood.qty)}" if found else f"{name}不要了"

    def _amount(self, item_id: str, qty: int) -> str:
        item = self.plan.items[item_id]
        return f"{sale_quantity(qty, item.unit_base)}{item.unit}"

    def act(self, row: Row, by_message: bool = False) -> None:
        """Take a line at its word. `by_message`: what it adds stands in no list."""
        mine = self._standing[row["household_id"]]
        if row["op"] == "withdraw":
            for gone in [row["item_id"]] if row["item_id"] is not None else list(mine):
                if gone in mine:
                    mine.pop(gone).row["state"] = "withdrawn"
            row["state"] = "withdrawn"
        elif row["op"] == "add":
            self._add(row, mine.get(row["item_id"]), by_message)
        else:
            if row["item_id"] in mine:
                mine[row["item_id"]].row["state"] = "superseded"
            row["state"] = "accepted"
            mine[row["item_id"]] = _Stand(row, row["words"], Stood(row["qty_base"], row["qty_base"]))

    def _add(self, row: Row, stands: _Stand | None, by_message: bool) -> None:
        item = self.plan.items[row["item_id"]]
        if stands is None:
            self.ask(row, "adds_to_nothing")
            return
        if self.directory.base_units(item, Decimal(1), row["unit"]) != self.directory.base_units(
            item, Decimal(1), stands.row["unit"]
        ):
            self.ask(row, "adds_other_unit")
            return
        added, total = row["qty_base"], stands.stood.qty + row["qty_base"]
        if total > item.max_units * item.unit_base:
            row["reasons"] = as_json([too_much(item).as_json()])
            return
        stands.row["state"], row["state"], row["qty_base"] = "superseded", "accepted", total
        row["place"] = as_json(json.loads(row["place"]) | {"added_to": stands.words})
        listed = stands.stood.listed + (0 if by_message else added)
        words = f"{stands.words} + {row['words']}"
        self._standing[row["household_id"]][row["item_id"]] = _Stand(row, words, Stood(total, listed))

    def keep(self, row: Row) -> None:
        """A line that says nothing new: what stands stays."""
        stays = row["op"] != "withdraw" and self.stood((row["household_id"], row["item_id"]))
        row["state"] = "superseded" if stays else "withdrawn"

    def ask(self, row: Row, code: str) -> None:
        """A line that changes nothing until somebody has answered."""
        home, item_id = row["household_id"], row["item_id"]
        named = [item_id] if item_id is not None else self.items(home)
        stands = "、".join(self.shown((home, item)) for item in named)
        name = self.plan.items[item_id].name if item_id is not None else ""
        args = {"who": whose(row), "words": row["words"][:80], "item": name, "stands": stands}
        row["reasons"] = as_json([Text(code, args).as_json()])


def consolidate(needs: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """`NeedState` -> `NeedTotal`: accepted lines summed per community and item, in the plan's order of both."""
    places = {c: n for n, c in enumerate(plan.communities)}
    goods = {i: n for n, i in enumerate(plan.items)}
    totals = (
        needs.filter(pl.col("state") == "accepted")
        .group_by("community_id", "item_id")
        .agg(pl.col("qty_base").sum(), pl.col("household_id").n_unique().cast(pl.Int64).alias("households"))
    )
    by_plan = totals.sort(
        pl.col("community_id").replace_strict(places, return_dtype=pl.Int64),
        pl.col("item_id").replace_strict(goods, return_dtype=pl.Int64),
    )
    return build(NeedTotal, by_plan.to_dict(as_series=False))
