"""`[[source]]` entries of the small plan: its supermarket's server, and a form for the whole township."""

from typing import Any

Document = dict[str, Any]
LOOPBACK = ["127.0.0.1"]


def store_source(kind: str, store: str = "market", **changes: Any) -> Document:
    """A store's own server; `BAOGONG_ENDPOINT_<STORE>` has its address."""
    return {
        "id": f"{store}_{kind}",
        "title": f"示例{kind}",
        "kind": kind,
        "format": "baogong_v1",
        "endpoint": store,
        "hosts": LOOPBACK,
        "store": store,
        "timeout_seconds": 2,
        "clause": "B-06",
        **changes,
    }


def form_source(form: str = "kobo_v2", **changes: Any) -> Document:
    """A form with a repeat group of goods; `BAOGONG_ENDPOINT_FORM` has the address of its data."""
    return {
        "id": "needs_form",
        "title": "需求登记表",
        "kind": "form_submissions",
        "format": form,
        "endpoint": "form",
        "hosts": LOOPBACK,
        "timeout_seconds": 2,
        "mapping": {
            "community": "place/community",
            "household": "place/house",
            "name": "place/head",
            "repeat": "goods",
            "item": "item",
            "quantity": "quantity",
            "unit": "unit",
            "payer": "payer",
            "note": "note",
        },
        "clause": "B-03",
        **changes,
    }
