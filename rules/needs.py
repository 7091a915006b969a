"""Needs: lines as read -> accepted, rejected, provisional; what holds of them, rules/reconcile.py decides.

Policy. A line is accepted when its household, item and amount are all plain; every reason against it is told at
once. What is added without a unit (+1) is added in the unit in which the item is sold. A 0 in a table is no line where
nothing stood, and a question where the household had asked for more: zeros fill up sheets, and nobody's food is
cancelled by one. Zero reports (零报告) are told apart.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from rules.intake.chain import read_chain
from rules.intake.checking import build, failing_codes
from rules.intake.identify import Directory, Household, directory_of, off_step, too_much
from rules.intake.layouts import Sheet
from rules.intake.lines import Reading, Source, Vocabulary
from rules.intake.needs_table import read_needs_table
from schemas.frames.intake import QUANTITY, NeedLine, Provisional, RawLine, RejectedNeed, ZeroReport
from schemas.plan import Item, Plan
from schemas.text import Text

#: Which channel's word holds where two came at the same moment.
CHANNEL_RANK = {"inbox": 0, "http": 1, "phone": 2, "visit": 2, "form": 3, "review": 4}
#: A household on no register counts as one person until somebody has verified it.
PROVISIONAL_PERSONS = 1


@dataclass(frozen=True)
class Judged:
    """Every line of the input in exactly one of accepted, rejected and zero; provisional households beside them."""

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    provisional: pl.DataFrame
    zero: pl.DataFrame


def read_needs(
    words: Vocabulary, text: str | None = None, sheets: Sequence[Sheet] = (), names: Iterable[str] = ()
) -> Reading:
    """Lines of one source: a chain where there is a text, else the long layout. `names`: of the sender's community."""
    return read_needs_table(sheets, words) if text is None else read_chain(text, words, names)


def raw_lines(sources: Iterable[tuple[Source, Reading]]) -> pl.DataFrame:
    """`RawLine`: all lines of all sources of a collection, in the order given."""
    return build(RawLine, raw_rows(sources))


def raw_rows(sources: Iterable[tuple[Source, Reading]]) -> list[dict[str, Any]]:
    """The same, row by row."""
    return [_raw(source, line) for source, reading in sources for line in reading.said]


def _raw(source: Source, line: Any) -> dict[str, Any]:
    return {
        "submission_id": source.submission_id,
        "line_no": line.line_no,
        "sequence": source.sequence,
        "channel": source.channel,
        "received_at": source.received_at,
        "community_id": source.community_id,
        "op": line.op,
        "part": line.part,
        "who": line.who,
        "name": line.name,
        "item": line.item,
        "number": None if line.number is None else str(line.number),
        "unit": line.unit,
        "variety": line.variety,
        "words": line.words,
        "place": as_json(line.place),
        "faults": as_json([f.as_json() for f in line.faults]),
    }


def as_json(value: object) -> str:
    """JSON with Chinese as it is and keys in their order, so that equal values are equal texts."""
    return json.dumps(value, ensure_ascii=False)


@dataclass
class _Bench:
    """Where the lines of one collection are judged; look-ups are made once per distinct wording."""

    directory: Directory
    accepted: list[dict[str, Any]] = field(default_factory=list)
    items: list[Item | None] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    zero: list[dict[str, Any]] = field(default_factory=list)
    none: list[dict[str, Any]] = field(default_factory=list)
    homes: dict[str, tuple[Household, Mapping[str, Any]]] = field(default_factory=dict)
    seen: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def once(self, kind: str, *key: str) -> Any:
        """The directory's answer, remembered."""
        if (kind, *key) not in self.seen:
            self.seen[kind, *key] = getattr(self.directory, kind)(*key)
        return self.seen[kind, *key]

    def judge(self, row: dict[str, Any]) -> None:
        """Put one raw line where it belongs."""
        faults = json.loads(row["faults"])
        if row["community_id"] is None:
            faults.append(Text("sender_unknown").as_json())
        if faults:
            self.reject(row, faults)
        elif row["op"] == "zero":
            self.zero.append(row)
        elif row["op"] == "none":
            self.none.append(row)
        else:
            self._understand(row)

    def reject(self, row: dict[str, Any], faults: list[dict[str, Any]]) -> None:
        """The line goes back with all of its reasons, and with whose and what it is where that much is plain."""
        home = self.once("household", row["community_id"], row["who"], row["name"]) if row["community_id"] else None
        home_id = home.household_id if isinstance(home, Household) else None
        item_id = self.once("known", row["item"]) if row["item"] else None
        self.rejected.append(row | {"reasons": as_json(faults), "household_id": home_id, "item_id": item_id})

    def _understand(self, row: dict[str, Any]) -> None:
        home = self.once("household", row["community_id"], row["who"], row["name"])
        everything = row["op"] == "withdraw" and not row["item"]
        item = None if everything else self.once("item", row["item"])
        qty = self._quantity(row, item)
        size = self.directory.size(item, row["unit"], row["variety"]) if isinstance(item, Item) else None
        faults = [found.as_json() for found in (home, item, qty, size) if isinstance(found, Text)]
        if faults:
            self.reject(row, faults)
            return
        item_id, unit = (item.item_id, row["unit"] or _own_unit(row, item)) if item else (None, "")
        known = {"household_id": home.household_id, "item_id": item_id, "qty_base": qty, "unit": unit}
        self.accepted.append(row | known)
        self.items.append(item)
        if home.provisional:
            self.homes.setdefault(home.household_id, (home, row))

    def _quantity(self, row: dict[str, Any], item: Item | Text | None) -> int | Text:
        if row["op"] == "withdraw" or not isinstance(item, Item):
            return 0
        if row["number"] is None:
            return Text("quantity_missing", {"words": row["words"][:80]})
        return self.directory.base_units(item, Decimal(row["number"]), row["unit"] or _own_unit(row, item))


