"""Which words name a household: an address, a name, or both.

Address: numbers with suffixes (3栋2单元501, 五号楼三零二, 12号) or at least two numbers joined by `-`, `#` or `/`
(295-909), after at most a few words (`东风村3组12号`). Its key is the words, then the numbers joined by `-`:
3栋2单元501室 = 3-2-501. Which number is a building and which a room is not kept, so 3号楼501 and 3组501 of one
community have one key; the look-up refuses what is then not unique.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rules.intake.quantities import house_number

_NUMBER = r"(?:[0-9]{1,5}|[零〇一二三四五六七八九十百]{1,5})"
_SUFFIX = r"(?:号楼|号院|号门|单元|[弄栋幢座排巷组区楼层门室户号])"
_PART = rf"(?:[a-z]?{_NUMBER}[a-z]?{_SUFFIX}?|[a-z]{_SUFFIX})"
_JOIN = r"[-—–_#/ ]*"
_NUMBERED = re.compile(rf"{_PART}(?:{_JOIN}{_PART})*")
_PIECE = re.compile(rf"(?P<letter>[a-z]?)(?P<number>{_NUMBER})?(?P<after>[a-z]?){_SUFFIX}?")
_ADDRESS = re.compile(rf"(?P<words>[^0-9\s]{{0,12}}?)(?P<numbers>{_NUMBERED.pattern})")
_GLUED = re.compile(r"[0-9]{1,5}(?:-[0-9]{1,5})+(?=[^0-9a-z.~#/_ 弄栋幢座排巷组区楼层门室户号单-])")
_PHONE = re.compile(r"\+?[0-9]{3,4}-?[0-9]{4}-?[0-9]{4}")
_JOINED = re.compile(rf"[0-9]-[0-9]|{_NUMBER}{_SUFFIX}")
#: Chinese numerals alone are a name (丁一) as often as a number; they count in an address only beside a suffix.
_CERTAIN = re.compile(rf"[0-9]|{_NUMBER}{_SUFFIX}")


@dataclass(frozen=True, slots=True)
class Who:
    """Words that name a household; `address` may be an id."""

    address: str = ""
    name: str = ""


def is_phone(word: str) -> bool:
    """Eleven or twelve digits."""
    return _PHONE.fullmatch(word) is not None


def is_address(word: str) -> bool:
    """Whether a folded word reads as an address as a whole."""
    if not _CERTAIN.search(word) or is_phone(word):
        return False
    found = _ADDRESS.fullmatch(word)
    if found is None:
        return False
    # After other words a lone number says nothing (土豆3, 张三3): it takes a suffix or a dash to be an address.
    return bool(_pieces(found["numbers"])) and (not found["words"] or bool(_JOINED.search(found["numbers"])))


def glued_address(word: str) -> int:
    """Length of an address of two or more numbers at the head of a word (4-1-302土豆3斤), or 0."""
    found = _GLUED.match(word)
    return found.end() if found else 0


def _pieces(numbers: str) -> list[str]:
    pieces = []
    for found in _PIECE.finditer(numbers):
        number = house_number(found["number"]) if found["number"] else ""
        if found["number"] and number is None:
            return []
        piece = f"{found['letter']}{number}{found['after']}"
        if piece:
            pieces.append(piece)
    return pieces


def address_key(address: str, drop: Iterable[str] = ()) -> str:
    """The key of a folded address; `drop`: names of its own community or village, said or not said at its head."""
    bare = re.sub(r"\s+", "", re.sub(r"(?<=[0-9])\s+(?=[0-9])", "-", address))
    for name in sorted(drop, key=len, reverse=True):
        bare = bare.removeprefix(name)
    found = _ADDRESS.fullmatch(bare)
    pieces = _pieces(found["numbers"]) if found else []
    return found["words"] + "-".join(pieces) if found and pieces else re.sub(r"[\s:|/\\~]+", "", bare)


def split_who(text: str) -> Who | None:
    """The words of a cell or the head of an entry: address, name, both in either order; None where neither."""
    words = [w for w in re.split(r"[\s,，、;；]+", text) if w and not is_phone(w)]
    names = [w for w in words if not re.search("[0-9]", w) and not is_address(w)]
    rest = " ".join(w for w in words if w not in names)
    if len(names) > 1 or not words or (rest and not is_address(rest)):
        return None
    return Who(rest, names[0] if names else "")
