"""可售清单图: the list of goods as a PDF of pages in the form of a phone's screen (A-03, C-04).

All communities have the same list, so one PDF serves all of their groups, and is made once for each revision; what
differs between them, the place of hand-over, stands in the message beside it.

Set by typst with the Chinese font of its package, so that it looks the same on a phone that lacks one. The words go in
as data, never as markup. The same rows give the same bytes: the time of making is the business date.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from rules.catalog import Offer
from schemas.plan import Plan
from schemas.text import N_
from schemas.units import yuan
from tasks.documents.catalog import NEW, cutoff
from tasks.documents.cells import shown
from tasks.documents.labels import day_words
from tasks.documents.made import Made, place
from tasks.words import say

PAGE = Path(__file__).with_name("goods_list.typ")
KIND = N_("Picture of the list")


def goods_list_path(_plan: Plan, business_date: date, revision: int) -> str:
    """Where the picture of a day's list is kept."""
    return place(business_date, say(KIND), revision=revision).removesuffix(".xlsx") + ".pdf"


def goods_list(plan: Plan, business_date: date, revision: int, offers: Sequence[Offer]) -> Made:
    """The list of a day."""
    title = say("Goods on sale")
    words = {
        "title": title,
        "above": [plan.file.plan.name, f"{day_words(business_date)} · {say('revision {revision}', revision=revision)}"],
        "heads": [say("Item no."), say("Item"), say("Unit"), say("Price (yuan)")],
        "rows": [_row(plan, offer) for offer in offers],
        "none": say("none"),
        "below": _below(plan, business_date),
    }
    stamp = datetime.combine(business_date, time(), UTC)
    content = _compiler().compile(
        input=PAGE.read_bytes(),
        format="pdf",
        sys_inputs={"words": json.dumps(_shown(words), ensure_ascii=False)},
        timestamp=stamp,
        pdf_tags=False,  # three times the time, for a reader that no phone has
    )
    path = goods_list_path(plan, business_date, revision)
    return Made(path, f"{title} {business_date.isoformat()}", business_date, bytes(content))


def _row(plan: Plan, offer: Offer) -> dict[str, Any]:
    item = plan.items[offer.item_id]
    category = plan.categories[item.category].name if item.category in plan.categories else ""
    low, high = yuan(offer.low_fen), yuan(offer.high_fen)
    price = low if low == high else f"{low}–{high}"
    mark = say(NEW) if offer.new else ""
    return {"number": str(offer.number), "name": item.name, "mark": mark, "category": category} | {
        "unit": item.unit,
        "price": price,
    }


def _below(plan: Plan, business_date: date) -> list[list[str]]:
    """What to do, as pairs of a word and what it says."""
    roles = dict.fromkeys(plan.officers[c.contact].role for c in plan.communities.values())
    who = "、".join(plan.file.roles[role] for role in roles)
    return [
        [say("Cut-off"), cutoff(plan, business_date)],
        [say("Reply to"), say("the group, in a chain, by number or by name; or to: {who}", who=who)],
    ]


def _shown(value: Any) -> Any:
    """Everything in it with what cannot be seen made visible."""
    if isinstance(value, dict):
        return {key: _shown(one) for key, one in value.items()}
    return [_shown(one) for one in value] if isinstance(value, list) else shown(str(value))


@lru_cache(maxsize=1)
def _compiler() -> Any:
    # Imported here: the compiler and its font are a hundred megabytes that no other command needs.
    import manimgx_fonts_cjk
    import typst

    font = str(Path(manimgx_fonts_cjk.__file__).parent)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[font])
    return typst.Compiler(font_paths=fonts)
