"""Documents read back as people see them, tables by their headers, and the rows that they must agree with."""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

import openpyxl
import pymupdf
import sqlalchemy as sa
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from schemas.plan import Plan
from tasks.documents import Made
from tasks.documents.delivery import day_sheets, delivery_path

Row = TypeVar("Row", bound=SQLModel)


@dataclass
class ReadTable:
    """A table of a sheet: header -> value of each row, in order, and of its total."""

    caption: str
    columns: dict[int, str] = field(repr=False)
    rows: list[dict[str, Any]] = field(default_factory=list)
    total: dict[str, Any] = field(default_factory=dict)

    def column(self, title: str) -> list[Any]:
        """A column's values."""
        return [row[title] for row in self.rows]

    def fen(self, title: str) -> int:
        """The sum of a column of money, in fen."""
        return sum(map(fen, self.column(title)))


def community_sheet(session: Session, plan: Plan, deliver_on: date, revision: int, community_id: str) -> Made:
    """The workbook of the place that a community belongs to, out of those of its day."""
    path = delivery_path(plan, deliver_on, revision, community_id)
    return next(made for made in day_sheets(session, plan, deliver_on, revision) if made.path == path)


def fen(yuan: float | None) -> int:
    """Fen of what a cell shows in yuan."""
    return int((Decimal(str(yuan or 0)) * 100).to_integral_exact())


def pages(made: Made) -> dict[str, Worksheet]:
    """The sheets of a workbook by name; to be looked at, not changed."""
    return _pages(made.content)


@lru_cache(maxsize=128)
def _pages(content: bytes) -> dict[str, Worksheet]:
    return {page.title: page for page in openpyxl.load_workbook(io.BytesIO(content)).worksheets}


def cells(made: Made) -> Iterator[Cell]:
    """Every cell of every sheet that holds something."""
    for page in pages(made).values():
        for row in page.iter_rows():
            yield from (cell for cell in row if isinstance(cell, Cell) and cell.value is not None)


def text(made: Made) -> str:
    """All that stands on the sheets, a line for each cell; or the text itself, where it is no workbook."""
    if made.path.endswith(".pdf"):
        with pymupdf.open(stream=made.content, filetype="pdf") as pages_of:
            return "\n".join(page.get_text() for page in pages_of)
    if not made.path.endswith(".xlsx"):
        return made.content.decode()
    return "\n".join(str(cell.value) for cell in cells(made))


def tables(made: Made, sheet: str) -> list[ReadTable]:
    """The tables of a sheet: told apart by the style of their headers, as a reader's eye does."""
    return tables_of(made.content, sheet)


def tables_of(content: bytes, sheet: str) -> list[ReadTable]:
    """`tables` of a workbook's bytes."""
    found: list[ReadTable] = []
    caption, inside = "", False
    for row in _pages(content)[sheet].iter_rows():
        style = row[0].style
        if style == "head":
            found.append(ReadTable(caption, _titles(row)))
            inside = True
        elif style in ("title", "subtitle", "note", "caption", "Normal"):
            inside, caption = False, str(row[0].value) if style == "caption" else ""
        elif inside:
            values = {title: row[n].value for n, title in found[-1].columns.items()}
            if style.endswith(" total"):
                found[-1].total = values
            else:
                found[-1].rows.append(values)
    return found


def _titles(row: Sequence[Any]) -> dict[int, str]:
    """Headers by their place; one that stands there more than once is told by its neighbour: `库存·增减`."""
    titles = {n: str(cell.value) for n, cell in enumerate(row) if cell.value is not None}
    often = Counter(titles.values())
    return {n: title if often[title] == 1 else f"{titles[n - 1]}·{title}" for n, title in titles.items()}


def stored(session: Session, model: type[Row], plan: Plan, **known: Any) -> list[Row]:
    """A plan's rows of a table, in any order: what a document must agree with."""
    found = session.execute(sa.select(model).filter_by(**{"plan_id": plan.id} | known)).scalars()
    return list(found)
