"""One text of a group, held against what its community's texts have said before: what becomes of each of its lines."""

from collections import Counter
from collections.abc import Sequence

from rules.intake.reposts import Key, Log, Place, Thread, Told, Verdict, Word, spoken, verdict
from rules.standing import Books, Row


class Post:
    """One text of a group: what becomes of each of its lines."""

    def __init__(self, books: Books, log: Log, told_: Told, listed: Sequence[Row], said: Sequence[Row]) -> None:
        self.books, self.log, self.told, self.said = books, log, told_, said
        self.last = {(row["household_id"], row["item_id"]): row["line_no"] for row in listed}
        self.added = Counter(spoken(row) for row in listed if row["op"] == "add")
        self.verdicts: dict[Key, Verdict] = {}
        self.chain: Thread | None = None
        self.nth: Counter[Key] = Counter()
        self.last_said = {(row["household_id"], row["item_id"]): row["line_no"] for row in said}
        self.copies: set[int] = set()
        self.doubtful: set[int] = set()

    def judge(self, place: Place) -> None:
        """What each word of the list means in its chain, before any of them is taken."""
        self.chain = place.thread
        said = {(row["household_id"], row["item_id"]) for row in self.said if row["op"] != "add"}
        for key, word in self.told.words.items():
            if key[1] is None:
                self.verdicts[key] = self._of_everything(key, word, place)
            else:
                overridden = key in said or (key[0], None) in said
                self.verdicts[key] = verdict(word, place, key, self.books.stood(key), overridden)

    def _of_everything(self, key: Key, word: Word, place: Place) -> Verdict:
        """不要了 in the list: a copy of it takes back nothing that its household has said since."""
        copied = word in place.thread.said.get(key, [])
        wanted = (self.told.words.get((key[0], item), Word(0)).total for item in self.books.items(key[0]))
        return Verdict("asked", "reverted_in_repost") if copied and not all(wanted) else Verdict("act")

    def take(self, row: Row) -> None:
        """Write into a line what becomes of it."""
        if row["part"] == "list":
            self._listed(row)
        elif row["line_no"] in self.copies:
            self._copied(row)
        elif row["line_no"] in self.doubtful:
            self.books.ask(row, "adds_again")
        else:
            self.books.act(row, by_message=True)

    def _copied(self, row: Row) -> None:
        """A message that was said before: asked about where it is the text's last word and something else stands."""
        home, key, at = row["household_id"], (row["household_id"], row["item_id"]), row["line_no"]
        if row["op"] == "add" or at < max(self.last_said[key], self.last_said.get((home, None), 0)):
            self.books.keep(row)
            return
        if key[1] is None:
            stale = any(self.last_said.get((home, item), 0) < at for item in self.books.items(home))
        else:
            stood = self.books.stood(key)
            stale = row["qty_base"] not in ((stood.qty, stood.listed) if stood else (0,))
        if stale:
            self.books.ask(row, "reverted_in_repost")
        else:
            self.books.keep(row)

    def _listed(self, row: Row) -> None:
        key = (row["household_id"], row["item_id"])
        mine = self.verdicts[key]
        if row["line_no"] in self.told.twice:
            self.books.ask(row, "said_twice_in_chain")
        elif row["line_no"] in self.told.void:
            row["state"] = "superseded"
        elif mine.kind == "asked":
            if row["line_no"] == self.last[key]:
                self.books.ask(row, mine.code)
            else:
                self.books.keep(row)
        elif row["op"] == "add":
            self._added(row, key, mine)
        elif mine.kind == "kept":
            self.books.keep(row)
        else:
            self.books.act(row)

    def _added(self, row: Row, key: Key, mine: Verdict) -> None:
        self.nth[key] += 1
        if self.nth[key] <= mine.counted:
            self.books.keep(row)
        elif mine.doubtful[row["qty_base"]] > 0 or self.log.said_elsewhere(row, self._added_before(key)):
            mine.doubtful[row["qty_base"]] -= 1
            self.books.ask(row, "adds_again")
        else:
            self.books.act(row)

    def _added_before(self, key: Key) -> tuple[int, ...]:
        """What the chain had added in its last word on a thing."""
        history = self.chain.said.get(key) if self.chain else None
        return history[-1].adds if history else ()
