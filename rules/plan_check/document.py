"""Reading `plan.toml`: the template is laid under the plan, faults are gathered, a usable document is made.

What the plan does not say of a section is taken from the template, as a ruling with clause `default`. Steps, duties,
roles and facts are the plan's own; a category that its goods name and the plan does not define is the template's.
Where values are wrong, the document goes on with the template's in their place, so that the checks
across files still run and everything is told at once; such a document is never handed out.
"""

import copy
import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rules.plan_check.draft import LISTS, DefaultTaken, Document, Path
from rules.plan_check.faults import Fault
from rules.plan_check.shapes import shape_fault, shown
from rules.plan_check.sheets import decoded
from rules.plan_check.toml_lines import key_lines, line_in_message
from schemas.plan import PlanFile
from schemas.plan.ruling import rulings

Raw = dict[str, Any]
FILE = "plan.toml"
#: Sections that hold rulings only.
SECTIONS = tuple(n for n in PlanFile.model_fields if n not in {*LISTS, "plan", "roles"})


def parse(data: bytes) -> tuple[Raw, str, list[Fault]]:
    """(the tables as written, the text, what stopped it from being read)."""
    text = decoded(data)
    if text is None:
        return {}, "", [Fault(FILE, None, None, "not_readable_text")]
    try:
        return tomllib.loads(text), text, []
    # Not the decoder's own error alone: also a number of thousands of digits, and brackets in brackets without end.
    except (ValueError, RecursionError) as exc:
        return {}, text, [Fault(FILE, line_in_message(str(exc)), None, "broken_toml", {"detail": str(exc)})]


def _well_shaped(template: Raw) -> Raw:
    # A broken template must not stop the plan from being checked; it is told when it is checked itself.
    return {k: v for k, v in template.items() if isinstance(v, list if k in LISTS else dict)}


def _as_default(entry: Any, **marks: bool) -> Any:
    return {**entry, "clause": "default", **marks} if isinstance(entry, dict) else entry


def lay_under(own: Raw, template: Raw, used_categories: Collection[str]) -> tuple[Raw, frozenset[str]]:
    """The plan with the template's values where it has none, and the ids of the categories taken so."""
    merged = copy.deepcopy(own)
    for section in SECTIONS:
        here, below = merged.setdefault(section, {}), template.get(section, {})
        if isinstance(here, dict):
            taken = {k: _as_default(v, from_template=True) for k, v in below.items() if k not in here}
            merged[section] = taken | here
    entries = merged.setdefault("category", [])
    if not isinstance(entries, list):
        return merged, frozenset()
    wanted = set(used_categories) - _names(merged, "category")
    spare = [c for c in template.get("category", []) if isinstance(c, dict) and str(c.get("id")) in wanted]
    entries.extend(_as_default(category) for category in spare)
    return merged, frozenset(str(c["id"]) for c in spare)


def _names(raw: Raw, table: str) -> frozenset[str]:
    entries = raw.get(table)
    listed = entries if isinstance(entries, list) else []
    return frozenset(str(e.get(LISTS[table])) for e in listed if isinstance(e, dict))


def _named(path: Sequence[str | int], raw: Raw) -> Path:
    """The path with an entry's name in place of its number."""
    table, *rest = path
    if table not in LISTS or not rest or not isinstance(rest[0], int):
        return tuple(part for part in path if part != "[key]")
    entries, number = raw.get(str(table)), rest[0]
    entry = entries[number] if isinstance(entries, list) and number < len(entries) else None
    name = entry.get(LISTS[str(table)]) if isinstance(entry, dict) else None
    return (table, name if isinstance(name, str) else number, *rest[1:])


def _keys_at(path: Sequence[str | int]) -> list[str]:
    """Which keys may stand in the table at `path`."""
    model: Any = PlanFile
    for part in path:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[str(part)].annotation
        model = annotation.__args__[0] if get_origin(annotation) is list else annotation
    fields = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}
    return [name for name in fields if name != "from_template"]


def _fault(document: Document, error: ErrorDetails, raw: Raw) -> Fault:
    path = _named(error["loc"], raw)
    if error["type"] == "extra_forbidden":
        return document.fault(path, "unknown_key", allowed=_keys_at(error["loc"][:-1]))
    code, args = shape_fault(error)
    return document.fault(path, code, **args)


