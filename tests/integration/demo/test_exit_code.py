"""The command itself ends with 1 where something is wrong at the end of the week."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.settings import ROOT

LONGEST = 100.0


@pytest.mark.slow
def test_papers_that_nobody_takes_in_are_told_and_end_the_command_with_1(tmp_path: Path) -> None:
    """On a Monday plan C receives nothing, so what is laid there then is never stored: the check is really false."""
    folder = tmp_path / "out" / "matiwan"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BAOGONG_", "PREFECT_"))}
    options = ["--plan", "matiwan", "--days", "1", "--out", str(tmp_path / "out")]
    command = [sys.executable, "-m", "deployments.command", "demo", *options]
    with subprocess.Popen(command, cwd=ROOT, env=kept, stdout=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + LONGEST
        while not (folder / "baogong.db").exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        papers = folder / "inbox" / "matiwan" / "arrivals" / "2022-04-18" / "随货单.csv"
        papers.parent.mkdir(parents=True)
        papers.write_text("采购单号,商品\n", encoding="utf-8")
        told, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 1, told
    assert "every_submission_kept: " in told
    assert "随货单.csv" in told.replace("\n", "")
    assert "核对通过 8 项，共 9 项" in told
