"""Units of quantity and money, and the only place where they are converted.

Weights are integer grams, volumes integer millilitres, pieces integers, money integer fen.
"""

from decimal import ROUND_HALF_UP, Decimal

from schemas.words import Measure

#: Units that residents write for goods sold by weight or volume, in base units (斤 = 500 g, 两 = 50 g).
BASE_PER_UNIT: dict[Measure, dict[str, int]] = {
    Measure.GRAM: {"克": 1, "g": 1, "两": 50, "斤": 500, "市斤": 500, "公斤": 1000, "千克": 1000, "kg": 1000},
    Measure.MILLILITRE: {"毫升": 1, "ml": 1, "升": 1000, "l": 1000},
    Measure.PIECE: {},
}


def amount_fen(qty_base: int, price_fen: int, unit_base: int) -> int:
    """Fen for `qty_base` base units at `price_fen` per sale unit of `unit_base` base units, rounded half up."""
    exact = Decimal(qty_base) * price_fen / unit_base
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def yuan(fen: int) -> str:
    """`123456` -> `1234.56`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def sale_quantity(qty_base: int, unit_base: int) -> str:
    """Base units as a plain decimal number of sale units, without trailing zeros: 750 g at 500 -> `1.5`."""
    number = (Decimal(qty_base) / unit_base).quantize(Decimal("0.001")).normalize()
    return f"{number:f}"
