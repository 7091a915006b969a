"""Commands about goods: what lies where, what came, who checked it, what must come back."""

from datetime import datetime
from typing import Annotated

import typer

from deployments.options import ByOption, DateOption, JsonOption, NowOption, PlanOption
from tasks.words import say

goods = typer.Typer()


@goods.command(help=say("Type what really came on an order: it is booked, and waits for its check."))
def arrived(
    plan: PlanOption,
    lines: Annotated[
        list[str],
        typer.Argument(metavar="LINE", help=say("A batch each: goods,amount,price,made on,keeps until,remark")),
    ],
    by: ByOption,
    order: Annotated[str, typer.Option(help=say("The order's number; may be left out where one is open"))] = "",
    supplier: Annotated[str, typer.Option(help=say("Where it came from, if not from the order's supplier"))] = "",
    date: DateOption = None,
    now: NowOption = None,
) -> None:
    """Type what really came on an order: it is booked, and waits for its check."""
    from deployments.goods import type_arrival

    raise typer.Exit(type_arrival(plan, date and date.date(), "\n".join(lines), (order, by, supplier), now))


@goods.command(help=say("Say whether what came beyond an order is taken, or goes back."))
def surplus(
    plan: PlanOption,
    batch: Annotated[str, typer.Argument(help=say("Its code such as 0423-1, or its id"))],
    by: ByOption,
    refuse: Annotated[bool, typer.Option("--refuse", help=say("It goes back; left out: it is taken"))] = False,
    reason: Annotated[str, typer.Option("--reason", help=say("Why it goes back"))] = "",
    now: NowOption = None,
) -> None:
    """Say whether what came beyond an order is taken, or goes back."""
    from deployments.goods import answer_surplus

    raise typer.Exit(answer_surplus(plan, batch, by, refuse, reason, now))


@goods.command(help=say("List the batches that wait for a check, or release one that was checked, or hold it."))
def inspect(
    plan: PlanOption,
    batch: Annotated[str, typer.Argument(help=say("Its code such as 0423-1, or its id; none: list them"))] = "",
    by: Annotated[str, typer.Option("--by", help=say("The inspector: name or officer id"))] = "",
    failed: Annotated[str, typer.Option(help=say("Why it may not be handed out; left out: it is released"))] = "",
    overpriced: Annotated[str, typer.Option(help=say("Why its price may not stand"))] = "",
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """List the batches that wait for a check, or release one that was checked, or hold it."""
    from deployments.goods import inspect_goods, list_waiting

    if not batch:
        raise typer.Exit(list_waiting(plan, now, json))
    raise typer.Exit(inspect_goods(plan, batch, by, failed, overpriced, now))


@goods.command(help=say("Release a batch without a check, once every inspector was asked in vain."))
def permit(
    plan: PlanOption,
    batch: Annotated[str, typer.Argument(help=say("Its code such as 0423-1, or its id"))],
    by: Annotated[str, typer.Option("--by", help=say("The leader: name or officer id"))],
    reason: Annotated[str, typer.Option("--reason", help=say("Why it cannot wait"))],
    now: NowOption = None,
) -> None:
    """Release a batch without a check, once every inspector was asked in vain."""
    from deployments.goods import permit_goods

    raise typer.Exit(permit_goods(plan, batch, by, reason, now))


@goods.command(help=say("Call a batch back: stop it, and list and tell everybody who was given some of it."))
def recall(
    plan: PlanOption,
    batch: Annotated[str, typer.Option("--batch", help=say("Its code such as 0423-1, or its id"))],
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help=say("Why it is called back"))] = "",
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Call a batch back: stop it, and list and tell everybody who was given some of it."""
    from deployments.goods import recall_goods

    raise typer.Exit(recall_goods(plan, batch, by, reason, now, json))


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
