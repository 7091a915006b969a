"""The text that a community's person posts in the residents' group, as a file to copy from (A-03, C-04)."""

from collections.abc import Sequence
from datetime import date

from schemas.plan import Community, Plan
from schemas.tables import CatalogLine
from tasks.documents.catalog import message
from tasks.documents.made import Made, place
from tasks.words import say


def message_path(plan: Plan, business_date: date, revision: int, community_id: str) -> str:
    """Where a community's message is kept."""
    name = plan.communities[community_id].name
    return place(business_date, say("Group message"), name, revision=revision).removesuffix(".xlsx") + ".txt"


def catalog_message(
    plan: Plan, business_date: date, revision: int, lines: Sequence[CatalogLine], community: Community
) -> Made:
    """The message of a day's lists for one community, UTF-8."""
    text = message(plan, business_date, lines, community)
    title = say("Group message for {community}", community=community.name)
    path = message_path(plan, business_date, revision, community.community_id)
    return Made(path, title, business_date, text.encode())
