"""Plans as files: finding them, reading them strictly, putting faults into words, copying them into the database."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.plan_check import FAULTS, SHEETS, Checked, DefaultTaken, Fault, check_files
from schemas.plan import Plan
from schemas.tables.reference import CommunityRow, HouseholdRow, ItemRow, OfficerRow, PlanRow, StoreRow
from schemas.text import N_
from schemas.words import StoreKind
from tasks.database import CHUNK, upsert
from tasks.documents.labels import GROUPS, ZONES
from tasks.settings import ROOT, settings
from tasks.words import say

TEMPLATE = Path("_template") / "plan.toml"
#: What Excel and WPS save where nobody chose CSV.
WORKBOOKS = (".xlsx", ".xls", ".et")
#: Columns that hold words of the closed vocabularies, with their meaning.
CHOICES: Mapping[str, Mapping[str, str]] = {
    "zone": ZONES,
    "special_group": GROUPS,
    "kind": {
        StoreKind.SUPERMARKET: N_("supermarket"),
        StoreKind.PHARMACY: N_("pharmacy"),
        StoreKind.COOPERATIVE: N_("cooperative"),
        StoreKind.FARM: N_("farm"),
        StoreKind.WHOLESALE: N_("wholesale source"),
        StoreKind.STATION: N_("distribution station"),
    },
}
_PLAN_ID = re.compile(r"_?[a-z][a-z0-9_]*")
Stamp = tuple[tuple[str, int, int], ...]


class PlanFaults(Exception):
    """A plan that cannot be used; `faults` has everything that is wrong with it."""

    def __init__(self, plan: str, faults: list[Fault]) -> None:
        self.plan = plan
        self.faults = faults
        super().__init__("\n".join(fault_line(fault) for fault in faults))


@dataclass(frozen=True)
class _Loaded:
    stamp: Stamp
    digest: str
    plan: Plan


_loaded: dict[Path, _Loaded] = {}


def plans_root(root: Path | None = None) -> Path:
    """Where plans live: `root`, or `BAOGONG_PLANS`, or the repository's `plans/`."""
    return (root or settings().plans).resolve()


def plan_ids(root: Path | None = None) -> list[str]:
    """Plans below the root: folders with a `plan.toml` whose name does not begin with `_`."""
    found = plans_root(root).glob("*/plan.toml")
    return sorted(path.parent.name for path in found if not path.parent.name.startswith(("_", ".")))


def plan_folder(plan_id_or_folder: str | Path, root: Path | None = None) -> Path:
    """The folder of a plan. Raises `PlanFaults` where there is none; an id never leads out of the root."""
    if isinstance(plan_id_or_folder, Path):
        folder, known = plan_id_or_folder.resolve(), plan_id_or_folder.is_dir()
    else:
        folder = plans_root(root) / plan_id_or_folder
        known = bool(_PLAN_ID.fullmatch(plan_id_or_folder)) and folder.is_dir()
    if not known:
        args = {"plan": str(plan_id_or_folder), "known": plan_ids(root)}
        raise PlanFaults(str(plan_id_or_folder), [Fault("plan.toml", None, None, "no_plan", args)])
    return folder


def _template(folder: Path) -> Path:
    beside = folder.parent / TEMPLATE
    return beside if beside.is_file() else ROOT / "plans" / TEMPLATE


def _paths(folder: Path) -> dict[str, Path]:
    names = {"plan.toml", *SHEETS, *(path.name for path in folder.glob("*.csv"))}
    found = {name: folder / name for name in sorted(names) if (folder / name).exists()}
    template = _template(folder)
    return found | ({str(TEMPLATE): template} if template.is_file() else {})


def _stamp(paths: Mapping[str, Path]) -> Stamp:
    states = ((name, path.stat()) for name, path in paths.items())
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


def _read(paths: Mapping[str, Path]) -> tuple[dict[str, bytes], list[Fault]]:
    files: dict[str, bytes] = {}
    faults = []
    for name, path in paths.items():
        try:
            files[name] = path.read_bytes()
        except OSError as exc:
            faults.append(Fault(name, None, None, "unreadable", {"detail": exc.strerror or type(exc).__name__}))
    return files, faults


