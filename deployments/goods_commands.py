"""Commands about goods: what lies where, what came, who checked it, what must come back."""

from datetime import datetime
from typing import Annotated

import typer

from deployments.options import ByOption, JsonOption, NowOption, PlanOption
from tasks.words import say

goods = typer.Typer()


@goods.command(help=say("Show what lay in the stores at any moment, or every move of a batch."))
def stock(
    plan: PlanOption,
    at: Annotated[datetime | None, typer.Option("--at", help=say("The moment; now if left out"))] = None,
    store: Annotated[str, typer.Option("--store", help=say("Store id or name; all if left out"))] = "",
    batch: Annotated[str, typer.Option("--batch", help=say("Show the moves of this batch instead"))] = "",
    json: JsonOption = False,
) -> None:
    """Show what lay in the stores at any moment, or every move of a batch."""
    from deployments.goods import show_moves, show_stock

    raise typer.Exit(show_moves(plan, batch, at) if batch else show_stock(plan, at, store, json))


@goods.command(help=say("Take back a move of goods that was booked wrongly; the entry itself stays."))
def correct(
    plan: PlanOption,
    move: Annotated[str, typer.Argument(metavar="MOVE", help=say("The move as `baogong stock --batch` names it"))],
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help=say("What was wrong"))],
    right: Annotated[
        str, typer.Option("--right", help=say("What was really moved, in the sale unit; nothing if left out"))
    ] = "",
    now: NowOption = None,
) -> None:
    """Take back a move of goods that was booked wrongly; the entry itself stays."""
    from deployments.goods import correct_stock

    raise typer.Exit(correct_stock(plan, move, by, reason, right, now))
