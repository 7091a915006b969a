"""A word of a body -> what it says by itself: whole goods, a bare name or amount, a cancellation, an aside, or nothing.

A word is what stands between blanks and separators; it may hold several goods (`西红柿5个鸡蛋2板`). Its shape has one
letter per element: n goods, q amount or times (vague ones too), d bare number, p plus, s size, b bracket, r price,
e each, c change, x odd. Names and amounts that alternate are whole: `nqnq` name first, `qnqn` amount first; `nqn` can
be read in two ways and is left open. Of two amounts side by side one is a size where that is plain: `5kg2袋`,
`一箱24罐`, `24罐一箱`.
"""

import re
from dataclasses import replace

from rules.intake.chain.elements import MEASURES, Element, Elements, Kind, number_of
from rules.intake.chain.lexicon import CONDITION, DOUBTFUL, FRESH, GOODS, NOTE
from rules.intake.chain.names import clean_item, item_faults
from rules.intake.chain.names import tail as tail_of
from rules.intake.chain.said import Good, Said, after, bare
from rules.intake.chain.sizes import VOLUMES, bracketed, reduced, unpacked
from rules.intake.lines import Vocabulary
from schemas.text import Text

LETTER = {"goods": "n", "amount": "q", "vague": "q", "times": "q", "number": "d", "plus": "p", "size": "s"}
LETTER |= {"bracket": "b", "price": "r", "each": "e", "change": "c", "odd": "x"}
#: Goods with the amount behind; brackets and prices may follow, a size only where no name comes behind it.
_BEHIND = r"[sb]*n(?:[sb]n)?[sbr]*(?:q?c)?[qp](?:[br]|s(?!n))*"
_BEFORE = r"q[sb]*n(?:[sb]n)?[br]*"
BEHIND, BEFORE = re.compile(f"(?:{_BEHIND})+"), re.compile(f"(?:{_BEFORE})+")
ONE_BEHIND, ONE_BEFORE = re.compile(_BEHIND), re.compile(_BEFORE)
#: Shapes that are no whole goods, and what such a word is.
_FORMS = (
    ("name", re.compile(r"[sbr]*n(?:[sb]n)?[sbr]*")),
    ("amount", re.compile(r"[qp][br]*")),
    ("counted", re.compile(r"[sb]*n(?:[sb]n)?[sbr]*c?d[br]*")),
    ("number", re.compile("d")),
    ("aside", re.compile("[sbr]")),
    ("each", re.compile(r"(?:[sb]*n[sb]*)?e[qd][br]*")),
)
_CANCEL = re.compile(
    r"(?:取消|退掉|撤掉|撤销|撤单|删掉|去掉|退订)了?(?P<a>.*)|(?P<b>.*?)(?:都|全部?|也|就)?(?:不要了|取消了?|撤单了?|退单了?|撤销了?|不订了|退了|撤了|不需要了?|不用了|不买了|不定了)|"
    r"不要(?P<c>.+)了|(?P<d>.+)不要|(?P<e>无需求|无需要|没有需求|零报告|无|撤单|退单|全不要)"
)
_COSTS = re.compile(r"[(\[]\s*(?:¥\s?[0-9.]+|[0-9.]+\s?(?:元|块钱?)(?:/.{1,2})?)\s*[)\]]")
_POLITE = re.compile(r"(?:谢谢|多谢|辛苦|麻烦)[^0-9]*$|[啊呀哦哈呢吧嘛哟]+$")
_EVERYTHING = frozenset(("", "全部", "全", "都", "我", "我们", "我家", "订单", "今天", "今日", "所有", "全都"))
_THE = re.compile(r"(?P<item>.{2,8}?)(?P<how>[宽细大小红黄白绿黑嫩老甜咸辣酸新鲜厚薄粗]{1,2}的)")
#: Nobody buys ten pieces of meat: 肉20块 may be money.
_MONEY_FROM = 10
#: Verbs before an amount: 再来两斤土豆.
_VERB = re.compile(
    r"(?:(?P<add>(?:我家|我)?(?:再加|再来|再要|再订|再买|多加|追加|增加|另加|还要|多要|加|补))|(?:我们家|我家|我|麻烦|帮我|请)?(?:想要|需要|需|要|想买|来|买|订|购|下单))"
    r"(?:个)?(?=[0-9半一二两三四五六七八九十])"
)
#: Sold by the piece by their nature: a bare number behind them counts.
_COUNTABLE = re.compile(r"套餐[a-z0-9一二三四五六七八九十]?$|[a-z]套餐$|组合[a-z]?$|礼包$|套装$")
_SPELLED, _NUMERALS = 4, frozenset("半一二三四五六七八九十")


