"""What the database refuses is told without the people in it: errors go to logs and to Prefect."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError


def test_an_error_of_the_database_carries_no_value_of_the_statement(database: sa.Engine) -> None:
    with pytest.raises(DBAPIError) as refused, database.connect() as connection:
        connection.execute(sa.text("INSERT INTO no_such_table VALUES (:phone)"), {"phone": "000-0000-0001"})
    assert "no_such_table" in str(refused.value)
    assert "000-0000-0001" not in str(refused.value)
