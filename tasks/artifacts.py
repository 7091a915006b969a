"""What a run leaves for a coordinator to read in the UI: a short text in the reader's language, tables, links.

Nothing personal stands here: no names, no rooms, no telephone numbers, no words of residents. Whoever needs those opens
the document, which is served to those who hold its link.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import col

from rules.catalog import changes
from schemas.plan import Plan
from schemas.tables import Allocation, CoverLine, PriceQuestion, Receipt, Undelivered
from schemas.text import N_
from schemas.units import yuan
from tasks.catalog_lists import list_before, list_of, questions
from tasks.database import reading
from tasks.documents.cells import width_of
from tasks.documents.labels import LEVELS, day_words, reason_words, store_label, word
from tasks.documents.purchase import formula, proposal_lines
from tasks.documents.register import Register, rows
from tasks.documents.returned import place_words
from tasks.documents.stock import red_lines
from tasks.documents.store import links
from tasks.notices.masking import masked_room, without_phones
from tasks.runs import Outcome, Run
from tasks.words import say

#: Rows that a table in the UI shows; the document has all of them.
SHOWN = 40
#: Columns of a cell's line; three such cells fit beside each other on a coordinator's screen.
CELL_WIDTH = 36
#: Values of reasons that may carry a room, a name or a resident's words.
PERSONAL = frozenset({"who", "household", "address", "name", "head", "person", "words", "text", "line"})
#: Keys of summaries that mean something to a coordinator, in the order in which they are shown.
SUMMARY: Mapping[str, str] = {
    "submissions": N_("Submissions"),
    "received": N_("Lines received"),
    "accepted": N_("Lines accepted"),
    "rejected": N_("Lines returned for correction"),
    "superseded": N_("Lines superseded"),
    "withdrawn": N_("Lines withdrawn"),
    "questions": N_("Questions about chains posted again"),
    "provisional": N_("Households to be verified"),
    "households": N_("Households"),
    "silent": N_("Communities that are silent"),
    "lines": N_("Number of lines"),
    "allocated_full": N_("Allocated in full"),
    "allocated_part": N_("Allocated in part"),
    "short": N_("Short"),
    "parcels": N_("Parcels"),
    "undelivered": N_("Lines not delivered"),
    "communities": N_("Communities"),
    "items": N_("Kinds of goods"),
    "new": N_("New on the list"),
    "gone": N_("No longer on the list"),
    "dearer": N_("Dearer"),
    "cheaper": N_("Cheaper"),
    "price_alerts": N_("Rises above the limit"),
    "questioned": N_("Prices asked back"),
    "withdrawn_from": N_("Households that had ordered what was taken off"),
    "stores": N_("Stores"),
    "alerts": N_("Alerts"),
    "estimated": N_("Stores without a report"),
    "amount_fen": N_("Amount (yuan)"),
    "budget_fen": N_("Budget (yuan)"),
    "cycle": N_("Cycle"),
    "deliver_on": N_("To be delivered on"),
}


#: How a price or an item moved against the list before, and what became of a price that was asked back.
MOVED: Mapping[str, str] = {
    "new": N_("New on the list"),
    "gone": N_("No longer on the list"),
    "dearer": N_("Dearer"),
    "cheaper": N_("Cheaper"),
}
QUESTION: Mapping[str, str] = {
    "waiting": N_("waits for a word"),
    "confirmed": N_("confirmed"),
    "refused": N_("refused"),
}


def leave(run: Run, name: str, markdown: str) -> None:
    """Attach a text to the flow run in progress; without one (tests, a step run by hand) nothing is to be done."""
    from prefect.artifacts import create_markdown_artifact
    from prefect.context import FlowRunContext

    if FlowRunContext.get() is None:
        return
    key = re.sub(r"[^a-z0-9]+", "-", f"{run.plan_id}-{name}-{run.business_date.isoformat()}".lower()).strip("-")
    create_markdown_artifact(markdown, key=key, description=say("{plan}, {day}", **_what(run)))


def _what(run: Run) -> dict[str, str]:
    return {"plan": run.plan.file.plan.name, "day": day_words(run.business_date)}


def table(heads: Sequence[str], body: Iterable[Sequence[Any]]) -> str:
    """A markdown table; what would break it or be read as markup is escaped. Rows beyond SHOWN are only counted."""
    listed = list(body)
    lines = [heads, ["---"] * len(heads), *([_cell(v) for v in row] for row in listed[:SHOWN])]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    more = len(listed) - SHOWN
    return text if more <= 0 else f"{text}\n\n{say('and {count} more in the document', count=more)}"


def _cell(value: object) -> str:
    text = "" if value is None else "\n".join(map(_folded, str(value).split("\n")))
    for raw, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "")):
        text = text.replace(raw, safe)
    # The backslash is escaped as well: one written before a bracket would undo the escape, and a link come alive.
    return re.sub(r"([\\*_`\[\]~|])", r"\\\1", text).replace("\n", "<br>")


def _folded(line: str) -> str:
    """The line broken after marks or blanks: the UI never breaks a cell, and cuts off what is beyond the page."""
    lines = [""]
    for piece in re.findall(r"[^，；。、 ]*[，；。、 ]?", line):
        if lines[-1] and width_of(lines[-1] + piece) > CELL_WIDTH:
            lines.append("")
        lines[-1] += piece
    return "\n".join(part.rstrip() for part in lines)


def _page(run: Run, title: str, outcome: Outcome, parts: Sequence[str], paths: Sequence[str]) -> str:
    fresh = (
        ""
        if outcome.fresh
        else f"\n\n> {say('Nothing has changed since revision {revision}.', revision=outcome.revision)}"
    )
    dry = f"\n\n> **{say('Dry run: nothing is sent.')}**" if run.dry_run else ""
    head = (
        f"## {title}\n\n{say('{plan}, {day}', **_what(run))} · {say('revision {revision}', revision=outcome.revision)}"
    )
    documents = f"### {say('Documents')}\n\n{links(list(dict.fromkeys(paths)))}" if paths else ""
    return "\n\n".join(part for part in (f"{head}{fresh}{dry}", _summary(outcome.summary), *parts, documents) if part)


def _summary(summary: Mapping[str, Any]) -> str:
    body = [(say(words), _value(key, summary[key])) for key, words in SUMMARY.items() if key in summary]
    return table([say("Particulars"), say("Number")], body) if body else ""


def _value(key: str, value: Any) -> Any:
    if key.endswith("_fen"):
        return yuan(int(value))
    return len(value) if isinstance(value, list | dict) else value


def _section(title: str, heads: Sequence[str], body: Sequence[Sequence[Any]]) -> str:
    return f"### {title}\n\n{table(heads, body)}" if body else ""


def masked_reasons(reasons: Iterable[Mapping[str, Any]]) -> str:
    """Reasons in words, with rooms, names and words of residents masked."""
    return "\n".join(reason_words(str(r["code"]), _masked(r.get("args") or {})) for r in reasons)


def _masked(args: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, value in args.items():
        text = without_phones(value) if isinstance(value, str) else value
        found[name] = masked_room(text) if name in PERSONAL and isinstance(text, str) and text else text
    return found


def intake_artifact(
    run: Run, outcome: Outcome, rejected: Sequence[Mapping[str, Any]], paths: Sequence[str] = ()
) -> str:
    """What came in and what was returned.

    `rejected`: mappings with `sender`, `place` and `reasons` as stored; words are not shown.
    """
    body = [(r.get("sender", ""), place_words(r.get("place") or {}), masked_reasons(r["reasons"])) for r in rejected]
    heads = [say("Sender"), say("Place"), say("Why it cannot be used")]
    return _page(run, say("Needs collected"), outcome, [_section(say("Returned for correction"), heads, body)], paths)


def review_artifact(outcome: Outcome, lines: Sequence[Sequence[Any]], paths: Sequence[str]) -> str:
    """What waits for an answer: number, community, words that name nobody, reasons, proposal."""
    heads = [say("No."), say("Community"), say("Words as sent"), say("Why it cannot be used"), say("Proposal")]
    return _page(
        outcome.run, say("Unclear lines"), outcome, [_section(say("Waiting for an answer"), heads, lines)], paths
    )


def allocation_artifact(run: Run, outcome: Outcome, paths: Sequence[str] = ()) -> str:
    """What was allocated, and per item what is short and why."""
    cycle = date.fromisoformat(str(outcome.summary["cycle"]))
    short = _short_items(run, cycle, outcome.revision)
    heads = [say("Item"), say("Households"), say("Missing"), say("Reason")]
    return _page(run, say("Supplies allocated"), outcome, [_section(say("Short"), heads, short)], paths)


def _short_items(run: Run, cycle: date, revision: int) -> list[list[Any]]:
    version = (col(Allocation.cycle) == cycle, col(Allocation.revision) == revision, col(Allocation.short_base) > 0)
    with reading() as session:
        lines, register = (
            rows(session, Allocation, col(Allocation.plan_id) == run.plan_id, *version),
            Register(session, run.plan_id),
        )
        found: dict[str, list[Allocation]] = {}
        for line in lines:
            found.setdefault(line.item_id, []).append(line)
        return [_short_item(register, item_id, found[item_id]) for item_id in sorted(found)]


def _reason_of(line: Allocation) -> Mapping[str, Any]:
    told = line.why.get("reason")
    return told if isinstance(told, dict) else {"code": line.reason}


def _short_item(register: Register, item_id: str, lines: Sequence[Allocation]) -> list[Any]:
    words = dict.fromkeys(masked_reasons([_reason_of(x)]) for x in lines)
    missing = register.quantity(item_id, sum(x.short_base for x in lines))
    return [register.items[item_id].name, len({x.household_id for x in lines}), missing, "\n".join(words)]


def delivery_artifact(run: Run, outcome: Outcome, paths: Sequence[str] = ()) -> str:
    """What went out, and what was allocated and did not go out."""
    with reading() as session:
        register = Register(session, run.plan_id)
        body = [
            (
                register.items[x.item_id].name,
                store_label(run.plan, x.store_id),
                register.quantity(x.item_id, x.qty_base),
                x.reason,
            )
            for x in rows(session, Undelivered, col(Undelivered.plan_id) == run.plan_id)
        ]
    heads = [say("Item"), say("Store"), say("Missing"), say("Reason")]
    return _page(run, say("Goods delivered"), outcome, [_section(say("Not delivered"), heads, body)], paths)


def stock_artifact(run: Run, outcome: Outcome, paths: Sequence[str] = ()) -> str:
    """The red list of the day, the most urgent first."""
    day = (col(CoverLine.business_date) == run.business_date, col(CoverLine.revision) == outcome.revision)
    with reading() as session:
        lines, register = (
            rows(session, CoverLine, col(CoverLine.plan_id) == run.plan_id, *day),
            Register(session, run.plan_id),
        )
        body = [_red(run.plan, register, x) for x in red_lines(lines)]
    heads = [say("Store"), say("Category"), say("Item"), say("State"), say("Days of cover"), say("Runs out on")]
    return _page(run, say("Stock checked"), outcome, [_section(say("Stock warning list"), heads, body)], paths)


def _red(plan: Plan, register: Register, line: CoverLine) -> list[Any]:
    category = plan.categories[line.category].name if line.category in plan.categories else line.category
    item = register.items[line.item_id].name if line.item_id else say("(whole category)")
    days = "" if line.cover_days is None else f"{line.cover_days:.1f} / {line.min_cover_days:g}"
    return [store_label(plan, line.store_id), category, item, word(LEVELS, line.level), days, line.runs_out_on]


def purchase_artifact(run: Run, outcome: Outcome, paths: Sequence[str] = ()) -> str:
    """The proposal of the day, line by line, with how each is reckoned."""
    with reading() as session:
        register = Register(session, run.plan_id)
        lines = proposal_lines(session, run.plan, run.business_date, outcome.revision)
        body = [
            [
                store_label(run.plan, x.store_id),
                register.items[x.item_id].name,
                x.proposed_packs,
                yuan(x.proposed_packs * x.pack_price_fen),
                x.cut_packs or "",
                formula(register, x),
            ]
            for x in lines
        ]
    heads = [say("For"), say("Item"), say("Packs"), say("Amount (yuan)"), say("Cut packs"), say("How it is reckoned")]
    return _page(run, say("Purchase proposal"), outcome, [_section(say("To buy"), heads, body)], paths)


def report_artifact(run: Run, outcome: Outcome, message: str, paths: Sequence[str] = ()) -> str:
    """The report's message and what the one who received it answered."""
    mine = (col(Receipt.plan_id) == run.plan_id, col(Receipt.business_date) == run.business_date)
    with reading() as session:
        body = [
            (x.revision, x.status_code, x.received_at.astimezone(run.plan.zone).strftime("%m-%d %H:%M"))
            for x in rows(session, Receipt, *mine)
        ]
    quoted = "\n".join(f"> {_cell(line)}" for line in message.split("\n"))
    heads = [say("Revision"), say("Answer"), say("Received at")]
    return _page(
        run, say("Daily report of the market"), outcome, [quoted, _section(say("Receipts"), heads, body)], paths
    )


