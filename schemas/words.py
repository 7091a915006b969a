"""The closed vocabularies that plan files, tables and rules share.

English in code and data; the Chinese that officers read comes from the gettext catalogues
(`locale/`), where each value has its entry.
"""

from enum import StrEnum


class Zone(StrEnum):
    """State of a community (B-01, C-02, D-01)."""

    ISOLATION = "isolation"  # 集中隔离点
    SEALED = "sealed"  # 封控区: nobody leaves home
    CONTROLLED = "controlled"  # 管控区: stay in the area
    PRECAUTION = "precaution"  # 防范区
    OPEN = "open"  # no restriction


class DeliveryMode(StrEnum):
    """How goods reach a household; chosen per zone by the plan."""

    ADDRESS = "address"  # list delivered to the named address (B-02)
    VILLAGE = "village"  # one pick list per village, distributed by its person (B-03)
    STORAGE_POINT = "storage_point"  # the estate's signed storage point
    STATION = "station"  # received and handed out through the station (C-06)


class SpecialGroup(StrEnum):
    """Groups with a named carer (A-09, C-09)."""

    NONE = ""
    ELDERLY_ALONE = "elderly_alone"  # 孤寡老人
    NO_SMARTPHONE = "no_smartphone"  # 不会使用智能手机的老年人
    DISABLED = "disabled"  # 重症残疾
    HARDSHIP = "hardship"  # 困难群众
    HOMELESS = "homeless"  # 流浪人员
    STRANDED = "stranded"  # 外地滞留人员


class StoreKind(StrEnum):
    """What a place that holds goods is."""

    SUPERMARKET = "supermarket"  # 保供商超
    PHARMACY = "pharmacy"  # 药店
    COOPERATIVE = "cooperative"  # 合作社
    FARM = "farm"  # 养殖场
    WHOLESALE = "wholesale"  # 购货来源(城区购物中心)
    STATION = "station"  # 配送站点


class Measure(StrEnum):
    """The base unit in which an item is counted: integer grams, millilitres or pieces."""

    GRAM = "g"
    MILLILITRE = "ml"
    PIECE = "piece"


class Process(StrEnum):
    """Every process of the house; a plan's graph names those that it runs."""

    PUBLISH_CATALOG = "publish_catalog"
    COLLECT_NEEDS = "collect_needs"
    REVIEW_INTAKE = "review_intake"
    ALLOCATE_ORDERS = "allocate_orders"
    PURCHASE_SUPPLIES = "purchase_supplies"
    RECEIVE_GOODS = "receive_goods"
    DELIVER_ORDERS = "deliver_orders"
    CHECK_STOCK = "check_stock"
    SUBMIT_REPORT = "submit_report"
    WATCH_DUTIES = "watch_duties"
    FOLLOW_PEOPLE = "follow_people"
    REVIEW_ZONES = "review_zones"


#: Processes that have a flow today; a plan may name the others, and they are deployed once they exist.
BUILT = frozenset(Process) - {Process.FOLLOW_PEOPLE, Process.REVIEW_ZONES}


class Stage(StrEnum):
    """Moments that end with a notice to the officers the plan names."""

    CATALOG_PUBLISHED = "catalog_published"
    PRICE_MOVED = "price_moved"  # a price on a list rose above a limit of the plan
    PRICE_QUESTIONED = "price_questioned"  # a price that is not published until somebody confirms it
    GOODS_WITHDRAWN = "goods_withdrawn"  # a store takes back what was on its list
    NEEDS_COLLECTED = "needs_collected"
    LINES_RETURNED = "lines_returned"  # rejected lines go back to who sent them
    REVIEW_WANTED = "review_wanted"  # unclear lines wait for an answer
    HOUSEHOLD_UNKNOWN = "household_unknown"  # provisional household to verify
    MEDICINE_UNCLEAR = "medicine_unclear"
    MEDICINE_WAITING = "medicine_waiting"  # unclear medicine that nobody has decided on: told in every digest
    MEDICINE_ORDER = "medicine_order"  # 代配药: to be fetched before it is used up
    VISIT_WANTED = "visit_wanted"  # households that were silent are to be asked
    ORDERS_ALLOCATED = "orders_allocated"
    LIFELINE_SHORT = "lifeline_short"  # a life-line need unserved
    GOODS_OUT = "goods_out"
    DELIVERED = "delivered"
    STOCK_CHECKED = "stock_checked"
    COVER_LOW = "cover_low"  # below the minimum days of cover
    STOCK_OUT_SOON = "stock_out_soon"  # within 24 h
    MEDICINE_LOW = "medicine_low"  # medicine below 1 day
    PURCHASE_PROPOSED = "purchase_proposed"
    APPROVAL_WANTED = "approval_wanted"
    PURCHASE_DECIDED = "purchase_decided"
    PURCHASE_ORDERED = "purchase_ordered"
    GOODS_ARRIVED = "goods_arrived"
    BATCH_HELD = "batch_held"
    REPORT_SUBMITTED = "report_submitted"
    REPORT_UNDELIVERED = "report_undelivered"
    DUTY_REMINDED = "duty_reminded"
    DUTY_ESCALATED = "duty_escalated"
    SOURCE_FAILED = "source_failed"  # what was to be fetched did not come
    ORDER_SHORT = "order_short"  # a store confirms less than was ordered
    RUN_FAILED = "run_failed"
    ALIVE = "alive"  # every morning's sign of life
    FEVER = "fever"


class NoticeState(StrEnum):
    """Life of an outbox row."""

    QUEUED = "queued"
    MERGED = "merged"  # told inside a digest
    SENDING = "sending"  # cut off here: uncertain
    SENT = "sent"  # the service said so
    UNDELIVERED = "undelivered"  # every channel and person tried
    UNCERTAIN = "uncertain"


class DutyState(StrEnum):
    """Life of a duty: "reported none" is an answer, silence is not."""

    OPEN = "open"
    DONE = "done"
    ZERO = "zero"  # 零报告
    LATE = "late"  # done after it was due
    MISSED = "missed"  # never done, window over


class TaskKind(StrEnum):
    """What somebody must do for one household; silence is never "no need" (C-09)."""

    SPECIAL_SILENT = "special_silent"  # a special group sent nothing: its carer asks
    HOUSEHOLD_SILENT = "household_silent"  # nobody heard of it for some collections: its grid worker visits
    MEDICINE_ORDER = "medicine_order"  # 代配药 before it is used up
    MEDICINE_LINE = "medicine_line"  # a line that may be medicine and was not understood


class TaskState(StrEnum):
    """Life of a task for a household; it stays open until somebody answers or a newer one takes its place."""

    OPEN = "open"
    ESCALATED = "escalated"  # handed to the next officer
    DONE = "done"
    MISSED = "missed"  # never answered, and asked anew


class Decision(StrEnum):
    """Answers to a purchase proposal."""

    APPROVE = "approve"
    CHANGE = "change"  # 调整后同意
    REJECT = "reject"
