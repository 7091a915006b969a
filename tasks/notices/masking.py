"""People's data in notices: only the carer who must go there reads a room, nobody reads a name or number (DESIGN 9)."""

import re

STARS = "**"
#: Values whose key says what they are.
NAMES = frozenset({"name", "head", "person", "resident"})
ROOMS = frozenset({"household", "address", "room", "rooms", "special_rooms", "ordinary_rooms"})
PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(?:1\d{2}|0\d{2,3})[- ]?\d{4}[- ]?\d{4}(?!\d)")


def masked_name(name: str) -> str:
    """`张示例` -> `张**`."""
    return name[:1] + STARS


def masked_room(room: str) -> str:
    """The building stays, unit and room go: `3-2-501` -> `3**`, `3栋2单元501` -> `3栋**`."""
    building = re.match(r"\D*\d+\s*(?:号?[栋幢楼]|弄|号|组|队)?", room)
    return (building[0] if building and building[0] != room else room[:1]) + STARS


def without_phones(text: str) -> str:
    """Telephone numbers anywhere in a text, down to their last two digits."""
    return PHONE.sub(lambda found: STARS + found[0][-2:], text)


def masked(key: str, value: str) -> str:
    """A value as an officer may read it who is not the household's carer."""
    if key in NAMES:
        return masked_name(value)
    if key in ROOMS:
        return masked_room(value)
    return STARS + value[-2:] if key == "phone" else without_phones(value)
