"""`baogong demo` as somebody runs it: a real server, the real flows, and what stands on the terminal at the end."""

import re
from datetime import timedelta
from pathlib import Path

from rich.cells import cell_len

from deployments.demo.closing import HEADS
from deployments.demo.samples import FOLDER, write_letters
from tasks.notices.wording import PROCESSES
from tasks.words import say
from tests.integration.demo.shown import SEED, Demo
from tests.integration.demo.terminal import COLUMNS

#: What a day of one plan may cost (issue 2).
TASK_RUNS_A_DAY = 25
BAR = re.compile(r" [━╸╺]+ ")


def days_of(demo: Demo) -> list[str]:
    first = demo.plan.file.plan.start_date
    return [(first + timedelta(days=n)).isoformat() for n in range(demo.days)]


def letters_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.*")}


def rule_in(lines: list[str]) -> int:
    """Where the closing table's rule stands: heads above it, a line a day below."""
    return next(n for n, line in enumerate(lines) if set(line.strip()) == {"─"})


def test_a_week_in_which_all_is_well_ends_with_0(demo: Demo) -> None:
    assert demo.code == 0, "\n".join(demo.screen[-20:])
    assert set(demo.summary["checks"].values()) == {True}
    assert all(counts["failed"] == 0 < counts["completed"] for counts in demo.summary["flow_runs"].values())


def test_plan_days_seed_and_place_are_those_that_were_asked_for(demo: Demo, tmp_path: Path) -> None:
    assert [path.name for path in demo.out.iterdir()] == [demo.plan.id]
    told = demo.summary
    assert (told["plan"], told["from"], told["to"], told["days"]) == (
        demo.plan.id,
        days_of(demo)[0],
        days_of(demo)[-1],
        demo.days,
    )
    write_letters(demo.plan, SEED, demo.days, tmp_path / "sent")
    sent, taken = letters_in(tmp_path / "sent"), letters_in(demo.folder / "inbox" / demo.plan.id / "needs")
    pasted = [body for (body,) in demo.rows("SELECT body FROM submission WHERE channel = 'wechat'")]
    assert taken.items() <= sent.items()
    assert sorted(body for name, body in sent.items() if name not in taken) == sorted(pasted)
    assert taken != letters_in(FOLDER / demo.plan.id / days_of(demo)[0])


def test_the_progress_says_which_plan_day_and_process_it_is_at(demo: Demo) -> None:
    drawn = [line for line in demo.screen if BAR.search(line)]
    assert all(line.startswith(demo.plan.file.plan.name) for line in drawn)
    for day in days_of(demo):
        assert any(f" {day[5:]} " in line for line in drawn), day
    named = {process for process in PROCESSES if any(f" {say(PROCESSES[process])} " in line for line in drawn)}
    assert named <= set(demo.summary["flow_runs"])
    assert len(named) >= len(demo.summary["flow_runs"]) / 2  # a quick one may come and go between two redraws


def test_nothing_that_it_says_is_wider_than_the_terminal_or_cut_short(demo: Demo) -> None:
    assert [line for line in demo.screen if cell_len(line) > COLUMNS] == []
    assert [line for line in demo.screen if re.search("(?<!…)…(?!…)", line)] == []


def test_no_library_writes_between_its_lines(demo: Demo) -> None:
    """Also while the receiving desk is down and the report is tried again."""
    said = [line for line in demo.screen if line and not BAR.search(line)]
    assert [line for line in said if re.search("WARNING|ERROR|INFO|Traceback|prefect\\.", line)] == []
    head = rule_in(said)
    assert said[0].startswith("正在启动")
    assert said[1] == demo.plan.file.plan.name
    closing = "".join(said[head + 1 + demo.days :]).replace(" ", "")
    place = re.escape(str(demo.folder))
    assert re.fullmatch(rf"核对通过\d+项，共\d+项；流程运行完成\d+次，失败0次请看{place}：.+用时\d+秒。", closing)


def test_the_closing_table_has_every_head_and_the_days_own_figures(demo: Demo) -> None:
    at = rule_in(demo.screen)
    heads = " ".join(demo.screen[at - 4 : at]).split()
    assert {word for head in HEADS for word in say(head).split()} <= set(heads)
    rows = [line.split() for line in demo.screen[at + 1 : at + 1 + demo.days]]
    assert [row[0] for row in rows] == [day[5:] for day in days_of(demo)]
    assert sum(int(row[-1]) for row in rows) == demo.summary["notices"]["sent"]
    assert sum(row[-2] == "✓" for row in rows) == demo.summary["reports"]["submitted_on_time"]
    collected = demo.rows("SELECT substr(cycle, 6), COUNT(*) FROM need_line WHERE state = 'accepted' GROUP BY cycle")
    assert {day: int(row[2]) for row in rows for day, _ in collected if row[0] == day} == dict(collected)


def test_a_day_of_one_plan_costs_at_most_25_task_runs(demo: Demo) -> None:
    runs = demo.task_runs
    ran = {say(PROCESSES[flow]) for flow in demo.summary["flow_runs"] if flow != "watch_duties"}
    assert ran <= {process for process, _ in runs}  # the log has them all
    undated = sum(count for (_, date), count in runs.items() if not date)
    a_day = {day: undated + sum(n for (_, date), n in runs.items() if date == day) for day in days_of(demo)}
    assert {date for _, date in runs} - {""} <= set(days_of(demo))
    assert {day: count for day, count in a_day.items() if count > TASK_RUNS_A_DAY} == {}
