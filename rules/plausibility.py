"""Whether what a store says it counted can be so (B-06): held against the books, which know what came and what left.

The books are its last count + what came - what was handed out since. Of a count may differ what was sold over the
counter (told as sold, beyond what was handed out for us), what the store was asked the day before to give another or to
get (it may have been moved or not yet), and the larger of one pack and `reserve.doubt_pct` per cent;
more than that is doubted: more than can be there, or less than was sold leaves. The report as a whole is doubted where
its file is that of an earlier day; where every count is as it was the last time though the books say that goods moved;
where its counts are those of another store; where all of them are the same number. A count below nothing is no count
and goes back (`rules/stock_intake.py`); one list that follows another on the same day holds, and is told where the two
differ.

A doubted count is used all the same, flagged: nobody knows better, and a shelf that was really emptied would otherwise
go on being promised.

Known drawbacks: a theft or a broken pallet is doubted until the day after; a store that copies its books is believed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.plan import Plan
from schemas.text import Text
from schemas.units import sale_quantity

FEW = 5  # fewer lines may well be the same by chance
MOVED = 3


@dataclass(frozen=True)
class Count:
    """One line of a report, and what is known beside it, in base units; `before`: the last count, if there is one."""

    store_id: str
    item_id: str
    counted: int
    sold: int | None
    booked: int
    before: int | None
    handed_out: int
    moved_in: int = 0
    moved_out: int = 0


@dataclass(frozen=True)
class Doubt:
    """Why a report (`item_id` empty) or one count of it may not be what lies there."""

    store_id: str
    item_id: str
    why: Text


def doubts(counts: Sequence[Count], same_file: Mapping[str, date], plan: Plan) -> list[Doubt]:
    """Everything that is doubted, by store, the report before its lines. `same_file`: store -> day of the same file."""
    by_store: dict[str, list[Count]] = {}
    for count in sorted(counts, key=lambda c: (c.store_id, c.item_id)):
        by_store.setdefault(count.store_id, []).append(count)
    found = []
    for store_id, lines in by_store.items():
        whole = _of_report(store_id, lines, by_store, same_file, plan)
        found += [Doubt(store_id, "", why) for why in whole]
        found += [Doubt(store_id, line.item_id, why) for line in lines for why in _of_count(line, plan)]
    return found


def _of_report(
    store_id: str, lines: list[Count], all_lines: Mapping[str, list[Count]], same_file: Mapping[str, date], plan: Plan
) -> list[Text]:
    if store_id in same_file:
        return [Text("report_file_of", {"day": same_file[store_id].isoformat()})]
    if len(lines) < FEW:
        return []
    found = []
    moved = [line for line in lines if line.before is not None and line.booked != line.before]
    if len(moved) >= MOVED and all(line.counted == line.before for line in lines):
        found.append(Text("report_copied", {"count": len(moved)}))
    twin = _twin(store_id, lines, all_lines)
    if twin is not None:
        found.append(Text("report_as_elsewhere", {"store": plan.stores[twin].name}))
    said = {sale_quantity(line.counted, plan.items[line.item_id].unit_base) for line in lines}
    if len(said) == 1 and said != {"0"}:
        found.append(Text("report_all_alike", {"number": said.pop()}))
    return found


def _twin(store_id: str, lines: list[Count], all_lines: Mapping[str, list[Count]]) -> str | None:
    """Another store with the very same counts of the goods that both have."""
    mine = {line.item_id: line.counted for line in lines}
    for other, theirs in all_lines.items():
        both = [(mine[c.item_id], c.counted) for c in theirs if c.item_id in mine and (mine[c.item_id] or c.counted)]
        if other != store_id and len(both) >= FEW and all(a == b for a, b in both):
            return other
    return None


def _of_count(line: Count, plan: Plan) -> Iterable[Text]:
    item = plan.items[line.item_id]
    leeway = max(
        item.pack_units * item.unit_base,
        max(line.booked, line.before or 0) * plan.file.reserve.doubt_pct.value // 100,
    )
    over_the_counter = max(0, (line.sold or 0) - line.handed_out)
    told = {
        "item": item.name,
        "counted": f"{sale_quantity(line.counted, item.unit_base)}{item.unit}",
        "booked": f"{sale_quantity(line.booked, item.unit_base)}{item.unit}",
    }
    if line.counted > line.booked + line.moved_in + leeway:
        yield Text("count_too_high", told)
    elif line.counted < line.booked - line.moved_out - over_the_counter - leeway:
        sold = f"{sale_quantity(over_the_counter, item.unit_base)}{item.unit}"
        yield Text("count_too_low", told | {"sold": sold})


def twice(rows: Sequence[Mapping[str, object]], plan: Plan) -> list[Doubt]:
    """Counts of a day that a later list of the same store contradicts; rows of `StockLine` in any state."""
    holds = {(r["store_id"], r["item_id"]): r["qty_base"] for r in rows if r["state"] == "accepted"}
    found = []
    for row in rows:
        key = (row["store_id"], row["item_id"])
        if row["state"] == "superseded" and holds.get(key) != row["qty_base"]:
            item = plan.items[str(row["item_id"])]
            said, now = (
                f"{sale_quantity(int(str(q)), item.unit_base)}{item.unit}" for q in (row["qty_base"], holds[key])
            )
            why = Text("count_said_twice", {"item": item.name, "before": said, "now": now})
            found.append(Doubt(str(row["store_id"]), item.item_id, why))
    return found
