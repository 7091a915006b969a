"""Workbooks that are archives (XLSX, ODS): what they are and what they unpack to, before they are opened."""

import io
import lzma
import zipfile
import zlib

from schemas.text import Text
from tasks.intake.limits import MAX_ELEMENTS, MAX_RATIO, RATIO_FROM, UNPACKED_MB, Unreadable, broken_workbook, too_big

_CHUNK = 1024 * 1024


def guard_archive(body: bytes, ending: str, must_have: str) -> None:
    """Refuse what is no archive, another kind of document, locked, or unpacks to far more than it should.

    `must_have`: the member by which the kind of document is known.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            _guard_members(archive, len(body), ending, must_have)
    # Members of another's making fail to unpack in many ways: a wrong checksum, a broken stream, an unknown method.
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, RuntimeError, OSError) as broken:
        raise broken_workbook(broken) from broken


def _guard_members(archive: zipfile.ZipFile, size: int, ending: str, must_have: str) -> None:
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable(Text("file_encrypted"))
    # zipfile never unpacks more of a member than its header says, so a header that lies only cuts the member short.
    unpacked = sum(member.file_size for member in members)
    tight = unpacked > RATIO_FROM and unpacked > MAX_RATIO * size
    if tight or unpacked > UNPACKED_MB * 1024 * 1024:
        raise Unreadable(Text("zip_bomb", {"limit": UNPACKED_MB}))
    if must_have not in {member.filename for member in members}:
        raise Unreadable(Text("file_ending_wrong", {"ending": ending}))
    if sum(_elements(archive, member) for member in members) > MAX_ELEMENTS:
        raise too_big()


def _elements(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """How many XML elements begin in a member: what a parser makes of each is a hundred times its few bytes."""
    found = 0
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            found += chunk.count(b"<") - chunk.count(b"</")
    return found
