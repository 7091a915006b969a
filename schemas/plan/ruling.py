"""A value together with the clause it follows, so that every number can say where it comes from."""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from schemas.plan.values import ClauseId

T = TypeVar("T")


class Strict(BaseModel):
    """Base of everything read from a plan: an unknown key is an error, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Ruling(Strict, Generic[T]):
    """One rule of a plan: `{ value = 7, clause = "B-06", note = "…" }`.

    `clause` is a clause id (`B-06`), or `default` where the plan is silent and the template's value
    is taken; `note` says why or from where. `from_template` is set by the loader, never written.
    """

    value: T
    clause: ClauseId
    note: str = ""
    from_template: bool = Field(default=False, exclude=True)


def rulings(section: BaseModel, path: str = "") -> dict[str, "Ruling[Any]"]:
    """Every ruling below `section`, keyed by its dotted path."""
    found: dict[str, Ruling[Any]] = {}
    for name in type(section).model_fields:
        value = getattr(section, name)
        here = f"{path}.{name}" if path else name
        if isinstance(value, Ruling):
            found[here] = value
        elif isinstance(value, BaseModel):
            found |= rulings(value, here)
    return found
