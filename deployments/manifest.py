"""`prefect.yaml`, generated from the plans: one deployment per plan and process of its graph, one watch for all.

The file is committed so that anybody can read when things happen, and a test fails on any difference. No path of a
machine stands in it: entry points are module paths, and the worker starts in the repository's root.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from deployments.launch import POOL
from schemas.plan import Plan
from schemas.plan.document import Step
from schemas.plan.values import EVERY_DAY
from schemas.text import N_
from schemas.words import BUILT, Process
from tasks.notices.wording import PROCESSES
from tasks.plans import PlanFaults, load_plan, plan_ids
from tasks.settings import ROOT
from tasks.words import say

FILE = ROOT / "prefect.yaml"
ZONE = "Asia/Shanghai"
WATCH_CRON = "*/10 * * * *"
#: Marks of rulings that no clause of the plan states.
UNWRITTEN = frozenset({"default", "local"})
HEADER = """\
# Generated from plans/ by `baogong deployments --write`; do not edit by hand.
# 由 plans/ 下的方案生成，请勿手工修改。修改方案后执行：baogong deployments --write
"""


class Shared(dict[str, Any]):
    """A mapping that the file states once, under an anchor, and merges wherever it is used."""

    def __init__(self, anchor: str, **values: Any) -> None:
        super().__init__(values)
        self.anchor = anchor


class Merge(str):
    """YAML's merge key."""


class OneLine(list[str]):
    """A list written as `[a, b]`."""


MERGE = Merge("<<")


class _Writer(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - lists are indented
        super().increase_indent(flow, False)

    def generate_anchor(self, node: yaml.Node) -> str:
        return str(getattr(node, "anchor_name", None) or super().generate_anchor(node))


def _shared(writer: _Writer, data: Shared) -> yaml.Node:
    node = writer.represent_dict(data)
    node.anchor_name = data.anchor  # type: ignore[attr-defined]  # read back in generate_anchor
    return node


_Writer.add_representer(Shared, _shared)
_Writer.add_representer(Merge, lambda writer, data: writer.represent_scalar("tag:yaml.org,2002:merge", data))
_Writer.add_representer(
    OneLine, lambda writer, data: writer.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)
)


def slug(process: Process, plan_id: str | None = None) -> str:
    """`shengtang-collect-needs`: the deployment's name, in addresses and on the command line."""
    return "-".join(part.replace("_", "-") for part in (plan_id, process) if part)


def every_plan() -> list[Plan]:
    """All plans of this machine, by id.

    Raises:
        PlanFaults: of the first one that is not in order.
    """
    return [load_plan(plan_id) for plan_id in plan_ids()]


def deployment_names(plans: Sequence[Plan]) -> set[str]:
    """Names of all deployments that these plans ask for."""
    return {slug(s.flow, plan.id) for plan in plans for s in deployed_steps(plan)} | {slug(Process.WATCH_DUTIES)}


def deployed_steps(plan: Plan) -> list[Step]:
    """Steps of the plan's graph that have a flow today and a deployment of their own."""
    return [s for s in plan.file.step if s.flow in BUILT and s.flow is not Process.WATCH_DUTIES]


def cron(step: Step) -> str | None:
    """The step's time as cron; None where it is started by hand or by another step."""
    if step.at is None:
        return None
    days = [day for day in EVERY_DAY if day in step.days]
    return f"{step.at.minute} {step.at.hour} * * {'*' if len(days) == len(EVERY_DAY) else ','.join(days)}"


def _definitions(zones: Sequence[str]) -> dict[str, Shared]:
    base = Shared(
        "deployment",
        work_pool={"name": POOL, "job_variables": {"working_dir": "."}},
        concurrency_limit={"limit": 1, "collision_strategy": "ENQUEUE"},
    )
    return {"deployment": base} | {_clock(z): Shared(_clock(z), timezone=z, active=True) for z in zones}


