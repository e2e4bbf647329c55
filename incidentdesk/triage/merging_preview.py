"""What will be owed once two incidents are one: found by merging them, and undone before anything is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records import clocks
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import DESK_SCOPE, Clock, Customer, fetch_keys
from incidentdesk.triage import merging_actions
from incidentdesk.triage.actions import Act
from incidentdesk.triage.merging_forms import Wish


@dataclass(frozen=True)
class Standing:
    """How one duty stands. `provisional`: nobody has fixed the awareness it runs from."""

    started_at: datetime
    deadline_at: datetime
    provisional: bool
    ended_by: str | None
    is_late: bool


@dataclass(frozen=True)
class Line:
    """One duty of the law: as it is for each of the two, and as it will be for the whole. None where there is none."""

    duty: str
    customer: str
    part: Standing | None
    main: Standing | None
    whole: Standing

    @property
    def is_owed_still(self) -> bool:
        """Say whether it was filed for the part and is owed for the whole: somebody has to take that over, or file."""
        return self.part is not None and self.part.ended_by == clocks.FILED and self.whole.ended_by is None


@dataclass(frozen=True)
class Outlook:
    """What merging will lead to, the nearest deadline first."""

    lines: Sequence[Line]

    @property
    def authority(self) -> Line | None:
        """The notification to the authority, whose clock runs from the awareness."""
        return next((line for line in self.lines if line.duty == Duty.AUTHORITY), None)

    @property
    def stamp(self) -> str:
        """Return a word that changes when it says something else: what was shown is what is done."""
        # Whether it is late is left out: time goes by while somebody reads.
        wholes = [(line.duty, line.customer, line.whole) for line in self.lines]
        said = [(*which, one.started_at, one.deadline_at, one.ended_by) for *which, one in wholes]
        return sha256(repr(said).encode()).hexdigest()[:16]


async def merge_and_look(session: AsyncSession, act: Act, into: Act, wish: Wish) -> Outlook:
    """Merge, and return what that led to. Whoever only looks lets the transaction fail afterwards."""
    part, main = [await _standings(session, one) for one in (act, into)]
    await merging_actions.merge(session, act, into, wish)
    whole = await _standings(session, into)
    names = await _customers(session)
    lines = [
        Line(duty, names.get(subject, ""), part.get((duty, subject)), main.get((duty, subject)), then)
        for (duty, subject), then in whole.items()
    ]
    return Outlook(sorted(lines, key=lambda line: (line.whole.ended_by is not None, line.whole.deadline_at)))


async def _standings(session: AsyncSession, act: Act) -> Mapping[tuple[str, str], Standing]:
    legal = [clock for clock in await clocks.clocks_of(session, act.incident) if clock.legal]
    return {(clock.duty, clock.subject): _standing(clock, now=act.now) for clock in legal}


def _standing(clock: Clock, *, now: datetime) -> Standing:
    is_late = bool(clock.late_seconds) if clock.ended_at else now > clock.deadline_at
    return Standing(clock.started_at, clock.deadline_at, clock.provisional, clock.ended_by, is_late)


async def _customers(session: AsyncSession) -> Mapping[str, str]:
    await fetch_keys(session, [DESK_SCOPE])
    return {str(one.id): one.name for one in await session.scalars(select(Customer))}
