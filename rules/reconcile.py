"""From judged lines to needs that hold: every line in its order, posts of a chain held against those before them.

received = accepted + superseded + withdrawn + rejected, and the same lines give the same result however often they are
read, in whatever order they are handed over. What is asked about a post that no line of it says (a line that is
missing) is told beside the lines and counts as none of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any

import polars as pl

from rules.intake.checking import build
from rules.intake.identify import Directory
from rules.intake.repeats import At, repeated
from rules.intake.reposts import Key, Log, Thread, place_of, spoken, told
from rules.needs import Judged, as_json, in_time
from rules.posts import Post
from rules.standing import Books, Row, whose
from schemas.frames.intake import NeedState, Question, RejectedNeed
from schemas.text import Text

#: What a question is about that is about a chain as a whole; of others it is the household's id.
CHAIN = "chain"
_NO_POSTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Reconciled:
    """Lines understood with their state, lines that go back, and questions about what is not there.

    `repeats`: a line that goes back -> the one in an earlier post that asks the same.
    """

    lines: pl.DataFrame
    rejected: pl.DataFrame
    questions: pl.DataFrame
    repeats: Mapping[At, At]


def reconcile(
    judged: Judged,
    directory: Directory,
    posts: Mapping[str, str] = _NO_POSTS,
    answered: Iterable[Mapping[str, Any]] = (),
) -> Reconciled:
    """What holds of a cycle's lines.

    Args:
        posts: submissions that are a group's own text -> the title of the chain in it.
        answered: unclear lines of posts that were answered and are not among the judged ones (`RawLine`).
    """
    understood = [row | {"reasons": None} for row in judged.accepted.iter_rows(named=True)]
    unclear = [row | {"qty_base": 0} for row in judged.rejected.iter_rows(named=True)]
    rows: list[Row] = sorted([*understood, *unclear], key=in_time)
    reader = _Reader(Books(directory))
    for submission_id, text in groupby(rows, key=lambda row: str(row["submission_id"])):
        if submission_id in posts:
            reader.post(submission_id, list(text), posts[submission_id])
        else:
            reader.words(text)
    asked = sorted(
        (row for row in rows if row["reasons"]), key=lambda r: (r["sequence"], r["submission_id"], r["line_no"])
    )
    of_posts = [row for row in (*asked, *answered) if row["submission_id"] in posts and _may_repeat(row)]
    return Reconciled(
        build(NeedState, [row for row in rows if not row["reasons"]]),
        build(RejectedNeed, asked),
        build(Question, reader.questions()),
        repeated(sorted(of_posts, key=in_time)),
    )


def _may_repeat(row: Mapping[str, Any]) -> bool:
    """Not an empty text, and not a line that came when the goods were on their way: that is news each time."""
    return bool(row["words"]) and '"cycle_delivered"' not in row.get("reasons", "")


@dataclass(frozen=True, slots=True)
class _Missing:
    """What a post lacks: the post, the line that stood then, and how much it was."""

    submission_id: str
    line: Row
    words: str


class _Reader:
    """Texts one after another, with the memory of what each community's chains have said."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.threads: dict[str, list[Thread]] = defaultdict(list)
        self.logs: dict[str, Log] = defaultdict(Log)
        self.missing: dict[Key, _Missing] = {}
        self.whole: list[dict[str, Any]] = []

    def words(self, rows: Iterable[Row]) -> None:
        """Lines of what is no post: each is a word of its own."""
        for row in rows:
            if not row["reasons"]:
                # An answer of the desk is about what was asked; it is not the household that has spoken since.
                if row["channel"] != "review":
                    self._heard(row)
                self.books.act(row)

    def _heard(self, row: Row) -> None:
        home, item_id = row["household_id"], row["item_id"]
        for key in [(home, item_id)] if item_id is not None else [k for k in self.missing if k[0] == home]:
            self.missing.pop(key, None)

    def post(self, submission_id: str, rows: Sequence[Row], title: str) -> None:
        """A text of a group."""
        plain = [row for row in rows if not row["reasons"]]
        listed, said = ([row for row in plain if row["part"] == part] for part in ("list", "message"))
        community_id = next((row["community_id"] for row in plain), "")
        log = self.logs[community_id]
        text = Post(self.books, log, told(listed), listed, said)
        if listed:
            self._place(submission_id, community_id, title, rows, text)
        text.copies, text.doubtful = log.copies(said)
        spoken_now = Counter(map(spoken, said))
        for row in plain:
            if row["part"] == "message" and row["line_no"] not in text.copies:
                self._heard(row)
            text.take(row)
        log.take(spoken_now, text.added)

    def _place(self, submission_id: str, community_id: str, title: str, rows: Sequence[Row], text: Post) -> None:
        """Find the chain that the list goes on with, and what is missing from it."""
        words = text.told.words
        place = place_of(self.threads[community_id], title, {key[0] for key in words})
        text.judge(place)
        if place.apart and place.apart.homes:
            why = Text("repost_unclear", {"title": title, "count": len(place.apart.homes)})
            self.whole.append(_question(submission_id, CHAIN, community_id, title, {"who": ""}, why))
        unclear = [(row["household_id"], row["item_id"]) for row in rows if row["reasons"]]
        missing = place.thread.missing_in(words, unclear)
        for key in (*words, *unclear):
            self.missing.pop(key, None)
        for key in missing:
            if self.books.stood(key) and (key[0], None) not in words:  # who takes everything back names no goods
                lacks = _Missing(submission_id, self.books.line(key), self.books.shown(key))
                self.missing.setdefault(key, lacks)
        place.thread.take(words, missing)

    def questions(self) -> Iterator[dict[str, Any]]:
        """What is asked about posts, once everything is read: of a household all that one post lacks at once."""
        yield from self.whole
        found: dict[tuple[str, str], list[_Missing]] = defaultdict(list)
        for (home, _), lacks in self.missing.items():
            found[lacks.submission_id, home].append(lacks)
        for (submission_id, home), lacking in found.items():
            line = lacking[0].line
            words = "、".join(lacks.words for lacks in lacking)
            names = "、".join(self.books.plan.items[lacks.line["item_id"]].name for lacks in lacking)
            why = Text("missing_in_repost", {"who": whose(line), "item": words, "names": names, "stands": words})
            place = {"who": whose(line), "stood_in": line["submission_id"]}
            yield _question(submission_id, home, line["community_id"], words, place, why)


def _question(
    submission_id: str, about: str, community_id: str, words: str, place: Mapping[str, object], why: Text
) -> dict[str, Any]:
    return {
        "submission_id": submission_id,
        "about": about,
        "community_id": community_id,
        "words": words,
        "place": as_json(place),
        "reasons": as_json([why.as_json()]),
    }
