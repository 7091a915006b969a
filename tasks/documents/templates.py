"""What is handed out to be filled in: per community a form of needs, per store forms for stock, price list, arrivals.

Files are named so that they can be put into the inbox as they are: by kind, and by who sends them (A-04, B-02, B-06).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.plan import Community, Household, Item, Plan, Store
from tasks.documents.forms import Field, Form, form_book
from tasks.documents.made import safe_name
from tasks.words import say

#: Rows begun for each household in the long form; more are written in the empty ones below.
ROWS_PER_HOUSEHOLD = 3
SPARE_ROWS = 30
#: More items than this are too wide to find one's column.
WIDE_ITEMS = 40
ARRIVAL_ROWS = 60
# Headings are words of rules/intake/headings.py, in the language that sheets are read in, whatever the locale.


@dataclass(frozen=True)
class Template:
    """A form: `kind` is the folder of the inbox that it goes back into."""

    kind: str
    file_name: str
    content: bytes


def templates(plan: Plan, day: date) -> Iterator[Template]:
    """All forms of a plan, in its order of communities and stores."""
    items = list(plan.items.values())
    for community in plan.communities.values():
        yield _long(plan, community, items, day)
        if len(items) <= WIDE_ITEMS:
            yield _wide(plan, community, items, day)
    for store in plan.stores.values():
        listed = {row.item_id for row in plan.stock if row.store_id == store.store_id}
        sold = [item for item in items if item.item_id in listed] or items
        yield _stock(plan, store, sold, day)
        yield _prices(plan, store, sold, day)
        yield _arrivals(plan, store, items, day)


def _sender(plan: Plan, place: Community | Store) -> str:
    """The name that a file begins with so that it is known who sends it: the id where the name would not do."""
    own_id = place.community_id if isinstance(place, Community) else place.store_id
    names = [c.name for c in plan.communities.values()] + [s.name for s in plan.stores.values()]
    plain = safe_name(place.name) == place.name and "_" not in place.name
    return place.name if plain and names.count(place.name) == 1 else own_id


def _homes(plan: Plan, community: Community) -> list[Household]:
    return [h for h in plan.households.values() if h.community_id == community.community_id]


def _whose() -> list[Field]:
    return [
        Field("户号", "given", 16),
        Field("地址", "given", 22),
        Field("户主", "given", 10),
    ]


def _told(home: Household) -> list[str]:
    return [home.household_id, home.address, home.head]


def _long(plan: Plan, community: Community, items: Sequence[Item], day: date) -> Template:
    fields = [
        *_whose(),
        Field("商品", "item", 18, what=say("Choose the goods from the list")),
        Field("数量", "number", 8, what=say("A number only, such as 2 or 1.5")),
        Field("单位", "unit", 8, what=say("Choose the goods first, then one of their units")),
        Field("备注", width=20),
    ]
    rows = [[*_told(home), "", "", "", ""] for home in _homes(plan, community) for _ in range(ROWS_PER_HOUSEHOLD)]
    told = say("One row per household and kind of goods; rows left empty count as nothing said. Nothing needed: 无需求")
    form = Form(say("Needs"), say("{name}: needs of residents", name=community.name), told, fields, rows, SPARE_ROWS, 3)
    name = f"{_sender(plan, community)}_{say('needs form')}.xlsx"
    return Template("needs", name, form_book(form, items, _help_needs(), day))


def _wide(plan: Plan, community: Community, items: Sequence[Item], day: date) -> Template:
    goods = [
        Field(
            f"{item.name}({item.unit})",
            "number",
            max(8.0, 2.0 * len(item.name) + 4),
            most=item.max_units,
            what=say("At most {limit} {unit} per household", limit=item.max_units, unit=item.unit),
        )
        for item in items
    ]
    rows = [[*_told(home), *[""] * (len(goods) + 1)] for home in _homes(plan, community)]
    told = say("One row per household; write the number under the goods, in the unit of the heading. Empty: not needed")
    fields = [*_whose(), *goods, Field("备注", width=20)]
    form = Form(say("Needs"), say("{name}: needs of residents", name=community.name), told, fields, rows, SPARE_ROWS, 3)
    name = f"{_sender(plan, community)}_{say('needs form, wide')}.xlsx"
    return Template("needs", name, form_book(form, items, _help_needs(), day))


def _help_needs() -> list[str]:
    return [
        say("Households of the register are listed; one that is missing goes into an empty row with its address."),
        say("Do not change the headings, and do not merge cells. More rows may be added below."),
        say("Write 无需求 under 备注 for a household that needs nothing, 不要了 to take back goods asked for before."),
        say("A 0 cancels nothing. What is written under 备注 and asks for something is looked at by a person."),
        *_help_sending(),
    ]


def _help_sending() -> list[str]:
    return [
        say("Keep the file's name up to the first _, it says who sends it; save as XLSX, XLS, ODS or CSV."),
        say("What cannot be used comes back in this very file, its cells red and each with a note of what to do."),
    ]


def _store_form(plan: Plan, store: Store, kind: str, form: Form, items: Sequence[Item], day: date) -> Template:
    lines = [say("Rows left as they are count as nothing said; goods that are missing go into the empty rows below.")]
    name = f"{_sender(plan, store)}_{form.name}.xlsx"
    return Template(kind, name, form_book(form, items, [*lines, *_help_sending()], day))


def _stock(plan: Plan, store: Store, items: Sequence[Item], day: date) -> Template:
    fields = [
        Field("商品", "item", 20),
        Field("库存", "number", 10, what=say("What is on hand at the time of the report; 0 where there is none")),
        Field("单位", "unit", 8),
        Field("售价(元)", "number", 10, what=say("Yuan per unit, such as 3.50")),
        Field("今日销量", "number", 10),
    ]
    rows = [[item.name, "", item.unit, "", ""] for item in items]
    told = say("Fill in stock and price of what the store holds, every day before the hour of the plan.")
    title = say("{name}: daily report of stock", name=store.name)
    return _store_form(plan, store, "stock", Form(say("stock form"), title, told, fields, rows, SPARE_ROWS), items, day)


def _prices(plan: Plan, store: Store, items: Sequence[Item], day: date) -> Template:
    fields = [
        Field("商品", "item", 20),
        Field("单位", "unit", 8),
        Field("售价(元)", "number", 10, what=say("Yuan per unit, such as 3.50")),
        Field("是否有货", "choice", 10, words=("有货", "缺货")),
    ]
    rows = [[item.name, item.unit, "", ""] for item in items]
    told = say("Give the price of everything that can be ordered today.")
    title = say("{name}: goods on sale", name=store.name)
    return _store_form(
        plan, store, "catalog", Form(say("price form"), title, told, fields, rows, SPARE_ROWS), items, day
    )


def _arrivals(plan: Plan, store: Store, items: Sequence[Item], day: date) -> Template:
    roles = set(plan.file.receiving.inspector_roles.value)
    inspectors = [o.name for o in plan.officers.values() if o.role in roles]
    # A list in a rule holds 255 characters; beyond that the name is typed.
    names = inspectors if len(",".join(inspectors)) < 250 else []  # noqa: PLR2004
    fields = [
        Field("采购单号", "text", 22),
        Field("商品", "item", 20),
        Field("到货数量", "number", 10),
        Field("单位", "unit", 8),
        Field("进价(元)", "number", 10, what=say("Yuan per unit, such as 3.50")),
        Field("生产日期", "date", 12, what=say("A date such as 2022-04-21")),
        Field("到期日期", "date", 12, what=say("A date such as 2022-04-21")),
        Field("供货商", "text", 16),
        Field("检验人", "choice", 12, words=names),
        Field("检验结论", "choice", 10, words=("合格", "不合格")),
    ]
    told = say("One row per batch; the order's number stands on the purchase order.")
    title = say("{name}: goods that arrived", name=store.name)
    form = Form(say("arrivals form"), title, told, fields, [], ARRIVAL_ROWS)
    return _store_form(plan, store, "arrivals", form, items, day)
