"""The `baogong` command. Everything but typer is imported where it is used, so that `--help` stays quick."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from tasks.words import say

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say("Baogong: supplies for sealed townships"),
)


@app.callback()
def environment() -> None:
    """A variable that cannot be read is one line, whatever the command."""
    from tasks.settings import SettingsFault, settings

    try:
        settings()
    except SettingsFault as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from fault


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


def _day(given: datetime | None) -> date | None:
    return None if given is None else given.date()


@app.command(help=say("Check plan files: every fault is told at once; exit code 1 on any."))
def check(
    plans: Annotated[list[str] | None, typer.Argument(help=say("Plan ids; all if left out"))] = None,
    json: JsonOption = False,
) -> None:
    """Check plan files: every fault is told at once; exit code 1 on any."""
    from deployments.check import check as run_check

    raise typer.Exit(run_check(plans or [], json))


@app.command(help=say("Read a chain: households, goods, amounts, and every question about them."))
def parse(
    source: Annotated[str, typer.Argument(metavar="FILE", help=say("A text file; - for standard input"))],
    plan: Annotated[str, typer.Option("--plan", help=say("The plan whose list and words hold; none if left out"))] = "",
    json: JsonOption = False,
) -> None:
    """Read a chain: households, goods, amounts, and every question about them."""
    from deployments.parse import parse as read

    raise typer.Exit(read(source, plan, json))


@app.command(help=say("Run one flow by hand."))
def run(
    flow: str, plan: PlanOption, date: DateOption = None, now: NowOption = None, dry_run: DryRunOption = False
) -> None:
    """Run one flow by hand."""
    from deployments.by_hand import run_flow

    raise typer.Exit(run_flow(flow, plan, _day(date), now, dry_run))


@app.command(help=say("Answer a purchase proposal."))
def approve(
    plan: PlanOption,
    by: ByOption,
    date: DateOption = None,
    decision: Annotated[str, typer.Option(help=say("approve, change (approve with changes) or reject"))] = "approve",
    changes: Annotated[str, typer.Option(help=say("Changes, one a line: goods=packs"))] = "",
    reason: str = "",
    now: NowOption = None,
) -> None:
    """Answer a purchase proposal."""
    from deployments.by_hand import approve_purchase

    raise typer.Exit(approve_purchase(plan, _day(date), by, decision, changes, reason, now))


@app.command(help=say("Confirm that parcels were signed for, or record that they were not delivered."))
def confirm(
    plan: PlanOption,
    by: ByOption,
    community: Annotated[str, typer.Option(help=say("Community id or name"))] = "",
    household: Annotated[list[str] | None, typer.Option(help=say("Household id, may be given several times"))] = None,
    undelivered: Annotated[str, typer.Option(help=say("Why it was not delivered; left out: it was signed for"))] = "",
    date: DateOption = None,
    now: NowOption = None,
) -> None:
    """Confirm that parcels were signed for, or record that they were not delivered."""
    from deployments.by_hand import confirm_delivery

    raise typer.Exit(confirm_delivery(plan, _day(date), by, community, household or [], undelivered, now))


@app.command(help=say("Release a batch that was checked, or hold it with a reason."))
def inspect(
    plan: PlanOption,
    batch: str,
    by: ByOption,
    failed: Annotated[str, typer.Option(help=say("Why it may not be handed out; left out: it is released"))] = "",
    now: NowOption = None,
) -> None:
    """Release a batch that was checked, or hold it with a reason."""
    from deployments.by_hand import inspect_goods

    raise typer.Exit(inspect_goods(plan, batch, by, failed, now))


@app.command(help=say("Show the lines that wait for an answer, or answer them: 3=鸡蛋 1板  5=跳过  4=是"))
def review(
    plan: PlanOption,
    answers: Annotated[list[str] | None, typer.Argument(help=say("Answers: number=what the line should say"))] = None,
    by: str = typer.Option("", help=say("Name or id of the officer who says so")),
    date: DateOption = None,
    now: NowOption = None,
) -> None:
    """Show the lines that wait for an answer, or answer them."""
    from deployments.by_hand import review_lines

    raise typer.Exit(review_lines(plan, _day(date), by, answers or [], now))


@app.command(help=say("Show words learnt from answers, write them as the plan's sheet, or take one back."))
def aliases(
    plan: PlanOption,
    out: Annotated[Path | None, typer.Option(help=say("Write aliases_learnt.csv here, for the plan"))] = None,
    refuse: Annotated[str, typer.Option(help=say("The word that does not mean what was learnt"))] = "",
    by: str = typer.Option("", help=say("Name or id of the officer who says so")),
    date: DateOption = None,
    now: NowOption = None,
) -> None:
    """Show words learnt from answers, write them as the plan's sheet, or take one back."""
    from deployments.aliases import refuse_alias, show_aliases, write_aliases

    if refuse:
        raise typer.Exit(refuse_alias(plan, refuse, by, _day(date), now))
    raise typer.Exit(write_aliases(plan, out) if out else show_aliases(plan))


