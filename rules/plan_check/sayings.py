"""What `plan.toml` says by itself: its name, its clauses, its digests, its money."""

from collections.abc import Iterator

from rules.plan_check.draft import Draft, Path
from rules.plan_check.faults import Fault
from rules.plan_check.shapes import shown
from schemas.plan import PlanFile
from schemas.plan.ruling import rulings
from schemas.plan.values import LAST_CLAUSE


def name(draft: Draft) -> Iterator[Fault]:
    """The plan is called like its folder (the template's folder begins with `_`)."""
    file = draft.document.file
    if file is not None and file.plan.id != draft.folder.lstrip("_"):
        args = {"value": shown(file.plan.id), "folder": shown(draft.folder)}
        yield draft.document.fault(("plan", "id"), "id_not_folder", **args)


def _cited(file: PlanFile) -> Iterator[tuple[Path, str]]:
    for path, ruling in rulings(file).items():
        yield (*path.split("."), "clause"), ruling.clause
    yield from ((("category", category.id, "clause"), category.clause) for category in file.category)
    yield from ((("step", step.flow.value, "clause"), step.clause) for step in file.step)
    yield from ((("duty", duty.id, "clause"), duty.clause) for duty in file.duty)
    yield from ((("source", source.id, "clause"), source.clause) for source in file.source)
    yield from ((("fact", number, "clause"), fact.clause) for number, fact in enumerate(file.fact))


def clauses(draft: Draft) -> Iterator[Fault]:
    """Every clause that is cited exists."""
    if draft.document.file is None:
        return
    for path, cited in _cited(draft.document.file):
        for clause in cited.split(","):
            letter, _, number = clause.strip().partition("-")
            if number and not 1 <= int(number) <= LAST_CLAUSE[letter]:
                args = {"value": shown(clause.strip()), "letter": letter, "last": LAST_CLAUSE[letter]}
                yield draft.document.fault(path, "no_such_clause", **args)


def digests(draft: Draft) -> Iterator[Fault]:
    """Digests go out in order, each once."""
    file = draft.document.file
    times = file.notices.digest_at.value if file is not None else []
    if times != sorted(set(times)):
        yield draft.document.fault(("notices", "digest_at"), "not_ascending")


def money(draft: Draft) -> Iterator[Fault]:
    """A clause that provides a budget provides more than nothing (B-10)."""
    file = draft.document.file
    if file is not None and file.purchase.budget_fen.value == 0 and file.purchase.budget_fen.clause != "default":
        yield draft.document.fault(("purchase", "budget_fen"), "no_budget")


CHECKS = (name, clauses, digests, money)
