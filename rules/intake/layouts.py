"""What a sheet is made of: cells as written, rows, and what a row says by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rules.intake.quantities import fold
from schemas.text import Text

#: The days that the serial number 0 stands for: in nearly every workbook, and in those begun on an old Macintosh.
EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
#: The sheet of our own order form that holds the goods to choose from: nobody asks for anything on it.
GOODS_SHEET = "可售物品"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as written, and what the file says it is."""

    text: str
    kind: str = "text"  # text, number, date, formula, error


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows that hold something: row number (from 1) -> column (from 0) -> cell; merged ranges down a column."""

    name: str
    rows: Mapping[int, Mapping[int, Cell]]
    merged: Sequence[tuple[int, int, int, int]] = ()  # first row, last row, first column, last column
    day_zero: date = EPOCH


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table by field. `units`: what the header says in brackets, by field."""

    place: dict[str, object]
    words: str
    cells: dict[str, Cell]
    units: dict[str, str] = field(default_factory=dict)
    faults: tuple[Text, ...] = ()
    at: Mapping[str, str] = field(default_factory=dict)  # field -> the name of its cell

    def text(self, name: str) -> str:
        """The folded text of a field, empty where there is none."""
        cell = self.cells.get(name)
        return fold(cell.text).strip() if cell else ""
