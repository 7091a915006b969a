"""A word -> the one item of the plan that it names: exactly, with a known slip of the pen, or nearly and beyond doubt.

In this order: the item's id, name, alias or learnt word; the same once a common slip is put right (鸡旦, 马玲薯) or
a word of praise before it is taken away (新鲜土豆); the same but for one character in a word of four or more, where
one item only is so near and neither character makes other goods of it (红, 白, 老 …). Everything else is a question
that names what it may be. Drawback: a slip in a word of two or three characters that is not in the list is asked about.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from rules.intake.chain.lexicon import FRESH
from rules.intake.chain.plain import plain
from schemas.plan import Item, Plan
from schemas.text import Text

#: An unknown item with one of these may be medicine and goes to a person at once.
MEDICINE = re.compile("药|胶囊|片$|颗粒|口服|冲剂|滴眼|注射|针剂|胰岛素|丸|芬|洛|西林|霉素|沙坦|地平|他汀|双胍|列汀")
#: Slips that change no meaning: a character of the same sound or nearly the same look.
_SLIPS = dict(
    pair.split(">")
    for pair in [
        "鸡旦>鸡蛋",
        "鸭旦>鸭蛋",
        "马玲薯>马铃薯",
        "马令薯>马铃薯",
        "罗卜>萝卜",
        "萝ト>萝卜",
        "西红市>西红柿",
        "西红士>西红柿",
        "波菜>菠菜",
        "白莱>白菜",
        "青莱>青菜",
        "芹莱>芹菜",
        "土逗>土豆",
        "土头>土豆",
        "豆付>豆腐",
        "五化肉>五花肉",
        "排滑>排骨",
        "桔子>橘子",
        "蜜桔>蜜橘",
        "黄爪>黄瓜",
        "西爪>西瓜",
        "茄孑>茄子",
        "圆葱>洋葱",
        "菜仔油>菜籽油",
        "菜子油>菜籽油",
        "蕃茄>番茄",
        "芫荽>香菜",
        "牛扔>牛奶",
    ]
)
_TELLING = frozenset(
    "红白黑黄绿青紫大小中老嫩土鲜咸甜酸辣淡冻干湿猪牛羊鸡鸭鹅鱼虾蟹花豆米面玉糯胡洋冬南西北苦丝生熟纯脱全高低婴幼孕男女长短粗细上下左右一二三四五六七八九十"
)
_LEAST, _ALIKE = 4, 55.0


class Published:
    """The list of a plan, by every word that names an item."""

    def __init__(self, plan: Plan) -> None:
        self.items = plan.items
        self.words = _by_word(plan)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """Folded word -> item id, for words of one item only."""
        return {word: next(iter(ids)) for word, ids in self.words.items() if len(ids) == 1}

    def exactly(self, words: str) -> str | None:
        """The id of the one item that the words name as they stand."""
        return self._names.get(plain(words.strip()))

    def find(self, words: str) -> Item | Text:
        """The item that the words name, or why they name none plainly."""
        told = plain(words.strip())
        found = self.words.get(told, frozenset()) or self._mended(told)
        if len(found) == 1:
            return self.items[next(iter(found))]
        if found:
            return Text(
                "item_ambiguous", {"item": words, "choices": "、".join(sorted(self.items[i].name for i in found))}
            )
        if not told:
            return Text("item_missing")
        return self._near(words, told)

    def _mended(self, told: str) -> frozenset[str]:
        """Items of the word with its slips put right and its praise taken away."""
        mended = told
        for slip, right in _SLIPS.items():
            mended = mended.replace(slip, right)
        mended = FRESH.sub("", mended)
        return self.words.get(mended, frozenset()) if mended != told else frozenset()

    def _near(self, words: str, told: str) -> Item | Text:
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein
        from rapidfuzz.fuzz import ratio

        near = {self._names[w] for w in self._names if len(told) >= _LEAST and _one_slip(told, w, Levenshtein.editops)}
        if len(near) == 1 and not MEDICINE.search(told):
            return self.items[near.pop()]
        if MEDICINE.search(told):
            return Text("maybe_medicine", {"item": words})
        alike = process.extract(told, list(self._names), scorer=ratio, limit=3, score_cutoff=_ALIKE)
        choices = list(dict.fromkeys(self._names[word] for word, _, _ in alike))
        if choices:
            return Text("item_near", {"item": words, "choices": self._named(choices)})
        return Text("item_unknown", {"item": words})

    def _named(self, ids: list[str]) -> str:
        return "、".join(self.items[i].name for i in ids)


def _one_slip(told: str, word: str, edits: Any) -> bool:
    """One character written for another, and neither makes other goods of it; one more or less often does."""
    found = edits(told, word)
    if len(found) != 1 or len(word) < _LEAST or found[0].tag != "replace":
        return False
    return not {told[found[0].src_pos], word[found[0].dest_pos]} & _TELLING


def _by_word(plan: Plan) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for item in plan.items.values():
        for word in (item.item_id, item.name, *item.aliases):
            found[plain(word)].add(item.item_id)
    for word, item_id in plan.learnt_aliases.items():
        found[plain(word)].add(item_id)
    return {word: frozenset(ids) for word, ids in found.items()}
