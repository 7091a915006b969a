"""Chains as residents write them, labelled by hand: no wrong line among the sure ones, 97 % of the readable ones sure.

`corpus/*.txt`: a text, then its labels; `%%` stands between two of them. A label is

    > household name | item[variety] | amount unit      `3/2/501` building/unit/room, `_` none; `-` no unit; `+` adds
    > household name | item | x                         not wanted any more; item `-`: nothing of all
    > ?                                                 something here must not be sure

A sure line that no label has is wrong. Labels say what a person would read; where two people would differ: `?`.
"""

from collections import Counter
from pathlib import Path

import pytest

from rules.intake.chain import Chain, Entry, Line, parse_chain
from rules.intake.lines import plain_vocabulary

FOLDER = Path(__file__).parent / "corpus"
LABELS_AT_LEAST, VARIETIES_AT_LEAST, SURE_AT_LEAST = 400, 15, 0.97


def cases() -> list[tuple[str, str, list[str]]]:
    """(variety, text, labels) of the corpus."""
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        for case in path.read_text(encoding="utf-8").split("%%\n"):
            text, labels = [], []
            for line in case.splitlines(keepends=True):
                (labels if line.startswith("> ") else text).append(line)
            found.append((path.stem, "".join(text), [line[2:].strip() for line in labels]))
    return found


def who_is(entry: Entry) -> str:
    home = entry.who.household
    numbers = "/".join(part or "_" for part in (home.building, home.unit, home.room)) if home else ""
    return " ".join(filter(None, (numbers, entry.name)))


def written(entry: Entry, line: Line | None) -> str:
    """A label of what was read."""
    if line is None:
        return f"{who_is(entry)} | - | x"
    item = f"{line.item}[{line.variety}]" if line.variety else line.item
    if entry.op == "cancel":
        return f"{who_is(entry)} | {item} | x"
    number = "?" if line.number is None else f"{line.number.normalize():f}"
    return f"{who_is(entry)} | {item} | {number} {line.unit or '-'}{' +' if entry.op == 'add' else ''}"


def sure(chain: Chain) -> list[str]:
    """Labels of the lines that need no review."""
    lines = [(e, line) for e in chain.entries for line in e.lines or (None,)]
    return [written(e, line) for e, line in lines if line is None or not line.faults]


def asked(chain: Chain) -> int:
    """How many lines and pieces are for review."""
    return len(chain.unresolved) + sum(bool(line.faults) for e in chain.entries for line in e.lines)


ALL = cases()


@pytest.mark.parametrize(("variety", "text", "labels"), ALL, ids=[f"{v}-{n}" for n, (v, _, _) in enumerate(ALL)])
def test_no_line_is_sure_and_wrong(variety: str, text: str, labels: list[str]) -> None:
    chain = parse_chain(text, plain_vocabulary())
    wrong = Counter(sure(chain)) - Counter(label for label in labels if not label.startswith("?"))
    assert not wrong
    assert bool(asked(chain)) or not any(label.startswith("?") for label in labels)


def test_nearly_all_that_a_person_can_read_is_sure() -> None:
    wanted, missed = Counter[str](), Counter[str]()
    for variety, text, labels in ALL:
        readable = Counter(label for label in labels if not label.startswith("?"))
        wanted[variety] += readable.total()
        missed[variety] += (readable - Counter(sure(parse_chain(text, plain_vocabulary())))).total()
    part = 1 - missed.total() / wanted.total()
    print(f"\n接龙语料: {wanted.total()} lines, {len(wanted)} varieties, {part:.1%} sure, missed {dict(+missed)}")
    assert wanted.total() >= LABELS_AT_LEAST
    assert len(wanted) >= VARIETIES_AT_LEAST
    assert part >= SURE_AT_LEAST


@pytest.mark.parametrize("text", [text for _, text, _ in ALL])
def test_every_character_belongs_to_one_piece(text: str) -> None:
    chain = parse_chain(text, plain_vocabulary())
    assert "".join(text[p.start : p.end] for p in chain.pieces) == text
