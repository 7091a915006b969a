"""One table as a file of every format that people send: written by openpyxl, xlwt, csv, and as ODS as the demo does.

    body = table_file("a.xls", [["户号", "商品"], ["h1", "土豆"]], merge="A2:A3")

ODS as LibreOffice writes it lies beside (`tests/data`); what is written here has the forms that LibreOffice avoids.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import openpyxl
import xlwt
from openpyxl.utils import range_boundaries

from deployments.demo.opendocument import opendocument

Rows = Sequence[Sequence[Any]]

#: A file's name -> the encoding and the delimiter that it stands for.
DELIMITED = {
    "utf8.csv": ("utf-8", ","),
    "bom.csv": ("utf-8-sig", ","),
    "gb.csv": ("gb18030", ","),
    "utf16.csv": ("utf-16", "\t"),
    "tabs.tsv": ("utf-8", "\t"),
    "semicolons.csv": ("gb18030", ";"),
}
#: One name for every format.
NAMES = ("a.xlsx", "a.xls", "a.ods", *DELIMITED)


def table_file(name: str, rows: Rows, merge: str = "", sheet: str = "表1") -> bytes:
    """The bytes of a file whose format follows from its name; `merge` is told by workbooks only."""
    if name in DELIMITED:
        return _delimited(rows, *DELIMITED[name])
    return {"xlsx": _xlsx, "xls": _xls, "ods": _ods}[name.rsplit(".", 1)[1]](rows, merge, sheet)


def _delimited(rows: Rows, encoding: str, delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([["" if v is None else v for v in row] for row in rows])
    return out.getvalue().encode(encoding)


def _xlsx(rows: Rows, merge: str, sheet: str) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    if merge:
        book.active.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xls(rows: Rows, merge: str, sheet: str) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet)
    dated = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    left, top, right, bottom = range_boundaries(merge) if merge else (0, 0, 0, 0)
    for at, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is None or (
                merge and left <= column <= right and top <= at <= bottom and (at, column) != (top, left)
            ):
                continue
            if isinstance(value, str) and value.startswith("="):
                page.write(at - 1, column - 1, xlwt.Formula(value[1:]))
            else:
                style = [dated] if isinstance(value, date) else []
                page.write(at - 1, column - 1, value, *style)
    if merge:
        page.merge(top - 1, bottom - 1, left - 1, right - 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _ods(rows: Rows, merge: str, sheet: str) -> bytes:
    left, top, right, bottom = range_boundaries(merge) if merge else (0, 0, 0, 0)
    return opendocument(rows, [(top, bottom, left, right)] if merge else [], sheet)