def catalog_artifact(run: Run, outcome: Outcome, paths: Sequence[str] = ()) -> str:
    """What moved on the list against the one before, and the prices that wait for a word."""
    plan, day = run.plan, run.business_date
    with reading() as session:
        lines = list_of(session, plan.id, day, outcome.revision)
        moved = changes(lines, list_before(session, plan.id, day))
        asked = questions(session, plan.id, col(PriceQuestion.business_date) == day)
    listed = [
        [word(MOVED, x["kind"]), *_priced(plan, x["store_id"], x["item_id"], x["before_fen"], x["price_fen"])]
        for x in moved.sort("kind", maintain_order=True).iter_rows(named=True)
    ]
    waiting = [
        [*_priced(plan, q.store_id, q.item_id, q.before_fen, q.price_fen), word(QUESTION, q.state)] for q in asked
    ]
    heads = [say("Store"), say("Item"), say("Was (yuan)"), say("Price (yuan)")]
    parts = [
        _section(say("Prices asked back"), [*heads, say("State")], waiting),
        _section(say("Against the list before"), [say("Change"), *heads], listed),
    ]
    return _page(run, say("Goods on sale"), outcome, parts, paths)


def _priced(plan: Plan, store_id: str, item_id: str, before: int | None, now: int | None) -> list[str]:
    item = plan.items[item_id].name if item_id in plan.items else item_id
    return [store_label(plan, store_id), item, *("" if fen is None else yuan(fen) for fen in (before, now))]


def text_artifact(run: Run, title: str, outcome: Outcome, lines: Sequence[str] = (), paths: Sequence[str] = ()) -> str:
    """Any other run: its summary, some lines of text, its documents."""
    return _page(run, title, outcome, ["\n".join(f"- {_cell(line)}" for line in lines)], paths)
