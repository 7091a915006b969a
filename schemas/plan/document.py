"""`plan.toml`: what the plan demands, as far as it is not a list of people, places or goods."""

from datetime import date
from typing import Literal

from pydantic import Field

from schemas.plan.ruling import Ruling, Strict
from schemas.plan.sources import Source
from schemas.plan.values import (
    EVERY_DAY,
    OWED_BY,
    ClauseId,
    Clock,
    Count,
    Fen,
    MessageLimit,
    MoreThanOnce,
    Name,
    Percent,
    Positive,
    PositiveNumber,
    Share,
    Slug,
    TimeZone,
    Weekdays,
)
from schemas.words import DeliveryMode, Process, Stage, Zone


class About(Strict):
    """Who this is: name, zone of time, first day."""

    id: Slug
    name: str = Field(min_length=1)
    authority: str = Field(min_length=1)
    timezone: TimeZone = "Asia/Shanghai"
    start_date: date
    clauses: Literal["A", "B", "C", "D", "local"] = Field(
        description="which plan of docs/CLAUSES.md this carries out; local = a jurisdiction's own plan"
    )


class Needs(Strict):
    """Collecting what residents ask for (A-04, B-02, B-03, C-04)."""

    cutoff: Ruling[Clock]
    max_per_person: Ruling[Positive] = Field(description="above this many times the daily norm a line is for review")
    file_limit_mb: Ruling[Positive]
    reviewer_roles: Ruling[list[str]] = Field(description="who may answer lines that are unclear")
    review_until: Ruling[Clock] = Field(description="answers after this hour come too late for the cycle")
    review_remind_minutes: Ruling[Positive] = Field(description="reviewers are reminded so long before the cut-off")


class Catalog(Strict):
    """The lists of goods on sale that go out to the residents (A-02, A-03, C-04)."""

    message_characters: Ruling[MessageLimit] = Field(description="a group message longer than this is split")
    question_times: Ruling[MoreThanOnce] = Field(
        description="a price so many times the one before, or less than that part of it, is asked back first"
    )


class Visits(Strict):
    """Households that were silent are asked: silence is never "no need" (A-09, C-09)."""

    answer_minutes: Ruling[Positive] = Field(description="minutes that the carer has once he is told")
    remind_minutes: Ruling[Count] = Field(description="before it is due")
    escalate_minutes: Ruling[Positive] = Field(description="after it was due the next officer takes over")
    silent_cycles: Ruling[Positive] = Field(description="collections without a word until a household is visited")


class Medicines(Strict):
    """Who takes what until when, and what of it is fetched in time (B-04)."""

    order_days: Ruling[Positive] = Field(description="fetched so many days before it is used up")
    supply_days: Ruling[Positive] = Field(description="an order is for so many days")
    open_at: Ruling[Clock] = Field(description="when the day's orders are told")
    due_at: Ruling[Clock] = Field(description="by when an order is made")
    unclear_by: Ruling[Clock] = Field(description="by when somebody has asked about a line that may be medicine")


class Delivery(Strict):
    """How goods reach the door."""

    lag_days: Ruling[Count]
    modes: Ruling[dict[Zone, DeliveryMode]]
    depart_at: Ruling[Clock]


class Allocation(Strict):
    """Who comes first, and from where the goods come."""

    source: Ruling[Literal["stores", "station"]]
    tiers: Ruling[list[list[Zone]]]
    special_groups_first: Ruling[bool]


class Reserve(Strict):
    """Days of cover and the forecast behind them (B-06)."""

    min_cover_days: Ruling[Positive]
    forecast_decay: Ruling[Share]
    forecast_days: Ruling[Positive]
    prior_days: Ruling[Count]
    stock_out_hours: Ruling[Positive] = Field(description="a stock-out within so many hours is told at once")
    medicine_days: Ruling[PositiveNumber] = Field(description="medicine below so many days is told at once")


