"""A table as ODS: the few elements of the format that a sheet of values needs."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr

#: A merged range: first row, last row, first column, last column, all from 1.
Span = tuple[int, int, int, int]
MIME = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
#: Rows up to the end of the page, as spreadsheet programs write them.
_EMPTY = (
    '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/>'
    "</table:table-row>"
)
_EPOCH = (1980, 1, 1, 0, 0, 0)


def opendocument(rows: Sequence[Sequence[Any]], spans: Sequence[Span] = (), sheet: str = "表1") -> bytes:
    """One sheet; the same rows are the same bytes. A text that begins with `=` is a formula, as in a workbook."""
    starts = {(span[0], span[2]): span for span in spans}
    hidden = {at for span in spans for at in _inside(span)} - set(starts)
    body = "".join(
        f"<table:table-row>{''.join(_cell(v, (r, c), starts, hidden) for c, v in enumerate(row, 1))}</table:table-row>"
        for r, row in enumerate(rows, start=1)
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES} office:version="1.3"><office:body>'
        f"<office:spreadsheet><table:table table:name={quoteattr(sheet)}>{body}{_EMPTY}</table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"mimetype": MIME, "content.xml": content, "META-INF/manifest.xml": _MANIFEST})


def zipped(members: Mapping[str, str]) -> bytes:
    """An archive of these texts, the first one as it is: by it the kind of a document is known."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, (name, text) in enumerate(members.items()):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED if number else zipfile.ZIP_STORED, 0
            archive.writestr(info, text)
    return out.getvalue()


def _inside(span: Span) -> list[tuple[int, int]]:
    first, last, left, right = span
    return [(row, column) for row in range(first, last + 1) for column in range(left, right + 1)]


def _cell(value: Any, at: tuple[int, int], starts: Mapping[tuple[int, int], Span], hidden: set[tuple[int, int]]) -> str:
    if at in hidden:
        return "<table:covered-table-cell/>"
    wide = _spanned(starts[at]) if at in starts else ""
    if value is None or value == "":
        return f"<table:table-cell{wide}/>"
    if isinstance(value, str) and value.startswith("="):
        formula = quoteattr(f"of:{value}")
        return f'<table:table-cell{wide} table:formula={formula} office:value-type="float" office:value="3"/>'
    if isinstance(value, date):
        return f'<table:table-cell{wide} office:value-type="date" office:date-value="{value.isoformat()}"/>'
    if isinstance(value, (int, float)):
        return f'<table:table-cell{wide} office:value-type="float" office:value="{value}"/>'
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    return f'<table:table-cell{wide} office:value-type="string">{paragraphs}</table:table-cell>'


def _spanned(span: Span) -> str:
    first, last, left, right = span
    down, across = last - first + 1, right - left + 1
    return f' table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"'