def _clock(zone: str) -> str:
    return "clock_" + "".join(c if c.isalnum() else "_" for c in zone.lower())


def _schedules(definitions: dict[str, Shared], zone: str, name: str, when: str | None) -> list[dict[str, Any]]:
    return [] if when is None else [{MERGE: definitions[_clock(zone)], "slug": name, "cron": when}]


def _entry(process: Process, plan_id: str | None, description: str, definitions: dict[str, Shared]) -> dict[str, Any]:
    return {
        MERGE: definitions["deployment"],
        "name": slug(process, plan_id),
        "entrypoint": f"flows.{process}.{process}",
        "description": description,
        "tags": OneLine([plan_id or "all", str(process)]),
    }


def _step_entry(plan: Plan, step: Step, definitions: dict[str, Shared]) -> dict[str, Any]:
    when = _schedules(definitions, plan.file.plan.timezone, slug(step.flow, plan.id), cron(step))
    entry = _entry(step.flow, plan.id, _description(plan, step), definitions)
    return {**entry, "parameters": {"plan": plan.id}, "schedules": when}


def _description(plan: Plan, step: Step) -> str:
    """Plan, process and clause in the reader's language; the step's note is for those who edit the plan."""
    words = say(N_("{plan}: {process}"), plan=plan.file.plan.name, process=say(PROCESSES[step.flow]))
    if step.clause in UNWRITTEN:
        return words
    return say(N_("{words} (clause {clause})"), words=words, clause=step.clause)


def _watch_entry(definitions: dict[str, Shared]) -> dict[str, Any]:
    words = say("All plans: remind, escalate, send what waits; every ten minutes")
    # After a day without power a hundred of these are due at once; one is enough.
    alone = {"limit": 1, "collision_strategy": "CANCEL_NEW"}
    when = _schedules(definitions, ZONE, slug(Process.WATCH_DUTIES), WATCH_CRON)
    entry = _entry(Process.WATCH_DUTIES, None, words, definitions)
    return {**entry, "concurrency_limit": alone, "parameters": {}, "schedules": when}


def deployments_yaml(plans: Sequence[Plan]) -> str:
    """The whole file for these plans, in the order of their ids."""
    ordered = sorted(plans, key=lambda plan: plan.id)
    definitions = _definitions(sorted({ZONE, *(plan.file.plan.timezone for plan in ordered)}))
    entries = [_step_entry(plan, step, definitions) for plan in ordered for step in deployed_steps(plan)]
    document = {
        "name": "baogong",
        "pull": [],  # without it `prefect deploy` would store this machine's folder on the server
        "definitions": definitions,
        "deployments": [*entries, _watch_entry(definitions)],
    }
    body = yaml.dump(document, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=4096)
    return HEADER + body


def differs(plans: Sequence[Plan], path: Path = FILE) -> bool:
    """Whether the file says something else than the plans."""
    return not path.exists() or path.read_text(encoding="utf-8") != deployments_yaml(plans)


def write(plans: Sequence[Plan], path: Path = FILE) -> bool:
    """Bring the file up to the plans; returns whether anything changed."""
    if not differs(plans, path):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(deployments_yaml(plans), encoding="utf-8")
    return True


def command(write_it: bool) -> int:
    """`baogong deployments [--write]`. Returns the exit code: 1 where the file differs and is not to be written."""
    try:
        plans = every_plan()
    except PlanFaults as error:
        print(say(N_("Plan {plan} is not in order:"), plan=error.plan), error, sep="\n", file=sys.stderr)
        return 1
    if write_it:
        print(
            say(N_("{file} is written anew") if write(plans) else N_("{file} says what the plans say"), file=FILE.name)
        )
        return 0
    if differs(plans):
        print(say(N_("{file} differs from the plans; run baogong deployments --write"), file=FILE.name))
        return 1
    print(say(N_("{file} says what the plans say"), file=FILE.name))
    return 0
