"""`baogong parse FILE|- [--plan P] [--json]`: what a chain says, what is unclear in it and why."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rules.intake.chain import Chain, Entry, Line, parse_chain
from rules.intake.lines import plain_vocabulary, vocabulary
from schemas.text import N_, Text
from tasks.words import reason_text, say


def _text_of(source: str) -> str | None:
    """The text of a file or of standard input; None, said on standard error, where it cannot be read."""
    from tasks.intake.limits import Unreadable
    from tasks.intake.readers import decode

    try:
        body = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return decode(body)
    except OSError as exc:
        print(say(N_("Cannot read {name}: {detail}"), name=source, detail=exc.strerror), file=sys.stderr)
    except Unreadable as exc:
        print(reason_text(exc.reason.as_json()), file=sys.stderr)
    return None


def _read(text: str, plan_id: str) -> Chain | None:
    if not plan_id:
        return parse_chain(text, plain_vocabulary())
    from rules.intake.chain.checks import checked_by
    from rules.intake.identify import directory_of
    from tasks.plans import PlanFaults, fault_line, load_plan

    try:
        plan = load_plan(plan_id)
    except PlanFaults as exc:
        for fault in exc.faults:
            print(fault_line(fault), file=sys.stderr)
        return None
    return checked_by(parse_chain(text, vocabulary(plan)), directory_of(plan))


def _why(faults: tuple[Text, ...]) -> str | None:
    return "；".join(reason_text(fault.as_json()) for fault in faults) or None


def _line(line: Line) -> dict[str, Any]:
    return {
        "item": line.item,
        "variety": line.variety or None,
        "item_id": line.item_id,
        "qty": None if line.number is None else f"{line.number.normalize():f}",
        "unit": line.unit,
        "span": [line.start, line.end],
        "review": _why(line.faults),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    home = entry.who.household
    return {
        "no": entry.no,
        "who": entry.name or None,
        "household": {"building": home.building, "unit": home.unit, "room": home.room} if home else None,
        "op": entry.op,
        "lines": [_line(line) for line in entry.lines],
    }


def as_json(chain: Chain) -> dict[str, Any]:
    """The documented form: see `docs/` and the issue's contract."""
    unresolved = [
        {"text": chain.text[u.start : u.end], "span": [u.start, u.end], "why": reason_text(u.why.as_json())}
        for u in chain.unresolved
    ]
    return {"title": chain.title or None, "entries": [_entry(e) for e in chain.entries], "unresolved": unresolved}


_OPS = {"set": N_("orders"), "add": N_("adds"), "cancel": N_("cancels")}


def _home(entry: Entry) -> str:
    return " ".join(filter(None, (entry.who.address, entry.who.name))) or "?"


def _rows(chain: Chain) -> Iterator[tuple[str, ...]]:
    for entry in chain.entries:
        head = (str(entry.no or ""), _home(entry), say(_OPS[entry.op]))
        for line in entry.lines:
            found = _line(line)
            goods = f"{line.item}({line.variety})" if line.variety else line.item
            yield (*head, goods, f"{found['qty'] or ''}{line.unit}", found["review"] or say(N_("clear")))
        if not entry.lines:
            yield (*head, say(N_("everything")), "", say(N_("clear")))
    for piece in chain.unresolved:
        yield ("", "", "", chain.text[piece.start : piece.end], "", reason_text(piece.why.as_json()))


def _show(chain: Chain) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=chain.title or None)
    for name in (N_("no."), N_("household"), N_("does"), N_("goods"), N_("amount"), N_("question")):
        table.add_column(say(name), overflow="fold")
    for row in _rows(chain):
        table.add_row(*row)
    Console(markup=False).print(table)


def parse(source: str, plan_id: str = "", json_wanted: bool = False) -> int:
    """Exit code 0 where the text could be read, whatever is unclear in it; 1 where it could not."""
    text = _text_of(source)
    chain = None if text is None else _read(text, plan_id)
    if chain is None:
        return 1
    if json_wanted:
        print(json.dumps(as_json(chain), ensure_ascii=False, indent=2))
    else:
        _show(chain)
    return 0
