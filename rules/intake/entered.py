"""A need that an officer writes down for somebody else, on a visit or a call (A-09), as text and back.

What is stored raw is JSON: who wrote, when, for whom, who pays, who brings it, and the words. With a household each
line of the words is its goods (`大米 1袋`, or `无需求`); without one the words are a chain of the sender's community.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from rules.intake.lines import Reading, Vocabulary, numbered
from rules.needs import read_needs


@dataclass(frozen=True, slots=True)
class Entry:
    """What was written down. `household`: an id of the plan, or empty; `payer`: an officer's id, or words."""

    entered_by: str
    at: str
    text: str
    household: str = ""
    payer: str = ""
    carer: str = ""

    def as_json(self) -> str:
        """The text that is stored raw: the same entry is the same text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def entry_of(text: str) -> Entry:
    """The entry of a text that `as_json` wrote."""
    return Entry(**json.loads(text))


def read_entry(entry: Entry, words: Vocabulary, names: Iterable[str] = ()) -> Reading:
    """Lines of an entry; of one for a household, `place` names the line of its words and the household."""
    if not entry.household:
        # What an officer writes down is no post of the group's chain: nobody copies it.
        return replace(read_needs(words, entry.text, (), names), title=None)
    reading = Reading()
    for number, line in enumerate(entry.text.splitlines(), start=1):
        if not line.strip():
            continue
        place: dict[str, object] = {"line": number, "who": entry.household}
        # As an entry of a chain, so that an officer's words are read by the same rules as a resident's.
        found = read_needs(words, f"1. {entry.household} {line.strip()}")
        reading.said.extend(replace(said, place=place) for said in found.said)
    return numbered(reading)
