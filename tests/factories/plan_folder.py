"""A small plan that is right in every way, for tests to use as it is or to break in one place.

    folder = write_plan(tmp_path / "demo")                                   # valid
    folder = write_plan(tmp_path / "demo", needs__cutoff="17:00")            # another value of a rule
    sheets = plan_sheets(); change(sheets, "households", "h1", carer="")     # another cell
    write_plan(tmp_path / "demo", sheets=sheets)

Three communities (a sealed estate, a controlled village, an isolation point), nine households, a supermarket,
a pharmacy, a wholesale supplier, eight items of six categories, an officer in each role. As plan B: stores' own stock,
purchase when cover is low. `write_station_plan` is as plan C: everything through a station, purchase by cycle.
"""

import copy
import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.factories.plan_rows import CATEGORIES, DUTIES, ROLES, RULES, SHEETS, STEPS, Document

Sheets = dict[str, list[dict[str, str]]]

#: A value for `write_plan(…, needs__cutoff=LEFT_OUT)`: the key is not written at all.
LEFT_OUT = object()


def plan_document(plan_id: str = "demo") -> Document:
    """The whole of `plan.toml` as nested dictionaries, to be changed before it is written."""
    about = {
        "id": plan_id,
        "name": "示例乡保供方案",
        "authority": "示例乡领导小组",
        "timezone": "Asia/Shanghai",
        "start_date": "2022-04-21",
        "clauses": "B",
    }
    rules = {
        section: {key: {"value": value, "clause": clause} for key, (value, clause) in keys.items()}
        for section, keys in RULES.items()
    }
    lists = {
        "roles": ROLES,
        "category": [{**category, "clause": "B-04"} for category in CATEGORIES],
        "step": STEPS,
        "duty": DUTIES,
        "fact": [{"clause": "B-13", "text": "示例条文"}],
    }
    return copy.deepcopy({"plan": about, **rules, **lists})


def plan_sheets() -> Sheets:
    """The sheets by name without `.csv`, each a list of rows of text, to be changed before they are written."""
    return {name: list(csv.DictReader(io.StringIO(text.strip()))) for name, text in SHEETS.items()}


def change(sheets: Sheets, sheet: str, row_id: str, **cells: str) -> None:
    """Change cells of the row whose first column is `row_id`."""
    row = next(row for row in sheets[sheet] if next(iter(row.values())) == row_id)
    row.update(cells)


def entry(document: Document, table: str, name: str) -> Document:
    """The `[[step]]`, `[[duty]]` or `[[category]]` of that name."""
    return next(e for e in document[table] if name in (e.get("flow"), e.get("id")))


def _toml_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(str(k))} = {_toml_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml_value(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def toml(document: Document) -> str:
    """The document as TOML, one key per line."""
    lines: list[str] = []
    for section, body in document.items():
        for table in body if isinstance(body, list) else [body]:
            lines.append(f"[[{section}]]" if isinstance(body, list) else f"[{section}]")
            lines += [f"{key} = {_toml_value(value)}" for key, value in table.items()]
            lines.append("")
    return "\n".join(lines)


def sheet_text(rows: list[dict[str, str]]) -> str:
    """The rows as CSV; the columns are those of the first row."""
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), lineterminator="\r\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def write_plan(
    folder: Path,
    document: Document | None = None,
    sheets: Sheets | None = None,
    encoding: str = "utf-8",
    **changes: Any,
) -> Path:
    """Write a plan folder and return it.

    The plan's id is the folder's name. `changes` are `section__key=value` (a rule's value, its clause
    kept; `LEFT_OUT` removes the key) or `sheet=rows`.
    """
    written = copy.deepcopy(document) if document is not None else plan_document(folder.name)
    rows = {**(sheets if sheets is not None else plan_sheets())}
    for name, value in changes.items():
        section, _, key = name.partition("__")
        if not key:
            rows[name] = value
        elif value is LEFT_OUT:
            written[section].pop(key)
        elif section in ("plan", "roles"):
            written[section][key] = value
        else:
            written[section][key]["value"] = value
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.toml").write_text(toml(written), encoding="utf-8")
    for name, table in rows.items():
        (folder / f"{name}.csv").write_bytes(sheet_text(table).encode(encoding))
    return folder


def station_document(plan_id: str = "station_demo") -> Document:
    """As plan C: a station hands out, lists Monday and Friday, purchase Tuesday and Saturday."""
    document = plan_document(plan_id)
    document["plan"]["clauses"] = "C"
    document["allocation"]["source"] = {"value": "station", "clause": "C-06"}
    document["purchase"]["trigger"] = {"value": "cycle", "clause": "C-05"}
    document["delivery"]["modes"]["value"] = dict.fromkeys(("sealed", "isolation", "controlled"), "station")
    for flow, days in {"publish_catalog": ["mon", "fri"], "collect_needs": ["mon", "fri"]}.items():
        entry(document, "step", flow)["days"] = days
    entry(document, "duty", "needs_list")["days"] = ["mon", "fri"]
    buying = ["tue", "sat"]
    entry(document, "step", "purchase_supplies").update(days=buying, at="08:00", after=["collect_needs"])
    entry(document, "step", "receive_goods").update(days=buying, at="16:00", after=["purchase_supplies"])
    entry(document, "step", "allocate_orders").update(days=buying, at="17:00", after=["receive_goods"])
    entry(document, "step", "deliver_orders").update(days=["wed", "sun"])
    return document


def station_sheets() -> Sheets:
    """As plan C: a station with opening stock of everything, and one wholesale supplier."""
    sheets = plan_sheets()
    market, _, supplier = sheets["stores"]
    station = market | {"store_id": "station", "name": "示例配送站", "kind": "station"}
    sheets["stores"] = [station, supplier | {"supplies_to": "station"}]
    items = {row["item_id"]: row | {"store_id": "station"} for row in reversed(sheets["stock"])}
    sheets["stock"] = list(reversed(items.values()))
    change(sheets, "officers", "manager_market", serves="station")
    sheets["officers"] = [row for row in sheets["officers"] if row["officer_id"] != "manager_pharmacy"]
    return sheets


def write_station_plan(folder: Path, **changes: Any) -> Path:
    """`write_plan` for the plan that goes through a station."""
    return write_plan(folder, station_document(folder.name), station_sheets(), **changes)
