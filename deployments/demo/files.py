"""Files as people save them: CSV of either encoding, a workbook or ODS with a title row and merged cells."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import openpyxl

from deployments.demo.opendocument import Span, opendocument
from tasks.documents.workbook import saved

Cell = str | int | float
#: How Excel in China saves a CSV, and how everything else does.
GB18030, UTF8_BOM = "gb18030", "utf-8-sig"


@dataclass(frozen=True)
class Letter:
    """A file, and when it arrives on its day."""

    name: str
    at: time
    body: bytes


def letter(sender: str, at: time, ending: str, body: bytes) -> Letter:
    """A letter with its hour in its name, as people often write it: `前刘庄_1530.txt`."""
    return Letter(f"{sender}_{at:%H%M}.{ending}", at, body)


def sender_of(sent: Letter) -> str:
    """Whose letter it is, by its name."""
    return sent.name.partition("_")[0]


@dataclass(frozen=True)
class Grid:
    """A sheet: a title above the header, the rows, a total below; a run of equal first cells may be merged."""

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    total: Sequence[Cell] = ()
    merge_first: bool = False

    def lines(self) -> list[Sequence[Cell]]:
        """Everything from top to bottom."""
        return [*([[self.title]] if self.title else []), self.header, *self.rows, *([self.total] if self.total else [])]

    def spans(self) -> list[Span]:
        """What is merged: the title over all columns, and runs of equal first cells."""
        top = 1 + bool(self.title)
        title: list[Span] = [(1, 1, 1, len(self.header))] if self.title else []
        runs = _runs([row[0] for row in self.rows]) if self.merge_first else []
        return [*title, *((top + first, top + last, 1, 1) for first, last in runs)]


def as_csv(grid: Grid, encoding: str) -> bytes:
    """The grid as a CSV file of an encoding."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(grid.lines())
    return text.getvalue().encode(encoding)


def as_workbook(grid: Grid, day: date) -> bytes:
    """The grid as XLSX; the same grid and day are the same bytes."""
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = datetime.combine(day, time())
    page = book.active
    assert page is not None  # noqa: S101 - a new workbook has a sheet
    for line in grid.lines():
        page.append(list(line))
    for first, last, left, right in grid.spans():
        page.merge_cells(start_row=first, end_row=last, start_column=left, end_column=right)
    return saved(book)


def as_opendocument(grid: Grid) -> bytes:
    """The grid as ODS, as LibreOffice and WPS save it."""
    return opendocument(grid.lines(), grid.spans())


def _runs(values: Sequence[Cell]) -> list[tuple[int, int]]:
    """First and last position (from 1) of each run of two or more equal values."""
    runs, start = [], 0
    for at in range(1, len(values) + 1):
        if at == len(values) or values[at] != values[start]:
            if at - start > 1:
                runs.append((start + 1, at))
            start = at
    return runs
