"""`baogong check [PLAN…] [--json]`: can these plans be carried out, and what do they leave to the template."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, time
from textwrap import shorten
from typing import Any

from rules.plan_check import DefaultTaken, Fault
from schemas.plan import Plan
from schemas.text import N_
from tasks.plans import PlanFaults, check_plan, fault_line, fault_message, plan_folder, plan_ids, plans_root
from tasks.words import say

#: A value longer than this is cut in what people read; `--json` has all of it.
VALUE_WIDTH = 80


def _counts(plan: Plan | None) -> dict[str, int]:
    if plan is None:
        return {}
    return {
        "households": len(plan.households),
        "persons": sum(household.persons for household in plan.households.values()),
        "communities": len(plan.communities),
        "stores": len(plan.stores),
        "items": len(plan.items),
        "officers": len(plan.officers),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def _default_line(taken: DefaultTaken) -> str:
    template = (
        N_("default: {path} = {value} (template)") if taken.from_template else N_("default: {path} = {value} (plan)")
    )
    value = _plain(taken.value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return say(template, path=taken.path, value=shorten(text, VALUE_WIDTH, placeholder=" …"))


def _checked(plan_id: str) -> tuple[Plan | None, list[Fault], list[DefaultTaken]]:
    try:
        return check_plan(plan_folder(plan_id))
    except PlanFaults as exc:
        return None, exc.faults, []


def _as_json(
    plan_id: str, plan: Plan | None, faults: Sequence[Fault], defaults: Sequence[DefaultTaken]
) -> dict[str, Any]:
    return {
        "plan": plan_id,
        "ok": plan is not None,
        "faults": [
            {"file": f.file, "row": f.row, "column": f.column, "code": f.code, "message": fault_message(f)}
            for f in faults
        ],
        "defaults": [{"key": d.path, "value": _plain(d.value), "from_template": d.from_template} for d in defaults],
        "counts": _counts(plan),
    }


def _lines(plan_id: str, plan: Plan | None, faults: Sequence[Fault], defaults: Sequence[DefaultTaken]) -> list[str]:
    if plan is None:
        head = say(N_("{plan}: {count} faults"), plan=plan_id, count=len(faults))
        return [head, *(f"  {plan_id}/{fault_line(fault)}" for fault in faults)]
    words = N_(
        "{plan}: passed. {households} households, {persons} persons, {communities} communities, "
        "{stores} stores, {items} items, {officers} officers"
    )
    return [say(words, plan=plan_id, **_counts(plan)), *(f"  {_default_line(taken)}" for taken in defaults)]


def check(plan_ids_asked: Sequence[str] = (), as_json: bool = False) -> int:
    """Check the plans (none named: all of them) and print what was found. Returns 0 where all pass, else 1."""
    asked = list(plan_ids_asked) or plan_ids()
    found = [(plan_id, *_checked(plan_id)) for plan_id in asked]
    if as_json:
        print(json.dumps({"plans": [_as_json(*one) for one in found]}, ensure_ascii=False, indent=2))
    else:
        for one in found:
            print("\n".join(_lines(*one)))
        if not found:
            print(say(N_("There is no plan in {folder}; copy the template there"), folder=plans_root().name))
    return 0 if found and all(plan is not None for _, plan, _, _ in found) else 1
