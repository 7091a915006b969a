"""The small plan, loaded once."""

import pytest

from rules.intake.identify import Directory
from rules.intake.lines import Vocabulary, vocabulary
from schemas.plan import Plan
from tasks.plans import load_plan
from tests.factories.plan_folder import write_plan


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return load_plan(write_plan(tmp_path_factory.mktemp("plans") / "demo"))


@pytest.fixture(scope="module")
def directory(plan: Plan) -> Directory:
    return Directory(plan)


@pytest.fixture(scope="module")
def words(plan: Plan) -> Vocabulary:
    return vocabulary(plan)
