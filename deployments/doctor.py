"""`baogong doctor`: what is in order, what is not, and what to do about it."""

import json
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from deployments.finding import Check, Finding, looked
from deployments.machine_checks import CHECKS
from deployments.server_api import ServerApi
from deployments.server_checks import ServerChecks, api_url, documents_are_served
from schemas.text import N_
from tasks.settings import settings
from tasks.words import say

NAMES = {
    "python": N_("Python"),
    "packages": N_("Packages as locked"),
    "plans": N_("Plans without a fault"),
    "database": N_("Database up to date"),
    "sqlite": N_("SQLite safe"),
    "folders": N_("Folders writable"),
    "channels": N_("Channels with an address"),
    "sources": N_("Sources over HTTP can be asked"),
    "disk": N_("Room on the disk"),
    "clock": N_("Clock and zone of time"),
    "server": N_("Prefect's server"),
    "pool": N_("Work pool and its limit"),
    "worker": N_("Worker"),
    "deployments": N_("Deployments as the plans have them"),
    "scheduled_runs": N_("Runs planned"),
    "documents": N_("Document server"),
}


def _look(checks: Mapping[str, Check]) -> list[Finding]:
    cure = say(N_("Nothing could be seen: look into the log, or ask with this line"))
    return [looked(name, check, cure) for name, check in checks.items()]


def findings() -> list[Finding]:
    """Every check, machine first. Without a server only that is told, not the five that follow from it."""
    found = _look(CHECKS)
    with ServerApi(api_url(), settings().auth) as api:
        if api.healthy():
            found += _look(ServerChecks(api).all())
        else:
            found.append(Finding("server", False, api_url(), say(N_("Run baogong up"))))
    return found + _look({"documents": documents_are_served})


def as_json(found: list[Finding]) -> str:
    """`{"ok", "checks": [{"name", "ok", "detail", "cure"}]}`; a cure only where one is needed."""
    checks = [{"name": f.name, "ok": f.ok, "detail": f.detail, "cure": "" if f.ok else f.cure} for f in found]
    return json.dumps({"ok": all(f.ok for f in found), "checks": checks}, ensure_ascii=False, indent=1)


def _table(found: list[Finding]) -> Table:
    table = Table()
    for title in (N_("Check"), "", N_("Found"), N_("What to do")):
        table.add_column(say(title) if title else "", overflow="fold")  # Chinese has no blanks to break at
    for finding in found:
        mark = "[green]✓[/]" if finding.ok else "[red]✗[/]"
        table.add_row(
            say(NAMES[finding.name]), mark, _plain(finding.detail), "" if finding.ok else _plain(finding.cure)
        )
    return table


def _plain(words: str) -> str:
    return words.replace("[", "\\[")


def doctor(json_wanted: bool = False, console: Console | None = None) -> int:
    """Print what was found. Returns the exit code: 0 where all is in order, else 1."""
    found = findings()
    if json_wanted:
        print(as_json(found))
    else:
        (console or Console()).print(_table(found))
    return 0 if all(f.ok for f in found) else 1
