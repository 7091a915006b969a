"""Numbers as people write them: digits, full-width digits, Chinese numerals, 半, and 两 by its position.

Strict: a numeral counts only when it is spelled the way its value is spelled, so colloquial short forms with two
readings (一百二 = 120 or 102) are no number here. 两 is the number two before a unit (两斤) and a unit of 50 g after
a number (二两, 两两); the split into number and unit decides, never the character alone. Drawback: ranges (2-3斤) and
fractions (1/2) are refused.
"""

import re
from decimal import Decimal
from functools import lru_cache

_DIGITS = "零一二三四五六七八九"
_VALUES = {c: n for n, c in enumerate(_DIGITS)} | {"〇": 0, "两": 2}
_PLACES = ((1000, "千"), (100, "百"), (10, "十"))
_ARABIC = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?")
NUMERALS = "零〇一二三四五六七八九十百千两"
HALF = Decimal("0.5")
#: 九千九百九十九 and no numeral is longer.
LONGEST = 7
#: Full-width forms lie at a fixed distance from ASCII, so that folding keeps every character in its place.
_FOLDED = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_FOLDED |= {code: code + 32 for code in range(ord("A"), ord("Z") + 1)} | {
    c: c - 0xFEE0 + 32 for c in range(0xFF21, 0xFF3B)
}


def fold(text: str) -> str:
    """Full-width to ASCII, ASCII capitals to small ones: as many characters as before, each in its place."""
    return text.translate(_FOLDED)


def _spelled(value: int) -> str:
    """Canonical spelling of 1..9999 with 二 for every two; 10..19 without their leading 一."""
    out, zero = "", False
    for place, word in _PLACES:
        digit, value = divmod(value, place)
        if digit:
            out += ("零" if zero else "") + _DIGITS[digit] + word
            zero = False
        elif out:
            zero = True
    if value:
        out += ("零" if zero else "") + _DIGITS[value]
    return out.removeprefix("一") if out.startswith("一十") else out


def _evaluated(text: str) -> int:
    total, digit = 0, 0
    places = {word: place for place, word in _PLACES}
    for character in text:
        if character in places:
            total, digit = total + (digit or 1) * places[character], 0
        else:
            digit = _VALUES[character]
    return total + digit


@lru_cache(maxsize=4096)
def parse_number(text: str) -> Decimal | None:
    """The number that the whole of a folded text says, or None. Chinese numerals reach up to 9999."""
    if _ARABIC.fullmatch(text):
        return Decimal(text)
    if text == "半":
        return HALF
    if not text or len(text) > LONGEST or any(c not in NUMERALS for c in text):
        return None
    if text in ("零", "〇"):
        return Decimal(0)
    if re.search("两(?![百千])", text) and text != "两":
        return None  # 两 as a number stands alone or before 百 and 千: 十两 is ten times 50 g
    plain = text.replace("两", "二").replace("〇", "零")
    value = _evaluated(plain)
    return Decimal(value) if value and _spelled(value) == plain else None


def house_number(text: str) -> str | None:
    """A number as it stands in an address: 501, 0501, 三零二, 十二 -> its digits without leading zeros."""
    if re.fullmatch(r"[0-9]{1,6}", text):
        return str(int(text))
    if text and all(c in _VALUES and c != "两" for c in text) and len(text) > 1:
        return str(int("".join(str(_VALUES[c]) for c in text)))
    value = parse_number(text)
    return str(int(value)) if value is not None and value == int(value) and value > 0 and "两" not in text else None


#: `12`, `12号`, `No.12`, `#12`, `12.`, `第十二号`; digits of any width.
_ON_A_LIST = re.compile(
    rf"(?:no\.?|#|第)?\s*(?:(?P<digits>[0-9]{{1,4}})\s*(?:号|號|[.、)])?|(?P<han>[{NUMERALS}]{{1,4}})\s*[号號])",
    re.IGNORECASE,
)


def list_number(words: str) -> int | None:
    """The number of a list that words give as a whole, else None."""
    found = _ON_A_LIST.fullmatch(fold(words).strip())
    if found is None:
        return None
    number = parse_number(found["han"]) if found["han"] else Decimal(found["digits"])
    return None if number is None else int(number)