def _digest(files: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, data in sorted(files.items()):
        whole.update(f"{name}\0{len(data)}\0".encode() + data)
    return whole.hexdigest()


def _plan(folder: Path, digest: str, checked: Checked) -> Plan:
    draft = checked.draft
    assert draft.document.file is not None  # noqa: S101 - a draft without faults has a document
    return Plan(
        folder=folder,
        digest=digest,
        file=draft.document.file,
        communities=draft.communities.models(),
        households=draft.households.models(),
        stores=draft.stores.models(),
        items=draft.items.models(),
        stock=[row.it for row in draft.stock],
        officers=draft.officers.models(),
        learnt_aliases={row.it.alias: row.it.item_id for row in draft.aliases},
        carriers=draft.carriers.models(),
        medicines=[row.it for row in draft.medicines],
    )


def check_plan(folder: Path) -> tuple[Plan | None, list[Fault], list[DefaultTaken]]:
    """Read and check a plan's folder: (the plan, or None where there is any fault; all faults; defaults it takes)."""
    folder = folder.resolve()
    files, unreadable = _read(_paths(folder))
    digest = _digest(files)
    template = files.pop(str(TEMPLATE), None)
    checked = check_files(folder.name, files, template)
    told = {fault.file for fault in unreadable}
    others = [_as_workbook(folder, f) for f in checked.faults if f.file not in told or f.code != "sheet_missing"]
    faults = unreadable + others
    return (None if faults else _plan(folder, digest, checked)), faults, checked.defaults


def _as_workbook(folder: Path, fault: Fault) -> Fault:
    """A sheet that is missing since somebody saved it as a workbook is told as that."""
    beside = (Path(fault.file).with_suffix(suffix).name for suffix in WORKBOOKS)
    found = [name for name in beside if (folder / name).is_file()]
    if fault.code != "sheet_missing" or not found:
        return fault
    return Fault(fault.file, None, None, "sheet_is_workbook", {"found": found[0]})


def load_plan(plan_id_or_folder: str | Path, root: Path | None = None) -> Plan:
    """The plan, checked. Raises `PlanFaults` with every fault.

    Kept in memory: files of unchanged size and time are not read again, files of unchanged bytes not checked again.
    """
    folder = plan_folder(plan_id_or_folder, root)
    paths = _paths(folder)
    stamp, before = _stamp(paths), _loaded.get(folder)
    if before is not None and before.stamp == stamp:
        return before.plan
    plan = before.plan if before is not None and before.digest == _digest(_read(paths)[0]) else _fresh(folder)
    # The stamp was taken before the bytes were read: a change in between is seen next time.
    _loaded[folder] = _Loaded(stamp, plan.digest, plan)
    return plan


def _fresh(folder: Path) -> Plan:
    plan, faults, _ = check_plan(folder)
    if plan is None:
        raise PlanFaults(folder.name, faults)
    return plan


def _words(value: Any) -> Any:
    return say(N_(", ")).join(str(part) for part in value) if isinstance(value, list | tuple) else value


def fault_message(fault: Fault) -> str:
    """What is wrong and what to do, without the place; values to choose from stand with their meaning."""
    labels = CHOICES.get(fault.column or "", {})
    args = dict(fault.args)
    if fault.code == "not_one_of":
        args["allowed"] = [f"{v} {say(labels[v])}" if v in labels else v for v in args["allowed"]]
    return say(FAULTS[fault.code], **{name: _words(value) for name, value in args.items()})


def fault_line(fault: Fault) -> str:
    """One line: file, row, column, what is wrong, what to do."""
    place = fault.file
    if fault.row is not None:
        template = N_("{file} line {row}") if fault.file.endswith(".toml") else N_("{file} row {row}")
        place = say(template, file=fault.file, row=fault.row)
    if fault.column:
        place += f" {fault.column}"
    # A cell may hold any kind of line break; a fault stays one line.
    return " ".join(say(N_("{place}: {message}"), place=place, message=fault_message(fault)).splitlines())


def _households(session: Session, plan: Plan) -> None:
    fields = ("household_id", "community_id", "address", "head", "persons", "special_group", "carer")
    rows = [{"plan_id": plan.id} | {n: getattr(h, n) for n in fields} for h in plan.households.values()]
    upsert(session, HouseholdRow, [row | {"provisional": False, "active": True} for row in rows])
    ids, ours = col(HouseholdRow.household_id), col(HouseholdRow.plan_id) == plan.id
    known = sa.select(ids).where(ours, col(HouseholdRow.active), ~col(HouseholdRow.provisional))
    gone = sorted(set(session.scalars(known)) - set(plan.households))
    for start in range(0, len(gone), CHUNK):
        leaving = sa.update(HouseholdRow).where(ours, ids.in_(gone[start : start + CHUNK])).values(active=False)
        session.execute(leaving, execution_options={"synchronize_session": False})


def sync_plan(session: Session, plan: Plan, now: datetime) -> bool:
    """Copy the sheets into the reference tables; False where the database has this digest already.

    Households gone from the sheet become inactive, since business rows refer to them; a provisional
    household stays as it is until its id stands in the sheet. Other rows that are gone stay for the same reason.
    """
    if session.scalar(sa.select(col(PlanRow.digest)).where(col(PlanRow.plan_id) == plan.id)) == plan.digest:
        return False
    about = {"plan_id": plan.id, "name": plan.file.plan.name, "digest": plan.digest, "loaded_at": now}
    upsert(session, PlanRow, [about])
    upsert(session, CommunityRow, _rows(plan, plan.communities, "community_id name village zone population"))
    _households(session, plan)
    upsert(session, StoreRow, _rows(plan, plan.stores, "store_id name kind"))
    upsert(session, ItemRow, _rows(plan, plan.items, "item_id name category measure unit unit_base"))
    upsert(session, OfficerRow, _rows(plan, plan.officers, "officer_id name role"))
    return True


def _rows(plan: Plan, models: Mapping[str, Any], fields: str) -> list[dict[str, Any]]:
    return [{"plan_id": plan.id} | {name: getattr(model, name) for name in fields.split()} for model in models.values()]
