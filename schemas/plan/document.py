"""`plan.toml`: what the plan demands, as far as it is not a list of people, places or goods."""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field

from schemas.plan.ruling import Ruling, Strict
from schemas.words import DeliveryMode, Process, Stage, Zone

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Clock = Annotated[time, Field(description="HH:MM in the plan's zone")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EVERY_DAY: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class About(Strict):
    """Who this is: name, zone of time, first day."""

    id: Slug
    name: str
    authority: str
    timezone: str = "Asia/Shanghai"
    start_date: date
    clauses: Literal["A", "B", "C", "D"]


class Needs(Strict):
    """Collecting what residents ask for (A-04, B-02, B-03, C-04)."""

    cutoff: Ruling[Clock]
    max_per_person: Ruling[int] = Field(description="above this many times the daily norm a line is for review")
    file_limit_mb: Ruling[int]


class Delivery(Strict):
    """How goods reach the door."""

    lag_days: Ruling[int]
    modes: Ruling[dict[Zone, DeliveryMode]]
    depart_at: Ruling[Clock]


class Allocation(Strict):
    """Who comes first, and from where the goods come."""

    source: Ruling[Literal["stores", "station"]]
    tiers: Ruling[list[list[Zone]]]
    special_groups_first: Ruling[bool]


class Reserve(Strict):
    """Days of cover and the forecast behind them (B-06)."""

    min_cover_days: Ruling[int]
    forecast_decay: Ruling[float]
    forecast_days: Ruling[int]
    prior_days: Ruling[int]
    stock_out_hours: Ruling[int] = Field(description="a stock-out within so many hours is told at once")
    medicine_days: Ruling[float] = Field(description="medicine below so many days is told at once")


class Purchase(Strict):
    """The cycle in which goods are bought (C-05, B-07, B-10)."""

    trigger: Ruling[Literal["cycle", "low_cover"]]
    budget_fen: Ruling[int]
    lead_days: Ruling[int]
    target_cover_days: Ruling[int]
    approver_roles: Ruling[list[str]]
    approve_below_fen: Ruling[int] = Field(description="approved by rule below this amount; 0 = never")
    approval_until: Ruling[Clock]


class Receiving(Strict):
    """What happens when goods arrive (C-07)."""

    inspector_roles: Ruling[list[str]]
    max_price_rise_pct: Ruling[int] = Field(description="above this rise over the last price a batch is held")


class Report(Strict):
    """The daily report of the market (B-12)."""

    ready_at: Ruling[Clock]
    due_at: Ruling[Clock]
    to_roles: Ruling[list[str]]
    endpoint: Ruling[str] = Field(description="name of the address in the environment, never the address itself")


class PriceWatch(Strict):
    """Rises of price that are told, in per cent over the day before; local law with its date."""

    blue_pct: Ruling[int]
    yellow_pct: Ruling[int]
    orange_pct: Ruling[int]
    staple_rise_pct: Ruling[int]
    since: Ruling[date]


class Notices(Strict):
    """How officers are told (DESIGN 8)."""

    digest_at: Ruling[list[Clock]]
    daily_budget: Ruling[int]
    role_budgets: Ruling[dict[str, int]]
    at_once: Ruling[list[Stage]]
    beyond_budget: Ruling[list[Stage]] = Field(description="stages that no budget holds back: danger to life")
    to: Ruling[dict[Stage, list[str]]] = Field(description="stage -> roles that are told")
    retry_minutes: Ruling[list[int]]


class Category(Strict):
    """A kind of goods with its planning norm and its minimum cover."""

    id: Slug
    name: str
    norm_g: int = Field(ge=0, description="grams per person and day; 0 where there is no norm")
    min_cover_days: float | None = Field(default=None, gt=0, description="none: reserve.min_cover_days")
    lifeline: bool = False
    staple: bool = Field(default=False, description="under the tighter rule for price rises")
    volatile: bool = False
    clause: str
    note: str = ""


class Step(Strict):
    """A node of the plan's process graph: what runs when, and on whose results."""

    flow: Process
    days: list[Weekday] = Field(default_factory=lambda: list(EVERY_DAY))
    at: Clock | None = Field(default=None, description="none: started by hand or by another step")
    after: list[Process] = Field(default_factory=list)
    clause: str
    note: str = ""


class Duty(Strict):
    """Who owes what by when (DESIGN 7)."""

    id: Slug
    title: str
    owed_by: str = Field(pattern=r"^(communities|stores|role:[a-z_]+)$")
    owed_in: list[Zone] | None = Field(default=None, description="only communities in these zones")
    days: list[Weekday] = Field(default_factory=lambda: list(EVERY_DAY))
    opens: Clock
    due: Clock
    remind_minutes: int = Field(ge=0)
    escalate_minutes: int = Field(ge=0)
    fulfilled_by: Literal["needs", "stock", "report", "catalog", "delivery", "purchase", "arrival", "hand"]
    clause: str
    note: str = ""


class Fact(Strict):
    """A sentence of the plan that no key above carries, kept so that nothing of it is lost."""

    clause: str
    text: str


class PlanFile(Strict):
    """The whole of `plan.toml`, after the template's defaults have been laid under it."""

    plan: About
    needs: Needs
    delivery: Delivery
    allocation: Allocation
    reserve: Reserve
    purchase: Purchase
    receiving: Receiving
    report: Report
    prices: PriceWatch
    notices: Notices
    roles: dict[str, str] = Field(description="role id -> its Chinese name")
    category: list[Category]
    step: list[Step]
    duty: list[Duty]
    fact: list[Fact] = Field(default_factory=list)