def _own_unit(row: Mapping[str, Any], item: Item) -> str:
    """+1 of what is sold by the bag is a bag; nothing else is guessed at."""
    return item.unit if row["op"] == "add" else ""


def _of_quantity(code: str, item: Item, words: str) -> Text:
    reasons = {"quantity_absurd": too_much, "not_a_step": off_step}
    return reasons[code](item) if code in reasons else Text(code, {"words": words[:80]})


def _check_quantities(bench: _Bench) -> Iterator[dict[str, Any]]:
    """Lines whose amounts hold; the others are rejected with every reason that Pandera finds."""
    needs = [
        (row, item) for row, item in zip(bench.accepted, bench.items, strict=True) if item and row["op"] != "withdraw"
    ]
    amounts = [row["qty_base"] for row, _ in needs]
    over = [row["qty_base"] - item.max_units * item.unit_base for row, item in needs]
    off = [row["qty_base"] % item.step_base for row, item in needs]
    schema = {"qty_base": pl.Int64, "over_base": pl.Int64, "off_step_base": pl.Int64}
    frame = pl.DataFrame({"qty_base": amounts, "over_base": over, "off_step_base": off}, schema=schema)
    failed = failing_codes(QUANTITY, frame)
    bad = set()
    for index, codes in failed.items():
        row, item = needs[index]
        bench.reject(row, [_of_quantity(code, item, row["words"]).as_json() for code in codes])
        bad.add((row["submission_id"], row["line_no"]))
    yield from (row for row in bench.accepted if (row["submission_id"], row["line_no"]) not in bad)


def in_time(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """By what the latest word is told."""
    rank = CHANNEL_RANK.get(row["channel"], -1)
    return row["received_at"], rank, row["sequence"], row["submission_id"], row["line_no"]


def _ask_of_zeros(bench: _Bench, accepted: Sequence[dict[str, Any]]) -> None:
    """A 0 after an amount, the household's latest word on the item, goes back as a question; any other says nothing."""
    if not bench.none:
        return
    latest: dict[tuple[str, str | None], dict[str, Any]] = {}
    for row in sorted(accepted, key=in_time):
        latest[row["household_id"], row["item_id"]] = row
    for row in bench.none:
        home = bench.once("household", row["community_id"], row["who"], row["name"])
        item = bench.once("item", row["item"])
        if isinstance(home, Text) or isinstance(item, Text):
            continue
        said = [latest[key] for i in (item.item_id, None) if (key := (home.household_id, i)) in latest]
        before = max(said, key=in_time, default=None)
        if before and before["op"] != "withdraw" and in_time(before) < in_time(row):
            had = {"item": item.name, "qty": f"{Decimal(before['number']).normalize():f}{before['unit']}"}
            bench.reject(row, [Text("zero_was_more", had).as_json()])


def judge_needs(
    lines: pl.DataFrame, plan: Plan, known_provisional: Collection[str] = (), directory: Directory | None = None
) -> Judged:
    """`RawLine` -> its frames; of provisional households those that are not in `known_provisional` yet."""
    bench = _Bench(directory or directory_of(plan))
    for row in build(RawLine, lines.to_dict(as_series=False)).iter_rows(named=True):
        bench.judge(row)
    accepted = list(_check_quantities(bench))
    _ask_of_zeros(bench, accepted)
    used = {row["household_id"] for row in accepted}
    new = [h for h in bench.homes if h in used and h not in known_provisional]
    order = sorted(bench.rejected, key=lambda row: (row["sequence"], row["submission_id"], row["line_no"]))
    return Judged(
        build(NeedLine, accepted),
        build(RejectedNeed, order),
        build(Provisional, [_provisional(*bench.homes[h]) for h in new]),
        build(ZeroReport, bench.zero),
    )


def _provisional(home: Household, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "household_id": home.household_id,
        "community_id": row["community_id"],
        "address": home.address,
        "head": home.head,
        "persons": PROVISIONAL_PERSONS,
        "submission_id": row["submission_id"],
    }
