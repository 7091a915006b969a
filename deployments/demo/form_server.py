"""Servers of filled-in forms on loopback, in the form of KoboToolbox v2 and of ODK Central, a few forms a page."""

import json
import re
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from deployments.demo.json_server import JsonServer, Request


class FormServer(JsonServer):
    """Forms by their number, as people fill them in and edit them; `page_size` forms a page."""

    path = ""

    def __init__(self, page_size: int = 100) -> None:
        super().__init__()
        self.page_size = page_size
        self.forms: dict[int, dict[str, Any]] = {}
        self.hidden = 0  # entries that it counts and does not give

    @property
    def data(self) -> str:
        """The address that goes into the environment."""
        return f"{self.address}{self.path}"

    def fill(
        self, number: int, at: datetime, community: str, house: str, *goods: tuple[str, str, str], **more: Any
    ) -> None:
        """A form, or another version of the one with this number; `at` is when it was sent or edited."""
        former = self.forms.get(number)
        told = {"community": community, "house": house, "goods": list(goods), **more}
        sent = former["sent"] if former else at
        self.forms[number] = told | {"sent": sent, "changed": at, "version": former["version"] + 1 if former else 0}


class KoboServer(FormServer):
    """`GET /api/v2/assets/{uid}/data/`; an edit moves neither `_id` nor `_submission_time`, and renews `_uuid`."""

    path = "/api/v2/assets/aTestForm/data/"

    def answer(self, request: Request) -> tuple[int, Any]:
        """A page, oldest first, from the query's moment on."""
        if request.path != self.path or request.query.get("format") != "json":
            return 404, {"detail": "Not found."}
        since = json.loads(request.query["query"])["_submission_time"]["$gte"]
        start = int(request.query.get("start", "0"))
        found = [self._entry(n, form) for n, form in self.forms.items()]
        found = sorted((e for e in found if e["_submission_time"] >= since), key=lambda e: e["_submission_time"])
        end = start + self.page_size
        following = f"{self.data}?{urlencode(request.query | {'start': end})}" if end < len(found) else None
        return 200, {
            "count": len(found) + self.hidden,
            "next": following,
            "previous": None,
            "results": found[start:end],
        }

    def _entry(self, number: int, form: dict[str, Any]) -> dict[str, Any]:
        goods = [{"goods/item": i, "goods/quantity": q, "goods/unit": u} for i, q, u in form["goods"]]
        uuid = f"0000-{number}-{form['version']}"
        return {
            "_id": number,
            "formhub/uuid": "0123",
            "place/community": form["community"],
            "place/house": form["house"],
            "goods": goods,
            "note": form.get("note"),
            "payer": form.get("payer"),
            "rice": form.get("rice"),
            "__version__": "v1",
            "meta/instanceID": f"uuid:{uuid}",
            "meta/rootUuid": f"uuid:0000-{number}-0",
            "_uuid": uuid,
            "_submission_time": f"{form['sent'].astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
            "_attachments": [],
            "_geolocation": [None, None],
            "_validation_status": {"uid": form["status"]} if "status" in form else {},
        }


class OdkServer(FormServer):
    """`GET …/forms/{id}.svc/Submissions`; newest first, `__id` stays, an edit moves `updatedAt`."""

    path = "/v1/projects/1/forms/needs.svc/Submissions"

    def answer(self, request: Request) -> tuple[int, Any]:
        """A page of what was sent or changed since the filter's moment."""
        if request.path != self.path or request.query.get("$expand") != "*":
            return 404, {"message": "Not found."}
        since = datetime.fromisoformat(re.findall(r"ge (\S+)", request.query["$filter"])[0])
        found = [f for f in self.forms.items() if max(f[1]["sent"], f[1]["changed"]) >= since]
        found.sort(key=lambda pair: pair[1]["sent"], reverse=True)
        start = int(request.query.get("$skiptoken", "0"))
        end = start + self.page_size
        page = {
            "value": [self._entry(n, form) for n, form in found[start:end]],
            "@odata.context": f"{self.address}/v1/projects/1/forms/needs.svc/$metadata#Submissions",
            "@odata.count": len(found) + self.hidden,
        }
        if end < len(found):
            page["@odata.nextLink"] = f"{self.data}?{urlencode(request.query | {'$skiptoken': end})}"
        return 200, page

    def _entry(self, number: int, form: dict[str, Any]) -> dict[str, Any]:
        instance = f"uuid:0000-{number}"
        goods = [
            {"__id": f"{number}{at}", "__Submissions-id": instance, "item": i, "quantity": q, "unit": u}
            for at, (i, q, u) in enumerate(form["goods"])
        ]
        changed = form["changed"] if form["version"] else None
        return {
            "__id": instance,
            "__system": {
                "submissionDate": _odk_time(form["sent"]),
                "updatedAt": _odk_time(changed) if changed else None,
                "submitterId": "1",
                "reviewState": form.get("status"),
                "edits": form["version"],
            },
            "meta": {"instanceID": instance},
            "place": {"community": form["community"], "house": form["house"]},
            "payer": form.get("payer"),
            "note": form.get("note"),
            "goods@odata.navigationLink": f"Submissions('{instance}')/goods",
            "goods": deepcopy(goods),
        }


def _odk_time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


SERVERS: dict[str, type[FormServer]] = {"kobo_v2": KoboServer, "odk_central": OdkServer}
