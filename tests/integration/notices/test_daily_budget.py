"""The daily budget, held by the dispatcher on a real database, whatever is told, to whomever, and however often."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from schemas.tables import Notice, NoticeAttempt
from schemas.words import Stage
from tasks.channels.outcome import SENT, Outcome, uncertain, undelivered
from tasks.database import reading, transaction
from tasks.notices.dispatch import dispatch
from tests.factories.notified_town import PLAN, at, say_to, settle_town

BUDGETS = {"leading_group": 5, "coordinator": 3, "supply": 6}
ROLES = {"leader": "leading_group", "coordinator": "coordinator", "supply_1": "supply"}
BEYOND = ("fever", "medicine_low", "lifeline_short")
OUTCOMES = (SENT, SENT, uncertain("no_answer"), undelivered("http_503", retryable=True))
Told = tuple[int, Stage, str]

told = st.tuples(
    st.integers(0, 2 * 24 * 60 - 1),
    st.sampled_from([Stage.STOCK_OUT_SOON, Stage.STOCK_OUT_SOON, Stage.COVER_LOW, Stage.MEDICINE_LOW]),
    st.sampled_from(list(ROLES)),
)


def received() -> Counter[tuple[str, str]]:
    """Messages by person and day that were or may have been received, danger to life aside."""
    query = sa.select(NoticeAttempt).join(Notice, col(Notice.notice_id) == col(NoticeAttempt.notice_id))
    query = query.where(col(Notice.stage).not_in(BEYOND), col(NoticeAttempt.outcome) != "undelivered")
    with reading() as session:
        rows = list(session.execute(query).scalars())
    return Counter((a.officer_id, f"{a.begun_at.astimezone(ZoneInfo('Asia/Shanghai')):%m-%d}") for a in rows)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(told, max_size=40), st.sampled_from([30, 170]), st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=7)
)
def days_of_any_mix(mix: Sequence[Told], every: int, answers: Sequence[Outcome]) -> None:
    with transaction() as session:
        session.execute(sa.delete(NoticeAttempt))
        session.execute(sa.delete(Notice))
    queue, calls = sorted(mix), iter(range(10**9))

    def sender(url: str, title: str, body: str, files: list[Path], key: str) -> Outcome:
        return answers[next(calls) % len(answers)]

    for minute in range(0, 2 * 24 * 60, every):
        now = at("00:00") + timedelta(minutes=minute)
        while queue and queue[0][0] <= minute:
            number, stage, officer_id = queue.pop(0)
            say_to([officer_id], stage, now, f"item{number}-{len(queue)}")
        dispatch(PLAN, now, sender)
    over = {who: n for who, n in received().items() if who[0] in ROLES and n > BUDGETS[ROLES[who[0]]]}
    assert over == {}


def test_no_mix_of_notices_and_failures_sends_anybody_more_than_the_budget_of_his_role(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = {"leader": {"deputy": "supply_1"}, "supply_1": {"deputy": "", "escalates_to": "coordinator"}}
    channels = dict.fromkeys(ROLES, "mail")
    settle_town(tmp_path, monkeypatch, channels, chain, notices__role_budgets=BUDGETS)
    monkeypatch.setenv("BAOGONG_CHANNEL_MAIL", "mailto://127.0.0.1:9/?from=a@town.example&to=b@town.example")
    days_of_any_mix()
