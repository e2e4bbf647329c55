"""What every table shares: ids that sort by time, moments that are always aware UTC, named constraints."""

import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, DateTime, Dialect, Enum, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from incidentdesk import clock
from incidentdesk.tables.columns import classify

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The one metadata."""

    metadata = MetaData(naming_convention=NAMING)

    def __init_subclass__(cls, **options: Any) -> None:  # noqa: ANN401 - handed on as they are
        """Refuse a table with a column of which nobody said what it holds."""
        super().__init_subclass__(**options)
        classify(cls.__table__)  # type: ignore[arg-type]  # a FromClause to its stubs, a Table here


class Truth(Boolean):
    """Yes or no that is evidence. SQLite holds anything in its place, and what is neither is not read as either."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ANN401 - as the library types it
        """Hand on what is no truth as it is, so that an audit sees it."""
        plain = super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call]  # by the library
        return plain and (lambda value: plain(value) if value in {0, 1, None} else value)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored and returned as UTC; a naive one is refused. SQLite drops the zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a moment without a zone cannot be stored"
            raise TypeError(msg)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# One JSON type for both databases.
Json = JSON().with_variant(JSONB(), "postgresql")


def one_of(kind: type[StrEnum]) -> Enum:
    """Return a text column that holds one of the values of `kind`, checked by the database."""
    return Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=40,
        name=kind.__name__.lower(),
    )


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562, with the twelve bits of method 3): sorts by creation time to a quarter of a microsecond.

    The queue uses it as its last tie-breaker, and history as its order.
    """
    milliseconds, nanoseconds = divmod(clock.nanoseconds(), 1_000_000)
    fraction = (nanoseconds << 12) // 1_000_000
    value = milliseconds << 80 | 7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def id_before(row_id: UUID, span: timedelta) -> UUID:
    """Return the smallest id that `new_id` could have made `span` before it made `row_id`."""
    milliseconds = (row_id.int >> 80) - span // timedelta(milliseconds=1)
    return UUID(int=milliseconds << 80 | 7 << 76 | 0b10 << 62)


def id_at(moment: datetime) -> UUID:
    """Return the smallest id that `new_id` could have made at `moment`."""
    milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return UUID(int=milliseconds << 80 | 7 << 76 | 0b10 << 62)


JsonObject = dict[str, Any]