class Words:
    """The reader of words for one vocabulary."""

    _LIMIT = 50_000

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.elements = Elements(vocabulary)
        self._known: dict[str, Said] = {}

    def of(self, word: str) -> Said:
        """What a folded word says by itself."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= self._LIMIT:
                self._known.clear()
            found = self._known[word] = self._read(word)
        return found

    def _read(self, word: str) -> Said:
        return self._single(word) or self._cancelled(word) or self._composed(word)

    def _single(self, word: str) -> Said | None:
        """A word that is one thing as a whole: of the list, a unit, a number, 各, an aside."""
        whole: Kind = "each" if word in ("各", "每样", "每种") else "goods"
        here = (Element(whole, 0, len(word), word),)
        if word in self.vocabulary.items or word in self.vocabulary.units:
            return Said("name" if word in self.vocabulary.items else "unit", "n", here)
        if len(word) <= _SPELLED and word[0] in _NUMERALS and (number := number_of(word)) is not None:
            return Said("number", "d", (Element("number", 0, len(word), word, number),))
        if whole == "each":
            return Said("each", "e", here)
        return Said("note", "t", ()) if NOTE.fullmatch(word) and word not in GOODS else None

    def _composed(self, word: str) -> Said:
        verb = _VERB.match(word)
        if verb and verb.end() < len(word) and word not in GOODS:
            return after(self.of(word[verb.end() :]), verb.end(), verb["add"] is not None)
        elements = self._sized(reduced(list(self.elements.of(word)), True))
        return self._shaped(word, unpacked(bracketed(elements, self.elements)))

    def _sized(self, elements: list[Element]) -> list[Element]:
        """蒙牛250ml纯牛奶2盒: a measure inside a name is a size; 瘦肉500g鸡蛋2板 has goods of its own before it."""
        out = list(elements)
        ends = [e.kind for e in out] == ["amount", "goods", "amount"] and out[2].unit not in MEASURES
        if ends and out[0].unit in MEASURES and out[0].unit not in ("斤", "两", "市斤"):  # 500ml可乐2瓶
            return [out[0]._replace(kind="size"), *out[1:]]
        for at, element in enumerate(elements[1:-2], start=1):
            measure = element.kind == "amount" and element.unit in MEASURES and element.unit not in ("斤", "两", "市斤")
            name = elements[at - 1].text
            if not measure or elements[at + 1].kind != "goods" or elements[at + 2].kind not in ("amount", "times"):
                continue
            if element.unit in VOLUMES or not (name in GOODS or name in self.vocabulary.items):
                out[at] = element._replace(kind="size")
        return out

    def _cancelled(self, word: str) -> Said | None:
        found = _CANCEL.fullmatch(_POLITE.sub("", word))
        if found is None:
            return None
        group = next((g for g in "abcd" if found[g] is not None), None)
        if group is None or found[group] in _EVERYTHING:
            return Said("cancel", "k", ())
        elements = self.elements.of(found[group])
        if len(elements) != 1 or elements[0].kind != "goods" or DOUBTFUL.search(elements[0].text):
            return Said("open", "x", ())
        return Said("cancel", "k", elements, cancelled=found.span(group))

    def _shaped(self, word: str, elements: list[Element]) -> Said:
        elements, tail = self._without_note(elements)
        shape = "".join(LETTER[e.kind] for e in elements)
        held = tuple(elements)
        if BEHIND.fullmatch(shape):
            return Said("goods", shape, held, self._goods(word, elements, shape, ONE_BEHIND, tail))
        if BEFORE.fullmatch(shape):
            return Said("goods", shape, held, self._goods(word, elements, shape, ONE_BEFORE, tail), leading=True)
        return Said(next((kind for kind, form in _FORMS if form.fullmatch(shape)), "open"), shape, held)

    @staticmethod
    def _without_note(elements: list[Element]) -> tuple[list[Element], str]:
        """Elements without an aside at the end: 土豆3斤要小的."""
        if len(elements) > 1 and elements[-1].kind == "goods" and LETTER[elements[-2].kind] in "qbps":
            last = elements[-1].text
            if NOTE.fullmatch(last) and last not in GOODS:
                return elements[:-1], last
        return elements, ""

    def _goods(
        self, word: str, elements: list[Element], shape: str, one: re.Pattern[str], tail: str
    ) -> tuple[Good, ...]:
        found = [self.good(word, elements[match.start() : match.end()]) for match in one.finditer(shape)]
        if tail:
            found[-1] = replace(found[-1], end=len(word))
        return tuple(found)

    def good(self, words: str, elements: list[Element]) -> Good:
        """One of the goods from its elements, with what speaks against it. `words`: what their places count in."""
        start, end = elements[0].start, elements[-1].end
        names: list[tuple[int, int]] = []
        added = False
        for element in elements:
            if element.kind == "goods":
                _, before, behind, add = (
                    clean_item(element.text) if not names else (element.text, 0, len(tail_of(element.text)), False)
                )
                names.append((element.start + before, element.end - behind))
                added |= add
        sizes = tuple(
            (e.start, e.end)
            for e in elements
            if e.kind == "size" or (e.kind == "bracket" and not _COSTS.fullmatch(e.text))
        )
        amounts = [e for e in elements if e.kind in ("amount", "vague", "times", "plus", "number")]
        item = "".join(words[a:b] for a, b in names)
        fresh = FRESH.match(item)
        if fresh and fresh.end() < len(item) and item not in self.vocabulary.items:
            sizes = ((names[0][0], names[0][0] + fresh.end()), *sizes)
            names[0] = (names[0][0] + fresh.end(), names[0][1])
            item = item[fresh.end() :]
        amount = amounts[-1] if amounts else None
        the = _THE.fullmatch(item)
        if the and the["item"] in GOODS and len(names) == 1:
            a = names[0][0]
            names, item = [(a, a + the.end("item"))], the["item"]
            sizes = (*sizes, (a + the.end("item"), a + the.end()))
        variety = " ".join(bare(words[a:b]) for a, b in sizes)
        op = "add" if added or (amount and amount.kind == "plus") else "set"
        faults = self._faults(words[start:end], item, elements, amount)
        number, unit = (amount.number, amount.unit) if amount else (None, "")
        return Good(start, end, item, variety, number, unit, tuple(names), sizes, op, faults)

    def _faults(self, said: str, item: str, elements: list[Element], amount: Element | None) -> tuple[Text, ...]:
        found = item_faults(said, item, self.vocabulary)
        if amount is None:
            found.append(Text("quantity_missing", {"words": said}))
        elif amount.kind == "vague" or amount.number is None:
            found.append(Text("quantity_range", {"words": said}))
        elif amount.unit == "块" and amount.number >= _MONEY_FROM:
            found.append(Text("quantity_unclear", {"cell": said}))
        elif amount.number <= 0:
            found.append(Text("quantity_not_positive", {"words": said}))
        elif amount.unit in VOLUMES and amount.kind == "amount":
            found.append(Text("size_no_count", {"words": said}))
        elif amount.kind == "number" and not _COUNTABLE.search(item):
            found.append(Text("unit_missing", {"words": said}))
        if any(e.kind == "bracket" and CONDITION.search(e.text) for e in elements):
            found.append(Text("conditional", {"words": said}))
        return tuple(found)
