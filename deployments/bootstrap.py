"""From a bare Python to a running command: makes `.venv`, installs the locked set, then does what it was asked for.

    python3 -m deployments.bootstrap demo [--days 2 …]     the same as `make demo`
    python3 -m deployments.bootstrap install|test|check|e2e|faults|lock
    python3 -m deployments.bootstrap up|doctor|run|…       any word of the `baogong` command

Standard library only, and written so that an old Python can read it far enough to say that it is too old. Nothing is
built: the environment gets one `.pth` file and one script, so a second call costs a hash and an exec.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, NoReturn, Sequence  # noqa: UP035 - collections.abc is not subscriptable on an old Python

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "baogong-installed"
LOCKS = {"base": ROOT / "requirements" / "base.txt", "dev": ROOT / "requirements" / "dev.txt"}

#: `make` words that need the tools of dev.txt, and what they run one after the other; all run, any failure counts.
TOOLS: dict[str, list[list[str]]] = {
    "test": [["-m", "pytest", "-n", "auto", "-m", "not slow and not e2e and not faults"]],
    "e2e": [["-m", "pytest", "-m", "e2e"]],
    "faults": [["-m", "pytest", "-m", "faults"]],
    "check": [
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "ruff", "check", "."],
        ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-logo"],
        ["-m", "codespell_lib"],
        ["-m", "mypy"],
    ],
}


def _say(chinese: str, english: str) -> None:
    # Two languages here because the catalogues can be read only once the environment is installed.
    print(f"{chinese}\n  {english}", file=sys.stderr, flush=True)


def _stop(chinese: str, english: str) -> NoReturn:
    _say(chinese, english)
    raise SystemExit(1)


def _old(version: Sequence[int]) -> bool:
    return tuple(version[:2]) < OLDEST


def use_a_new_enough_python() -> None:
    """Go on under a newer Python of this machine if this one is too old; stop with a plain word where there is none."""
    if not _old(sys.version_info[:2]):
        return
    for name in ("python3.12", "python3.13", "python3.11", "python3.14"):
        found = shutil.which(name)
        if found:
            os.execv(found, [found, "-m", "deployments.bootstrap", *sys.argv[1:]])  # noqa: S606 - no shell wanted
    running = ".".join(str(n) for n in sys.version_info[:3])
    _stop(
        f"需要 Python 3.11 或更高版本,当前是 {running}。请先安装新版 Python,再用 PYTHON=python3.11 make … 重试。",
        f"Python 3.11 or newer is needed, this is {running}. Install one, then try PYTHON=python3.11 make …",
    )


def python() -> Path:
    """The interpreter of the environment."""
    return VENV / "bin" / "python"


def digest(lock: Path) -> str:
    """What an installed set is known by: its lock, this folder, and the interpreter behind `.venv/bin/python`."""
    return hashlib.sha256(lock.read_bytes() + f"{ROOT}|{python().resolve()}".encode()).hexdigest()


def installed() -> str:
    """The set that is in the environment as its lock says today: `dev`, `base`, or empty."""
    try:
        stamp = STAMP.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    return next((name for name, path in LOCKS.items() if stamp == f"{name} {digest(path)}" and python().exists()), "")


def _wanted_before() -> str:
    """The set that somebody asked for earlier: an install of `base` must not take the tools away again."""
    try:
        return STAMP.read_text(encoding="utf-8").split()[0]
    except (OSError, IndexError):
        return "base"


@contextmanager
def _alone() -> Iterator[None]:
    # Two makes at once would both write into .venv; the second waits and then finds it done.
    with (ROOT / ".venv.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _run(command: Sequence[object], **kwargs: object) -> bool:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=ROOT, check=False, **kwargs).returncode == 0  # type: ignore[call-overload,no-any-return]  # noqa: S603 - fixed words, no shell


def _works(interpreter: Path) -> bool:
    # Without its pip it was made for another Python, which an upgrade of the system has since taken away.
    new_enough = f"import sys, pip; raise SystemExit(sys.version_info[:2] < {OLDEST})"
    return interpreter.exists() and _run([interpreter, "-c", new_enough], stderr=subprocess.DEVNULL)


def make_environment() -> None:
    """An empty `.venv` of this Python, unless a working one is there."""
    if _works(python()):
        return
    _say("正在创建 .venv …", "Creating .venv …")
    shutil.rmtree(VENV, ignore_errors=True)
    if not _run([sys.executable, "-m", "venv", VENV]):
        shutil.rmtree(VENV, ignore_errors=True)
        _stop(
            "无法创建虚拟环境。Debian/Ubuntu 请先安装:sudo apt install python3-venv",
            "The virtual environment could not be made. On Debian or Ubuntu: sudo apt install python3-venv",
        )


def pinned(name: str, lock: str) -> str:
    """The lines of a lock that pin one package, hashes included."""
    lines, taking = [], False
    for line in lock.splitlines():
        taking = line.startswith(f"{name}==") or (taking and line.startswith("    --hash"))
        if taking:
            lines.append(line.rstrip("\\ "))
    return " ".join(" ".join(lines).split())


def _pip(*words: object) -> bool:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    return _run([python(), "-m", "pip", "install", *quiet, "--no-deps", "--require-hashes", *words])


def _uv_environment() -> dict[str, str]:
    """uv does not read pip's configuration: hand over the mirror that this machine uses, if it uses one."""
    environment = {**os.environ, "UV_NO_PROGRESS": "1", "UV_LINK_MODE": os.environ.get("UV_LINK_MODE", "copy")}
    asked = [str(python()), "-m", "pip", "config", "get", "global.index-url"]
    answer = subprocess.run(asked, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603 - fixed words
    mirror = os.environ.get("PIP_INDEX_URL") or answer.stdout.strip()
    return {"UV_DEFAULT_INDEX": mirror, **environment} if mirror else environment


def _install_uv(lock: Path) -> bool:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(pinned("uv", lock.read_text(encoding="utf-8")) + "\n")
        only_uv.flush()
        return _pip("-r", only_uv.name)


def install_packages(lock: Path) -> None:
    """Exactly the locked set, every file checked against its hash: by uv in seconds, else by pip in minutes."""
    _say("正在安装依赖(首次约需 1 分钟)…", "Installing the locked packages (about a minute the first time) …")
    uv = [
        VENV / "bin" / "uv",
        "pip",
        "sync",
        "--quiet",
        "--require-hashes",
        "--system-certs",
        "--python",
        python(),
        lock,
    ]
    if _install_uv(lock) and _run(uv, env=_uv_environment()):
        return
    _say("uv 未能完成,改用 pip(约需 2 分钟)…", "uv did not succeed; pip takes over (about two minutes) …")
    if not _pip("-r", lock):
        _stop(
            "依赖安装失败:请检查网络或 pip 镜像设置后重试。",
            "The packages could not be installed: check the network or pip's mirror, then try again.",
        )


def add_command() -> None:
    """`.venv/bin/baogong`, and the tree on the environment's path: what an editable install does, without a build."""
    site = next((VENV / "lib").glob("python3*/site-packages"))
    (site / "baogong.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    script = VENV / "bin" / "baogong"
    script.write_text(
        f"#!/bin/sh\nexec '{python()}' -c 'from deployments.command import app; app(prog_name=\"baogong\")' \"$@\"\n",
        encoding="utf-8",
    )
    script.chmod(0o755)


def install(wanted: str) -> None:
    """Bring the environment to at least the wanted set (`base` or `dev`); at once where it is there already."""
    if installed() in (wanted, "dev"):
        return
    with _alone():
        wanted = "dev" if "dev" in (wanted, _wanted_before()) else "base"
        if installed() == wanted:
            return
        make_environment()
        STAMP.unlink(missing_ok=True)
        install_packages(LOCKS[wanted])
        add_command()
        STAMP.write_text(f"{wanted} {digest(LOCKS[wanted])}\n", encoding="utf-8")


def lock() -> int:
    """Write base.txt and dev.txt anew from their .in files; no address of a registry gets into them."""
    how = "--universal --generate-hashes --no-emit-index-url --no-header --system-certs --python-version 3.11 --quiet"
    for words in (["base.in", "-o", "base.txt"], ["-c", "base.txt", "dev.in", "-o", "dev.txt"]):
        command = [VENV / "bin" / "uv", "pip", "compile", *how.split(), *words, *sys.argv[2:]]
        made = subprocess.run([str(w) for w in command], cwd=ROOT / "requirements", check=False)  # noqa: S603 - fixed words
        if made.returncode:
            return made.returncode
    return 0


def _become(word: str, rest: list[str]) -> NoReturn:
    command = str(VENV / "bin" / "baogong")
    os.execv(command, [command, word, *rest])  # noqa: S606 - no shell wanted


def main(words: Sequence[str]) -> int:
    """Install what the word needs, then do it."""
    use_a_new_enough_python()
    word, rest = (words[0], list(words[1:])) if words else ("--help", [])
    install("dev" if word in (*TOOLS, "dev") else "base")
    if word in ("install", "dev"):
        _say("安装完成:.venv/bin/baogong --help", "Installed: .venv/bin/baogong --help")
        return 0
    if word == "lock":
        return lock()
    if word in TOOLS:
        return 1 if [tool for tool in TOOLS[word] if not _run([python(), *tool, *rest])] else 0
    _become(word, rest)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
