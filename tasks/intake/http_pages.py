"""What a stored page holds: the bytes and the plan -> sheets, or the reason why it cannot be used."""

from datetime import datetime

from rules.intake.form_pages import form_page
from rules.intake.forms import StoredPage
from rules.intake.http_json import NotAsAgreed
from rules.intake.store_pages import Expected, as_of, list_sheet
from schemas.plan import Plan
from schemas.plan.sources import Source
from schemas.tables import Submission
from schemas.text import Text
from tasks.intake.readers import Read

_PREFIX = "http:"


def page_name(source: Source) -> str:
    """The source name under which every page of a source is filed."""
    return f"{_PREFIX}{source.id}"


def source_of(plan: Plan, page: Submission) -> Source | None:
    """The source that a stored page came from; None where the plan no longer has it."""
    return plan.sources.get(page.source_name.removeprefix(_PREFIX))


def read_page(plan: Plan, page: Submission) -> Read:
    """A store's list as a sheet; a form's page is only looked through, since forms are read together."""
    source = source_of(plan, page)
    if source is None:
        return Read(reason=Text("source_gone", {"name": page.source_name.removeprefix(_PREFIX)}))
    told = next((Text(str(r["code"]), dict(r["args"])) for r in page.reasons if r["code"] == "page_wrong_type"), None)  # type: ignore[call-overload]  # JSON as we wrote it
    try:
        return Read(reason=told) if told else _read(plan, source, page)
    except NotAsAgreed as fault:
        return Read(reason=fault.reason)


def _read(plan: Plan, source: Source, page: Submission) -> Read:
    body = page.body or b""
    if source.kind in ("stock", "catalog"):
        expected = Expected(str(source.store), page.business_date, plan.zone)
        return Read(sheets=(list_sheet(body, source.kind, expected),))
    if source.kind == "form_submissions":
        form_page(body, source.format)
    return Read()


def reported_at(page: Submission) -> datetime:
    """When a sender said what a submission says: a file when it came, a store's page when the store counted."""
    if page.channel != "http":
        return page.received_at
    try:
        return min(as_of(page.body or b""), page.received_at)
    except NotAsAgreed:
        return page.received_at


def stored_page(plan: Plan, page: Submission) -> StoredPage | None:
    """A form's page with its source; None where it is none, or cannot be read."""
    source = source_of(plan, page)
    if page.channel != "http" or source is None or source.kind != "form_submissions" or read_page(plan, page).reason:
        return None
    return StoredPage(source, page.submission_id, page.received_at, page.sequence, page.body or b"")