@app.command(help=say("Record that a duty was done by hand, such as staff tests or disinfection."))
def fulfil(
    plan: PlanOption, duty: str, subject: str, by: ByOption, date: DateOption = None, now: NowOption = None
) -> None:
    """Record that a duty was done by hand, such as staff tests or disinfection."""
    from deployments.by_hand import fulfil_duty

    raise typer.Exit(fulfil_duty(plan, duty, subject, _day(date), by, now))


@app.command(help=say("Say that the list was put into the residents' group; whose is known from who says so."))
def posted(
    plan: PlanOption,
    by: ByOption,
    community: Annotated[str, typer.Option(help=say("Community id or name"))] = "",
    date: DateOption = None,
    now: NowOption = None,
) -> None:
    """Say that the list was put into the residents' group; whose is known from who says so."""
    from deployments.by_hand import posted_list

    raise typer.Exit(posted_list(plan, community, _day(date), by, now))


@app.command(help=say("Confirm a price that was asked back, or refuse it; the list is published anew."))
def price(
    plan: PlanOption,
    store: Annotated[str, typer.Argument(help=say("Store id or name"))],
    item: Annotated[str, typer.Argument(help=say("Item id or name"))],
    by: ByOption,
    refuse: Annotated[bool, typer.Option("--refuse", help=say("The price is wrong; the old one stands"))] = False,
    date: DateOption = None,
    now: NowOption = None,
) -> None:
    """Confirm a price that was asked back, or refuse it; the list is published anew."""
    from deployments.by_hand import answer_price

    raise typer.Exit(answer_price(plan, store, item, by, refuse, _day(date), now))


PayerOption = Annotated[str, typer.Option("--payer", help=say("Who pays for it: name or officer id, or words"))]
CarerOption = Annotated[
    str, typer.Option("--carer", help=say("Who brings it: name or officer id; empty: the household's carer"))
]


@app.command(help=say("Write down what a household without a smartphone needs."))
def need(  # noqa: PLR0913 - the command's options
    plan: PlanOption,
    by: ByOption,
    goods: Annotated[list[str], typer.Argument(help=say("Goods with their amounts, one in quotation marks each"))],
    household: Annotated[str, typer.Option(help=say("Household id"))],
    payer: PayerOption = "",
    carer: CarerOption = "",
    channel: Annotated[str, typer.Option(help="visit | phone")] = "phone",
    date: DateOption = None,
    now: NowOption = None,
) -> None:
    """Write down what a household without a smartphone needs."""
    from deployments.for_others import Writer, enter_need

    raise typer.Exit(enter_need(plan, _day(date), household, goods, Writer(by, payer, carer, channel), now))


