"""Filled-in forms of a cycle -> lines, each form under its own community and its own moment (A-04, A-09, B-02, B-03).

Policy. A form belongs to the cycle whose collection saw it first: what comes in after the cut-off is taken by a
collection that is run again, else by the next one, and nothing between two is lost. The same form seen again, on
another page or after an overlap, is set aside; it counts as the same where the answers that the plan maps are the same.
An edited form replaces what it said: goods that it no longer names are withdrawn, by the moment of the edit where the
server tells one, else by the moment at which it was seen. A form that was edited after its own cycle is refused with
its reason, since its goods may be on their way. Goods are read as a table's rows are. Drawback: a form that takes back
an item takes it back for its household, whoever else asked for it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from rules.intake.form_pages import Filled, form_page
from rules.intake.http_json import words
from rules.intake.identify import Directory
from rules.intake.layouts import Cell, Sheet
from rules.intake.lines import NOTHING, WITHDRAWN, Reading, Said, SetAside, Source, Vocabulary
from rules.intake.needs_table import read_needs_table
from rules.intake.quantities import fold
from schemas.plan import Item
from schemas.plan.sources import FormMapping
from schemas.plan.sources import Source as Pulled
from schemas.text import Text

#: By how much a server's clock may go before ours; what is further ahead waits until our clock is there.
CLOCKS_APART = timedelta(minutes=10)
HEADER = ("户号", "姓名", "商品", "数量", "单位", "备注")


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page as it was stored, with what the plan says of its source."""

    source: Pulled
    submission_id: str
    received_at: datetime
    sequence: int
    body: bytes


@dataclass(frozen=True, slots=True)
class _Word:
    """What a form says, as far as the plan maps it: two that are equal say the same."""

    community: str
    household: str
    name: str
    goods: tuple[tuple[str, str, str], ...]
    payer: str
    note: str


@dataclass
class _Desk:
    """What has been seen of each form, in this cycle and before it."""

    directory: Directory
    words: Vocabulary
    before: dict[tuple[str, str], _Word] = field(default_factory=dict)
    seen: dict[tuple[str, str], tuple[_Word, ...]] = field(default_factory=dict)
    line_no: int = 0


def read_forms(
    pages: Sequence[StoredPage], earlier: Iterable[StoredPage], directory: Directory, words_: Vocabulary
) -> list[tuple[Source, Reading]]:
    """Lines of a cycle's pages, in their order; `earlier`: pages of the cycles before, which have said their word.

    Raises:
        NotAsAgreed: a page that is none; the caller leaves such pages out.
    """
    desk = _Desk(directory, words_)
    for page in earlier:
        for one in form_page(page.body, page.source.format).filled:
            if not _still_to_come(page, one):
                desk.before[page.source.id, one.instance] = _word(one, page.source.mapping, directory)
    return [pair for page in pages for pair in _page(desk, page)]


def _page(desk: _Desk, page: StoredPage) -> Iterator[tuple[Source, Reading]]:
    """Every form of a page by itself; its lines are numbered through."""
    desk.line_no = 0
    for one in sorted(form_page(page.body, page.source.format).filled, key=lambda f: (f.submitted_at, f.instance)):
        word = _word(one, page.source.mapping, desk.directory)
        reading, at = _reading(desk, page, one, word)
        said = []
        for line in reading.said:
            desk.line_no += 1
            said.append(replace(line, line_no=desk.line_no))
        community_id = page.source.community or desk.directory.community(word.community)
        yield Source(page.submission_id, community_id, "http", at, page.sequence), Reading(said, reading.aside)


def _reading(desk: _Desk, page: StoredPage, one: Filled, word: _Word) -> tuple[Reading, datetime]:
    key, place = (page.source.id, one.instance), _place(page, one, word)
    at = min(one.submitted_at, page.received_at)
    if _still_to_come(page, one):
        return Reading([], [SetAside(place, "", "form_to_come")]), at
    before, seen = desk.before.get(key), desk.seen.get(key, ())
    if word in (before, *seen[-1:]):
        return Reading([], [SetAside(place, "", "form_seen")]), at
    desk.seen[key] = (*seen, word)
    if before is not None:
        late = Text("form_edited_late", {"household": word.household or word.name})
        return Reading([Said(0, place, _as_words(word), who=word.household, name=word.name, faults=(late,))]), at
    if not seen:
        return (Reading([], [SetAside(place, "", "form_refused")]) if one.refused else _lines(desk, word, place)), at
    edited_at = min(one.changed_at, page.received_at) if one.changed_at > one.submitted_at else page.received_at
    return _edited(desk, seen[-1], word, place), edited_at


