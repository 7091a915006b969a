"""A case of the replenishment rule, read from JSON: every fault is told with its place, nothing is guessed.

Numbers are read as the decimals that were written. A line's quantities are counted in the finest step that any of them
needs (0.25 kg: quarters would do, hundredths are taken), so that the rule's integers hold them exactly.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation, localcontext
from pathlib import Path
from typing import Any

LARGEST = 2**62  # half of what eight bytes hold: a level is a sum of what is checked here
MOST_DIGITS = 60  # of one number: more is no quantity, and 1e999999 would fill the memory when written out
EXACT = 4 * MOST_DIGITS  # digits that sums of such numbers are kept to
TOLD = 20

LEVELS = {"on_hand": "on_hand", "min": "min_level", "target": "target_level", "max": "max_level"}
KEYS = ("id", *LEVELS, "lead_days", "review_days", "pack", "demand", "receipts")


class CaseFaults(Exception):
    """What is wrong with a case, a line each."""

    def __init__(self, told: list[str]) -> None:
        more = len(told) - TOLD
        self.told = told[:TOLD] + ([f"and {more} more"] if more > 0 else [])
        super().__init__("\n".join(self.told))


@dataclass
class Line:
    """One item; quantities are whole multiples of 1 / `scale`."""

    id: Any
    scale: int
    on_hand: int
    min_level: int
    target_level: int
    max_level: int | None
    lead_days: int
    review_days: int
    pack: int
    demand: list[tuple[int, int]] = field(default_factory=list)
    receipts: list[tuple[int, int]] = field(default_factory=list)


def read_case(path: str) -> list[Line]:
    """The lines of a case.

    Raises:
        CaseFaults: the file or anything in it cannot be used.
    """
    text = _text(path)
    items = text.get("items") if isinstance(text, dict) else None
    if not isinstance(items, list):
        raise CaseFaults([f'{path}: wanted is {{"items": [...]}} at the top'])
    told: list[str] = []
    lines, ids = [], dict[tuple[bool, Any], int]()
    for number, item in enumerate(items):
        place = f"{path}: items[{number}]"
        reader = _Reader(place, told)
        line = reader.line(item)
        name = item.get("id") if isinstance(item, dict) else None
        if isinstance(name, str | Decimal):
            first = ids.setdefault((isinstance(name, str), name), number)
            if first != number:
                told.append(f"{place}.id: {_shown(name)} is the id of items[{first}] already; give each item its own")
        if line is not None:
            lines.append(line)
    if told:
        raise CaseFaults(told)
    return lines


def _text(path: str) -> Any:
    try:
        body = Path(path).read_text(encoding="utf-8-sig")
        return json.loads(
            body, parse_float=_decimal, parse_int=_decimal, parse_constant=_no_number, object_pairs_hook=_once
        )
    except OSError as fault:
        raise CaseFaults([f"{path}: cannot be read ({fault.strerror}); give the path of a JSON file"]) from fault
    except UnicodeDecodeError as fault:
        raise CaseFaults([f"{path}: is not UTF-8 at byte {fault.start}; save it as UTF-8"]) from fault
    except json.JSONDecodeError as fault:
        raise CaseFaults([f"{path}: line {fault.lineno}, column {fault.colno}: is no JSON ({fault.msg})"]) from fault
    except RecursionError as fault:
        raise CaseFaults([f"{path}: is nested too deeply to be a case"]) from fault
    except ValueError as fault:
        raise CaseFaults([f"{path}: {fault}"]) from fault


def _decimal(word: str) -> Decimal:
    try:
        return Decimal(word)
    except InvalidOperation as fault:
        raise ValueError(f"{word[:40]} is beyond any number") from fault


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number; write a decimal, or null where there is no maximum")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in one object; leave one of them")
        found[key] = value
    return found


def _shown(value: Any) -> str:
    """A value as it may stand in a sentence, cut where it is long."""
    text = str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:40]}..."


class _Reader:
    """Reads one item; what it cannot use it adds to what is told, and goes on."""

    def __init__(self, place: str, told: list[str]) -> None:
        self.place, self.told = place, told
        self.before = len(told)

    def say(self, where: str, words: str) -> None:
        self.told.append(f"{self.place}{where}: {words}")

    def line(self, item: Any) -> Line | None:
        if not isinstance(item, dict):
            self.say("", f"wanted is an object, not {_shown(item)}")
            return None
        for key in KEYS:
            if key not in item:
                self.say("", f"{key!r} is missing")
        levels = {name: self.number(item, key) for key, name in LEVELS.items() if key != "max"}
        levels["max_level"] = self.number(item, "max") if item.get("max") is not None else None
        pack = self.number(item, "pack")
        if pack is not None and pack <= 0:
            self.say(".pack", f"{pack} is no pack; write how much one pack holds, above 0")
        days = {key: self.whole(item, key, least) for key, least in (("lead_days", 0), ("review_days", 1))}
        moves = {key: self.moves(item, key) for key in ("demand", "receipts")}
        self.identity(item)
        self.in_order(levels)
        if len(self.told) > self.before:
            return None
        return self.scaled(item["id"], levels | {"pack": pack}, days, moves)

    def identity(self, item: Mapping[str, Any]) -> None:
        name = item.get("id")
        if isinstance(name, Decimal):
            self.whole(item, "id", None)
        elif "id" in item and not (isinstance(name, str) and name.strip()):
            self.say(".id", f"{_shown(name)} is no id; write a text or a whole number")

    def number(self, item: Mapping[str, Any], key: str, where: str = "") -> Decimal | None:
        value = item.get(key)
        if not isinstance(value, Decimal):
            if key in item:
                self.say(f"{where}.{key}", f"{_shown(value)} is no number")
            return None
        _, digits, exponent = value.as_tuple()
        if not isinstance(exponent, int) or len(digits) + abs(exponent) > MOST_DIGITS:
            self.say(f"{where}.{key}", f"{_shown(value)} has more digits than any quantity")
            return None
        return value

    def whole(self, item: Mapping[str, Any], key: str, least: int | None, where: str = "") -> int | None:
        value = self.number(item, key, where)
        if value is None:
            return None
        within = abs(value) <= LARGEST // 4 and (least is None or value >= least)
        if not within or value != value.to_integral_value():
            wanted = "a whole number" if least is None else f"a whole number, {least} or more"
            self.say(f"{where}.{key}", f"{_shown(value)} cannot stand here; write {wanted}")
            return None
        return int(value)

    def moves(self, item: Mapping[str, Any], key: str) -> list[tuple[int, Decimal]]:
        rows = item.get(key)
        if not isinstance(rows, list):
            if key in item:
                self.say(f".{key}", f"{_shown(rows)} is no list; write [] where there is nothing")
            return []
        found = []
        for number, row in enumerate(rows):
            where = f".{key}[{number}]"
            if not isinstance(row, dict) or not {"day", "qty"} <= row.keys():
                self.say(where, f'wanted is {{"day", "qty"}}, not {_shown(row)}')
                continue
            # A day before today is late and counts today.
            day, qty = self.whole(row, "day", None, where), self.number(row, "qty", where)
            if qty is not None and qty < 0:
                self.say(f"{where}.qty", f"{qty} is below 0; what goes out is demand, what comes in is a receipt")
            elif day is not None and qty is not None:
                found.append((day, qty))
        return found

    def in_order(self, levels: Mapping[str, Decimal | None]) -> None:
        low, goal, high = (levels[name] for name in ("min_level", "target_level", "max_level"))
        if low is not None and goal is not None and goal < low:
            self.say(".target", f"{goal} is below the minimum {low}; it would be bought for ever")
        if goal is not None and high is not None and high < goal:
            self.say(".max", f"{high} is below the target {goal}; what is bought would be given away")

    def scaled(
        self, name: Any, amounts: Mapping[str, Decimal | None], days: Mapping[str, Any], moves: Mapping[str, Any]
    ) -> Line | None:
        """The line in integers."""
        every = [x for x in amounts.values() if x is not None] + [qty for rows in moves.values() for _, qty in rows]
        with localcontext(prec=EXACT):
            places = max([0, *(-int(x.normalize().as_tuple().exponent) for x in every)])
            if sum(abs(x) for x in every) * 10**places >= LARGEST:
                self.say("", "its quantities are too large, or too finely divided, to be reckoned exactly together")
                return None
            whole = {key: None if x is None else int(x.scaleb(places)) for key, x in amounts.items()}
            dated = {key: [(day, int(qty.scaleb(places))) for day, qty in rows] for key, rows in moves.items()}
        return Line(id=int(name) if isinstance(name, Decimal) else name, scale=10**places, **whole, **days, **dated)


def answers(lines: list[Line], suggestions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is said of each line, in its own unit."""
    found = []
    for line, row in zip(lines, suggestions, strict=True):
        days = {key: row[key] for key in ("need_by_day", "order_by_day", "expedite_day")}
        qty, surplus = (_plain(row[key], line.scale) for key in ("qty", "surplus"))
        found.append({"id": line.id, "qty": qty, **days, "surplus": surplus})
    return found


def _plain(amount: int, scale: int) -> int | float:
    return amount // scale if amount % scale == 0 else float(Decimal(amount) / scale)
