"""`baogong run` on a machine where nothing else is up."""

import json
import os
import subprocess
import sys
from pathlib import Path

from deployments.launch import free_port
from tasks.settings import ROOT
from tests.factories.plan_folder import write_plan


def run_by_hand(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("BAOGONG_", "PREFECT_"))},
        "BAOGONG_DATA": str(place / "data"),
        "BAOGONG_PLANS": str(place / "plans"),
        "BAOGONG_DRY_RUN": "1",
        "PREFECT_HOME": str(place / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{free_port()}/api",
    }
    command = [sys.executable, "-c", "from deployments.command import app; app()", "run", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=110)


def test_a_flow_is_run_by_hand_where_no_server_is_up(tmp_path: Path) -> None:
    write_plan(tmp_path / "plans" / "demo")
    done = run_by_hand(tmp_path, "publish_catalog", "--plan", "demo", "--date", "2022-04-21")
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout)["communities"] > 0
    assert (tmp_path / "data" / "baogong.db").exists()
    assert not list((tmp_path / "prefect").glob("*.db"))
