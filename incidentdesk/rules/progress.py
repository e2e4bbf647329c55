"""How far each room of a breach is: done, with something open, or not needed. From facts of the rows alone, for all rooms at once."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from incidentdesk.rules.people_notice import OPEN, Standing


class Room(StrEnum):
    """A page of the legal side, in the order a breach goes through them; the value is the end of its address."""

    AWARENESS = "awareness"
    CLOCK = "clock"
    ASSESSMENT = "assessment"
    DUTIES = "duties"
    NOTIFICATION = "notification"
    PEOPLE = "people"
    REGISTER = "register"


class Mark(StrEnum):
    """How far a room is."""

    DONE = "done"
    OPEN = "open"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class Known:
    """What the rows say of one incident. The clock is that of the notification to the authority (Art. 33(1) GDPR)."""

    is_breach: bool = False
    is_undecided: bool = False
    has_clock: bool = False
    runs: bool = False
    aware: bool = False
    # A decision of the assessment is signed; something became known after it.
    assessed: bool = False
    overtaken: bool = False
    # How many duties of the law there are, and how many of them run.
    duties: int = 0
    running: int = 0
    # Something was filed; and more is to follow, as it was preliminary or its next version is begun.
    filed: bool = False
    follows: bool = False
    # Where the duty to tell the people stands (Art. 34), and the entry in the register (Art. 33(5)).
    standing: Standing = Standing.UNDECIDED
    has_entry: bool = False
    is_closed: bool = False
    is_practice: bool = False


_AFTER_PEOPLE: Final = {
    Standing.TOLD: Mark.DONE,
    Standing.PUBLISHED: Mark.DONE,
    Standing.EXCEPTED: Mark.NOT_NEEDED,
    Standing.NO_HIGH_RISK: Mark.NOT_NEEDED,
}


def marks(known: Known) -> dict[Room, Mark]:
    """Return how far each room is. While nobody has decided what it is, and the clock runs or was ended by a filing, everything is still open.

    What a person signed to be not required is not needed; a closed entry of the register leaves nothing open that is not new.
    """
    pending = (known.is_breach or known.runs or (known.filed and known.is_undecided)) and not known.is_closed
    to_tell = known.standing in OPEN - {Standing.UNDECIDED}
    return {
        Room.AWARENESS: _mark(done=known.aware, owed=pending),
        Room.CLOCK: _mark(done=known.has_clock and not known.runs, owed=known.runs),
        Room.ASSESSMENT: _mark(done=known.assessed and not known.overtaken, owed=known.assessed or pending),
        Room.DUTIES: _mark(done=known.duties > 0 and not known.running, owed=known.running > 0),
        Room.NOTIFICATION: _mark(done=known.filed and not known.follows, owed=known.filed or known.runs),
        Room.PEOPLE: _AFTER_PEOPLE.get(known.standing) or _mark(done=False, owed=to_tell or pending),
        Room.REGISTER: _mark(done=known.is_closed, owed=(known.has_entry or pending) and not known.is_practice),
    }


def _mark(*, done: bool, owed: bool) -> Mark:
    if done:
        return Mark.DONE
    return Mark.OPEN if owed else Mark.NOT_NEEDED
