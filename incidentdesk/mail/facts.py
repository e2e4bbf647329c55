"""What the ladder's rules need to know of a clock, read from its rows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.rules.escalation import Facts, Trigger
from incidentdesk.tables import Clock, Incident, MailState, Member, Notice, OutboxMail


class Said(NamedTuple):
    """A notice of a clock and a mail about it. One that nobody was mailed about comes once, without a mail."""

    step: str
    round: int
    occurrence: int
    due_at: datetime
    undone: int
    letter: str | None
    state: MailState | None
    settled_at: datetime | None
    member_id: UUID | None
    name: str | None


_NOTICED = (Notice.step, Notice.round, Notice.occurrence, Notice.due_at, Notice.undone)
_TOLD = (OutboxMail.letter, OutboxMail.state, OutboxMail.settled_at, OutboxMail.member_id, Member.name)
_SAID = (
    select(*_NOTICED, *_TOLD)
    .outerjoin(OutboxMail, OutboxMail.notice_id == Notice.id)
    .outerjoin(Member, Member.id == OutboxMail.member_id)
    .where(Notice.clock_id == bindparam("clock"))
)


async def said_of(session: AsyncSession, clock: Clock) -> Sequence[Said]:
    """Return all that was noticed of a clock, and to whom it was said: what a letter asks of it in many ways, read once."""
    return [Said._make(row) for row in await session.execute(_SAID, {"clock": clock.id})]


async def facts_of(session: AsyncSession, clock: Clock, incident: Incident) -> Facts:
    """Return the facts about one clock, with everything that was noticed before."""
    query = select(Notice.step, Notice.round, Notice.occurrence).where(Notice.clock_id == clock.id, Notice.undone == 0)
    return facts_with(clock, incident, [(step, number, time) for step, number, time in await session.execute(query)])


def facts_with(clock: Clock, incident: Incident, noticed: Iterable[tuple[str, int, int]]) -> Facts:
    """Return the facts about one clock of which this was noticed."""
    return Facts(
        deadline_at=clock.deadline_at,
        ended_at=clock.ended_at,
        severity=incident.severity,
        armed_at=clock.armed_at,
        arm=clock.arm,
        revision=clock.revision,
        noticed=frozenset(noticed),
    )


def is_wanted(clock: Clock, notice: Notice) -> bool:
    """Say whether an alert is still worth waking somebody: nobody acted, and the deadline did not move, since it came due."""
    if clock.ended_at is not None or notice.stood_down_at is not None or notice.undone:
        return False
    step = next((step for step in clock.steps if step.key == notice.step), None)
    counted = clock.arm if step is not None and step.trigger is Trigger.NOT_TAKEN else clock.revision
    return notice.round == counted
