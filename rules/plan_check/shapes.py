"""What Pydantic found wrong with a value, as a code of ours with the value as it was written."""

import json
import re
from typing import Any

from pydantic_core import ErrorDetails

from schemas.plan.values import CLAUSE, HOST, KEY, NAME, OWED_BY, PRESCRIPTION, SLUG

#: Longest piece of a wrong value that is shown.
SHOWN = 40
_CODES = {
    "missing": "missing_key",
    "enum": "not_one_of",
    "literal_error": "not_one_of",
    "int_type": "not_whole",
    "int_parsing": "not_whole",
    "int_from_float": "not_whole",
    "int_parsing_size": "not_whole",
    "float_type": "not_number",
    "float_parsing": "not_number",
    "finite_number": "not_number",
    "decimal_type": "not_number",
    "decimal_parsing": "not_number",
    "decimal_max_places": "too_fine",
    "bool_type": "not_yes_no",
    "bool_parsing": "not_yes_no",
    "string_type": "not_words",
    "list_type": "not_list",
    "dict_type": "not_table",
    "model_type": "not_table",
    "model_attributes_type": "not_table",
    "clock": "not_clock",
    "excel_number": "excel_number",
    "excel_date": "excel_date",
    "timezone": "not_zone_of_time",
    "date_type": "not_date",
    "date_parsing": "not_date",
    "date_from_datetime_inexact": "not_date",
    "date_from_datetime_parsing": "not_date",
    "greater_than": "not_above",
    "greater_than_equal": "not_at_least",
    "less_than": "not_below",
    "less_than_equal": "not_at_most",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_short": "too_short",
}
_PATTERNS = {
    SLUG: "bad_slug",
    NAME: "bad_name",
    KEY: "bad_key",
    HOST: "bad_host",
    CLAUSE: "bad_clause",
    OWED_BY: "bad_owed_by",
    PRESCRIPTION: "bad_prescription",
}
_LIMITS = ("gt", "ge", "lt", "le", "max_length", "min_length", "decimal_places")


def shown(value: Any) -> str:
    """The value as somebody would find it in the file, cut where it is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return f"「{text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}」"


def shape_fault(error: ErrorDetails) -> tuple[str, dict[str, Any]]:
    """(code, args) of `rules.plan_check.faults` for one entry of `ValidationError.errors()`."""
    context = error.get("ctx", {})
    code = _CODES.get(error["type"], "not_valid")
    if error["type"] == "string_pattern_mismatch":
        code = _PATTERNS.get(context["pattern"], code)
    if code == "not_whole" and any(str(part).endswith("_fen") for part in error["loc"]):
        code = "not_fen"
    args: dict[str, Any] = {} if code == "missing_key" else {"value": shown(error["input"])}
    if code == "not_one_of":
        args["allowed"] = [name for name in re.findall(r"'([^']*)'", context["expected"]) if name]
    elif code == "not_valid":
        args["detail"] = error["msg"]
    else:
        limits = [context[name] for name in _LIMITS if name in context]
        args |= {"limit": limits[0]} if limits else {}
    return code, args
