"""An address and its numbers: building, unit and room as their suffixes say, the others by their order.

Of two numbers building and room, of three the unit in the middle: 12弄8号302 and 12-8-302 are one home.
"""

import re

from rules.intake.chain.model import Household, Who
from rules.intake.quantities import house_number

ARABIC = r"[0-9]{1,5}"
HAN = r"[零〇一二三四五六七八九十百]{1,5}"
SUFFIX = r"(?:号楼|号院|号门|单元|[弄栋幢座排巷组区楼层门室户号期队])"
PART = rf"(?:[a-z]?{ARABIC}[a-z]?{SUFFIX}?|{HAN}{SUFFIX}|[a-z]{SUFFIX})"
LAST = rf"(?:{PART}|{HAN})"
JOINT = r"\s?[-#/_]\s?|(?<=[弄栋幢座排巷组区楼层门室号元期队院])\s*"
NUMBERED = rf"(?:[a-z](?=[-#])|{PART})(?:(?:{JOINT}){LAST})*"
ADDRESS = re.compile(rf"(?P<place>[一-龥]{{1,10}}?(?:(?<=[村庄组区院园里路街弄])\s)?)?(?P<numbers>{NUMBERED})")
NUMBERS = re.compile(NUMBERED)
_PIECE = re.compile(rf"(?P<number>[a-z]?{ARABIC}[a-z]?|{HAN}|[a-z])(?P<suffix>{SUFFIX})?")
_ROOMS, _UNITS = ("室", "户"), ("单元", "门", "号门")


def household(numbers: str) -> Household | None:
    """Building, unit and room of a folded address without its place; None where a number is none."""
    pieces: list[tuple[str, str]] = []
    for found in _PIECE.finditer(numbers):
        letter = re.fullmatch(r"([a-z]?)([0-9]{1,5})([a-z]?)", found["number"])
        number = f"{letter[1]}{int(letter[2])}{letter[3]}" if letter else found["number"]
        if not letter and not re.fullmatch("[a-z]", number):
            spelled = house_number(number)
            if spelled is None:
                return None
            number = spelled
        pieces.append((number.upper(), found["suffix"] or ""))
    return _slots(pieces) if pieces else None


def _slots(pieces: list[tuple[str, str]]) -> Household:
    if len(pieces) == 1:
        number, suffix = pieces[0]
        if suffix in _UNITS:
            return Household(unit=number)
        return Household(room=number) if suffix in ("", *_ROOMS) else Household(building=number)
    said: dict[str, str] = {}
    lane = any(suffix == "弄" for _, suffix in pieces)  # 12弄8号楼302 is 12-8-302: by order
    open_: list[tuple[int, str]] = []
    for at, (number, suffix) in enumerate(pieces):
        slot = "room" if suffix in _ROOMS else "unit" if suffix in _UNITS else ""
        if suffix in ("栋", "幢", "座", "号楼") and not lane and "building" not in said:
            slot = "building"
        if suffix == "层":
            continue
        if slot and slot not in said:
            said[slot] = number
        else:
            open_.append((at, number))
    if "room" not in said and open_ and open_[-1][0] == len(pieces) - 1:
        said["room"] = open_.pop()[1]
    if "unit" not in said and len(open_) > ("building" not in said):
        said["unit"] = open_.pop()[1]
    if open_:  # 2期3栋, 2-3-1-501: what stands before the unit is the building
        said["building"] = "-".join([*(n for _, n in open_), said.get("building", "")]).strip("-")
    return Household(said.get("building"), said.get("unit"), said.get("room"))


def found_numbers(word: str) -> str:
    """The numbers of an address without its place."""
    found = ADDRESS.fullmatch(word)
    return found["numbers"] if found else ""


def names_place(who: Who) -> bool:
    """Whether the address begins with words."""
    return bool(re.match("[一-龥]", who.address)) and not re.match(rf"{HAN}{SUFFIX}", who.address)