class Purchase(Strict):
    """The cycle in which goods are bought (C-05, B-07, B-10)."""

    trigger: Ruling[Literal["cycle", "low_cover"]]
    budget_fen: Ruling[Fen]
    lead_days: Ruling[Count]
    target_cover_days: Ruling[Positive]
    approver_roles: Ruling[list[str]]
    approve_below_fen: Ruling[Fen] = Field(description="approved by rule below this amount; 0 = never")
    approval_until: Ruling[Clock]


class Receiving(Strict):
    """What happens when goods arrive (C-07)."""

    inspector_roles: Ruling[list[str]]
    max_price_rise_pct: Ruling[Percent] = Field(description="above this rise over the last price a batch is held")


class Report(Strict):
    """The daily report of the market (B-12)."""

    ready_at: Ruling[Clock]
    due_at: Ruling[Clock]
    to_roles: Ruling[list[str]]
    endpoint: Ruling[Name] = Field(description="name of the address in the environment, never the address itself")


class PriceWatch(Strict):
    """Rises of price that are told, in per cent over the day before; local law with its date."""

    blue_pct: Ruling[Percent]
    yellow_pct: Ruling[Percent]
    orange_pct: Ruling[Percent]
    staple_rise_pct: Ruling[Percent]
    since: Ruling[date]


class Notices(Strict):
    """How officers are told (DESIGN 8)."""

    digest_at: Ruling[list[Clock]]
    daily_budget: Ruling[Positive]
    role_budgets: Ruling[dict[str, Positive]]
    at_once: Ruling[list[Stage]]
    beyond_budget: Ruling[list[Stage]] = Field(description="stages that no budget holds back: danger to life")
    to: Ruling[dict[Stage, list[str]]] = Field(description="stage -> roles that are told")
    retry_minutes: Ruling[list[Positive]]


class Category(Strict):
    """A kind of goods with its planning norm and its minimum cover."""

    id: Slug
    name: str = Field(min_length=1)
    norm_g: Count = Field(description="grams per person and day; 0 where there is no norm")
    min_cover_days: float | None = Field(default=None, gt=0, description="none: reserve.min_cover_days")
    lifeline: bool = False
    staple: bool = Field(default=False, description="under the tighter rule for price rises")
    volatile: bool = False
    clause: ClauseId
    note: str = ""


class Step(Strict):
    """A node of the plan's process graph: what runs when, and on whose results."""

    flow: Process
    days: Weekdays = Field(default_factory=lambda: list(EVERY_DAY))
    at: Clock | None = Field(default=None, description="none: started by hand or by another step")
    after: list[Process] = Field(default_factory=list)
    clause: ClauseId
    note: str = ""


class Duty(Strict):
    """Who owes what by when (DESIGN 7)."""

    id: Slug
    title: str = Field(min_length=1)
    owed_by: str = Field(pattern=OWED_BY)
    owed_in: list[Zone] | None = Field(default=None, description="only communities in these zones")
    days: Weekdays = Field(default_factory=lambda: list(EVERY_DAY))
    opens: Clock
    due: Clock
    remind_minutes: Count
    escalate_minutes: Count
    fulfilled_by: Literal[
        "needs", "stock", "report", "catalog", "delivery", "purchase", "arrival", "supply", "vehicles", "hand"
    ]
    clause: ClauseId
    note: str = ""


class Fact(Strict):
    """A sentence of the plan that no key above carries, kept so that nothing of it is lost."""

    clause: ClauseId
    text: str = Field(min_length=1)


class PlanFile(Strict):
    """The whole of `plan.toml`, after the template's defaults have been laid under it."""

    plan: About
    needs: Needs
    catalog: Catalog
    visits: Visits
    medicines: Medicines
    delivery: Delivery
    allocation: Allocation
    reserve: Reserve
    purchase: Purchase
    receiving: Receiving
    report: Report
    prices: PriceWatch
    notices: Notices
    roles: dict[Slug, str] = Field(description="role id -> its Chinese name")
    category: list[Category]
    step: list[Step]
    duty: list[Duty]
    source: list[Source] = Field(default_factory=list)
    fact: list[Fact] = Field(default_factory=list)
