"""Bytes and a name -> text or sheets, or the reason why they cannot be read. Nothing is run, repaired or guessed.

Guards come before the parsers: size, emptiness, what the content really is, and for XLSX what it unpacks to. Formulas
are never computed: the cell says that it is one. An unknown encoding is refused; a text whose bytes read both as
UTF-8 and as GB18030, with no Chinese character in the one reading, too.
"""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath

from rules.intake.layouts import Cell, Sheet
from schemas.text import Text
from tasks.intake.limits import MAX_COLUMNS, MAX_ROWS, Unreadable
from tasks.intake.workbook import read_workbook

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
#: Bytes that no text holds, in UTF-8 and GB18030 alike (neither uses them inside a character).
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_DELIMITERS = (",", "\t", ";")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = b"PK\x03\x04"
FORMATS = (".txt", ".csv", ".xlsx")
#: Characters from here on take three bytes or more in UTF-8.
_THREE_BYTES = 0x800
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Read:
    """What a file held: a text, or sheets, or the reason why neither."""

    text: str | None = None
    sheets: tuple[Sheet, ...] | None = None
    reason: Text | None = None


def read(body: bytes, name: str, limit_mb: int) -> Read:
    """Read a file by the ending of its name; every failure is a `reason`, never an exception."""
    ending = PurePosixPath(name).suffix.lower()
    try:
        _guard(body, ending, limit_mb)
        if ending == ".xlsx":
            return Read(sheets=read_workbook(body))
        text = decode(body)
        return Read(text=text) if ending == ".txt" else Read(sheets=(_sheet(text),))
    except Unreadable as refused:
        return Read(reason=refused.reason)


def too_large(limit_mb: int) -> Text:
    """The reason for a file beyond the plan's limit, which is never opened."""
    return Text("file_too_large", {"limit": limit_mb})


def _guard(body: bytes, ending: str, limit_mb: int) -> None:
    if len(body) > limit_mb * _MEGABYTE:
        raise Unreadable(too_large(limit_mb))
    if not body.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Unreadable(Text("file_empty"))
    if body.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in body
        raise Unreadable(Text("file_encrypted" if locked else "file_old_excel"))
    if ending not in FORMATS:
        raise Unreadable(Text("file_format", {"ending": ending or "?"}))
    if body.startswith(_ZIP) != (ending == ".xlsx"):
        raise Unreadable(Text("file_ending_wrong", {"ending": ending}))


def decode(body: bytes) -> str:
    """Text of UTF-8 (with BOM or not), UTF-16 with BOM, or GB18030; raises `Unreadable`."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _sound(_strict(body, encoding))
    if _CONTROL.search(body):
        raise Unreadable(Text("file_binary"))
    utf8, chinese = _strict(body, "utf-8"), _strict(body, "gb18030")
    if utf8 is None or chinese is None or utf8.isascii():
        return _sound(utf8 if utf8 is not None else chinese)
    # Two-byte UTF-8 (é, ·, ×) looks like GB18030; only a character of three bytes shows which of the two it is.
    if all(ord(c) < _THREE_BYTES for c in utf8):
        raise Unreadable(Text("encoding_unclear"))
    return _sound(utf8)


def _strict(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return None


def _sound(text: str | None) -> str:
    """Refuse what decodes by chance: control characters, code points that mean nothing."""
    if text is None:
        raise Unreadable(Text("encoding_unknown"))
    for character in set(text):
        kind = unicodedata.category(character)
        if kind in ("Cn", "Co", "Cs") or (kind == "Cc" and character not in "\t\n\r\f\v\x85"):
            raise Unreadable(Text("file_binary"))
    if not text.strip("\ufeff \t\r\n\u3000"):
        raise Unreadable(Text("file_empty"))
    return text


def _rows(text: str, delimiter: str) -> list[list[str]]:
    # Strict: an unclosed quotation mark would swallow all rows behind it without a word.
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    # One more than may be: a file of line breaks alone would fill the memory with empty rows before it is refused.
    return list(islice(rows, MAX_ROWS + 1))


def _delimiter(text: str) -> str:
    """The one that cuts most of the first twenty lines into the same number of columns, more than one."""
    head = list(islice((line for line in io.StringIO(text) if line.strip()), 20))

    def score(delimiter: str) -> tuple[int, int]:
        widths = [line.count(delimiter) for line in head if delimiter in line]
        return (max((widths.count(w) for w in widths), default=0), -_DELIMITERS.index(delimiter))

    return max(_DELIMITERS, key=score)


def _sheet(text: str) -> Sheet:
    try:
        rows = _rows(text, _delimiter(text))
    except csv.Error as broken:
        raise Unreadable(Text("csv_broken", {"detail": str(broken)})) from broken
    if len(rows) > MAX_ROWS or max((len(row) for row in rows), default=0) > MAX_COLUMNS:
        raise Unreadable(Text("table_too_big", {"rows": MAX_ROWS, "columns": MAX_COLUMNS}))
    cells = {n: {c: _cell(v) for c, v in enumerate(row) if v.strip()} for n, row in enumerate(rows, start=1)}
    return Sheet("", {number: row for number, row in cells.items() if row})


def _cell(text: str) -> Cell:
    return Cell(text, "formula" if text.lstrip().startswith("=") else "text")
