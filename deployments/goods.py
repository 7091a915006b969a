"""What a person does with goods from the command line."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from deployments.by_hand import acted, run_at
from schemas.words import Process


def type_arrival(plan: str, on: date | None, text: str, said: tuple[str, str, str], now: datetime | None) -> int:
    """Book what somebody types of an arrival; `said`: the order, who says so, where it came from."""
    from tasks.arrivals import book_arrivals, take_arrivals
    from tasks.notices.dispatch import send_notices
    from tasks.runs import working
    from tasks.typed_arrivals import TypedArrival, store_typed, understood

    def act() -> Mapping[str, Any]:
        run = run_at(plan, Process.RECEIVE_GOODS, on, now)
        order, by, supplier = said
        with working(run) as work:
            paper = store_typed(work, TypedArrival(text, order, by, supplier))
            book_arrivals(work, take_arrivals(work))
        send_notices(run)
        return understood(run, paper)

    return acted(act)


def answer_surplus(plan: str, batch: str, by: str, refuse: bool, reason: str, now: datetime | None) -> int:
    """The buyer's word on what came beyond an order."""
    from tasks.runs import working
    from tasks.surplus import answer_surplus as record

    def act() -> Mapping[str, Any]:
        with working(run_at(plan, Process.RECEIVE_GOODS, None, now)) as work:
            return record(work, batch, by, not refuse, reason)

    return acted(act)


def list_waiting(plan: str, now: datetime | None, as_json: bool) -> int:
    """Batches that wait for an inspector."""
    from tasks.inspection_list import list_words, waiting_now

    def act() -> list[dict[str, Any]] | str:
        rows = waiting_now(run_at(plan, Process.RECEIVE_GOODS, None, now))
        return rows if as_json else list_words(rows)

    return acted(act)


def inspect_goods(plan: str, batch: str, by: str, failed: str, overpriced: str, now: datetime | None) -> int:
    """Release a batch, or hold it with a reason."""
    from tasks.inspection import Inspection, inspect_batch
    from tasks.notices.dispatch import send_notices
    from tasks.runs import working

    def act() -> Mapping[str, Any]:
        reason = "；".join(filter(None, (failed, overpriced)))
        said = Inspection(by, not reason, reason, price=bool(overpriced) and not failed)
        run = run_at(plan, Process.RECEIVE_GOODS, None, now)
        with working(run) as work:
            changed = inspect_batch(work, batch, said)
        send_notices(run)
        return {"batch": batch, "changed": changed}

    return acted(act)


def permit_goods(plan: str, batch: str, by: str, reason: str, now: datetime | None) -> int:
    """Release a batch without a check, in a leader's word."""
    from tasks.release import permit_batch
    from tasks.runs import working

    def act() -> Mapping[str, Any]:
        with working(run_at(plan, Process.RECEIVE_GOODS, None, now)) as work:
            return permit_batch(work, batch, by, reason)

    return acted(act)


def recall_goods(plan: str, batch: str, by: str, reason: str, now: datetime | None, as_json: bool) -> int:
    """Call a batch back, and tell whom it went to."""
    from tasks.notices.dispatch import send_notices
    from tasks.recall import recall_batch, recall_text
    from tasks.runs import working

    def act() -> Mapping[str, Any] | str:
        run = run_at(plan, Process.RECEIVE_GOODS, None, now)
        with working(run) as work:
            told = recall_batch(work, batch, by, reason)
        send_notices(run)  # at once: what is on the table cannot wait for the next watch
        return told if as_json else recall_text(told)

    return acted(act)


def show_stock(plan: str, at: datetime | None, store: str, as_json: bool) -> int:
    """What lay in the stores at a moment."""
    from tasks.stock_at import open_books, stock_at, stock_text

    def act() -> Mapping[str, Any] | str:
        run = run_at(plan, Process.CHECK_STOCK, None, at)
        open_books(run.plan, run_at(plan, Process.CHECK_STOCK, None, None).now)
        rows = stock_at(run.plan, run.now, store)
        return {"plan": plan, "at": run.now, "lines": rows} if as_json else stock_text(run.plan, run.now, rows)

    return acted(act)


def show_moves(plan: str, batch: str, at: datetime | None) -> int:
    """Every move of a batch up to a moment."""
    from tasks.stock_at import moves_of

    def act() -> list[dict[str, Any]]:
        run = run_at(plan, Process.CHECK_STOCK, None, at)
        return moves_of(run.plan, batch, run.now)

    return acted(act)


def correct_stock(plan: str, move: str, by: str, reason: str, right: str, now: datetime | None) -> int:
    """Take back a move of the ledger."""
    from tasks.corrections import Correction, correct_move
    from tasks.runs import working

    def act() -> Mapping[str, Any]:
        with working(run_at(plan, Process.CHECK_STOCK, None, now)) as work:
            return correct_move(work, Correction(move, by, reason, right))

    return acted(act)
