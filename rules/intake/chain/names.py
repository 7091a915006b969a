"""The words of a name: what of them names the goods, and what speaks against them as the name of one kind."""

import re
from functools import lru_cache

from rules.intake.chain.lexicon import CONDITION, DOUBTFUL, GOODS, NAMED, SAME, VARIETIES
from rules.intake.lines import Vocabulary
from schemas.text import Text

_LEAD = re.compile(
    r"^(?:(?:和|与|跟|及|以及|还有|另外|外加|加上)(?![田牛平政])|的|帮(?:我|忙)?(?:带|买|拿|捎|订)|麻烦带|代买|代购|(?:我们家|我家|我们|我|本户|家里)?(?:想要|需要|需|要|想买|来|买|订购|订|定|购买|购|下单|报)(?![自子])|:)+"
)
_ADD = re.compile(r"^(?:我们家|我家|我)?(?:再加|再来|再要|再订|再买|多加|追加|增加|补|另加|还要|多要|加)(?![多碘州])")
_TAIL = re.compile(r"[:=\-*·+\s]+$")
#: Verbs between the goods and their amount: 土豆再加1斤 adds, 土豆要1斤 says nothing more.
_MORE = re.compile(r"(?:(?P<add>再加|再来|再要|多加|多要|追加|还要|加)|想要|需要|要|来|买|订|从|一共)$")
#: Less of it, or only so much of it: of what, another text says.
_LESS = re.compile(r"(?:减|减少|少|少要|少来|只要|只|就|原|共)$")
_INNER = re.compile(r"[:=\-*]")
#: Whatever ends so is one thing, though two goods are named in it: 猪肉水饺.
_COMPOUND = re.compile(
    r"(?:饺子?|馄饨|包子?|面条?|面包|饼干?|肠|汤圆|馒头|蛋糕|奶|奶粉|罐头|饮料|汁|薯片|花卷|挂面|粉|油|酱|套餐|组合|粽子?|糖|糕|丸子?|干|片|汤|串|粥|卷|丁|条|饭|饼|醋|茶|酒|火锅|礼包|盒|纸|蛋|肉|鱼|糕点)$"
)
LONGEST_ITEM = 16


def clean_item(words: str) -> tuple[str, int, int, bool]:
    """(item, characters cut before it, behind it, whether it is added) of a name with its verbs and signs."""
    cut = 0
    added = _ADD.match(words)
    if added and added.end() < len(words):
        cut = added.end()
    lead = _LEAD.match(words, cut) if not cut else None
    if lead and lead.end() < len(words) and words not in GOODS:
        cut = lead.end()
    tail = _TAIL.search(words, cut)
    end = tail.start() if tail else len(words)
    more = _MORE.search(words, cut + 1, end)
    if more and words[cut:end] not in GOODS:
        end = more.start()
    return words[cut:end], cut, len(words) - end, (added is not None and cut > 0) or bool(more and more["add"])


@lru_cache(maxsize=50_000)
def glued_goods(item: str) -> tuple[str, ...]:
    """The common goods that a word is put together from (土豆白菜), empty where it is one word of its own."""
    if item in GOODS or len(item) < 3:  # noqa: PLR2004 - 葱姜蒜 is the shortest
        return ()
    best: list[list[str] | None] = [[]] + [None] * len(item)
    for end in range(1, len(item) + 1):
        for start in range(max(0, end - 5), end):
            before = best[start]
            if (
                before is not None
                and item[start:end] in GOODS
                and (best[end] is None or len(before) + 1 < len(best[end] or []))
            ):
                best[end] = [*before, item[start:end]]
    found = best[-1]
    return tuple(found) if found and len(found) > 1 else ()


def tail(words: str) -> str:
    """The signs at the end of a name."""
    found = _TAIL.search(words)
    return found[0] if found else ""


def item_faults(said: str, item: str, vocabulary: Vocabulary) -> list[Text]:
    """What speaks against a word as the name of one kind of goods."""
    if item in vocabulary.items:
        return []
    if SAME.search(item):
        return [Text("same_as_before", {"words": said})]
    if CONDITION.search(item):
        return [Text("conditional", {"words": said})]
    left = NAMED.sub("", item)
    doubtful = (
        not item
        or item in VARIETIES
        or item.endswith("的")
        or _LESS.search(item)
        or len(item) > LONGEST_ITEM
        or DOUBTFUL.search(left)
        or re.search("[0-9]", left)
        or _INNER.search(item)
    )
    glued = glued_goods(item)
    if doubtful or (glued and not _COMPOUND.search(glued[-1])) or item in vocabulary.units:
        return [Text("split_unclear", {"words": said})]
    return []
