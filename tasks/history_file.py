"""A file of histories (`unique_id, ds, y`; CSV or Parquet), read for a forecast: every fault is told with its row.

One row is what was wanted of one thing on one day. A day without a row, or with an empty `y`, is unknown; it is a day
without demand only where that is said. A column `stockout` may mark days on which the shelf was empty. Other columns
are left alone. Each history ends on its own last day.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from schemas.text import N_
from tasks.intake.limits import Unreadable
from tasks.intake.readers import decode
from tasks.words import reason_text, say

COLUMNS = ("unique_id", "ds", "y")
STOCKOUT = "stockout"
ROW = "\x00row"  # no column of a file is called so
PARQUET = b"PAR1"
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
MIDNIGHT = r"[T ]00:00(:00(\.0+)?)?(Z|\+00:00)?$"
YES, NO = ("1", "true", "yes", "是"), ("", "0", "false", "no", "否")
TOLD = 20
SEPARATORS = ",\t;"


class HistoryFaults(ValueError):
    """What is wrong with a file, in the reader's language, a line each."""

    def __init__(self, told: list[str]) -> None:
        more = len(told) - TOLD
        self.told = told[:TOLD] + ([say(N_("… and {count} more"), count=more)] if more > 0 else [])
        super().__init__("\n".join(self.told))


@dataclass(frozen=True)
class Histories:
    """`ids` in the order of the file; `days`: line (place in `ids`), ds, y (null: unknown), censored."""

    ids: list[str | int]
    days: pl.DataFrame


def read_histories(path: Path) -> Histories:
    """The histories of a file.

    Raises:
        HistoryFaults: it cannot be read, or something in it cannot be used.
    """
    table = _table(path)
    _columns_there(path.name, table)
    rows = table if ROW in table.columns else table.with_row_index(ROW, offset=2)
    read = _read(rows.filter(~pl.all_horizontal(pl.col(COLUMNS).is_null())))
    told = list(_faults(path.name, read))
    if told:
        raise HistoryFaults(told)
    if read.is_empty():
        raise _fault(N_("{name}: there is no row below the first; nothing can be forecast"), name=path.name)
    ids = read["id"].unique(maintain_order=True)
    lines = pl.DataFrame({"id": ids, "line": range(len(ids))}, schema_overrides={"line": pl.Int64})
    days = read.join(lines, on="id", maintain_order="left").select("line", "ds", "y", "censored")
    return Histories(ids.to_list(), days)


def _fault(words: str, **args: object) -> HistoryFaults:
    return HistoryFaults([say(words, **args)])


def _columns_there(name: str, table: pl.DataFrame) -> None:
    there = [column for column in table.columns if column != ROW]
    missing = [column for column in COLUMNS if column not in there]
    if missing:
        words = N_("{name}: the columns {missing} are missing in the first row, which has {found}; wanted: {wanted}")
        lists = {"missing": missing, "found": there or ["–"], "wanted": COLUMNS}
        raise _fault(words, name=name, **{key: "、".join(columns) for key, columns in lists.items()})
    types = {column: table[column].dtype for column in there if column in (*COLUMNS, STOCKOUT)}
    odd = [column for column, kind in types.items() if kind.is_nested() or kind == pl.Binary]
    if odd:
        words = N_("{name}: the column {column} does not hold plain values; write text, days and numbers")
        raise _fault(words, name=name, column="、".join(odd))


def _table(path: Path) -> pl.DataFrame:
    """The file's columns as they are; of a text every cell is text."""
    try:
        body = path.read_bytes()
        if body.startswith(PARQUET):
            return pl.read_parquet(io.BytesIO(body))
        return _of_text(path.name, decode(body))
    except OSError as fault:
        raise _fault(N_("Cannot read {name}: {detail}"), name=path.name, detail=fault.strerror) from fault
    except Unreadable as fault:
        raise _fault(N_("{name}: {reason}"), name=path.name, reason=reason_text(fault.reason.as_json())) from fault
    except pl.exceptions.PolarsError as fault:
        raise _fault(N_("{name}: the Parquet file is damaged; write it anew"), name=path.name) from fault


def _of_text(name: str, text: str) -> pl.DataFrame:
    text = text.removeprefix("\ufeff")
    start = len(text) - len(text.lstrip())
    first, text = text.count("\n", 0, start) + 1, text[start:]
    head = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=head.count)
    columns = [column.strip() for column in next(csv.reader([head], delimiter=separator))]
    twice = {column for column in columns if columns.count(column) > 1}
    if twice:
        words = N_("{name}: the column {column} stands twice in the first row; leave one of them")
        raise _fault(words, name=name, column="、".join(sorted(twice)))
    try:
        table = pl.read_csv(text.encode(), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as fault:
        raise _broken(name, text, separator, first) from fault
    return table.rename({column: column.strip() for column in table.columns}).with_row_index(ROW, offset=first + 1)


def _broken(name: str, text: str, separator: str, first: int) -> HistoryFaults:
    """Where a CSV breaks off: a row with more cells than the first, or a quotation mark that is never closed."""
    rows, width = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), 0
    words = N_("{name}: the CSV is broken near row {row}, often by an unclosed quotation mark")
    try:
        for row in rows:
            width = width or len(row)
            if len(row) > width:
                words = N_("{name}, row {row}: more cells than the first row has; write one row per thing and day")
                break
    except csv.Error:
        pass
    return _fault(words, name=name, row=rows.line_num + first - 1)