def _validated(raw: Raw) -> tuple[PlanFile | None, list[ErrorDetails]]:
    # JSON in strict mode: names of zones and dates are read from text, but "7" is no number and 1 no truth value.
    try:
        return PlanFile.model_validate_json(json.dumps(raw, default=str), strict=True), []
    except ValidationError as exc:
        return None, exc.errors(include_url=False)


def _entries(value: Any) -> list[Any]:
    return [entry for entry in value if entry is not None] if isinstance(value, list) else []


def _mended(raw: Raw, errors: Sequence[ErrorDetails], template: Raw) -> Raw:
    mended = copy.deepcopy(raw)
    for error in errors:
        head, *rest = error["loc"]
        table = mended.get(str(head))
        if error["type"] == "extra_forbidden" and len(error["loc"]) == 1:
            mended.pop(str(head), None)
        elif head in LISTS and rest and isinstance(table, list):
            table[int(rest[0])] = None
        elif isinstance(table, dict) and rest:
            table.pop(str(rest[0]), None)
            table |= {k: v for k, v in template.get(str(head), {}).items() if k == rest[0]}
        else:
            mended[str(head)] = template.get(str(head), [] if head in LISTS else {})
    return {k: _entries(v) if k in LISTS else v for k, v in mended.items()}


def _repeated(document: Document, raw: Raw) -> list[Fault]:
    faults = []
    for table in ("category", "step", "duty", "source"):
        seen: set[str] = set()
        for number, entry in enumerate(raw[table] if isinstance(raw.get(table), list) else []):
            name = entry.get(LISTS[table]) if isinstance(entry, dict) else None
            if isinstance(name, str) and name in seen:
                faults.append(document.fault((table, number), "duplicate_entry", value=shown(name)))
            seen.add(str(name))
    return faults


def _written_marks(document: Document, raw: Raw) -> list[Fault]:
    """`from_template` is the loader's mark; written in a file it is an unknown key."""
    marked = [
        (section, key, "from_template")
        for section in SECTIONS
        for key, entry in (raw[section].items() if isinstance(raw.get(section), dict) else ())
        if isinstance(entry, dict) and "from_template" in entry
    ]
    return [document.fault(path, "unknown_key", allowed=_keys_at(path[:-1])) for path in marked]


def _defaults(file: PlanFile | None, categories: Collection[str]) -> list[DefaultTaken]:
    if file is None:
        return []
    silent = {path: ruling for path, ruling in rulings(file).items() if ruling.clause == "default"}
    taken = [DefaultTaken(path, ruling.value, ruling.from_template) for path, ruling in silent.items()]
    norms = {c.id: c.norm_g for c in file.category if c.id in categories}
    return taken + [DefaultTaken(f"category[{name}]", norm, from_template=True) for name, norm in norms.items()]


def _lines(text: str, raw: Raw) -> dict[Path, int]:
    lines: dict[Path, int] = {}
    for path, line in key_lines(text).items():
        lines.setdefault(path, line)
        lines.setdefault(_named(path, raw), line)
    return lines


def read_document(
    data: bytes | None, template: bytes | None, used_categories: Collection[str]
) -> tuple[Document, list[Fault], list[DefaultTaken]]:
    """The document, its faults by itself, and the defaults that it takes."""
    if data is None:
        return Document(None), [Fault(FILE, None, None, "sheet_missing")], []
    raw, text, unread = parse(data)
    if unread:
        return Document(None), unread, []
    below = _well_shaped(parse(template)[0]) if template is not None else {}
    merged, categories = lay_under(raw, below, used_categories)
    names = {table: _names(merged, table) for table in LISTS}
    roles = raw["roles"] if isinstance(raw.get("roles"), Mapping) else {}
    document = Document(None, _lines(text, raw), names["step"], frozenset(roles), names["category"], names["source"])
    file, errors = _validated(merged)
    faults = [_fault(document, error, merged) for error in errors]
    faults += _repeated(document, raw) + _written_marks(document, raw)
    usable = file or _validated(_mended(merged, errors, below))[0]
    made = replace(document, file=usable)
    return made, faults, _defaults(file, categories)
