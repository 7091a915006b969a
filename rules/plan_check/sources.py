"""Sources over HTTP: each speaks for somebody who exists, in a format that fits, and some step of the plan reads it."""

from collections.abc import Iterator

from rules.plan_check.draft import Draft
from rules.plan_check.faults import Fault
from rules.plan_check.officers import at
from rules.plan_check.shapes import shown
from schemas.plan.sources import FETCHED_BY, FORMATS, FormMapping, Source
from schemas.words import Process

FORMS = "form_submissions"


def _owner(draft: Draft, source: Source) -> Iterator[Fault]:
    """A store's list is a store's, a form a community's, and whoever it is stands in the sheets."""
    path = ("source", source.id)
    if source.store is not None and source.community is not None:
        yield draft.document.fault((*path, "community"), "source_two_owners", value=shown(source.community))
    if source.store is not None and draft.stores.lacks(source.store):
        yield draft.document.fault((*path, "store"), "no_such_store", value=shown(source.store))
    if source.community is not None and draft.communities.lacks(source.community):
        yield draft.document.fault((*path, "community"), "no_such_community", value=shown(source.community))
    if source.kind != FORMS and source.store is None:
        yield draft.document.fault(path, "source_no_store", value=shown(source.kind))
    if source.kind == FORMS and source.community is None and not source.mapping.community:
        yield draft.document.fault(path, "source_no_community")


def _mapping(draft: Draft, source: Source) -> Iterator[Fault]:
    """A form's questions: whose, and what; items that stand in items.csv."""
    path, told = ("source", source.id, "mapping"), source.mapping
    if source.kind != FORMS:
        if told != FormMapping():
            yield draft.document.fault(path, "form_no_use", value="「mapping」")
        return
    if not (told.household or told.name):
        yield draft.document.fault(path, "form_without_home")
    if told.repeat and told.wide:
        yield draft.document.fault(path, "form_both_goods")
    elif not told.wide and not (told.repeat and told.item and told.quantity):
        yield draft.document.fault(path, "form_without_goods")
    for question, item_id in told.wide.items():
        if draft.items.lacks(item_id):
            yield draft.document.fault((*path, "wide", question), "no_such_item", value=shown(item_id))


def sources(draft: Draft) -> Iterator[Fault]:
    """Each source by itself."""
    file = draft.document.file
    for source in file.source if file is not None else ():
        if source.format not in FORMATS[source.kind]:
            args = {"value": shown(source.kind), "allowed": list(FORMATS[source.kind])}
            yield draft.document.fault(("source", source.id, "format"), "source_format", **args)
        yield from _owner(draft, source)
        yield from _mapping(draft, source)
        first = FETCHED_BY[source.kind][0]
        if not {p.value for p in FETCHED_BY[source.kind]} & draft.document.steps:
            args = {"value": shown(source.kind), "process": first.value}
            yield draft.document.fault(("source", source.id, "kind"), "source_unread", **args)


def stores_fetched(draft: Draft) -> Iterator[Fault]:
    """A store sends files or is fetched from: one source of each kind, and the sheet says the same."""
    file = draft.document.file
    if file is None:
        return
    first: dict[tuple[str, str], str] = {}
    for source in (s for s in file.source if s.store is not None):
        path, store = ("source", source.id, "store"), draft.stores.rows.get((str(source.store),))
        other = first.setdefault((source.kind, str(source.store)), source.id)
        if other != source.id:
            yield draft.document.fault(path, "source_twice", value=shown(source.store), other=other)
        if store is not None and store.it.channel != "http":
            yield draft.document.fault(path, "source_store_files", value=shown(source.store))
    if draft.document.sources - {source.id for source in file.source}:
        return  # one that cannot be used is told by itself, and may be the store's
    fetched = {source.store for source in file.source}
    for row in draft.stores:
        if row.it.channel == "http" and row.it.store_id not in fetched and _reports(draft):
            yield at(draft.stores, row, "channel", "store_without_source", value=shown(row.it.store_id))


def _reports(draft: Draft) -> bool:
    """Whether any step of the plan reads what stores send at all."""
    return bool({Process.CHECK_STOCK.value, Process.PUBLISH_CATALOG.value} & draft.document.steps)


CHECKS = (sources, stores_fetched)
