"""The desk at which lists are judged row by row, whoever sends them: stores, producers, carriers, pharmacies.

Policy. A row counts when everything it must say is plain; every reason against it is told at once, and it goes back. A
list without a row is one row that goes back: plain text, or nothing asked for. In a sheet that we gave out, goods with
nothing written beside them say nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import pandera.polars as pa
import polars as pl

from rules.intake.checking import failing_codes
from rules.intake.layouts import Row, Sheet
from rules.intake.lines import SetAside
from rules.intake.table import from_template, read_sheet
from rules.needs import as_json
from schemas.text import Text


class Submitted(Protocol):
    """What a desk asks of a submission; `sheets` None: plain text."""

    @property
    def submission_id(self) -> str:
        """Its id."""

    @property
    def sequence(self) -> int:
        """Its place among those of its kind and day."""

    @property
    def sheets(self) -> Sequence[Sheet] | None:
        """What it holds."""


S = TypeVar("S", bound=Submitted)


@dataclass
class Desk(Generic[S]):
    """Rows of one kind of list. A `Text` among the values of `read` or `head` is a reason against the row.

    `read` turns a row into the values of its model; `head` says what every row carries of its submission.
    """

    kind: str
    read: Callable[[S, Row], dict[str, Any]]
    head: Callable[[S], dict[str, Any]]
    good: list[dict[str, Any]] = field(default_factory=list)
    bad: list[dict[str, Any]] = field(default_factory=list)
    aside: list[tuple[str, SetAside]] = field(default_factory=list)

    def take(self, sources: Iterable[S]) -> None:
        """All rows of these lists, numbered from 1 in the order of each."""
        for source in sources:
            for number, row in enumerate(self._rows(source), start=1):
                self._row(source, number, row)

    def _rows(self, source: S) -> list[Row]:
        rows: list[Row] = []
        for found in (f for sheet in source.sheets or () if sheet.rows for f in self._found(sheet)):
            if isinstance(found, SetAside):
                self.aside.append((source.submission_id, found))
            else:
                rows.append(found)
        return rows or [Row({}, "", {}, {}, (Text("table_wanted" if source.sheets is None else "no_lines"),))]

    def _found(self, sheet: Sheet) -> Iterator[Row | SetAside]:
        given_out = from_template(sheet)
        for row in read_sheet(sheet, self.kind):
            begun = isinstance(row, Row) and given_out and not any(map(row.text, set(row.cells) - {"item", "unit"}))
            yield SetAside(row.place, row.words, "blank") if begun else row

    def _row(self, source: S, number: int, row: Row) -> None:
        line = {"submission_id": source.submission_id, "sequence": source.sequence, "line_no": number}
        line |= {"words": row.words, "place": as_json(row.place)}
        values, head = {} if row.faults else self.read(source, row), self.head(source)
        faults = [*row.faults, *(value for value in (*values.values(), *head.values()) if isinstance(value, Text))]
        if faults:
            self._reject(line, faults)
        else:
            self.good.append(line | head | values)

    def _reject(self, line: Mapping[str, Any], faults: Iterable[Text]) -> None:
        self.bad.append({**line, "reasons": as_json([fault.as_json() for fault in faults])})

    def refuse(self, faults: Mapping[int, Sequence[Text]]) -> None:
        """Rows of `good`, by their position, that go back after all."""
        for index, found in faults.items():
            self._reject(self.good[index], found)
        self.good = [row for index, row in enumerate(self.good) if index not in faults]

    def hold_numbers(self, schema: pa.DataFrameSchema) -> None:
        """Rows whose numbers cannot be go back, with the codes of the checks that they fail."""
        columns = {name: [row.get(name) for row in self.good] for name in schema.columns}
        failed = failing_codes(schema, pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Int64)))
        words = {index: {"words": self.good[index]["words"][:80]} for index in failed}
        self.refuse({index: [Text(code, words[index]) for code in codes] for index, codes in failed.items()})

    def returned(self) -> list[dict[str, Any]]:
        """Rows that go back, in the order of their submissions."""
        return in_order(self.bad)


def in_order(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in the order in which they came."""
    return sorted(rows, key=lambda row: (row["sequence"], row["submission_id"], row["line_no"]))
