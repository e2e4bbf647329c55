"""A practice: an incident that is none, with clocks, ladder and mails as if it were. It begins as one and never becomes real."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import take_turns
from incidentdesk.errors import Conflict
from incidentdesk.mail import outbox
from incidentdesk.records import clocks, history
from incidentdesk.rules.lifecycle import Outcome, Status
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.reference import REFERENCE_SPACE, reference
from incidentdesk.rules.severity import first_guess
from incidentdesk.tables import Incident, JsonObject, Member, Report
from incidentdesk.triage.actions import Act, finish
from incidentdesk.triage.queries import PRACTISED

STARTED, ENDED = "practice.started", "practice.ended"
# What ends the clocks of a practice that nobody brought to its end.
OVER = "practice"


class Running(Conflict):
    """There is one already: people practise one thing at a time."""


@dataclass(frozen=True)
class Script:
    """What is practised: the scenario's name, its answers, and its words in the language of whoever begins it."""

    scenario: str
    answers: JsonObject
    title: str
    language: str


async def start(session: AsyncSession, script: Script, *, by: Member, now: datetime) -> Incident:
    """Begin a practice. Nobody reported it: its report has no name, no address and no code that anybody knows."""
    await take_turns(session, "practice")
    if await running(session) is not None:
        raise Running
    zone = ZoneInfo(by.zone)
    incident = _incident(script, now=now, year=now.astimezone(zone).year)
    session.add(incident)
    await session.flush()
    due = {
        clock.duty: clock.deadline_at for clock in await clocks.start_promises(session, incident, zone=zone, now=now)
    }
    if incident.people != "no":
        await clocks.start_authority(session, incident, zone=zone)
    report = Report(
        incident_id=incident.id,
        received_at=now,
        language=script.language,
        answers=script.answers,
        identity={},
        form_hash=secrets.token_hex(32),
        code_hash=secrets.token_hex(32),
        privacy_version="",
        look_promised_at=due[Duty.FIRST_LOOK],
        answer_promised_at=due[Duty.FIRST_ANSWER],
    )
    session.add(report)
    told = {"scenario": script.scenario, "severity": incident.severity}
    history.record(session, incident, STARTED, actor=history.actor_of(by), now=now, after=told)
    await clocks.refresh_agenda(session, incident)
    report.alerts = [str(mail_id) for mail_id in await outbox.announce_practice(session, incident, now=now)]
    return incident


async def running(session: AsyncSession) -> Incident | None:
    """Return the practice that is not over, whoever may see it."""
    # One that was erased is over.
    found = await session.scalars(select(Incident).where(text(PRACTISED), Incident.closed_at.is_(None)).limit(1))
    return found.first()


def _incident(script: Script, *, now: datetime, year: int) -> Incident:
    incident = Incident(
        reference=reference(year, secrets.randbelow(REFERENCE_SPACE)),
        received_at=now,
        title=script.title,
        kind=script.answers["kind"],
        people=script.answers["people"],
        severity=first_guess(script.answers).level,
        status=Status.NEW,
        practice=True,
        updated_at=now,
        unread_reply=False,
    )
    clocks.open_agenda(incident)
    return incident


async def end(session: AsyncSession, act: Act) -> None:
    """End a practice wherever it stands: its clocks end, and whoever was alerted is stood down."""
    incident = act.incident
    if not incident.practice:
        raise Conflict
    if incident.closed_at is not None:
        return
    for clock in await clocks.clocks_of(session, incident):
        if clock.ended_at is None:
            clocks.end(clock, by=OVER, at=act.now, now=act.now)
    incident.status, incident.closed_at, incident.outcome = Status.CLOSED, act.now, Outcome.TEST
    incident.unread_reply = False
    await finish(session, act, ENDED)
