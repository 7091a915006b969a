"""The small plan at work: files put into its inbox, its real flows run at a moment, its books read.

    town.put("needs", "示例家园.txt", "1. 3-2-501 大米2袋"); town.run("collect_needs", "16:05")

Days are days of April 2022; the plan starts on Thursday 21st.
"""

import io
import os
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import sqlalchemy as sa
from sqlmodel import col

from schemas.tables import RejectedLine
from schemas.words import Decision, Process
from tasks.approval import Answer, record_approval
from tasks.arrivals import Inspection, inspect_batch
from tasks.database import engine, reading, transaction
from tasks.handover import Confirmation, confirm
from tasks.invariants import broken
from tasks.purchase import of_purchase_day
from tasks.review import Recorded, record_answers
from tasks.runs import Run, of_cycle, working
from tests.factories.plan_folder import plan_sheets

ZONE = ZoneInfo("Asia/Shanghai")
STOCK_HEAD = "商品,库存,单位,售价,销量\n"
ARRIVAL_HEAD = "采购单号,商品,数量,单位,进价,供货商,生产日期,检验人,检验结论\n"


def on(day: int) -> date:
    """A day of April 2022."""
    return date(2022, 4, day)


def at(clock: str, day: int = 21) -> datetime:
    """A moment of April 2022 in the plan's zone."""
    return datetime.fromisoformat(f"{on(day)}T{clock}").replace(tzinfo=ZONE)


def stocked(**units: int) -> list[dict[str, str]]:
    """The stock sheet with these sale units of an item on the shelf of every store that has it."""
    rows = plan_sheets()["stock"]
    return [row | {"qty_units": str(units.get(row["item_id"], row["qty_units"]))} for row in rows]


def workbook(*rows: list[Any], merge: str = "") -> bytes:
    """An XLSX file with one sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass(frozen=True)
class Town:
    """A plan in force, with its inbox and its database."""

    plan_id: str
    data: Path

    def put(self, kind: str, name: str, body: str | bytes, day: int = 21, age: float = 60) -> Path:
        """A file in the inbox, at rest for `age` seconds."""
        path = self.data / "inbox" / self.plan_id / kind / on(day).isoformat() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body.encode() if isinstance(body, str) else body)
        os.utime(path, (time.time() - age, time.time() - age))
        return path

    def run(self, flow: str, clock: str, day: int = 21, of: int | None = None, **given: Any) -> dict[str, Any]:
        """The flow's summary; `of`: the business date where it is not that of the moment."""
        function: Callable[..., dict[str, Any]] = getattr(import_module(f"flows.{flow}"), flow).fn
        if flow == "watch_duties":
            return function(plans=[self.plan_id], now=at(clock, day), **given)[self.plan_id]  # type: ignore[no-any-return]
        return function(plan=self.plan_id, business_date=on(of or day), now=at(clock, day), **given)

    def needs(self, chain: str, name: str = "示例家园.txt", day: int = 21, clock: str = "16:05") -> dict[str, Any]:
        """A chain of the sealed estate (or of whom the file is named after), collected."""
        self.put("needs", name, chain, day)
        return self.run("collect_needs", clock, day)

    def stock(self, name: str, *lines: str, day: int = 21, clock: str = "13:30") -> dict[str, Any]:
        """A store's report of its stock, checked."""
        self.put("stock", name, STOCK_HEAD + "".join(f"{line}\n" for line in lines), day)
        return self.run("check_stock", clock, day)

    @contextmanager
    def work(self, process: Process, clock: str, day: int) -> Any:
        """The lease that a hand holds while it works."""
        run = of_purchase_day(Run(self.plan_id, process, on(day), at(clock, day)))
        with working(run) as work:
            yield work

    def approve(self, decision: Decision = Decision.APPROVE, clock: str = "14:00", day: int = 21, **said: str) -> Any:
        """Answer the day's proposal as somebody who may."""
        with self.work(Process.PURCHASE_SUPPLIES, clock, day) as work:
            return record_approval(work, Answer(decision, said.pop("by", "supply_1"), "command", **said))

    def answer(self, text: str, by: str = "supply_1", clock: str = "15:30", day: int = 21) -> Recorded:
        """Answer the cycle's unclear lines by command."""
        with working(of_cycle(Run(self.plan_id, Process.COLLECT_NEEDS, on(day), at(clock, day)))) as work:
            return record_answers(work, text, by, "command")

    def inspect(self, batch: str, by: str = "market_1", failed: str = "", clock: str = "17:00", day: int = 22) -> bool:
        """Release a batch, or hold it."""
        with working(Run(self.plan_id, Process.RECEIVE_GOODS, on(day), at(clock, day))) as work:
            return inspect_batch(work, batch, Inspection(by, not failed, failed))

    def confirm(self, *households: str, by: str = "staff_sealed", undelivered: str = "", day: int = 22) -> int:
        """Somebody named says that parcels arrived, or why not."""
        with working(Run(self.plan_id, Process.DELIVER_ORDERS, on(day), at("10:00", day))) as work:
            return confirm(work, households, Confirmation(by, not undelivered, undelivered))

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a query in SQL finds; `:plan` is the plan's id."""
        with reading() as session:
            return [tuple(row) for row in session.execute(sa.text(query), {"plan": self.plan_id, **values})]

    def execute(self, *statements: str) -> None:
        """Change the database behind the code's back."""
        with transaction() as session:
            for statement in statements:
                session.execute(sa.text(statement))

    def bodies(self, stage: str, officer: str = "%") -> list[str]:
        """What notices of a stage say, in the order of their keys."""
        query = "SELECT body FROM notice WHERE plan_id = :plan AND stage = :s AND officer_id LIKE :o ORDER BY notice_id"
        return [row[0] for row in self.rows(query, s=stage, o=officer)]

    def told(self, stage: str) -> list[str]:
        """Officers that have a notice of a stage, sorted."""
        query = "SELECT DISTINCT officer_id FROM notice WHERE plan_id = :plan AND stage = :s ORDER BY officer_id"
        return [row[0] for row in self.rows(query, s=stage)]

    def reasons(self) -> list[tuple[str, list[str]]]:
        """(words, codes of the reasons) of every rejected line."""
        query = sa.select(RejectedLine).where(col(RejectedLine.plan_id) == self.plan_id)
        with reading() as session:
            found = session.execute(query.order_by(col(RejectedLine.words), col(RejectedLine.line_no))).scalars()
            return [(line.words, [str(reason["code"]) for reason in line.reasons]) for line in found]

    def broken(self) -> dict[str, list[str]]:
        """Invariants that do not hold, with the rows that break them."""
        with reading() as session:
            return {name: rows for name, rows in broken(session, self.plan_id).items() if rows}

    def documents(self, pattern: str) -> list[Path]:
        """Documents of the plan by a pattern of their names."""
        return sorted((self.data / "documents" / self.plan_id).rglob(pattern))

    @property
    def engine(self) -> sa.Engine:
        """The database in force."""
        return engine()
