"""`summary.json`: the keys that were agreed, and numbers that add up from the database it was written from."""

from tests.integration.demo.shown import Demo

#: Every key, and those inside where they are fixed.
KEYS: dict[str, set[str]] = {
    "plan": set(), "from": set(), "to": set(), "days": set(), "flow_runs": set(), "documents": set(), "checks": set(),
    "lines": {
        "received", "accepted", "rejected", "superseded", "withdrawn", "allocated_full", "allocated_part", "short",
    },
    "stock": {"checks", "alerts", "min_cover_days"},
    "purchases": {"proposed", "approved", "ordered", "arrived"},
    "reports": {"due", "submitted_on_time", "revisions"},
    "notices": {"queued", "sent", "undelivered", "by_stage"},
    "duties": {"due", "on_time", "late", "missed"},
    "seconds": {"run"},
}  # fmt: skip
CHECKS = {
    "needs_conserved", "orders_conserved", "stock_conserved", "no_duplicate_notice", "one_purchase_per_cycle",
    "no_unchecked_batch", "every_submission_kept",
}  # fmt: skip
ENDS = ("accepted", "superseded", "withdrawn")
#: Rows of the newest revision of every cycle.
NEWEST = """SELECT {what} FROM {table} AS mine WHERE revision =
    (SELECT MAX(revision) FROM {table} AS other WHERE other.plan_id = mine.plan_id AND other.cycle = mine.cycle)"""
ANSWERS = """SUM(short_base = 0), SUM(short_base > 0 AND allocated_base > 0),
    SUM(short_base > 0 AND allocated_base = 0)"""
RETURNED = """SELECT COUNT(*) FROM rejected_line JOIN submission USING (submission_id)
    WHERE kind = 'needs' AND rejected_line.state = 'waiting'"""


def test_its_keys_are_those_that_were_agreed(demo: Demo) -> None:
    assert set(demo.summary) == set(KEYS)
    assert {name: set(demo.summary[name]) for name, inner in KEYS.items() if inner} == {
        name: inner for name, inner in KEYS.items() if inner
    }
    assert set(demo.summary["checks"]) >= CHECKS
    assert all(set(counts) == {"completed", "failed"} for counts in demo.summary["flow_runs"].values())


def test_lines_add_up(demo: Demo) -> None:
    lines = demo.summary["lines"]
    states = dict(demo.rows("SELECT state, COUNT(*) FROM need_line GROUP BY state"))
    assert {end: lines[end] for end in ENDS} == {end: states.get(end, 0) for end in ENDS}
    assert lines["rejected"] == demo.number(RETURNED)
    assert lines["received"] == sum(states.values()) + lines["rejected"]
    assert 0.01 < lines["rejected"] / lines["received"] < 0.1  # people's slips, neither none nor a flood


def test_what_is_needed_is_allocated_in_full_in_part_or_short(demo: Demo) -> None:
    lines = demo.summary["lines"]
    answered = [lines[name] for name in ("allocated_full", "allocated_part", "short")]
    assert answered == [*demo.rows(NEWEST.format(what=ANSWERS, table="allocation"))[0]]
    assert sum(answered) == demo.number(NEWEST.format(what="COUNT(*)", table="need")) > 0


def test_stock_and_purchases_add_up(demo: Demo) -> None:
    stock, bought = demo.summary["stock"], demo.summary["purchases"]
    assert stock["checks"] == demo.number("SELECT COUNT(DISTINCT business_date) FROM cover_line") == demo.days
    assert stock["alerts"] > 0
    assert 0 <= stock["min_cover_days"] < demo.plan.file.reserve.min_cover_days.value  # else nothing were alerted
    states = [state for (state,) in demo.rows("SELECT state FROM purchase WHERE state <> 'nothing_to_buy'")]
    assert bought["proposed"] == len(states) > 0
    assert bought["approved"] == demo.number("SELECT COUNT(*) FROM approval WHERE decision <> 'reject'") > 0
    assert bought["ordered"] == demo.number("SELECT COUNT(DISTINCT cycle) FROM purchase_order") == bought["approved"]
    assert bought["arrived"] == states.count("arrived")


def test_reports_add_up_and_every_one_was_taken_in_time(demo: Demo) -> None:
    told = demo.summary["reports"]
    receipts = demo.number("SELECT COUNT(DISTINCT business_date) FROM receipt")
    assert told["due"] == told["submitted_on_time"] == receipts == demo.days
    assert told["revisions"] == demo.number("SELECT COUNT(*) FROM market_report")


def test_notices_add_up_and_lie_as_files(demo: Demo) -> None:
    told = demo.summary["notices"]
    assert told["by_stage"] == dict(demo.rows("SELECT stage, COUNT(*) FROM notice GROUP BY stage"))
    assert told["queued"] == sum(told["by_stage"].values())
    assert told["sent"] == demo.number("SELECT COUNT(*) FROM notice WHERE state = 'sent'") > 0
    assert told["undelivered"] == 0
    assert told["sent"] == len(list((demo.folder / "notices").rglob("*.txt")))


def test_duties_add_up(demo: Demo) -> None:
    told = demo.summary["duties"]
    within = "SELECT state, COUNT(*) FROM duty WHERE business_date <= ? GROUP BY state"
    states = dict(demo.rows(within, demo.summary["to"]))
    assert told["due"] == sum(states.values())
    assert told["on_time"] == states.get("done", 0) + states.get("zero", 0) > 0
    assert (told["late"], told["missed"]) == (states.get("late", 0), states.get("missed", 0))


def test_every_document_told_of_lies_there_and_no_other(demo: Demo) -> None:
    documents = demo.folder / "documents"
    there = [path.relative_to(documents).as_posix() for path in documents.rglob("*") if path.is_file()]
    assert demo.summary["documents"] == sorted(there)
    assert there
