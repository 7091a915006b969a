"""Who somebody says he is: a claimed name or id, held against the officers who may do what he does.

Prefect here knows no persons, and neither does the command line, so a name is a claim and not a proof: it must be that
of exactly one of those who are entitled. An empty name is nobody's.
"""

from collections.abc import Iterable

from schemas.plan import Officer


def claimed(words: str, entitled: Iterable[Officer]) -> str | None:
    """The id of the one officer whose id or name the words are; None where they are nobody's or several persons'."""
    told = words.strip()
    found = {o.officer_id for o in entitled if told and told in (o.officer_id, o.name)}
    return found.pop() if len(found) == 1 else None


def as_names(entitled: Iterable[Officer]) -> str:
    """Those who may, for whoever may not: `示例(supply_1)、…`, each once."""
    return "、".join(dict.fromkeys(f"{o.name}({o.officer_id})" for o in entitled))
