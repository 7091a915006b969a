"""What a pack's size says in base units: 10斤装 is 5000 g, 24罐装 is 24 pieces, 250ml*12盒 is 12 pieces or 3000 ml."""

import re
from decimal import Decimal

from rules.intake.quantities import fold, parse_number
from schemas.units import BASE_PER_UNIT
from schemas.words import Measure

_FACTOR = re.compile(
    r"(?P<number>[0-9]{1,5}(?:\.[0-9]{1,3})?|[一二两三四五六七八九十百]{1,4})(?P<unit>[^0-9*x/ ]{0,2})"
)


def pack_base(size: str, measure: Measure) -> int | None:
    """Base units of one pack, or None where the words say nothing of this measure."""
    told = fold(size).replace("×", "*").split("/")[0].removesuffix("装").removeprefix("每")
    factors = [_FACTOR.fullmatch(part.strip()) for part in re.split(r"[*x]", told)]
    if not told or not all(factors):
        return None
    known = {unit: base for per in BASE_PER_UNIT.values() for unit, base in per.items()}
    total, counted = Decimal(1), measure is Measure.PIECE
    weighed = False
    for factor in factors:
        number = parse_number(factor["number"])  # type: ignore[index]
        if number is None:
            return None
        unit = factor["unit"]  # type: ignore[index]
        if unit in known:
            weighed = weighed or unit in BASE_PER_UNIT[measure]
            total *= 1 if counted else number * known[unit]
        else:
            total *= number
    if counted and all(f["unit"] in known for f in factors):  # type: ignore[index]
        return None
    return int(total) if (counted or weighed) and total == int(total) else None
