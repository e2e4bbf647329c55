"""What an alert says: what is due, who is told next if nobody acts, why you, and who was told before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail import contacts, entries
from incidentdesk.mail.facts import facts_of, is_wanted
from incidentdesk.mail.outbox import Letter
from incidentdesk.rules.escalation import DueStep, Step, Trigger, next_after
from incidentdesk.tables import Clock, Incident, MailState, Member, Notice, OutboxMail

NAMED = 5


@dataclass(frozen=True)
class Alarm:
    """One alert to one person about one step of one clock."""

    notice: Notice
    clock: Clock
    incident: Incident
    member: Member
    step: Step
    now: datetime


async def find_alarm(session: AsyncSession, mail: OutboxMail, *, now: datetime) -> Alarm | None:
    """Return the alert behind a mail, or None when nobody needs it any more."""
    notice = await session.get(Notice, mail.notice_id) if mail.notice_id else None
    member = await session.get(Member, mail.member_id) if mail.member_id else None
    if notice is None or member is None:
        return None
    clock = await session.get_one(Clock, notice.clock_id)
    if not is_wanted(clock, notice) or await _is_overtaken(session, mail, notice):
        return None
    incident = await session.get_one(Incident, notice.incident_id)
    step = next(step for step in clock.steps if step.key == notice.step)
    return Alarm(notice, clock, incident, member, step, now)


async def _is_overtaken(session: AsyncSession, mail: OutboxMail, notice: Notice) -> bool:
    """Say whether the same person has a later alert of this clock: after an outage of the relay one is enough."""
    query = (
        select(OutboxMail.id)
        .join(Notice, Notice.id == OutboxMail.notice_id)
        .where(
            Notice.clock_id == notice.clock_id,
            Notice.round == notice.round,
            Notice.undone == 0,
            Notice.due_at > notice.due_at,
            OutboxMail.letter == mail.letter,
            OutboxMail.member_id == mail.member_id,
            OutboxMail.state.in_((MailState.WAITING, MailState.SENT)),
        )
    )
    return await session.scalar(query.limit(1)) is not None


async def alarm_values(session: AsyncSession, alarm: Alarm) -> dict[str, Any]:
    """Return what the letter says of an alert."""
    step, incident = alarm.step, alarm.incident
    # Who is on duty may have changed since; what counts is who was when the step called them.
    called_at = alarm.notice.noticed_at
    following = await _following(session, alarm)
    named = [*step.posts, *(following["posts"] if following else ())]
    return {
        **headline_values(alarm.clock, incident, step, now=alarm.now),
        "why": await contacts.posts_of(session, alarm.member.id, step.posts, incident=incident, now=called_at),
        "names": await contacts.names_of(session, named),
        "following": following,
        "alerted": await _alerted(session, alarm),
        "entry": await _entry(session, alarm),
    }


async def _entry(session: AsyncSession, alarm: Alarm) -> entries.Entry | None:
    """Return what goes into the reader's calendar: a deadline that was not there before."""
    if alarm.step.trigger is not Trigger.DEADLINE:
        return None
    return await entries.first_entry(session, alarm.clock, alarm.incident, alarm.member)


def headline_values(clock: Clock, incident: Incident, step: Step, *, now: datetime) -> dict[str, Any]:
    """Return what the subject and the headline say: it is known before the mail is, and for as long as nobody acts."""
    alike = [other.key for other in clock.steps if other.trigger is step.trigger]
    return {
        "incident": incident,
        "clock": clock,
        "trigger": step.trigger,
        "is_late": now >= clock.deadline_at,
        "left": abs(clock.deadline_at - now),
        "taken": incident.taken_at is not None,
        "number": alike.index(step.key) + 1,
        "of": len(alike),
    }


async def _following(session: AsyncSession, alarm: Alarm) -> dict[str, Any] | None:
    """Return who is told next, and when, if nobody acts; None when nothing follows."""
    facts = await facts_of(session, alarm.clock, alarm.incident)
    # Seen from the moment of sending: a step that passed while the mail waited is not announced any more.
    seen_from = max(alarm.notice.due_at, alarm.now)
    present = DueStep(alarm.step, alarm.notice.round, alarm.notice.occurrence, seen_from)
    due = next_after(alarm.clock.steps, facts, present)
    if due is None:
        return None
    people = await contacts.people_for(session, due.step.posts, incident=alarm.incident, now=due.due_at)
    names = [person.name for person in people if person.id != alarm.member.id]
    return {"posts": due.step.posts, "names": names, "at": due.due_at}


async def _alerted(session: AsyncSession, alarm: Alarm) -> list[tuple[str, datetime]]:
    """Return who else was told of this clock in this round, and when, oldest first."""
    query = select(Member.name, OutboxMail.settled_at).join(OutboxMail, OutboxMail.member_id == Member.id)
    query = query.join(Notice, Notice.id == OutboxMail.notice_id).where(
        Notice.clock_id == alarm.clock.id,
        Notice.round == alarm.notice.round,
        Notice.undone == 0,
        OutboxMail.letter.in_((Letter.ACT, Letter.DEADLINE)),
        OutboxMail.state == MailState.SENT,
        Member.id != alarm.member.id,
    )
    rows = (await session.execute(query.order_by(OutboxMail.settled_at))).all()
    # Of a person who was told more than once only the last time counts.
    latest = {name: at for name, at in rows if at is not None}
    return list(latest.items())[-NAMED:]
