"""What may be erased: the name of whoever reported, all that was told about an incident, its entry in the register."""

from enum import StrEnum


class Extent(StrEnum):
    """How much is erased. The incident itself stays in the books, with its number, its dates and its history."""

    IDENTITY = "identity"
    INCIDENT = "incident"
    REGISTER = "register"


class Hindrance(StrEnum):
    """Why something cannot be erased now."""

    NOT_CLOSED = "not_closed"
    ERASED_BEFORE = "erased_before"
    ENTRY_OPEN = "entry_open"
    ENTRY_KEPT = "entry_kept"
    NO_ENTRY = "no_entry"


class Entry(StrEnum):
    """What there is of the incident in the register of breaches; KEPT is closed and within its period."""

    NONE = "none"
    OPEN = "open"
    KEPT = "kept"
    EXPIRED = "expired"


def hindrance_to(
    extent: Extent, *, is_closed: bool, erased: frozenset[Extent], entry: Entry = Entry.NONE
) -> Hindrance | None:
    """Return why `extent` cannot be erased, or None. A name may go at any time (Art. 17 GDPR).

    A whole incident goes only when it is closed, so that no clock of the law runs on what nobody can read any more, and
    when its entry in the register is, so that the documentation Art. 33(5) asks for was made from it. The entry goes when
    its period is over: until then it is kept by law (Art. 17(3)(b) and (e)).
    """
    if extent in erased or (extent is Extent.IDENTITY and Extent.INCIDENT in erased):
        return Hindrance.ERASED_BEFORE
    if extent is Extent.INCIDENT and not is_closed:
        return Hindrance.NOT_CLOSED
    if extent is Extent.INCIDENT and entry is Entry.OPEN:
        return Hindrance.ENTRY_OPEN
    return _HINDERED[entry] if extent is Extent.REGISTER else None


_HINDERED = {
    Entry.NONE: Hindrance.NO_ENTRY,
    Entry.OPEN: Hindrance.ENTRY_OPEN,
    Entry.KEPT: Hindrance.ENTRY_KEPT,
    Entry.EXPIRED: None,
}
