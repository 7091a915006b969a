"""A plan file with one fault is told in one line that names its row, its key and the cure."""

from pathlib import Path

import pytest

from tests.factories.plan_edits import (
    PLAN,
    Edit,
    clause,
    faults_after,
    line_begins_with,
    of,
    rule,
)
from tests.factories.plan_folder import (
    entry,
)

PLAN_FAULTS: dict[str, tuple[Edit, str, str]] = {
    "a key that is not known": (lambda d, _: d["needs"].update(cutof=1), "needs.cutof", "unknown_key"),
    "a section that is not known": (lambda d, _: d.update(need={"x": 1}), "need", "unknown_key"),
    "a mark of the loader's": (
        lambda d, _: d["needs"]["cutoff"].update(from_template=True),
        "needs.cutoff.from_template",
        "unknown_key",
    ),
    "a time in numbers": (rule("needs", "cutoff", 1600), "needs.cutoff.value", "not_clock"),
    "a time with a full-width colon": (rule("needs", "cutoff", "16：00"), "needs.cutoff.value", "not_clock"),
    "a number in quotation marks": (rule("delivery", "lag_days", "1"), "delivery.lag_days.value", "not_whole"),
    "a number for a truth value": (
        rule("allocation", "special_groups_first", 1),
        "allocation.special_groups_first.value",
        "not_yes_no",
    ),
    "a value without its clause": (
        lambda d, _: d["needs"].update(cutoff="16:00"),
        "needs.cutoff",
        "not_table",
    ),
    "no days of reserve": (rule("reserve", "min_cover_days", 0), "reserve.min_cover_days.value", "not_above"),
    "a delivery after the end of days": (rule("delivery", "lag_days", 10**9), "delivery.lag_days.value", "not_at_most"),
    "a budget beyond eight bytes": (rule("purchase", "budget_fen", 10**18), "purchase.budget_fen.value", "not_at_most"),
    "a decay above one": (rule("reserve", "forecast_decay", 1.5), "reserve.forecast_decay.value", "not_at_most"),
    "a date of the thirteenth month": (rule("prices", "since", "2022-13-01"), "prices.since.value", "not_date"),
    "a stage that is not known": (rule("notices", "at_once", ["fevr"]), "notices.at_once.value[1]", "not_one_of"),
    "an address for the endpoint": (
        rule("report", "endpoint", "http://127.0.0.1/"),
        "report.endpoint.value",
        "bad_name",
    ),
    "a zone of time on the moon": (
        lambda d, _: d["plan"].update(timezone="Moon/Base"),
        "plan.timezone",
        "not_zone_of_time",
    ),
    "a clause in words": (clause("needs", "cutoff", "第二条"), "needs.cutoff.clause", "bad_clause"),
    "a clause that no plan has": (clause("needs", "cutoff", "B-02, B-14"), "needs.cutoff.clause", "no_such_clause"),
    "a clause of a fact that no plan has": (
        lambda d, _: d["fact"].append({"clause": "D-12", "text": "示例"}),
        "fact[2].clause",
        "no_such_clause",
    ),
    "a plan under another name": (lambda d, _: d["plan"].update(id="other"), "plan.id", "id_not_folder"),
    "a step that is there twice": (lambda d, _: d["step"].append(dict(d["step"][0])), "step[10]", "duplicate_entry"),
    "a wait for a step that is not there": (
        of("step", "check_stock", after=["review_zones"]),
        "step[check_stock].after",
        "no_such_step",
    ),
    "steps that wait for each other": (
        lambda d, _: (
            entry(d, "step", "check_stock").update(at="14:30", after=["submit_report"]),
            entry(d, "step", "purchase_supplies").update(at="14:30"),
        ),
        "step[check_stock].after",
        "step_cycle",
    ),
    "a collection before the cut-off": (
        lambda d, _: (
            entry(d, "step", "collect_needs").update(at="15:59"),
            entry(d, "duty", "needs_list").update(due="15:30"),
        ),
        "step[collect_needs].at",
        "before_cutoff",
    ),
    "an allocation before the needs are in": (
        of("step", "allocate_orders", at="16:00"),
        "step[allocate_orders].at",
        "before_other_step",
    ),
    "a report that is due before it is ready": (rule("report", "ready_at", "15:00"), "report.ready_at", "not_before"),
    "an approval that ends before it is asked": (
        rule("purchase", "approval_until", "13:00"),
        "step[purchase_supplies].at",
        "not_before",
    ),
    "a departure before the lists": (rule("delivery", "depart_at", "07:00"), "delivery.depart_at", "before_other_step"),
    "a duty that is due before it opens": (
        of("duty", "needs_list", opens="16:00"),
        "duty[needs_list].due",
        "not_after",
    ),
    "needs that are due after the collection": (
        of("duty", "needs_list", due="16:30"),
        "duty[needs_list].due",
        "due_after_input",
    ),
    "stock that is due after the check": (
        of("duty", "stock_report", due="13:31"),
        "duty[stock_report].due",
        "due_after_input",
    ),
    "a report that is owed before it is made": (
        of("duty", "market_report", due="14:20"),
        "duty[market_report].due",
        "due_before_step",
    ),
    "a duty of a role that is not there": (
        of("duty", "market_report", owed_by="role:nobody"),
        "duty[market_report].owed_by",
        "no_such_role",
    ),
    "a duty of everybody": (of("duty", "market_report", owed_by="all"), "duty[market_report].owed_by", "bad_owed_by"),
    "a duty on no day": (of("duty", "needs_list", days=[]), "duty[needs_list].days", "too_short"),
    "a stage told to a role that nobody has": (
        lambda d, _: (d["roles"].update(press="宣传"), d["notices"]["to"]["value"].update(delivered=["press"])),
        "notices.to.value.delivered",
        "role_of_nobody",
    ),
    "a budget of notices for no role": (
        rule("notices", "role_budgets", {"x": 3}),
        "notices.role_budgets",
        "no_such_role",
    ),
    "nobody to approve": (rule("purchase", "approver_roles", []), "purchase.approver_roles", "no_role_named"),
    "no money": (rule("purchase", "budget_fen", 0), "purchase.budget_fen", "no_budget"),
    "digests out of order": (rule("notices", "digest_at", ["11:30", "08:30"]), "notices.digest_at", "not_ascending"),
    "a zone without a way of delivery": (
        rule("delivery", "modes", {"sealed": "address", "isolation": "address"}),
        "delivery.modes",
        "no_mode",
    ),
    "a zone without a place in the order": (
        rule("allocation", "tiers", [["sealed", "controlled"]]),
        "allocation.tiers",
        "no_tier",
    ),
    "a zone with two places in the order": (
        rule("allocation", "tiers", [["sealed", "controlled"], ["isolation", "sealed"]]),
        "allocation.tiers",
        "two_tiers",
    ),
    "a purchase by cycle without a time": (
        lambda d, _: (d["purchase"]["trigger"].update(value="cycle"), entry(d, "step", "purchase_supplies").pop("at")),
        "step[purchase_supplies]",
        "no_step_at",
    ),
}


@pytest.mark.parametrize("name", PLAN_FAULTS)
def test_one_fault_of_the_plan_file_is_one_line_with_its_key(name: str, tmp_path: Path) -> None:
    edit, key, code = PLAN_FAULTS[name]
    [((file, row, column), found_code, line)] = faults_after(tmp_path, edit)
    assert (file, column, found_code) == (PLAN, key, code)
    assert row is not None and f" 第 {row} 行 {key}：" in line
    written = (tmp_path / "demo" / PLAN).read_text("utf-8").splitlines()[row - 1]
    assert written.startswith(line_begins_with(key))
