"""`baogong aliases`: the words that were learnt; written as the plan's sheet for a coordinator, or taken back."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from deployments.by_hand import acted, run_at
from schemas.words import Process


def show_aliases(plan_id: str) -> int:
    """The learnt words that stand, each with its item, who accepted it and from which day on it holds."""
    from tasks.aliases import learnt
    from tasks.plans import load_plan

    def act() -> list[Mapping[str, Any]]:
        plan = load_plan(plan_id)
        return [
            {
                "words": one.alias.words,
                "item": plan.items[one.alias.item_id].name,
                "by": plan.officers[one.said_by].name if one.said_by in plan.officers else one.said_by,
                "from": one.from_date,
            }
            for one in learnt(plan)
        ]

    return acted(act)


def write_aliases(plan_id: str, out: Path) -> int:
    """Write `aliases_learnt.csv`, the plan's own rows first, for a coordinator to put into the plan."""
    from tasks.aliases import as_sheet
    from tasks.plans import load_plan

    def act() -> Mapping[str, Any]:
        body = as_sheet(load_plan(plan_id))
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(body)
        return {"file": str(out)}

    return acted(act)


def refuse_alias(plan_id: str, words: str, by: str, on: date | None, now: datetime | None) -> int:
    """Take a learnt word back: later lines with it are asked about again."""
    from tasks.aliases import refuse
    from tasks.runs import of_cycle, working

    def act() -> Mapping[str, Any]:
        run = of_cycle(run_at(plan_id, Process.COLLECT_NEEDS, on, now))
        with working(run) as work:
            alias, since = refuse(work, words, by)
        return {"words": alias.words, "item": run.plan.items[alias.item_id].name, "from": since}

    return acted(act)
