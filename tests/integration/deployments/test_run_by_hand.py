"""`baogong run` on a machine where nothing else is up."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from deployments.launch import free_port
from tasks.settings import ROOT
from tests.factories.plan_folder import write_plan


def run_by_hand(place: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("BAOGONG_", "PREFECT_"))},
        "BAOGONG_DATA": str(place / "data"),
        "BAOGONG_PLANS": str(place / "plans"),
        "BAOGONG_DRY_RUN": "1",
        "PREFECT_HOME": str(place / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{free_port()}/api",
        **more,
    }
    command = [sys.executable, "-c", "from deployments.command import app; app()", "run", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=110)


def test_a_flow_is_run_by_hand_where_no_server_is_up(tmp_path: Path) -> None:
    write_plan(tmp_path / "plans" / "demo")
    done = run_by_hand(tmp_path, "publish_catalog", "--plan", "demo", "--date", "2022-04-21", "--json")
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout)["communities"] > 0
    assert (tmp_path / "data" / "baogong.db").exists()
    assert not list((tmp_path / "prefect").glob("*.db"))


@pytest.fixture
def pool_only() -> Iterator[str]:
    """A server that knows our work pool and takes no run."""

    class PoolOnly(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path.endswith("/work_pools/baogong") else 404)
            self.end_headers()
            self.wfile.write(b'{"concurrency_limit": 3}')

        def log_message(self, *_words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), PoolOnly)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api"
    server.shutdown()
    server.server_close()


def test_a_plan_that_is_not_there_is_one_line_and_no_run_is_begun_for_it(tmp_path: Path, pool_only: str) -> None:
    write_plan(tmp_path / "plans" / "demo")
    done = run_by_hand(tmp_path, "publish_catalog", "--plan", "dmeo", "--date", "2022-04-21", PREFECT_API_URL=pool_only)
    assert done.returncode == 1
    assert done.stderr.strip() == "plan.toml：没有方案 dmeo；现有：demo"
    assert done.stdout == ""
