"""One table as a file of every format that people send: written by openpyxl, xlwt, csv, and as ODS by a few lines here.

    body = table_file("a.xls", [["户号", "商品"], ["h1", "土豆"]], merge="A2:A3")

ODS as LibreOffice writes it lies beside (`tests/data`); what is written here has the forms that LibreOffice avoids.
"""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlwt
from openpyxl.utils import range_boundaries

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
    bounds = range_boundaries(merge) if merge else None
    body = "".join(
        "<table:table-row>"
        + "".join(_ods_cell(value, at, column, bounds) for column, value in enumerate(row, start=1))
        + "</table:table-row>"
        for at, row in enumerate(rows, start=1)
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="{escape(sheet)}">{body}'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def zipped(members: dict[str, str]) -> bytes:
    """An archive of these texts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


def _ods_cell(value: Any, row: int, column: int, bounds: Any) -> str:
    left, top, right, bottom = bounds or (0, 0, 0, 0)
    span = ""
    if bounds and left <= column <= right and top <= row <= bottom:
        if (row, column) != (top, left):
            return "<table:covered-table-cell/>"
        down, across = bottom - top + 1, right - left + 1
        span = f' table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"'
    if value is None or value == "":
        return f"<table:table-cell{span}/>"
    if isinstance(value, str) and value.startswith("="):
        return f'<table:table-cell table:formula="of:{escape(value)}" office:value-type="float" office:value="3"/>'
    if isinstance(value, date):
        return f'<table:table-cell{span} office:value-type="date" office:date-value="{value.isoformat()}"/>'
    if isinstance(value, (int, float)):
        return f'<table:table-cell{span} office:value-type="float" office:value="{value}"/>'
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    return f'<table:table-cell{span} office:value-type="string">{paragraphs}</table:table-cell>'