def _still_to_come(page: StoredPage, one: Filled) -> bool:
    """A form from after the run's own moment: a day that is run again later leaves it to its own collection."""
    return one.submitted_at > page.received_at + CLOCKS_APART


def _edited(desk: _Desk, former: _Word, word: _Word, place: dict[str, object]) -> Reading:
    """What the form no longer says is taken back, then it says what it says now."""
    same_home = (former.household, former.name) == (word.household, word.name)
    kept = {fold(item) for item, _, _ in word.goods} if same_home else set()
    gone = dict.fromkeys(item for item, _, _ in former.goods if fold(item) not in kept)
    back = [Said(0, place, item, "withdraw", former.household, former.name, item) for item in gone if item]
    now = _lines(desk, word, place) if word.goods or word.note else Reading()
    return Reading([*back, *now.said], now.aside)


def _place(page: StoredPage, one: Filled, word: _Word) -> dict[str, object]:
    told = {"form": page.source.title, "instance": one.instance, "payer": word.payer, "note": word.note}
    return {name: value for name, value in told.items() if value}


def _as_words(word: _Word) -> str:
    return " ".join("".join(part) for part in word.goods)


def _lines(desk: _Desk, word: _Word, place: dict[str, object]) -> Reading:
    """The goods of one form, by the rules of a table with one row per item."""
    rows = [(word.household, word.name, *line, word.note) for line in word.goods]
    if not rows and fold(word.note) in NOTHING | WITHDRAWN:
        rows = [(word.household, word.name, "", word.note, "", "")]
    grid = {0: HEADER, **dict(enumerate(rows, start=1))}
    cells = {n: {c: Cell(text) for c, text in enumerate(row) if text} for n, row in grid.items()}
    if not rows:
        missing = Text("goods_missing", {"words": word.household or word.name})
        return Reading([Said(0, place, "", who=word.household, name=word.name, faults=(missing,))])
    reading = read_needs_table([Sheet("", cells)], desk.words)
    return Reading([replace(line, place=_entry(line, place)) for line in reading.said], [])


def _entry(line: Said, place: Mapping[str, object]) -> dict[str, object]:
    who = {"who": line.place["who"]} if "who" in line.place else {}
    return {**place, "entry": line.place.get("row", 1), **who}


def _word(one: Filled, mapping: FormMapping, directory: Directory) -> _Word:
    told = {name: _answer(one.answers, getattr(mapping, name)) for name in ("community", "household", "name")}
    payer, note = _answer(one.answers, mapping.payer), _answer(one.answers, mapping.note)
    goods = () if one.refused else (*_repeated(one, mapping, directory), *_wide(one, mapping, directory))
    return _Word(**told, goods=goods, payer=payer, note="" if one.refused else note)


def _answer(answers: Mapping[str, Any], question: str) -> str:
    return words(answers.get(question)).strip() if question else ""


def _repeated(one: Filled, mapping: FormMapping, directory: Directory) -> Iterator[tuple[str, str, str]]:
    """One line per entry of the repeat group; its questions go by the last part of their names."""
    entries = one.answers.get(mapping.repeat) if mapping.repeat else None
    for entry in entries if isinstance(entries, list) else ():
        said = {key.rsplit("/", 1)[-1]: value for key, value in entry.items()}
        names = (mapping.item, mapping.quantity, mapping.unit)
        item, quantity, unit = (_answer(said, name.rsplit("/", 1)[-1]) for name in names)
        if item or quantity:
            yield item, quantity, unit or _sale_unit(directory, item, quantity)


def _sale_unit(directory: Directory, words_: str, quantity: str) -> str:
    """The unit that the list shows, where a form asks for none and the answer is a bare number."""
    item = directory.item(words_)
    bare = quantity.replace(".", "", 1).isdigit()
    return item.unit if isinstance(item, Item) and bare else ""


def _wide(one: Filled, mapping: FormMapping, directory: Directory) -> Iterator[tuple[str, str, str]]:
    """One line per question that is answered with more than nothing."""
    for question, item_id in mapping.wide.items():
        quantity = _answer(one.answers, question)
        if quantity not in ("", "0"):
            yield item_id, quantity, _sale_unit(directory, item_id, quantity)
