"""READMEs and docs against the project: commands, options, files, variables and hours that they name are there."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from deployments.bootstrap import TOOLS
from deployments.command import app
from schemas.plan.values import LAST_CLAUSE
from schemas.words import BUILT, Process
from tasks.plans import load_plan, plan_ids
from tasks.settings import PREFIX, ROOT, Settings
from tests.factories.defined_names import names_defined_in

READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
TEXTS = [*READMES, ROOT / "CHANGELOG.md", ROOT / "docs" / "ARCHITECTURE.md", ROOT / "docs" / "CLAUSES.md"]
#: The township that the ten steps make; its plan is on the reader's machine only.
OF_THE_STEPS = "qingshan"
#: What stands below these is made by running something.
MADE = ("out/", "data/", "~/", ".venv", "prefect.yaml/")
FILE = re.compile(
    r"(?:[\w.-]+/)*[\w.-]+\.(?:py|md|toml|yaml|csv|png|in|txt)|(?:docs|plans|tests|tasks|rules|schemas|samples|locale)/[\w./-]*"
)
VARIABLE = re.compile(rf"{PREFIX}[A-Z_]+(?:<NAME>)?")

by_name = pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group, since there are several


def code_in(path: Path) -> Iterator[str]:
    """Inline code and the lines of shell blocks."""
    text = path.read_text(encoding="utf-8")
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        yield from (line.split("  #")[0].strip() for line in block.splitlines() if line.strip())
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def command_lines(path: Path) -> list[list[str]]:
    """`baogong …`, word by word; brackets of what may be left out are taken off."""
    lines = (line for line in code_in(path) if line.startswith("baogong "))
    return [shlex.split(line.replace("[", "").replace("]", ""))[1:] for line in lines]


def made_arguments(path: Path) -> list[Any]:
    return [pytest.param(words, id=f"{path.name}: {' '.join(words)}") for words in command_lines(path)]


@pytest.mark.parametrize("words", [p for path in READMES for p in made_arguments(path)])
def test_every_command_line_is_one_that_the_command_understands(words: list[str]) -> None:
    name, *rest = words
    assert name in commands
    options = {flag: p for p in commands[name].params for flag in p.opts if flag.startswith("--")}
    given = [word for word in rest if word.startswith("--")]
    assert [flag for flag in given if flag not in options] == []
    if rest:
        needed = {p.opts[0] for p in options.values() if p.required}
        assert needed <= set(given)


@pytest.mark.parametrize("words", [p for path in READMES for p in made_arguments(path)])
def test_every_command_line_has_the_words_without_a_flag_that_it_needs(words: list[str]) -> None:
    name, *rest = words
    flags = {flag: p for p in commands[name].params for flag in p.opts if flag.startswith("--")}
    plain, value_follows = [], False
    for word in rest:
        if word in flags:
            value_follows = not getattr(flags[word], "is_flag", False)
        elif value_follows:
            value_follows = False
        else:
            plain.append(word)
    positional = [p for p in commands[name].params if p.param_type_name == "argument"]
    if rest:
        assert len([p for p in positional if p.required]) <= len(plain) <= len(positional)
    for word in plain if name == "run" else ():
        assert word == "FLOW" or Process(word) in BUILT
    for word in plain if name == "check" else ():
        assert word in (*plan_ids(), OF_THE_STEPS) or "…" in word


@by_name
def test_every_command_and_every_flow_is_told(readme: Path) -> None:
    assert {words[0] for words in command_lines(readme)} == set(commands)
    assert {flow.value for flow in BUILT} <= set(code_in(readme))


@by_name
def test_every_make_word_is_one_of_the_makefile(readme: Path) -> None:
    told = {m[1] for code in code_in(readme) for m in re.finditer(r"\bmake (\w+)", code)}
    targets = set(re.findall(r"^([\w ]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    known = {word for line in targets for word in line.split()}
    assert told <= known
    assert told >= {"demo", "up", *TOOLS}


@by_name
def test_every_variable_that_the_code_reads_stands_in_the_table_with_its_default_and_no_other(readme: Path) -> None:
    table = dict(
        re.findall(rf"^\| `({VARIABLE.pattern})` \| (.+?) \|", readme.read_text(encoding="utf-8"), re.MULTILINE)
    )
    read = {PREFIX + name.upper() for name in Settings.model_fields}
    for room in ("deployments", "flows", "tasks", "rules", "schemas"):
        for path in (ROOT / room).rglob("*.py"):
            read |= set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", path.read_text(encoding="utf-8")))
    read = {v + "_<NAME>" if v in (f"{PREFIX}CHANNEL", f"{PREFIX}ENDPOINT", f"{PREFIX}TOKEN") else v for v in read}
    examples = {v for v in read if v.startswith((f"{PREFIX}CHANNEL_", f"{PREFIX}ENDPOINT_")) and "<" not in v}
    assert set(table) == read - examples
    assert float(table[f"{PREFIX}SETTLE_SECONDS"].strip("`")) == Settings.model_fields["settle_seconds"].default
    assert table[f"{PREFIX}PUBLIC_URL"].strip("`") == Settings.model_fields["public_url"].default


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(text: Path) -> None:
    words = text.read_text(encoding="utf-8")
    linked = [target for target in re.findall(r"\]\(([^)#]+)\)", words) if "://" not in target]
    assert [target for target in linked if not (text.parent / target).exists()] == []
    named = {m[0] for code in code_in(text) for m in [FILE.match(code)] if m and m[0] == code}
    places = [ROOT, ROOT / "plans" / "_template", ROOT / "tasks" / "channels", ROOT / "tasks"]
    lost = [name for name in sorted(named) if not any((place / name).exists() for place in places)]
    made_by_users = [name for name in lost if name.startswith(MADE) or re.search(r"[\u4e00-\u9fff]", name)]
    assert set(lost) - set(made_by_users) <= {"aliases_learnt.csv", "documents/", "notices/"}


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_every_name_of_code_that_is_named_is_defined_there(text: Path) -> None:
    for path, name in (m.groups() for code in code_in(text) if (m := re.fullmatch(r"([\w/]+\.py):(\w+)", code))):
        assert name in names_defined_in(ROOT / path)


@by_name
def test_the_coordinators_day_has_the_hours_of_the_plan(readme: Path) -> None:
    plan = load_plan("shengtang")
    hours = re.findall(r"^\| (?:until )?(\d\d:\d\d)", readme.read_text(encoding="utf-8"), re.MULTILINE)
    steps = {f"{step.at:%H:%M}" for step in plan.file.step if step.at}
    assert steps <= set(hours)
    due = {f"{duty.due:%H:%M}" for duty in plan.file.duty}
    digests = {f"{at:%H:%M}" for at in plan.file.notices.digest_at.value}
    assert set(hours) <= steps | due | digests
    assert hours == sorted(hours)


@by_name
def test_the_channels_and_the_desk_of_the_ten_steps_are_those_of_the_template(readme: Path) -> None:
    words = readme.read_text(encoding="utf-8")
    template = load_plan(ROOT / "plans" / "_template")
    channels = {channel for officer in template.officers.values() for channel in officer.channels}
    for name in re.findall(rf"{PREFIX}CHANNEL_([A-Z_]+)", words):
        assert name.lower() in channels
    assert re.findall(rf"{PREFIX}ENDPOINT_([A-Z_]+)", words) == [template.file.report.endpoint.value.upper()]
    for household in re.findall(r"--household ([A-Z]+-[\d-]+)", words):
        assert household in template.households


def test_sheets_begin_with_the_mark_by_which_excel_knows_their_chinese() -> None:
    sheets = sorted((ROOT / "plans").glob("*/*.csv"))
    assert len(sheets) >= 6 * (len(plan_ids()) + 1)
    assert [sheet for sheet in sheets if not sheet.read_bytes().startswith(b"\xef\xbb\xbf")] == []


def test_the_changelog_ends_with_no_clause_that_does_not_exist() -> None:
    cited = re.findall(r"\b([A-D])-(\d\d)\b", "".join(t.read_text(encoding="utf-8") for t in TEXTS))
    assert all(1 <= int(number) <= LAST_CLAUSE[letter] for letter, number in cited)