@app.command(help=say("Answer the task of asking a silent household: it needs nothing, or what it needs."))
def visit(  # noqa: PLR0913 - the command's options
    plan: PlanOption,
    by: ByOption,
    household: Annotated[str, typer.Argument(help=say("Household id"))],
    none: Annotated[bool, typer.Option("--none", help=say("It was asked and needs nothing"))] = False,
    need: Annotated[
        list[str] | None, typer.Option(help=say("Goods with their amounts, one in quotation marks each"))
    ] = None,
    payer: PayerOption = "",
    carer: CarerOption = "",
    date: DateOption = None,
    now: NowOption = None,
) -> None:
    """Answer the task of asking a silent household: it needs nothing, or what it needs."""
    from deployments.for_others import Writer, record_visit

    if none == bool(need):
        typer.echo(say("Say either --none or --need."), err=True)
        raise typer.Exit(1)
    raise typer.Exit(record_visit(plan, _day(date), household, need, Writer(by, payer, carer), now))


@app.command(
    help=say("List what must be done for single households: who is to be asked, which medicine is to be fetched.")
)
def tasks(
    plan: PlanOption,
    officer: Annotated[str, typer.Option(help=say("Only those of one officer: name or officer id"))] = "",
) -> None:
    """List what must be done for single households: who is to be asked, which medicine is to be fetched."""
    from deployments.for_others import list_tasks

    raise typer.Exit(list_tasks(plan, officer))


@app.command(help=say("Record that a task of the list is done, such as medicine that was fetched."))
def done(
    plan: PlanOption,
    by: ByOption,
    task: Annotated[str, typer.Argument(help=say("The task as the list names it"))],
    answer: Annotated[str, typer.Option(help=say("What came of it"))],
    now: NowOption = None,
) -> None:
    """Record that a task of the list is done, such as medicine that was fetched."""
    from deployments.for_others import answer_task

    raise typer.Exit(answer_task(plan, task, by, answer, now))


@app.command(help=say("Tell a household's story: words as sent, need, allocation, order, parcel, hand-over, notices."))
def trace(
    plan: PlanOption, household: str = typer.Option(...), date: DateOption = None, json: JsonOption = False
) -> None:
    """Tell a household's story: words as sent, need, allocation, order, parcel, hand-over, notices."""
    from deployments.by_hand import tell_story

    raise typer.Exit(tell_story(plan, household, _day(date), json))


@app.command(help=say("Write forms to fill in for every community and store of a plan."))
def templates(plan: PlanOption, out: Path = Path("out/templates")) -> None:
    """Write forms to fill in for every community and store of a plan."""
    from deployments.templates import write_templates

    raise typer.Exit(write_templates(plan, out))


@app.command(help=say("Compare prefect.yaml with the plans, or write it anew."))
def deployments(write: bool = typer.Option(False, "--write", help=say("Write prefect.yaml anew"))) -> None:
    """Compare prefect.yaml with the plans, or write it anew."""
    from deployments.manifest import command

    raise typer.Exit(command(write))


@app.command(
    help=say("Bring it all up: Prefect UI, work pool, deployments, worker, document server; Ctrl-C ends all of it.")
)
def up(host: str = "127.0.0.1", port: int = 4200, documents_port: int = 4280) -> None:
    """Bring it all up: Prefect UI, work pool, deployments, worker, document server; Ctrl-C ends all of it."""
    from deployments.up import up as bring_up

    raise typer.Exit(bring_up(host, port, documents_port))


@app.command(help=say("Tell what is in order, what is not, and what to do."))
def doctor(json: JsonOption = False) -> None:
    """Tell what is in order, what is not, and what to do."""
    from deployments.doctor import doctor as examine

    raise typer.Exit(examine(json))


@app.command(help=say("Show two townships fed for a week by the real flows."))
def demo(
    plan: Annotated[
        list[str] | None,
        typer.Option(help=say("Plan ids, may be given several times; shengtang and matiwan if left out")),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=28)] = 7,
    seed: int = 1,
    out: Path = Path("out/demo"),
) -> None:
    """Show two townships fed for a week by the real flows."""
    from deployments.demo import demo as show

    raise typer.Exit(show(plan or ["shengtang", "matiwan"], days, seed, out))


if __name__ == "__main__":
    app()
