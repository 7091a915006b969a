"""What somebody types of goods that came: one batch a line, and as the rows of a paper of arrivals.

`大米,8袋,25,2022-04-20,2022-10-17,第二车`: goods, amount, price, made on, keeps until, remark; what is not known at the
end is left out, in between it is left empty. It is then read like any other paper, by the same rules.
"""

import csv
import io
import re

from rules.intake.quantities import fold
from schemas.text import Text

#: The headings of the paper, in the words of `headings.py`.
HEAD = ("采购单号", "商品", "到货数量", "单位", "进价", "生产日期", "到期日期", "备注", "供货商", "登记人")
_APART = re.compile(r"[,;\t、]")
_AMOUNT = re.compile(r"([0-9][0-9.]*)\s*([^0-9.\s].*)")
#: Goods, amount and price must be said; made on, keeps until and a remark may follow.
LEAST, MOST = 3, 6


def read_typed(text: str) -> tuple[list[list[str]], list[Text]]:
    """(goods, amount, unit, price, made on, keeps until, remark) of each line, and lines that are none."""
    rows, faults = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in _APART.split(fold(line))]
        if not any(cells):
            continue
        if not LEAST <= len(cells) <= MOST or not all(cells[:LEAST]):
            faults.append(Text("typed_unreadable", {"number": number, "words": line.strip()[:80]}))
            continue
        goods, amount, price, *rest = cells
        found = _AMOUNT.fullmatch(amount)
        rows.append([goods, *(found.groups() if found else (amount, "")), price, *rest, *[""] * (MOST - len(cells))])
    return rows, faults


def as_paper(rows: list[list[str]], order: str, supplier: str, by: str) -> str:
    """The rows as CSV, with the order, where it came from and who typed it on each: the same words, the same text."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(HEAD)
    for row in rows:
        writer.writerow([order, *row, supplier, by])
    return written.getvalue()
