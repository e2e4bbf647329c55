"""Legal deadlines in people's calendars: who has one there, and what it says. No word about what happened is in it.

Whoever is alerted of a deadline gets it as a file with the first mail about it, and again when it moves or ends. Which
mails left is the only memory there is: no row says what lies in a calendar that we cannot look into.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.mail.facts import Said
from incidentdesk.mail.ics import Event
from incidentdesk.mail.outbox import Letter
from incidentdesk.tables import Clock, Incident, MailState, Member, Notice, OutboxMail

# Renders one of the two texts of an event from what it is about.
Words = Callable[..., str]


@dataclass(frozen=True)
class Entry:
    """A legal deadline as it stands in a calendar, or as it goes out of it."""

    clock: Clock
    incident: Incident

    @property
    def is_over(self) -> bool:
        """Say whether nothing is due any more."""
        return self.clock.ended_at is not None

    @property
    def sequence(self) -> int:
        """Return a number that rises whenever the deadline moves, ends or runs again."""
        return 2 * self.clock.revision + self.is_over


def event_of(entry: Entry, words: Words, *, base_url: str, changed_at: datetime) -> Event:
    """Return what the calendar is told. The alarms are those of the day on which the clock began."""
    clock, known = entry.clock, {"incident": entry.incident, "clock": entry.clock}
    url = f"{base_url}/desk/incidents/{entry.incident.reference}"
    return Event(
        uid=str(clock.id),
        sequence=entry.sequence,
        changed_at=changed_at,
        at=clock.deadline_at,
        summary=words("summary", **known),
        description=words("description", **known, url=url),
        url=url,
        alarms=law.calendar_manners(clock.started_at).alarms,
    )


async def first_entry(session: AsyncSession, entry: Entry, member: Member, *, said: Sequence[Said]) -> Entry | None:
    """Return the entry for somebody who has not got the deadline as it is now; None for who has. `said` is all of its clock.

    A promise of our own and a practice never are in anybody's calendar.
    """
    clock = entry.clock
    if not clock.legal or entry.incident.practice:
        return None
    alert = (clock.revision, Letter.DEADLINE, MailState.SENT, member.id)
    if any((one.round, one.letter, one.state, one.member_id) == alert for one in said):
        return None
    return None if clock.revision and await _is_told_moved(session, clock, member) else entry


async def _is_told_moved(session: AsyncSession, clock: Clock, member: Member) -> bool:
    moved = select(OutboxMail.id).where(
        OutboxMail.dedupe == moved_key(clock, member.id), OutboxMail.state == MailState.SENT
    )
    return await session.scalar(moved) is not None


async def last_entry(session: AsyncSession, clock_id: str | None, incident: Incident, member: Member) -> Entry | None:
    """Return the entry that takes an ended deadline out of the calendar of somebody who has it there."""
    clock = await session.get(Clock, UUID(clock_id)) if clock_id else None
    if clock is None or clock.ended_at is None or incident.practice:
        return None
    alerted = _alerts(clock).where(OutboxMail.member_id == member.id)
    return Entry(clock, incident) if await session.scalar(alerted.limit(1)) else None


async def holders(session: AsyncSession, clock: Clock) -> set[UUID]:
    """Return who got a mail with this deadline: it stands in their calendars, unless they took it out."""
    people = await session.scalars(_alerts(clock).with_only_columns(OutboxMail.member_id).distinct())
    return {person for person in people if person is not None}


async def is_alerted_anew(session: AsyncSession, clock: Clock, member: Member) -> bool:
    """Say whether an alert of the deadline as it is now went, or is on its way, to this person."""
    states = (MailState.WAITING, MailState.SENT)
    alerts = _alerts(clock, states).where(Notice.round == clock.revision, OutboxMail.member_id == member.id)
    return await session.scalar(alerts.limit(1)) is not None


def moved_key(clock: Clock, member_id: UUID) -> str:
    """Return the outbox's name of the mail that tells somebody of the deadline as it is now."""
    return f"moved:{clock.id}:{clock.revision}:{member_id}"


def _alerts(clock: Clock, states: tuple[MailState, ...] = (MailState.SENT,)) -> Select[UUID]:
    """Return the alerts of this deadline. One that was early, by a clock that had jumped, put it into a calendar too."""
    query = select(OutboxMail.id).join(Notice, Notice.id == OutboxMail.notice_id)
    return query.where(
        Notice.clock_id == clock.id, OutboxMail.letter == Letter.DEADLINE.value, OutboxMail.state.in_(states)
    )
