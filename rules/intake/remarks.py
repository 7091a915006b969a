"""What stands beside the goods of a row: the state of an order, and remarks; neither is dropped or guessed at."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rules.intake.layouts import Row
from rules.intake.lines import Said, SetAside, Vocabulary
from schemas.text import Text

_ASKS = re.compile(r"加|换|改|退|另|再|多|少|药|取消|想要|还要|也要|需要|不要|急")
_THANKS = re.compile(r"多谢|谢谢|感谢|不急")
_DOUBT = re.compile(r"取消|退款|退货|未支付|待支付|未付款|待付款|关闭|作废|售后")


def doubted(row: Row, found: Sequence[Said]) -> Iterator[Said]:
    """Lines of an order that may not hold any more are for somebody to look at."""
    status, refund = row.text("status"), row.text("refund")
    refunded = bool(re.search("[1-9]", refund))
    if not refunded and not _DOUBT.search(status):
        yield from found
        return
    fault = Text("order_in_doubt", {"status": f"退款{refund}" if refunded else status})
    yield from (replace(line, faults=(*line.faults, fault)) for line in found)


def remarks(row: Row, line: Said, words: Vocabulary) -> Iterator[Said | SetAside]:
    """Remarks: those that may ask for something are lines to look at, the others are kept as they are."""
    for name in ("note", "leader_note"):
        text = row.text(name)
        if not text:
            continue
        place, said = line.place | {"cell": row.at[name]}, row.cells[name].text
        if asks(text, words):
            fault = Text("note_asks", {"words": said[:80]})
            yield replace(line, place=place, words=said, item="", number=None, unit="", faults=(fault,))
        else:
            yield SetAside(place, said, "note")


def asks(note: str, words: Vocabulary) -> bool:
    """Whether a remark may ask for something: it names goods, an amount, or a change."""
    note = _THANKS.sub("", note)
    return bool(words.amount.search(note) or _ASKS.search(note)) or any(w in note for w in words.items if len(w) > 1)
