"""What every table shares: one metadata, times as UTC, closed vocabularies as checks."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKeyConstraint, Integer, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata
metadata.naming_convention = NAMING


class Instant(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database, in one text form whoever writes it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC (SQLite keeps no zone, so it is dropped only after conversion)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def instant(**kwargs: Any) -> Any:
    """A column for a moment."""
    return Field(sa_type=Instant, **kwargs)


#: PostgreSQL's plain integer ends at 2,147 t or 21 million yuan; SQLite has but one kind, of eight bytes.
WHOLE = BigInteger().with_variant(Integer(), "sqlite")


def whole(**kwargs: Any) -> Any:
    """A column for a quantity, money or a size in bytes."""
    return Field(sa_type=WHOLE, **kwargs)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """The column holds one of a closed vocabulary."""
    listed = ", ".join(f"'{v}'" for v in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def check(name: str, rule: str) -> CheckConstraint:
    """An invariant that the database itself holds."""
    return CheckConstraint(rule, name=name)


def refers(columns: str, table: str, to: str | None = None) -> ForeignKeyConstraint:
    """A foreign key over space-separated columns; `to` names the columns there where they differ."""
    here = columns.split()
    return ForeignKeyConstraint(here, [f"{table}.{c}" for c in (to or columns).split()])
