"""What may be erased: the name of whoever reported, or all that was told about an incident."""

from enum import StrEnum


class Extent(StrEnum):
    """How much is erased. The incident itself stays in the books, with its number, its dates and its history."""

    IDENTITY = "identity"
    INCIDENT = "incident"


class Hindrance(StrEnum):
    """Why something cannot be erased now."""

    NOT_CLOSED = "not_closed"
    ERASED_BEFORE = "erased_before"


def hindrance_to(extent: Extent, *, is_closed: bool, erased: frozenset[Extent]) -> Hindrance | None:
    """Return why `extent` cannot be erased, or None. A name may go at any time (Art. 17 GDPR).

    A whole incident goes only when it is closed: then no clock of the law runs on what nobody can read any more.
    """
    if Extent.INCIDENT in erased or extent in erased:
        return Hindrance.ERASED_BEFORE
    if extent is Extent.INCIDENT and not is_closed:
        return Hindrance.NOT_CLOSED
    return None
