"""Options that several commands share."""

from datetime import datetime
from typing import Annotated

import typer

from tasks.words import say

PlanOption = Annotated[str, typer.Option("--plan", help=say("The plan's id, for example shengtang"))]
DateOption = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help=say("Business date; today if left out")),
]
NowOption = Annotated[
    datetime | None, typer.Option("--now", help=say("The moment that counts as now, for example 2022-04-21T16:05:00"))
]
JsonOption = Annotated[bool, typer.Option("--json", help=say("Print JSON"))]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help=say("Look at what would come of it: nothing is booked, nothing is sent"))
]
ByOption = Annotated[
    str, typer.Option("--by", help=say("Who does it: name or officer id; must be among the plan's officers"))
]
