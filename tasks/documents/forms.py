"""Forms to fill in: a title with our mark, a line of instruction, a header that stays in sight, rows begun, choices.

The mark tells the reader that a row left as it was given out says nothing (rules/intake/headings.py); instructions and
lists to choose from bear the other one and are not read. Goods are chosen from a list, and units from those of the
goods chosen before; what does not fit is refused by the spreadsheet program while it is typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from rules.intake.headings import ATTACHED_MARK, TEMPLATE_MARK
from schemas.plan import Item
from schemas.units import BASE_PER_UNIT
from tasks.documents.cells import put_text, width_of
from tasks.documents.workbook import saved
from tasks.words import say

#: The first row under the title, the instruction and the header.
FIRST = 4
_ITEMS, _COUNTS, _UNITS = "商品名单", "单位个数", "单位起点"
_SIDE = Side(style="thin", color="BFC7D1")
_BOX = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_HEAD, _GIVEN = PatternFill("solid", fgColor="E3EBF3"), PatternFill("solid", fgColor="F4F5F7")
_LEFT = Alignment(vertical="center", wrap_text=True)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_TITLE = Font(name="宋体", size=16, bold=True, color="1F3247")
_BOLD, _PLAIN = Font(name="等线", size=11, bold=True), Font(name="等线", size=11)


@dataclass(frozen=True)
class Field:
    """A column of a form. `kind`: given (written by us), text, item, unit, number, date, or a choice of `words`.

    `most`: the largest number that may be typed; `what` stands beside the cell while it is filled in.
    """

    title: str
    kind: str = "text"
    width: float = 12
    words: Sequence[str] = ()
    most: int = 100_000
    what: str = ""


@dataclass(frozen=True)
class Form:
    """One sheet to fill in: `rows` are begun with these words, `spare` more are left empty."""

    name: str
    title: str
    instruction: str
    fields: Sequence[Field]
    rows: Sequence[Sequence[str]]
    spare: int = 0
    frozen: int = 1


def form_book(form: Form, items: Sequence[Item], help_lines: Sequence[str], day: date) -> bytes:
    """The bytes of a workbook with the form, the goods to choose from, and how to fill it in."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = form.name
    _write(page, form)
    _goods(book, items)
    _help(book.create_sheet(say("How to fill it in")), help_lines)
    book.properties.creator, book.properties.title = "baogong", form.title
    book.properties.created = book.properties.modified = datetime.combine(day, time())
    return saved(book)


def units_to_choose(item: Item) -> list[str]:
    """The units of an item, its own first, of which a single one can be sold."""
    also = dict(entry.split("=", 1) for entry in item.also_units)
    common = {name: str(size) for name, size in BASE_PER_UNIT[item.measure].items() if name in ("斤", "公斤", "升")}
    sizes: Mapping[str, str] = {item.unit: str(item.unit_base), **also, **common}
    return [name for name, size in sizes.items() if int(size) % item.step_base == 0 or name == item.unit]


