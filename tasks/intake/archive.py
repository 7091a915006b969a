"""Workbooks that are archives (XLSX, ODS): what they are and what they unpack to, before they are opened."""

import io
import zipfile

from schemas.text import Text
from tasks.intake.limits import MAX_RATIO, RATIO_FROM, UNPACKED_MB, Unreadable, broken_workbook


def guard_archive(body: bytes, ending: str, must_have: str) -> None:
    """Refuse what is no archive, another kind of document, locked, or unpacks to far more than it should.

    `must_have`: the member by which the kind of document is known.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as broken:
        raise broken_workbook(broken) from broken
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable(Text("file_encrypted"))
    # zipfile never unpacks more of a member than its header says, so a header that lies only cuts the member short.
    unpacked = sum(member.file_size for member in members)
    tight = unpacked > RATIO_FROM and unpacked > MAX_RATIO * len(body)
    if tight or unpacked > UNPACKED_MB * 1024 * 1024:
        raise Unreadable(Text("zip_bomb", {"limit": UNPACKED_MB}))
    if must_have not in {member.filename for member in members}:
        raise Unreadable(Text("file_ending_wrong", {"ending": ending}))
