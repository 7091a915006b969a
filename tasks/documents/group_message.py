"""The texts that a community's person posts in the residents' group, as files to copy from (A-03, C-04).

A text is never longer than the plan says that a group reads (`catalog.message_characters`); a longer list goes out in
numbered parts, each with its head. Nothing is cut mid-line: an item stands whole in one part.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from rules.catalog import Offer
from schemas.plan import Community, Plan
from schemas.units import yuan
from tasks.documents.catalog import NEW, cutoff
from tasks.documents.labels import day_words
from tasks.documents.made import Made, place
from tasks.words import say


def message_path(plan: Plan, business_date: date, revision: int, community_id: str, part: int = 1, of: int = 1) -> str:
    """Where a part of a community's message is kept."""
    name = plan.communities[community_id].name
    parts = [] if of == 1 else [f"{part}-{of}"]
    return place(business_date, say("Group message"), name, *parts, revision=revision).removesuffix(".xlsx") + ".txt"


def message_paths(
    plan: Plan, business_date: date, revision: int, offers: Sequence[Offer], community: Community
) -> list[str]:
    """Where the parts of a community's message are kept, in their order."""
    of = len(message_parts(plan, business_date, offers, community))
    return [message_path(plan, business_date, revision, community.community_id, n + 1, of) for n in range(of)]


def catalog_messages(
    plan: Plan, business_date: date, revision: int, offers: Sequence[Offer], community: Community
) -> list[Made]:
    """The message of a day's lists for one community, UTF-8, a file for each part."""
    title = say("Group message for {community}", community=community.name)
    texts = message_parts(plan, business_date, offers, community)
    paths = message_paths(plan, business_date, revision, offers, community)
    return [Made(path, title, business_date, text.encode()) for path, text in zip(paths, texts, strict=True)]


def message_parts(plan: Plan, business_date: date, offers: Sequence[Offer], community: Community) -> list[str]:
    """What is on sale, numbered, with price and unit, and how to answer until when: one text, or several."""
    day = day_words(business_date)
    if not offers:
        return [say("[Goods on sale] {community} {day}: nothing today", community=community.name, day=day)]
    head = say("[Goods on sale] {community} {day}", community=community.name, day=day)
    foot = "\n".join(_foot(plan, business_date, offers, community))
    room = plan.file.catalog.message_characters.value - len(head) - len(foot) - len(" (99/99)\n\n")
    bodies = _bodies(plan, offers, room)
    counts = [""] if len(bodies) == 1 else [f" ({n}/{len(bodies)})" for n in range(1, len(bodies) + 1)]
    texts = [f"{head}{count}\n{body}" for count, body in zip(counts, bodies, strict=True)]
    return [*texts[:-1], f"{texts[-1]}\n{foot}"]


def _foot(plan: Plan, business_date: date, offers: Sequence[Offer], community: Community) -> Iterator[str]:
    example = _example(plan, offers)
    yield say(
        "Answer in a chain: address, name, item or its number, and quantity, for example: {example}", example=example
    )
    if any(offer.low_fen != offer.high_fen for offer in offers):
        yield say("Where two prices stand, that of the store which delivers holds.")
    until = cutoff(plan, business_date)
    yield say("Until {cutoff}. To be brought to: {point}", cutoff=until, point=community.delivery_point)


def _bodies(plan: Plan, offers: Sequence[Offer], room: int) -> list[str]:
    """A line for each category, in pieces of at most `room` characters; one that goes on in the next is named again."""
    bodies, category = [""], ""
    for offer in offers:
        mine, words = plan.items[offer.item_id].category, offer_words(plan, offer)
        name = say("{category}: ", category=plan.categories[mine].name) if mine in plan.categories else ""
        added = f"  {words}" if mine == category else f"\n{name}{words}"
        if bodies[-1] and len(bodies[-1]) + len(added) > room:
            bodies.append("")
            added = f"\n{name}{words}"
        bodies[-1], category = (bodies[-1] + added).lstrip("\n"), mine
    return bodies


def offer_words(plan: Plan, offer: Offer) -> str:
    """`12.大米 30.00元/袋`; two prices where the stores differ, and a mark where it was not on the list before."""
    item = plan.items[offer.item_id]
    mark = say("({note})", note=say(NEW)) if offer.new else ""
    return f"{offer.number}.{item.name}{mark} {price_words(offer)}{say('yuan')}/{item.unit}"


def price_words(offer: Offer) -> str:
    """`30.00`, or `30.00-31.50` where the stores differ."""
    low, high = yuan(offer.low_fen), yuan(offer.high_fen)
    return low if low == high else f"{low}-{high}"


def _example(plan: Plan, offers: Sequence[Offer]) -> str:
    goods = [f"{plan.items[x.item_id].name}{n}{plan.items[x.item_id].unit}" for n, x in enumerate(offers[:2], start=1)]
    return say("3-2-501 Mr Zhang {goods}", goods=" ".join(goods))