def _write(page: Worksheet, form: Form) -> None:
    across, last = len(form.fields), FIRST + len(form.rows) + form.spare - 1
    _line(page, 1, across, f"{form.title}〔{TEMPLATE_MARK}〕", _TITLE, _CENTRE, 30)
    widths = sum(field.width for field in form.fields)
    lines = -(-width_of(form.instruction) // int(widths))
    _line(page, 2, across, form.instruction, _PLAIN, _LEFT, 18 * lines + 4)
    for column, field in enumerate(form.fields, start=1):
        letter = get_column_letter(column)
        page.column_dimensions[letter].width = field.width
        head = _cell(page, FIRST - 1, column)
        put_text(head, field.title)
        head.font, head.fill, head.border, head.alignment = _BOLD, _HEAD, _BOX, _CENTRE
        _column(page, column, field, [row[column - 1] for row in form.rows], last)
        _check(page, f"{letter}{FIRST}:{letter}{last}", field)
    page.row_dimensions[FIRST - 1].height = 18 * max(-(-width_of(f.title) // int(f.width)) for f in form.fields) + 6
    page.freeze_panes = f"{get_column_letter(form.frozen + 1)}{FIRST}"
    page.print_title_rows = f"1:{FIRST - 1}"
    page.page_setup.orientation = "landscape" if widths > 90 else "portrait"  # noqa: PLR2004 - an upright page
    page.page_setup.paperSize, page.page_setup.fitToHeight = page.PAPERSIZE_A4, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _cell(page: Worksheet, row: int, column: int) -> Cell:
    """Never a MergedCell: a range is merged only once its one cell is written."""
    return cast(Cell, page.cell(row, column))


def _line(page: Worksheet, row: int, across: int, text: str, font: Font, alignment: Alignment, height: float) -> None:
    cell = _cell(page, row, 1)
    put_text(cell, text)
    cell.font, cell.alignment = font, alignment
    page.merge_cells(start_row=row, start_column=1, end_row=row, end_column=max(across, 2))
    page.row_dimensions[row].height = height


def _column(page: Worksheet, column: int, field: Field, words: Sequence[str], last: int) -> None:
    for row in range(FIRST, last + 1):
        cell = _cell(page, row, column)
        cell.font, cell.border, cell.alignment = _PLAIN, _BOX, _LEFT
        if field.kind == "date":
            cell.number_format = "yyyy-mm-dd"
        elif field.kind != "number":
            # As text, or Excel would make a date of 3-2-501.
            cell.number_format = "@"
        if row < FIRST + len(words) and words[row - FIRST]:
            put_text(cell, words[row - FIRST])
            if field.kind == "given":
                cell.fill = _GIVEN


def _check(page: Worksheet, cells: str, field: Field) -> None:
    """What may be typed into a column, and what is said where something else is."""
    goods = f"${_item_column(page)}{FIRST}"
    rules: dict[str, dict[str, Any]] = {
        "item": {"type": "list", "formula1": _ITEMS},
        "unit": {
            "type": "list",
            "formula1": f"OFFSET({_UNITS},MATCH({goods},{_ITEMS},0)-1,0,1,INDEX({_COUNTS},MATCH({goods},{_ITEMS},0)))",
        },
        "number": {"type": "decimal", "operator": "between", "formula1": "0", "formula2": str(field.most)},
        "date": {"type": "date", "operator": "between", "formula1": "36526", "formula2": "73050"},
        "choice": {"type": "list", "formula1": f'"{",".join(field.words)}"'},
    }
    if field.kind not in rules or (field.kind == "choice" and not field.words):
        return
    rule = DataValidation(
        allow_blank=True, showErrorMessage=True, showInputMessage=bool(field.what), **rules[field.kind]
    )
    rule.errorTitle = say("Please check")
    rule.error = field.what or say("Choose from the list, or type a number.")
    rule.promptTitle, rule.prompt = field.title[:32], field.what
    page.add_data_validation(rule)
    rule.add(cells)


def _item_column(page: Worksheet) -> str:
    heads = [str(cell.value) for cell in page[FIRST - 1] if cell.value]
    return get_column_letter(heads.index("商品") + 1) if "商品" in heads else "A"


def _goods(book: openpyxl.Workbook, items: Sequence[Item]) -> None:
    page = book.create_sheet(say("Goods and units"))
    rows = [(item.name, units_to_choose(item)) for item in items]
    across = 2 + max(len(units) for _, units in rows)
    _line(page, 1, across, f"〔{ATTACHED_MARK}〕{say('Goods and units')}", _TITLE, _LEFT, 30)
    for column, text in enumerate((say("Goods"), say("Count of units"), say("Units")), start=1):
        put_text(_cell(page, 2, column), text)
    for number, (name, units) in enumerate(rows, start=3):
        put_text(_cell(page, number, 1), name)
        _cell(page, number, 2).value = len(units)
        for column, unit in enumerate(units, start=3):
            put_text(_cell(page, number, column), unit)
    page.column_dimensions["A"].width = 24
    last, title = len(rows) + 2, page.title
    ranges = {_ITEMS: f"$A$3:$A${last}", _COUNTS: f"$B$3:$B${last}", _UNITS: "$C$3"}
    for name, cells in ranges.items():
        book.defined_names[name] = DefinedName(name, attr_text=f"'{title}'!{cells}")


def _help(page: Worksheet, lines: Sequence[str]) -> None:
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 6, 90
    _line(page, 1, 2, f"〔{ATTACHED_MARK}〕{say('How to fill it in')}", _TITLE, _LEFT, 30)
    for number, text in enumerate(lines, start=1):
        _cell(page, number + 1, 1).value = number
        cell = _cell(page, number + 1, 2)
        put_text(cell, text)
        cell.alignment, cell.font = _LEFT, _PLAIN
