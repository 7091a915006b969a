"""`prefect.yaml` says what the plans say: when each process of each plan happens, on any machine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployments.manifest import FILE, ZONE, command, deployment_names, deployments_yaml, differs, every_plan, write
from schemas.words import BUILT, Process
from tasks.plans import load_plan
from tasks.settings import ROOT
from tests.factories.plan_folder import entry, plan_document, write_plan, write_station_plan

SHIPPED = ("laoshan", "matiwan", "shengtang", "zhalainuoer")


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plans of the repository are in force."""
    monkeypatch.delenv("BAOGONG_PLANS", raising=False)


def entries(text: str) -> dict[str, dict[str, Any]]:
    """The deployments by name, anchors resolved, as Prefect reads them."""
    return {e["name"]: e for e in yaml.safe_load(text)["deployments"]}


def test_the_committed_file_is_what_the_plans_say(shipped: None) -> None:
    assert FILE.read_text(encoding="utf-8") == deployments_yaml(every_plan())
    assert command(write_it=False) == 0


def test_every_built_step_of_every_plan_is_deployed_and_one_watch_looks_after_all(shipped: None) -> None:
    plans = [load_plan(plan_id) for plan_id in SHIPPED]
    steps = {f"{p.id}-{s.flow}".replace("_", "-") for p in plans for s in p.file.step if s.flow in BUILT}
    there = entries(FILE.read_text(encoding="utf-8"))
    assert set(there) == steps | {"watch-duties"} == deployment_names(plans)
    assert [name for name in there if "watch" in name] == ["watch-duties"]
    assert there["watch-duties"]["parameters"] == {}


def test_every_deployment_is_told_in_chinese_and_runs_one_at_a_time_in_shanghai(shipped: None) -> None:
    slugs = []
    for name, told in entries(FILE.read_text(encoding="utf-8")).items():
        process = told["entrypoint"].rsplit(".", 1)[-1]
        assert told["entrypoint"] == f"flows.{process}.{process}"
        assert told["tags"] == [told["parameters"].get("plan", "all"), process]
        assert told["concurrency_limit"]["limit"] == 1
        assert re.search(r"[\u4e00-\u9fff]{4}", told["description"])
        assert not re.search(r"[a-z]{2}", told["description"])
        for schedule in told["schedules"]:
            assert schedule["timezone"] == ZONE == "Asia/Shanghai"
            assert schedule["active"]
            assert schedule["slug"].startswith(name)
            slugs.append(schedule["slug"])
    assert len(slugs) == len(set(slugs)) >= len(SHIPPED)


def test_no_path_of_a_machine_stands_in_the_file_and_what_repeats_stands_once(shipped: None) -> None:
    text = FILE.read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    assert document["pull"] == []
    assert document["definitions"]["deployment"]["work_pool"]["job_variables"] == {"working_dir": "."}
    assert str(ROOT) not in text
    assert not re.search(r"(^|[\s'\":])(/|~|[A-Za-z]:\\)", re.sub(r"\*/10", "", text))
    assert text.count("&deployment") == text.count("&clock_asia_shanghai") == 1
    assert text.count("<<: *deployment") == len(document["deployments"])
    assert text.count("work_pool") == 1


def test_days_and_hours_are_those_of_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOGONG_PLANS", str(tmp_path))
    write_station_plan(tmp_path / "station_demo")
    there = entries(deployments_yaml(every_plan()))
    assert there["station-demo-purchase-supplies"]["schedules"][0]["cron"] == "0 8 * * tue,sat"
    assert there["station-demo-check-stock"]["schedules"][0]["cron"] == "30 13 * * *"


def test_a_step_without_an_hour_is_deployed_to_be_started_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOGONG_PLANS", str(tmp_path))
    document = plan_document("demo")
    entry(document, "step", Process.RECEIVE_GOODS).pop("at")
    write_plan(tmp_path / "demo", document)
    assert entries(deployments_yaml(every_plan()))["demo-receive-goods"]["schedules"] == []


def test_a_changed_hour_is_a_difference_until_the_file_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOGONG_PLANS", str(tmp_path / "plans"))
    write_plan(tmp_path / "plans" / "demo")
    kept = tmp_path / "prefect.yaml"
    assert write(every_plan(), kept)
    assert not write(every_plan(), kept)
    document = plan_document("demo")
    entry(document, "step", "check_stock")["at"] = "13:20"
    write_plan(tmp_path / "plans" / "demo", document)
    assert differs(every_plan(), kept)
    assert write(every_plan(), kept)
    assert "20 13 * * *" in kept.read_text(encoding="utf-8")
