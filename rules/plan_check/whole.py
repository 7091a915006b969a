"""All of it: read each file by itself, then check them against each other, and tell everything in the files' order."""

from collections.abc import Mapping

from rules.plan_check import goods, medicines, officers, places, sayings, sources, timing
from rules.plan_check.document import FILE, read_document
from rules.plan_check.draft import Checked, Draft
from rules.plan_check.faults import Fault
from rules.plan_check.sheets import (
    ALIASES,
    CARRIERS,
    COMMUNITIES,
    HOUSEHOLDS,
    ITEMS,
    MEDICINES,
    OFFICERS,
    SHEETS,
    STOCK,
    STORES,
    read_sheet,
)

_CHECKS = (
    *sayings.CHECKS,
    *timing.CHECKS,
    *places.CHECKS,
    *goods.CHECKS,
    *officers.CHECKS,
    *medicines.CHECKS,
    *sources.CHECKS,
)


def _misnamed(files: Mapping[str, bytes]) -> list[Fault]:
    # A sheet under a wrong name would be passed over in silence.
    others = sorted(name for name in files if name not in {FILE, *SHEETS})
    return [Fault(name, None, None, "unknown_sheet", {"allowed": list(SHEETS)}) for name in others]


def _place(fault: Fault) -> tuple[int, str, int, str]:
    order = [FILE, *SHEETS]
    return (order.index(fault.file) if fault.file in order else -1, fault.file, fault.row or 0, fault.column or "")


def check_files(folder: str, files: Mapping[str, bytes], template: bytes | None) -> Checked:
    """Check a plan.

    `folder` is the folder's name, `files` its `plan.toml` and every `.csv` by name, `template` the template's
    `plan.toml`. Nothing is raised: the caller refuses a plan that has faults.
    """
    communities, wrong_communities = read_sheet(COMMUNITIES, files.get(COMMUNITIES.file))
    households, wrong_households = read_sheet(HOUSEHOLDS, files.get(HOUSEHOLDS.file))
    stores, wrong_stores = read_sheet(STORES, files.get(STORES.file))
    items, wrong_items = read_sheet(ITEMS, files.get(ITEMS.file))
    stock, wrong_stock = read_sheet(STOCK, files.get(STOCK.file))
    people, wrong_people = read_sheet(OFFICERS, files.get(OFFICERS.file))
    aliases, wrong_aliases = read_sheet(ALIASES, files.get(ALIASES.file))
    carriers, wrong_carriers = read_sheet(CARRIERS, files.get(CARRIERS.file))
    doses, wrong_doses = read_sheet(MEDICINES, files.get(MEDICINES.file))
    used = {row.it.category for row in items}
    document, wrong_document, defaults = read_document(files.get(FILE), template, used)
    draft = Draft(folder, document, communities, households, stores, items, stock, people, aliases, carriers, doses)
    faults = [*_misnamed(files), *wrong_document, *wrong_communities, *wrong_households, *wrong_stores]
    faults += [*wrong_items, *wrong_stock, *wrong_people, *wrong_aliases, *wrong_carriers, *wrong_doses]
    faults += [fault for check in _CHECKS for fault in check(draft)]
    return Checked(draft, sorted(faults, key=_place), defaults)
