"""The `baogong` command as somebody types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tasks.settings import ROOT

#: What takes a second or more to import.
HEAVY = ("prefect", "polars", "pandera", "sqlmodel", "sqlalchemy", "pydantic", "httpx", "babel", "rich", "openpyxl")
TELL = (
    "import atexit, json, sys\n"
    "atexit.register(lambda: print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})), file=sys.stderr))\n"
    "from deployments.command import app\n"
    "app(prog_name='baogong')"
)


def baogong(*words: str, **environment: str) -> tuple[subprocess.CompletedProcess[str], set[str]]:
    """The command's end, and the packages that it imported."""
    command = [sys.executable, "-c", TELL, *words]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BAOGONG_")}
    done = subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False)
    return done, set(json.loads(done.stderr.splitlines()[-1]))


def test_help_imports_nothing_that_is_slow() -> None:
    done, imported = baogong("--help")
    assert done.returncode == 0
    assert not imported & set(HEAVY)


def test_help_is_in_chinese_for_every_command() -> None:
    done, _ = baogong("--help")
    commands = [line.split() for line in done.stdout.split("Commands:")[1].splitlines() if line.strip()]
    assert {line[0] for line in commands} >= {"check", "run", "approve", "trace", "up", "doctor", "demo", "deployments"}
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in " ".join(line[1:])) for line in commands)


def test_help_of_a_command_imports_nothing_that_is_slow() -> None:
    done, imported = baogong("run", "--help")
    assert "--date" in done.stdout
    assert not imported & (set(HEAVY) - {"pydantic"})  # typer itself asks pydantic about dates


def test_a_plan_with_a_fault_is_told_and_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "plans" / "broken").mkdir(parents=True)
    (tmp_path / "plans" / "broken" / "plan.toml").write_text("[plan]\nid = 1\n", encoding="utf-8")
    done, imported = baogong("deployments", BAOGONG_PLANS=str(tmp_path / "plans"), BAOGONG_DATA=str(tmp_path / "data"))
    assert done.returncode == 1
    assert "broken" in done.stderr
    assert "Traceback" not in done.stderr
    assert "prefect" not in imported


def test_an_environment_that_cannot_be_read_is_one_line_that_names_the_variable() -> None:
    done, _ = baogong("check", BAOGONG_DRY_RUN="是")
    assert done.returncode == 1
    assert "BAOGONG_DRY_RUN" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert baogong("check", "laoshan", BAOGONG_DRY_RUN="")[0].returncode == 0
