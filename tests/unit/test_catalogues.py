"""The catalogues: whatever the code says to a reader has its Chinese, and nothing stands there that nobody says."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

from tasks.words import say

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "locale" / "zh_CN" / "LC_MESSAGES").glob("*.po"))
CODE = ("deployments", "flows", "tasks", "rules", "schemas")
#: `say("…")` shows, `N_("…")` marks for later, `@step("…")` names a box in the UI.
MARKS = frozenset({"say", "N_", "step"})
#: Names that have no Chinese, or that a reader must find or type as they are.
NAMES = """
    Baogong Prefect Excel PDF XLSX XLS ODS CSV TXT JSON SQLite Python BOM UTF-8 GB18030 MB Secret Ctrl-C Asia/Shanghai
"""
#: What an editor of plan files or a user of the command types: keys, values and words of commands.
TYPED = """
    after at category clause value role communities days default false file lat local lon roles station step stores
    true a-z baogong check deployments doctor install make plan up write id shengtang matiwan Artifacts T16:05:00
    set-ntp timedatectl approve change reject https http inbox channel source store community mapping item quantity
    hosts producers carriers tasks aliases
"""
ALLOWED = frozenset((NAMES + TYPED).split())
LATIN = re.compile(r"(?:--)?[A-Za-z][\w./:-]*[A-Za-z0-9_]|[A-Za-z]", re.ASCII)
ENTRY = re.compile(r'^((?:#.*\n)*)msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', re.MULTILINE)
HAN = "\u4e00-\u9fff"


class Entry(NamedTuple):
    """One entry of a catalogue."""

    catalogue: str
    comment: str
    msgid: str
    words: str


@cache
def entries() -> tuple[Entry, ...]:
    found = []
    for path in CATALOGUES:
        for comment, *parts in ENTRY.findall(path.read_text(encoding="utf-8")):
            msgid, words = ("".join(json.loads(line) for line in part.splitlines()) for part in parts)
            found.append(Entry(path.name, comment, msgid, words))
    return tuple(e for e in found if e.msgid)


def texts(given: ast.expr) -> Iterator[str]:
    """The literal, or each of the two between which an expression chooses."""
    if isinstance(given, ast.IfExp):
        yield from texts(given.body)
        yield from texts(given.orelse)
    elif isinstance(given, ast.Constant) and isinstance(given.value, str) and given.value:
        yield given.value


def name_of(call: ast.expr) -> str:
    return call.id if isinstance(call, ast.Name) else call.attr if isinstance(call, ast.Attribute) else ""


def marked(node: ast.AST) -> Iterator[str]:
    """Message ids in a node: in a call of one of MARKS, or the first line of a flow's docstring."""
    if isinstance(node, ast.Call) and name_of(node.func) in MARKS and node.args:
        yield from texts(node.args[0])
    if isinstance(node, ast.FunctionDef) and any(
        isinstance(d, ast.Call) and name_of(d.func) == "process_flow" for d in node.decorator_list
    ):
        yield (ast.get_docstring(node) or "").split("\n", 1)[0]


@cache
def said() -> dict[str, str]:
    """Every message id in the code, with a place where it stands."""
    found: dict[str, str] = {}
    for path in sorted(p for folder in CODE for p in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for msgid in marked(node):
                found.setdefault(msgid, f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}")
    return found


def placeholders(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


def without_placeholders(text: str) -> str:
    return "".join(literal for literal, *_ in Formatter().parse(text))


def allowed(word: str, msgid: str) -> bool:
    # A file, a key or a variable is allowed where the English names the very same one.
    return word in ALLOWED or (re.search(r"[_./:-]", word) is not None and word in msgid)


def test_the_code_is_read_as_its_readers_hear_it() -> None:
    """Guards the extractor itself: one message of each kind must be found."""
    assert {
        "Publish every store's list of goods and the message for each community's group.",  # a flow
        "Compile the report",  # a step
        "Goods on sale published",  # a notice's title
        "The file is empty",  # a reason
        "There is no header row; write the names of the columns into the first row: {allowed}",  # a plan's fault
        "The plan's id",  # a field of the run form
        "yes",  # chosen at the place where it is said
        "and {count} more in the document",  # inside an f-string
    } <= set(said())


def test_everything_that_the_code_says_has_its_chinese() -> None:
    translated = {e.msgid for e in entries() if e.words}
    assert {msgid: place for msgid, place in said().items() if msgid not in translated} == {}


def test_nothing_stands_in_a_catalogue_that_nobody_says() -> None:
    assert [(e.catalogue, e.msgid) for e in entries() if e.msgid not in said()] == []


def test_a_translation_has_the_values_of_its_message() -> None:
    assert [e for e in entries() if placeholders(e.msgid) != placeholders(e.words)] == []


def test_no_translation_is_a_guess() -> None:
    assert [e for e in entries() if "fuzzy" in e.comment] == []


def test_a_message_has_one_translation_wherever_it_stands() -> None:
    versions = {e.msgid: {o.words for o in entries() if o.msgid == e.msgid} for e in entries()}
    assert {msgid: words for msgid, words in versions.items() if len(words) > 1} == {}


def test_a_message_stands_once_in_a_catalogue() -> None:
    assert [key for key, times in Counter((e.catalogue, e.msgid) for e in entries()).items() if times > 1] == []


def test_the_whole_of_every_catalogue_is_read() -> None:
    """Guards the reader: what its expression does not match (a plural, a context) would be lost without a word."""
    for path in CATALOGUES:
        headed = len(re.findall(r"^msgid ", path.read_text(encoding="utf-8"), re.MULTILINE)) - 1
        assert headed == sum(e.catalogue == path.name for e in entries()), path.name


def test_chinese_holds_no_words_of_another_language() -> None:
    foreign = [
        (e.catalogue, e.words, word)
        for e in entries()
        for word in LATIN.findall(re.sub("&[PN]", "", without_placeholders(e.words)))  # a footer's page and pages
        if not allowed(word, e.msgid)
    ]
    assert foreign == []


def test_chinese_has_chinese_punctuation() -> None:
    """`,` and `:` behind a Chinese character look like a machine's work, and a phone breaks the line before them."""
    typed = "用户名:密码"  # with this very colon
    half = re.compile(rf"(?<=[{HAN}”’》）】}}])[,;:!?](?!=)|[,;:!?](?=[{HAN}“])|(?<=[{HAN}}}])\((?=[{HAN}{{])")
    assert [(e.catalogue, e.words) for e in entries() if half.search(e.words.replace(typed, ""))] == []


def test_with_english_as_the_locale_everything_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOGONG_LOCALE", "en")
    told = [say(msgid) for msgid in said()]
    assert told == list(said())
    chinese = [words for words in told if re.search(rf"[{HAN}]", words)]
    # What residents and officers write stays as they write it, in whatever language the rest is said.
    assert chinese == [w for w in chinese if re.search("不要了|无需求|有货|合格|箱=360|鸡蛋 1板|跳过|备注", w)]