def _read(table: pl.DataFrame) -> pl.DataFrame:
    """row, id, ds, y, censored, and the cells as they stand where they could not be read (null: nothing is wrong)."""
    day, amount = table["ds"], table["y"]
    known = amount.cast(pl.String).str.strip_chars().replace("", None)
    number = (
        pl.Series("y", amount if amount.dtype.is_numeric() else known).cast(pl.Float64, strict=False).fill_nan(None)
    )
    unknown = known.is_null() | known.str.to_lowercase().is_in(["nan", "null", "none", "na"])
    marked = table[STOCKOUT] if STOCKOUT in table.columns else pl.Series(["0"]).new_from_index(0, table.height)
    mark = marked.cast(pl.String).fill_null("").str.strip_chars().str.to_lowercase()
    name = table["unique_id"]
    name = name if name.dtype.is_integer() else name.cast(pl.String).str.strip_chars().replace("", None)
    return pl.DataFrame(
        {
            "row": table[ROW],
            "id": name,
            "ds": _days(day),
            "y": number,
            "censored": mark.is_in(YES),
            "ds_said": day.cast(pl.String).fill_null(""),
            "y_said": known,
            "mark_said": mark,
            "y_bad": ~unknown & (number.is_null() | ~number.is_finite() | (amount.dtype == pl.Boolean)),
            "mark_bad": ~mark.is_in(YES + NO),
        }
    )


def _days(day: pl.Series) -> pl.Series:
    """Dates of a column; null where a cell names none, or a time within a day."""
    if day.dtype == pl.Date:
        return day
    if isinstance(day.dtype, pl.Datetime):
        whole = day.dt.date()
        return pl.select(pl.when(day.dt.time() == pl.time(0, 0)).then(whole)).to_series()
    text = day.cast(pl.String).str.strip_chars().str.replace(MIDNIGHT, "")
    # A year of two digits would be read as one of the Romans'.
    text = pl.select(pl.when(text.str.contains(r"^\d{4}")).then(text)).to_series()
    return pl.select(pl.coalesce(text.str.to_date(form, strict=False) for form in DAYS)).to_series()


def _faults(name: str, read: pl.DataFrame) -> Iterator[str]:
    """What cannot be used, in the order of the rows."""
    cells = (
        (pl.col("id").is_null(), "", N_("{name}, row {row}: unique_id is empty; write what the row is about")),
        (pl.col("ds").is_null(), "ds_said", N_("{name}, row {row}: “{words}” in ds is no day; write it as 2022-04-21")),
        (
            pl.col("y_bad"),
            "y_said",
            N_("{name}, row {row}: “{words}” in y is no amount; write a number, or leave it empty where it is unknown"),
        ),
        (
            pl.col("y") < 0,
            "y_said",
            N_("{name}, row {row}: {words} in y is below 0; write what was wanted, and take returns off elsewhere"),
        ),
        (
            pl.col("mark_bad"),
            "mark_said",
            N_("{name}, row {row}: “{words}” in stockout is neither yes nor no; write 1 or 0"),
        ),
    )
    told = [
        (row["row"], place, say(words, name=name, row=row["row"], words=str(row.get(said) or "")[:40]))
        for place, (wrong, said, words) in enumerate(cells)
        for row in read.filter(wrong).iter_rows(named=True)
    ]
    again = read.filter(pl.col("id").is_not_null() & pl.col("ds").is_not_null() & pl.struct("id", "ds").is_duplicated())
    for (key, day), rows in again.group_by(["id", "ds"], maintain_order=True):
        words = N_("{name}, rows {rows}: {key} has {day} more than once; leave one row for each day")
        shown = "、".join(map(str, rows["row"].head(5)))
        told.append((rows["row"][0], len(cells), say(words, name=name, rows=shown, key=key, day=day)))
    return (words for _, _, words in sorted(told))


def observed(found: Histories, window_days: int, since: date | None = None, zero_gaps: bool = False) -> pl.DataFrame:
    """`Observed` of the rule, counted from each history's last day; `since`: days before it are left out."""
    days = found.days.with_columns(age=(pl.col("ds").max().over("line") - pl.col("ds")).dt.total_days())
    known = days.filter((pl.col("age") < window_days) & pl.col("y").is_not_null())
    if since is not None:
        known = known.filter(pl.col("ds") >= since)
    if zero_gaps:
        every = known.group_by("line").agg(age=pl.int_range(pl.col("age").max() + 1)).explode("age")
        gaps = every.join(days.select("line", "age"), on=["line", "age"], how="anti")
        known = pl.concat([known.select("line", "age", "y", "censored"), gaps.with_columns(y=0.0, censored=False)])
    return known.select("line", "age", span=pl.lit(1, dtype=pl.Int64), qty="y", censored="censored")
