"""Days and times: the process graph has no circle, and nothing is due before what it needs can be there.

Times are compared only between steps that share a day. Delivery is the exception: with a lag of a day or
more it hands out what was allocated on an earlier day, so it does not wait for the same day's allocation (B-02).
"""

from collections.abc import Iterator

from rules.plan_check.circles import circles
from rules.plan_check.draft import Draft, Path
from rules.plan_check.faults import Fault
from rules.plan_check.shapes import shown
from schemas.plan import PlanFile
from schemas.plan.document import Duty, Step
from schemas.plan.values import Clock
from schemas.words import Process

#: Senders owe these before the step that reads them.
_READ_BY = {
    "needs": Process.COLLECT_NEEDS,
    "stock": Process.CHECK_STOCK,
    "catalog": Process.PUBLISH_CATALOG,
}
#: These are owed only once the step has made or asked for them.
_MADE_BY = {
    "needs": Process.COLLECT_NEEDS,
    "stock": Process.CHECK_STOCK,
    "catalog": Process.PUBLISH_CATALOG,
    "report": Process.SUBMIT_REPORT,
    "purchase": Process.PURCHASE_SUPPLIES,
    "delivery": Process.DELIVER_ORDERS,
    "arrival": Process.RECEIVE_GOODS,
}


def hhmm(moment: Clock) -> str:
    """`16:00`."""
    return f"{moment:%H:%M}"


def graph(draft: Draft) -> Iterator[Fault]:
    """Every step waits for steps of this plan, and none for itself."""
    document, file = draft.document, draft.document.file
    if file is None:
        return
    for step in file.step:
        for name in step.after:
            if name.value not in document.steps:
                yield document.fault(("step", step.flow.value, "after"), "no_such_step", value=shown(name.value))
    follows = {step.flow.value: [name.value for name in step.after] for step in file.step}
    for circle in circles(follows):
        path = ("step", circle[0], "after")
        yield document.fault(path, "step_cycle", value=shown(" → ".join([*circle, circle[0]])))


def _next_day(file: PlanFile, step: Step, other: Step) -> bool:
    pair = (step.flow, other.flow)
    return pair == (Process.DELIVER_ORDERS, Process.ALLOCATE_ORDERS) and file.delivery.lag_days.value > 0


def order(draft: Draft) -> Iterator[Fault]:
    """No step begins before one that it waits for, nor before the needs are closed."""
    document, file = draft.document, draft.document.file
    if file is None:
        return
    steps = {step.flow: step for step in file.step}
    for step in file.step:
        for other in (steps[name] for name in step.after if name in steps):
            same_day = set(step.days) & set(other.days) and not _next_day(file, step, other)
            if same_day and step.at is not None and other.at is not None and step.at < other.at:
                args = {"value": hhmm(step.at), "other": other.flow.value, "other_at": hhmm(other.at)}
                yield document.fault(("step", step.flow.value, "at"), "before_other_step", **args)
    collect, cutoff = steps.get(Process.COLLECT_NEEDS), file.needs.cutoff.value
    if collect is not None and collect.at is not None and collect.at < cutoff:
        path = ("step", collect.flow.value, "at")
        yield document.fault(path, "before_cutoff", value=hhmm(collect.at), cutoff=hhmm(cutoff))
    until = file.needs.review_until.value
    if collect is not None and until < cutoff:
        yield document.fault(("needs", "review_until"), "before_cutoff", value=hhmm(until), cutoff=hhmm(cutoff))


def deadlines(draft: Draft) -> Iterator[Fault]:
    """What must come before what, among single keys; a key is asked only where the plan runs its process."""
    document, file = draft.document, draft.document.file
    if file is None:
        return
    starts = {step.flow: step.at for step in file.step}
    report, purchase = file.report, file.purchase
    pairs: list[tuple[Process, Path, Clock | None, str, Clock]] = [
        (Process.SUBMIT_REPORT, ("report", "ready_at"), report.ready_at.value, "report.due_at", report.due_at.value),
        (
            Process.SUBMIT_REPORT,
            ("step", "submit_report", "at"),
            starts.get(Process.SUBMIT_REPORT),
            "report.due_at",
            report.due_at.value,
        ),
        (
            Process.PURCHASE_SUPPLIES,
            ("step", "purchase_supplies", "at"),
            starts.get(Process.PURCHASE_SUPPLIES),
            "purchase.approval_until",
            purchase.approval_until.value,
        ),
    ]
    for process, path, moment, other, limit in pairs:
        if process in starts and moment is not None and moment >= limit:
            yield document.fault(path, "not_before", value=hhmm(moment), other=other, limit=hhmm(limit))
    depart, delivering = file.delivery.depart_at.value, starts.get(Process.DELIVER_ORDERS)
    if delivering is not None and depart < delivering:
        args = {"value": hhmm(depart), "other": "deliver_orders", "other_at": hhmm(delivering)}
        yield document.fault(("delivery", "depart_at"), "before_other_step", **args)
    if purchase.trigger.value == "cycle" and starts.get(Process.PURCHASE_SUPPLIES, depart) is None:
        yield document.fault(("step", "purchase_supplies"), "no_step_at")


def _duty_fault(draft: Draft, duty: Duty, steps: dict[Process, Step]) -> Iterator[Fault]:
    sends = duty.owed_by in ("communities", "stores") and duty.fulfilled_by in _READ_BY
    step = steps.get((_READ_BY if sends else _MADE_BY).get(duty.fulfilled_by, Process.WATCH_DUTIES))
    if step is None or step.at is None or step.flow is Process.WATCH_DUTIES or not set(step.days) & set(duty.days):
        return
    args = {"value": hhmm(duty.due), "other": step.flow.value, "other_at": hhmm(step.at)}
    if sends and duty.due > step.at:
        yield draft.document.fault(("duty", duty.id, "due"), "due_after_input", **args)
    elif not sends and duty.due < step.at:
        yield draft.document.fault(("duty", duty.id, "due"), "due_before_step", **args)


def duties(draft: Draft) -> Iterator[Fault]:
    """A duty opens before it is due; what is sent is due before it is read, what is made after it can be made."""
    file = draft.document.file
    if file is None:
        return
    steps = {step.flow: step for step in file.step}
    for duty in file.duty:
        if duty.opens >= duty.due:
            args = {"value": hhmm(duty.due), "other": "opens", "limit": hhmm(duty.opens)}
            yield draft.document.fault(("duty", duty.id, "due"), "not_after", **args)
        else:
            yield from _duty_fault(draft, duty, steps)


CHECKS = (graph, order, deadlines, duties)
