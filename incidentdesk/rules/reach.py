"""What keeps an alert from reaching a person, and for how long it is believed that it does."""

from datetime import datetime, timedelta
from enum import StrEnum


class Proof(StrEnum):
    """Whether a person showed that they read the mailbox alerts go to. OLD: they did, too long ago to count."""

    PROVED = "proved"
    OLD = "old"
    NONE = "none"


def proof_of(proved_at: datetime | None, now: datetime, *, lasts: timedelta) -> Proof:
    """Return what a proof of `proved_at` is worth at `now`; it counts for `lasts`, the last moment included."""
    if proved_at is None:
        return Proof.NONE
    return Proof.PROVED if now - proved_at <= lasts else Proof.OLD
