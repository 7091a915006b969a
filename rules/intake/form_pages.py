"""Pages of a form's server -> filled-in forms, whatever the server.

`kobo_v2`: KoboToolbox, `GET /api/v2/assets/{uid}/data/?format=json`. `{"count", "next", "previous", "results": […]}`;
an answer's key is its question with its groups (`place/house`); a repeat group is a list of objects whose keys begin
with the repeat's path; `_submission_time` is UTC without a zone. An edit gives a new `_uuid` and `meta/instanceID`;
what stays is the number `_id` (and `meta/rootUuid`, where there is one), and `_submission_time` does not move
(kobotoolbox/kpi issues 3940 and 7259). At most 1,000 results a page since 2026, 100 if not asked for more.
https://support.kobotoolbox.org/data_endpoint.html, https://community.kobotoolbox.org/t/74610

`odk_central`: ODK Central, `GET /v1/projects/{p}/forms/{f}.svc/Submissions?$expand=*`. `{"value": […],
"@odata.nextLink", "@odata.count"}`; groups are objects, repeats lists (with `$expand=*`) beside
`<name>@odata.navigationLink`; `__id` stays over edits; `__system` has `submissionDate`, `updatedAt` (also moved by a
review), `edits`, `reviewState`. The next link carries a `$skiptoken` and is taken as it is.
https://docs.getodk.org/central-api-odata-endpoints/
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules.intake.http_json import NotAsAgreed, Object, json_object, link, moment, objects, words

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """One form as somebody filled it in. `answers` by question with its groups; a repeat is a list of such mappings.

    `changed_at`: the latest moment that the server tells of it; by it the next pull goes on. `refused`: somebody who
    checks the forms has said that it does not count.
    """

    instance: str
    submitted_at: datetime
    changed_at: datetime
    answers: Answers
    refused: bool = False


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page: `count` is how many there are over all pages, where the server says so."""

    filled: list[Filled]
    next: str | None
    count: int | None


def form_page(body: bytes, form: str) -> FormPage:
    """Read a page of a format.

    Raises:
        NotAsAgreed: not such a page.
    """
    found = json_object(body)
    name, following, count, read = _FORMATS[form]
    told = found.get(count)
    filled = [read(entry) for entry in objects(found, name)]
    return FormPage(filled, link(found, following), told if isinstance(told, int) else None)


def _kobo(entry: Object) -> Filled:
    instance = words(entry.get("_id")) or words(entry.get("meta/rootUuid")) or words(entry.get("_uuid"))
    submitted_at = moment(entry.get("_submission_time"), "_submission_time", assumed_utc=True)
    status = entry.get("_validation_status")
    refused = isinstance(status, Mapping) and status.get("uid") == "validation_status_not_approved"
    return _filled(instance, submitted_at, submitted_at, _flat(entry), refused)


def _odk(entry: Object) -> Filled:
    system = entry.get("__system")
    if not isinstance(system, dict):
        raise NotAsAgreed("page_not_agreed", what="__system")
    submitted_at = moment(system.get("submissionDate"), "submissionDate")
    updated = system.get("updatedAt")
    changed_at = max(submitted_at, moment(updated, "updatedAt")) if updated is not None else submitted_at
    answers = {k: v for k, v in entry.items() if not k.startswith("__")}
    refused = system.get("reviewState") == "rejected"
    return _filled(words(entry.get("__id")), submitted_at, changed_at, _flat(answers), refused)


def _filled(instance: str, submitted_at: datetime, changed_at: datetime, answers: Answers, refused: bool) -> Filled:
    if not instance:
        raise NotAsAgreed("page_not_agreed", what="id")
    return Filled(instance.removeprefix("uuid:"), submitted_at, changed_at, answers, refused)


def _flat(entry: Answers, path: str = "") -> dict[str, Any]:
    """Groups as part of their questions' names, whichever way the server tells them."""
    flat: dict[str, Any] = {}
    for key, value in entry.items():
        name = f"{path}{key}"
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{name}/")
        elif isinstance(value, list):
            flat[name] = [_flat(one) for one in value if isinstance(one, Mapping)]
        else:
            flat[name] = value
    return flat


_FORMATS: dict[str, tuple[str, str, str, Callable[[Object], Filled]]] = {
    "kobo_v2": ("results", "next", "count", _kobo),
    "odk_central": ("value", "@odata.nextLink", "@odata.count", _odk),
}
