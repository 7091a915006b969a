"""A claimed name is that of exactly one who is entitled, or nobody's."""

import pytest

from rules.claims import as_names, claimed
from schemas.plan import Officer


def officer(officer_id: str, name: str) -> Officer:
    return Officer(officer_id=officer_id, name=name, role="supply", channels="file", phone="000-0000-0001")  # type: ignore[arg-type]


ENTITLED = [officer("s1", "李示例"), officer("s2", "王示例"), officer("s3", "王示例")]


@pytest.mark.parametrize(
    ("words", "found"),
    [("s2", "s2"), (" 李示例 ", "s1"), ("王示例", None), ("赵示例", None), ("", None), ("  ", None), ("李", None)],
)
def test_a_name_is_that_of_one_person_or_of_nobody(words: str, found: str | None) -> None:
    assert claimed(words, ENTITLED) == found


def test_somebody_who_is_entitled_twice_is_one_person() -> None:
    assert claimed("李示例", [*ENTITLED, ENTITLED[0]]) == "s1"
    assert as_names([ENTITLED[0], ENTITLED[0], ENTITLED[1]]) == "李示例(s1)、王示例(s2)"
