"""订购登记表: a workbook in which a community's person writes down who wants what of a day's list (A-04, B-02, C-04).

One row for each household and item, as `rules/intake/table.py` reads it. Items and units are chosen from lists; the
second sheet holds the goods with their numbers, and is set aside when the form comes back.
"""

from collections.abc import Sequence
from datetime import date
from typing import cast

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.datavalidation import DataValidation

from rules.catalog import Offer
from rules.intake.identify import units_of
from rules.intake.layouts import GOODS_SHEET
from schemas.plan import Community, Plan
from schemas.text import N_
from tasks.documents.catalog import cutoff
from tasks.documents.cells import put_text, shown
from tasks.documents.group_message import price_words
from tasks.documents.labels import day_words, subtitle
from tasks.documents.made import Made, place
from tasks.documents.workbook import Column, Sheet, Table, Value, laid_out, saved
from tasks.words import say

#: Empty rows; the lists to choose from end with them, and more can be typed below.
ROWS = 40
#: What Excel takes of a list that stands in the rule itself.
LIST_CHARACTERS = 255
FORM = N_("Order form")


def order_form_path(plan: Plan, business_date: date, revision: int, community_id: str) -> str:
    """Where a community's form is kept: its name begins with the community's, by which the intake knows the sender."""
    return place(business_date, plan.communities[community_id].name, say(FORM), revision=revision)


def order_forms(
    plan: Plan, business_date: date, revision: int, offers: Sequence[Offer], communities: Sequence[Community]
) -> list[Made]:
    """The empty forms of communities for a day's list: laid out once, and saved for each with its own title."""
    above = subtitle(plan, day_words(business_date), revision, "")
    notes = [say("Reply with address, item and quantity until {cutoff}.", cutoff=cutoff(plan, business_date))]
    form = Sheet(say(FORM), say(FORM), [*above, *notes], [_form()])
    goods = Sheet(GOODS_SHEET, say(FORM), above, [_goods(plan, offers)])
    book = laid_out([form, goods], business_date)
    _choices(book, form, goods, plan, offers)
    return [_titled(book, plan, business_date, revision, community) for community in communities]


def _titled(book: Workbook, plan: Plan, business_date: date, revision: int, community: Community) -> Made:
    title = say("Order form: {community}", community=community.name)
    for page in book.worksheets:
        put_text(cast(Cell, page.cell(1, 1)), title)
    book.properties.title = shown(title)
    path = order_form_path(plan, business_date, revision, community.community_id)
    return Made(path, title, business_date, saved(book))


def _choices(book: Workbook, form: Sheet, goods: Sheet, plan: Plan, offers: Sequence[Offer]) -> None:
    """Items are chosen from the second sheet, units from all that these goods are sold by; both may be typed, too."""
    first, top = len(form.subtitle) + 3, len(goods.subtitle) + 3
    units = sorted({unit for offer in offers for unit in units_of(plan.items[offer.item_id])})
    lists = {"C": f"'{GOODS_SHEET}'!$C${top}:$C${top - 1 + max(1, len(offers))}", "E": f'"{_listed(units)}"'}
    for column, choice in lists.items():
        rule = DataValidation(type="list", formula1=choice, allow_blank=True, showErrorMessage=False)
        book.worksheets[0].add_data_validation(rule)
        rule.add(f"{column}{first}:{column}{first + ROWS - 1}")


def _listed(units: Sequence[str]) -> str:
    text = ""
    for unit in units:
        longer = f"{text},{unit}" if text else unit
        if not set(unit) & set('",') and len(longer) <= LIST_CHARACTERS:
            text = longer
    return text


def _form() -> Table:
    columns = [
        Column(say("Address"), width=20),
        Column(say("Name"), width=14),
        Column(say("Item"), width=26),
        Column(say("Quantity"), "quantity", 10),
        Column(say("Unit"), "centre", 10),
        Column(say("Note"), width=18),
    ]
    return Table(columns, [[None] * len(columns)] * ROWS)


def _goods(plan: Plan, offers: Sequence[Offer]) -> Table:
    columns = [
        Column(say("Item no."), "centre", 8),
        Column(say("Category"), width=14),
        Column(say("Item"), width=28),
        Column(say("Unit"), "centre", 10),
        Column(say("Price (yuan)"), "centre", 16),
    ]
    body: list[list[Value]] = []
    for offer in offers:
        item = plan.items[offer.item_id]
        category = plan.categories[item.category].name if item.category in plan.categories else item.category
        body.append([offer.number, category, item.name, item.unit, price_words(offer)])
    return Table(columns, body)
