"""How fast tables of needs are read: lines a second for each format and layout, against merely reading the file.

    python -m benchmarks.intake [--json]

*Merely reading* is the format's own parser walking once over all cells and keeping nothing. Both are timed in one run
on the same bytes, the best of three, so that a slow machine moves them together. Chains have a benchmark of their own.
"""

import csv
import io
import json
import random
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import xlrd
from defusedxml.ElementTree import iterparse

from rules.intake.lines import Vocabulary, vocabulary
from rules.needs import read_needs
from tasks.intake.readers import read
from tasks.plans import load_plan
from tests.factories.table_files import DELIMITED, table_file

HOUSEHOLDS, SEED = 1000, 1
NAMES = ("a.xlsx", "a.xls", "a.ods", "utf8.csv", "gb.csv")


def wishes() -> list[tuple[str, dict[str, int]]]:
    """Households of a township, each with a few goods of a plan."""
    chance = random.Random(SEED)
    items = [f"{i.name}|{i.unit}" for i in list(load_plan("shengtang").items.values())[:30]]
    return [
        (
            f"{n // 40 + 1}-{n // 8 % 5 + 1}-{n % 8 + 1}0{n % 4 + 1}",
            {i: chance.randint(1, 5) for i in chance.sample(items, 8)},
        )
        for n in range(HOUSEHOLDS)
    ]


def long() -> Iterator[list[Any]]:
    """One row per household and item."""
    yield ["户号", "商品", "数量", "单位"]
    for home, items in wishes():
        yield from ([home, item.split("|")[0], qty, item.split("|")[1]] for item, qty in items.items())


def wide() -> Iterator[list[Any]]:
    """One row per household, one column per item."""
    columns = [f"{i.name}|{i.unit}" for i in list(load_plan("shengtang").items.values())[:30]]
    yield ["户号", *("{}({})".format(*column.split("|")) for column in columns)]
    yield from ([home, *(items.get(column) for column in columns)] for home, items in wishes())


def merely_read(body: bytes, name: str) -> int:
    """Walk over all cells with the format's own parser."""
    if name in DELIMITED:
        encoding, delimiter = DELIMITED[name]
        return sum(map(len, csv.reader(io.StringIO(body.decode(encoding), newline=""), delimiter=delimiter)))
    if name.endswith(".xlsx"):
        pages = openpyxl.load_workbook(io.BytesIO(body), read_only=True).worksheets
        return sum(1 for page in pages for row in page.iter_rows(values_only=True) for cell in row if cell is not None)
    if name.endswith(".xls"):
        book = xlrd.open_workbook(file_contents=body, ragged_rows=True)
        return sum(1 for page in book.sheets() for n in range(page.nrows) for cell in page.row(n) if cell.value != "")
    with zipfile.ZipFile(io.BytesIO(body)) as archive, archive.open("content.xml") as content:
        count = 0
        for _, element in iterparse(content, forbid_dtd=True):
            count += element.tag.endswith("}table-cell")
            element.clear()
        return count


def best(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the best of three, and what came of it."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - start)
    return min(times), found


def lines_of(body: bytes, name: str, words: Vocabulary) -> int:
    """Lines that are read from a file; every one of them plain."""
    got = read(body, name, 100)
    said = read_needs(words, got.text, got.sheets or ()).said
    if any(line.faults for line in said):
        raise SystemExit(f"{name}: a line was not read; the figures would mean nothing")
    return len(said)


def measured() -> dict[str, dict[str, float]]:
    """Format and layout -> lines, lines a second, and the time as a multiple of merely reading."""
    words, found = vocabulary(load_plan("shengtang")), {}
    for layout in (long, wide):
        for name in NAMES:
            body = table_file(name, list(layout()))
            mere, _ = best(lambda body=body, name=name: merely_read(body, name))
            took, lines = best(lambda body=body, name=name: lines_of(body, name, words))
            figures = {
                "lines": lines,
                "lines_per_s": round(lines / took),
                "times_merely_reading": round(took / mere, 2),
            }
            found[f"{name.split('.')[-1] if name[0] == 'a' else name} {layout.__name__}"] = figures
    return found


if __name__ == "__main__":
    figures = measured()
    if "--json" in sys.argv[1:]:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        for name, each in figures.items():
            speed, ratio = each["lines_per_s"], each["times_merely_reading"]
            print(f"{name:>15}  {speed:>8,.0f} lines/s  {ratio:>6.2f} × merely reading")
