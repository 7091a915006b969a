"""Whatever stands in a plan's files, checking ends with a plan or with faults that can be put into words."""

import tomllib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.plan_check import Checked, check_files
from tasks.plans import fault_line
from tests.factories.plan_folder import plan_document, plan_sheets, sheet_text, toml

SOUND = tomllib.loads(toml(plan_document()))
FILES = {f"{name}.csv": sheet_text(rows).encode() for name, rows in plan_sheets().items()}

junk = st.one_of(
    st.integers(-5, 5),
    st.booleans(),
    st.sampled_from(["", "x", "16:00", "B-99", "none", "collect_needs", "grain", "{}", "「", "sealed"]),
    st.just([]),
    st.just([1]),
    st.just([[]]),
    st.just({}),
    st.just({"value": 1}),
    st.just({"value": "x", "clause": "local"}),
)


def paths_of(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(path for key, part in inside for path in paths_of(part, (*here, key)))]


def with_junk(value: Any, path: tuple[Any, ...], put: Any) -> Any:
    if not path:
        return put
    head, *rest = path
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[head] = with_junk(value[head], tuple(rest), put)
    return changed


def told(checked: Checked) -> list[str]:
    return [fault_line(fault) for fault in checked.faults]


@settings(max_examples=150)
@given(st.sampled_from(paths_of(SOUND)[1:]), junk, st.booleans())
def test_any_value_in_any_place_of_the_plan_file(path: tuple[Any, ...], put: Any, template_too: bool) -> None:
    written = toml_of(with_junk(SOUND, path, put))
    template = written if template_too else toml(plan_document("template"))
    lines = told(check_files("demo", FILES | {"plan.toml": written.encode()}, template.encode()))
    assert all("\n" not in line and line for line in lines)


def toml_of(document: dict[str, Any]) -> str:
    """TOML with odd values kept: what is no table goes above the tables."""
    plain = {k: v for k, v in document.items() if not is_table(v)}
    head = "".join(line + "\n" for line in toml({"x": plain}).splitlines()[1:] if line)
    return head + toml({k: v for k, v in document.items() if is_table(v)})


def is_table(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)
    )


@settings(max_examples=60)
@given(st.sampled_from(sorted(FILES)), st.integers(0, 3000), st.binary(min_size=1, max_size=6))
def test_any_bytes_in_any_sheet(name: str, place: int, put: bytes) -> None:
    data = FILES[name]
    place %= len(data)
    plan = toml(plan_document()).encode()
    broken = data[:place] + put + data[place:]
    lines = told(check_files("demo", FILES | {"plan.toml": plan, name: broken}, None))
    assert all("\n" not in line and line for line in lines)
