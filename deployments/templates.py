"""`baogong templates --plan P [--out DIR]`: forms to fill in for every community and store of a plan."""

import sys
from datetime import datetime
from pathlib import Path

from tasks.documents.templates import templates
from tasks.plans import PlanFaults, load_plan
from tasks.words import say


def write_templates(plan_id: str, out: Path) -> int:
    """Write them below `<out>/<plan>/<kind>/`, the folders of the inbox; 1 where the plan cannot be read."""
    try:
        plan = load_plan(plan_id)
    except PlanFaults as found:
        print(found, file=sys.stderr)
        return 1
    folder = out / plan.id
    count = 0
    for made in templates(plan, datetime.now(plan.zone).date()):
        path = folder / made.kind / made.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.content)
        count += 1
    print(say("{count} forms to fill in: {folder}", count=count, folder=folder))
    return 0
