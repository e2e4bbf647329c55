"""What an alert says: what is due, who is told next if nobody acts, why you, and who was told before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail import contacts, entries
from incidentdesk.mail.contacts import Call
from incidentdesk.mail.facts import Said, facts_with, is_wanted, said_of
from incidentdesk.mail.outbox import Letter
from incidentdesk.rules.escalation import DueStep, Step, Trigger, next_after
from incidentdesk.tables import Clock, Incident, MailState, Member, Notice, OutboxMail

NAMED = 5
_CAUSE = select(Notice, Clock).join(Clock, Clock.id == Notice.clock_id).where(Notice.id == bindparam("notice"))


@dataclass(frozen=True)
class Alarm:
    """One alert to one person about one step of one clock."""

    notice: Notice
    clock: Clock
    incident: Incident
    member: Member
    step: Step
    now: datetime
    # All that was said of its clock.
    said: Sequence[Said]


async def find_alarm(session: AsyncSession, mail: OutboxMail, *, now: datetime) -> Alarm | None:
    """Return the alert behind a mail, or None when nobody needs it any more."""
    found = (await session.execute(_CAUSE, {"notice": mail.notice_id})).one_or_none()
    member = await session.get(Member, mail.member_id) if mail.member_id else None
    if found is None or member is None:
        return None
    notice, clock = found
    if not is_wanted(clock, notice):
        return None
    said = await said_of(session, clock)
    if _is_overtaken(mail, notice, said):
        return None
    incident = await session.get_one(Incident, notice.incident_id)
    step = next(step for step in clock.steps if step.key == notice.step)
    return Alarm(notice, clock, incident, member, step, now, said)


def _is_overtaken(mail: OutboxMail, notice: Notice, said: Sequence[Said]) -> bool:
    """Say whether the same person has a later alert of this clock: after an outage of the relay one is enough."""
    return any(
        one.due_at > notice.due_at
        and (one.round, one.undone) == (notice.round, 0)
        and (one.letter, one.member_id) == (mail.letter, mail.member_id)
        and one.state in {MailState.WAITING, MailState.SENT}
        for one in said
    )


async def alarm_values(session: AsyncSession, alarm: Alarm) -> dict[str, Any]:
    """Return what the letter says of an alert."""
    step, incident = alarm.step, alarm.incident
    # Who is on duty may have changed since; what counts is who was when the step called them.
    called_at = alarm.notice.noticed_at
    call = await contacts.call_about(session, incident, called_at)
    following = await _following(session, alarm, call)
    named = [*step.posts, *(following["posts"] if following else ())]
    return {
        **headline_values(alarm.clock, incident, step, now=alarm.now),
        "why": await contacts.posts_in(session, alarm.member.id, step.posts, call),
        "names": await contacts.names_of(session, named),
        "following": following,
        "alerted": _alerted(alarm),
        "entry": await _entry(session, alarm),
    }


async def _entry(session: AsyncSession, alarm: Alarm) -> entries.Entry | None:
    """Return what goes into the reader's calendar: a deadline that was not there before."""
    if alarm.step.trigger is not Trigger.DEADLINE:
        return None
    return await entries.first_entry(session, entries.Entry(alarm.clock, alarm.incident), alarm.member, said=alarm.said)


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


async def _following(session: AsyncSession, alarm: Alarm, call: Call) -> dict[str, Any] | None:
    """Return who is told next, and when, if nobody acts; None when nothing follows."""
    noticed = [(one.step, one.round, one.occurrence) for one in alarm.said if not one.undone]
    facts = facts_with(alarm.clock, alarm.incident, noticed)
    # Seen from the moment of sending: a step that passed while the mail waited is not announced any more.
    seen_from = max(alarm.notice.due_at, alarm.now)
    present = DueStep(alarm.step, alarm.notice.round, alarm.notice.occurrence, seen_from)
    due = next_after(alarm.clock.steps, facts, present)
    if due is None:
        return None
    people = await contacts.people_in(session, due.step.posts, replace(call, now=due.due_at))
    names = [person.name for person in people if person.id != alarm.member.id]
    return {"posts": due.step.posts, "names": names, "at": due.due_at}


def _alerted(alarm: Alarm) -> list[tuple[str, datetime]]:
    """Return who else was told of this clock in this round, and when, oldest first."""
    told = [
        (one.settled_at, one.name)
        for one in alarm.said
        if (one.round, one.undone, one.state) == (alarm.notice.round, 0, MailState.SENT)
        and one.letter in {Letter.ACT, Letter.DEADLINE}
        and one.member_id != alarm.member.id
        and one.settled_at is not None
        and one.name is not None
    ]
    # Of a person who was told more than once only the last time counts.
    latest = {name: at for at, name in sorted(told)}
    return list(latest.items())[-NAMED:]
