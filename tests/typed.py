"""A moment as a person types it into the five fields of a form."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PARTS = ("year", "month", "day", "hour", "minute")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def typed(name: str, at: datetime, **more: str) -> dict[str, str]:
    """Return it as it is typed in Amsterdam, where most people of the tests sit, with more fields."""
    return _fields(name, at.astimezone(AMSTERDAM)) | more


def in_utc(name: str, at: datetime) -> dict[str, str]:
    """Return it with the zone that is chosen beside it."""
    return _fields(name, at.astimezone(UTC)) | {f"{name}_zone": "UTC"}


def _fields(name: str, local: datetime) -> dict[str, str]:
    return {f"{name}_{part}": str(getattr(local, part)) for part in PARTS}
