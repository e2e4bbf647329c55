"""Looks at the clocks that came due: writes a notice for each step, queues its mails, and stands people down again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import upsert
from incidentdesk.escalation.calls import calls, letter_of
from incidentdesk.mail import claims, entries
from incidentdesk.mail.facts import facts_of
from incidentdesk.mail.outbox import ANNOUNCE_WITHIN, About, Letter, put, put_together
from incidentdesk.records.clocks import MERGED
from incidentdesk.rules.escalation import DueStep, Look, Step, Trigger, look
from incidentdesk.tables import Clock, Incident, MailState, Member, Notice, OutboxMail, new_id
from incidentdesk.web.limits import count

BATCH = 50
# Alerts of one severity that a person gets one by one in ten minutes.
FEW = 10
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
# Why people are stood down.
TAKEN, ENDED = "taken", "ended"


@dataclass(frozen=True)
class Alert:
    """One person to tell of one step of an incident."""

    member: Member
    notice: Notice
    step: Step
    incident: Incident


async def due_clocks(session: AsyncSession, *, now: datetime) -> list[UUID]:
    """Return the clocks to look at, longest due first; however many clocks there are, only these are read."""
    query = select(Clock.id).where(Clock.next_check_at <= now).order_by(Clock.next_check_at).limit(BATCH)
    return list(await session.scalars(query))


async def look_at(session: AsyncSession, clock_id: UUID, *, now: datetime) -> None:
    """Look at one clock in the caller's transaction; does nothing when somebody else has it or was faster.

    People lock the incident before its clocks. Both are locked here at once, or left for the next pass: a sweep that
    waited for the one while it held the other would make somebody's "take" fail.
    """
    query = select(Clock, Incident).join(Incident, Incident.id == Clock.incident_id)
    query = query.where(Clock.id == clock_id, Clock.next_check_at <= now)
    # Key share: a mail or a notice that refers to a row is not kept waiting by its lock.
    row = (await session.execute(query.with_for_update(skip_locked=True, key_share=True))).one_or_none()
    if row is None:
        return
    clock, incident = row
    if clock.ended_at is not None or incident.taken_at is not None:
        await _stand_down(session, clock, incident, now=now)
    if clock.legal and clock.revision and clock.ended_at is None:
        await _tell_moved(session, clock, now=now)
    seen = look(clock.steps, await facts_of(session, clock, incident), now)
    await _write(session, clock, incident, seen, now=now)
    clock.next_check_at = seen.next_look
    clock.failures, clock.failed_reason = 0, None


async def _write(session: AsyncSession, clock: Clock, incident: Incident, seen: Look, *, now: datetime) -> None:
    for due in seen.superseded:
        await _notice(session, clock, due, superseded=True, now=now)
    alerts: list[Alert] = []
    for call in await calls(session, incident, seen.due, now=now):
        notice = await _notice(session, clock, call.due, superseded=False, now=now)
        if notice is not None:
            notice.alerts = []
            alerts += [Alert(member, notice, call.due.step, incident) for member in call.people]
    await _alert(session, alerts, now=now)


async def _notice(
    session: AsyncSession, clock: Clock, due: DueStep, *, superseded: bool, now: datetime
) -> Notice | None:
    """Write down that a step came due; None when that was written before."""
    statement = upsert(session, Notice).values(
        id=new_id(),
        clock_id=clock.id,
        incident_id=clock.incident_id,
        step=due.step.key,
        round=due.round,
        occurrence=due.occurrence,
        due_at=due.due_at,
        noticed_at=now,
        superseded=superseded,
    )
    number = await session.scalar(statement.on_conflict_do_nothing().returning(Notice.__table__.c.id))
    return await session.get_one(Notice, number) if number else None


async def _alert(session: AsyncSession, alerts: list[Alert], *, now: datetime) -> None:
    """Queue an alert for each, as long as it is one of few; those beyond that are told in one mail. Each notice names its mails.

    Each severity counts for itself: a flood of little things must not hide what is critical.
    """
    # What several processes lock, the counters and the mails for many, all of them lock in one order.
    in_order = sorted(alerts, key=lambda alert: alert.member.id)
    many = {alert.member.id for alert in in_order if await _is_one_of_many(session, alert, now=now)}
    for alert in alerts:
        if alert.member.id not in many:
            mail_id = await put(session, now=now, **_letter(alert))
            _name(alert.notice, [mail_id] if mail_id is not None else [])
    for alert in in_order:
        if alert.member.id in many:
            _name(alert.notice, await put_together(session, now=now, **_letter(alert)))


def _name(notice: Notice, mails: list[UUID]) -> None:
    # Another list each time: a change inside one is not seen.
    notice.alerts = [*(notice.alerts or []), *map(str, mails)]


async def _is_one_of_many(session: AsyncSession, alert: Alert, *, now: datetime) -> bool:
    """Count the alert. One of a restricted incident comes by itself: whoever is told of it need not be one who may see it.

    One of a practice does too, and counts for nothing: it is no part of a flood.
    """
    if alert.incident.practice:
        return False
    key = f"alarms:{alert.member.id}:{alert.incident.severity}"
    return await count(session, key, within=ANNOUNCE_WITHIN, now=now) > FEW and not alert.incident.restricted


def _letter(alert: Alert) -> dict[str, Any]:
    notice, member_id = alert.notice, alert.member.id
    about: About = {"incident_id": notice.incident_id, "notice_id": notice.id, "member_id": member_id}
    key = f"esc:{notice.clock_id}:{notice.step}:{notice.round}:{notice.occurrence}:{member_id}"
    return {"letter": letter_of(alert.step), "dedupe": key, **about}


async def _stand_down(session: AsyncSession, clock: Clock, incident: Incident, *, now: datetime) -> None:
    """Tell those who were alerted that they need not act: somebody acted since, or the duty ended."""
    notices = list(await session.scalars(select(Notice).where(_overtaken(clock)).with_for_update(key_share=True)))
    people = await _withdraw(session, notices, now=now) - {incident.owner_id, None}
    for notice in notices:
        notice.stood_down_at, notice.stood_down_for = now, ENDED if clock.ended_at is not None else TAKEN
    if clock.legal and clock.ended_at is not None:
        # Out of the calendar of everybody who has it there, the owner included.
        people |= await entries.holders(session, clock)
    await _release(session, clock, people, now=now)


async def _withdraw(session: AsyncSession, notices: list[Notice], *, now: datetime) -> set[UUID | None]:
    """Take back the alerts that have not left, and return who got the others."""
    query = select(OutboxMail).where(
        OutboxMail.notice_id.in_([notice.id for notice in notices]),
        OutboxMail.letter.in_((Letter.ACT, Letter.DEADLINE)),
    )
    alerted: set[UUID | None] = set()
    for mail in await session.scalars(query.with_for_update()):
        if mail.state is MailState.WAITING and mail.lease is None:
            claims.drop(mail, claims.STOOD_DOWN, now=now)
        if mail.lease is not None or mail.maybe_duplicate or mail.state is MailState.SENT:
            alerted.add(mail.member_id)
    return alerted


def _overtaken(clock: Clock) -> ColumnElement[bool]:
    """Match the notices nobody need act on any more: all of an ended clock, and of a taken one those of earlier rounds."""
    open_ones = (Notice.clock_id == clock.id) & Notice.stood_down_at.is_(None) & Notice.superseded.is_(False)
    if clock.ended_at is not None:
        return open_ones
    keys = [step.key for step in clock.steps if step.trigger is Trigger.NOT_TAKEN]
    return open_ones & Notice.step.in_(keys) & (Notice.round < clock.arm)


async def _release(session: AsyncSession, clock: Clock, people: set[UUID | None], *, now: datetime) -> None:
    ended = clock.ended_at is not None
    key = f"down:{clock.id}:{'ended' if ended else clock.arm}:{clock.revision}"
    for member_id in sorted(people, key=str):
        about: About = {"incident_id": clock.incident_id, "member_id": member_id}
        if ended:
            about["context"] = {"ended": True, "clock": str(clock.id)}
            if clock.ended_by == MERGED:
                about["context"]["merged"] = True
        await put(session, letter=Letter.STAND_DOWN, dedupe=f"{key}:{member_id}", now=now, **about)


async def _tell_moved(session: AsyncSession, clock: Clock, *, now: datetime) -> None:
    """Tell those who were alerted of another deadline than the one there is now, each once."""
    ended_before = select(Notice.id).where(Notice.clock_id == clock.id, Notice.stood_down_for == ENDED)
    again = await session.scalar(ended_before.limit(1)) is not None
    context = {"clock": str(clock.id), "revision": clock.revision, "again": again}
    for member_id in sorted(await entries.holders(session, clock)):
        about: About = {"incident_id": clock.incident_id, "member_id": member_id, "context": context}
        key = entries.moved_key(clock, member_id)
        await put(session, letter=Letter.MOVED, dedupe=key, now=now, **about)


async def push_ahead(session: AsyncSession, clock_id: UUID, reason: str, *, now: datetime) -> None:
    """Put a clock that cannot be looked at behind the others, and say so where staff see it.

    Touches three columns only: the row may be one that cannot even be read.
    """
    failures = await session.scalar(select(Clock.failures).where(Clock.id == clock_id)) or 0
    wait = min(FIRST_WAIT * 2 ** min(failures, 10), LONGEST_WAIT)
    # Somebody may have looked meanwhile with more luck; then there is nothing to push.
    still_due = update(Clock).where(Clock.id == clock_id, Clock.next_check_at <= now)
    await session.execute(still_due.values(failures=failures + 1, failed_reason=reason[:200], next_check_at=now + wait))
