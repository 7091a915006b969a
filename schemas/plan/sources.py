"""`[[source]]`: what is fetched over HTTP, from whom, in which format, and which question of a form says what."""

from typing import Literal

from pydantic import Field

from schemas.plan.ruling import Strict
from schemas.plan.values import ClauseId, Host, Key, Name, Slug
from schemas.words import Process

SourceKind = Literal["stock", "catalog", "order_confirmations", "form_submissions"]
SourceFormat = Literal["baogong_v1", "kobo_v2", "odk_central"]
#: Formats in which each kind may come.
FORMATS: dict[str, tuple[str, ...]] = {
    "stock": ("baogong_v1",),
    "catalog": ("baogong_v1",),
    "order_confirmations": ("baogong_v1",),
    "form_submissions": ("kobo_v2", "odk_central"),
}
#: Processes that fetch each kind before they do anything else; the first is the one by which it is due.
FETCHED_BY: dict[str, tuple[Process, ...]] = {
    "catalog": (Process.PUBLISH_CATALOG,),
    "stock": (Process.CHECK_STOCK,),
    "order_confirmations": (Process.DELIVER_ORDERS, Process.PUBLISH_CATALOG, Process.CHECK_STOCK),
    "form_submissions": (Process.COLLECT_NEEDS,),
}


class FormMapping(Strict):
    """Which question of a form says what. A question inside groups is written with them: `place/house`.

    Goods come either as a repeat group (`repeat`, with `item`, `quantity` and `unit` inside it, named by their last
    part) or as one question per item (`wide`: question -> item_id, answered in the item's sale unit).
    """

    community: str = Field(default="", description="empty: the source speaks for the one community that it names")
    household: str = Field(default="", description="household number or address")
    name: str = Field(default="", description="head of the household")
    repeat: str = ""
    item: str = ""
    quantity: str = ""
    unit: str = Field(default="", description="empty: the item's sale unit")
    wide: dict[str, Key] = Field(default_factory=dict)
    payer: str = Field(default="", description="who pays for somebody else (A-09); kept with the line")
    note: str = ""


class Source(Strict):
    """A store's server or a form, pulled by the processes that need it (A-02, B-02, B-06, C-04)."""

    id: Slug
    title: str = Field(min_length=1, description="what officers call it")
    kind: SourceKind
    format: SourceFormat
    endpoint: Name = Field(description="name of the address: BAOGONG_ENDPOINT_<NAME>, never the address itself")
    hosts: list[Host] = Field(min_length=1, description="the only hosts that may be asked or redirected to")
    token: Name | None = Field(
        default=None, description="name of the key: BAOGONG_TOKEN_<NAME>, or Secret block baogong-token-<name>"
    )
    store: Key | None = Field(default=None, description="the store that it speaks for")
    community: Key | None = Field(default=None, description="the one community that a form speaks for")
    timeout_seconds: int = Field(
        default=10, gt=0, le=120, description="for one answer, from the first byte to the last"
    )
    limit_mb: int = Field(default=5, gt=0, le=50, description="for one answer")
    mapping: FormMapping = Field(default_factory=FormMapping)
    clause: ClauseId
    note: str = ""
