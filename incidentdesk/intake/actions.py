"""What a reporter does: send a report, write to the desk, add files, keep the code, change how to be reached."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Erased
from incidentdesk.intake.forms import SentReport
from incidentdesk.intake.queries import Filed, report_of_form
from incidentdesk.intake.questions import CONTACT, PRIVACY_VERSION, Answers
from incidentdesk.mail import outbox
from incidentdesk.records import attachments, clocks, history, wholes
from incidentdesk.records.attachments import Arrived
from incidentdesk.rules.lifecycle import Move, Status, status_after
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.reference import REFERENCE_SPACE, reference
from incidentdesk.rules.severity import first_guess
from incidentdesk.tables import Attachment, Incident, JsonObject, Message, Report

TITLE_LENGTH = 80
TRIES = 5


async def submit_report(session: AsyncSession, report: SentReport, *, now: datetime) -> Filed:
    """Store what was sent. The same form sent again, also at the same moment, finds the report that is there."""
    for _ in range(TRIES):
        known = await report_of_form(session, report.form_hash)
        if known is not None:
            return known
        try:
            async with session.begin_nested():
                return await _store(session, report, now=now)
        except IntegrityError as error:
            # Either the other press was faster, or the drawn reference is taken; the next round tells.
            clash = error
    raise clash


async def _store(session: AsyncSession, sent: SentReport, *, now: datetime) -> Filed:
    incident, reasons = _incident(sent, now=now)
    session.add(incident)
    await session.flush()
    look_at, answer_at = await _start_clocks(session, incident, zone=sent.zone, now=now)
    report = Report(
        incident_id=incident.id,
        received_at=now,
        language=str(sent.answers.get("answer_lang", sent.language)),
        answers=sent.told,
        identity=sent.identity,
        form_hash=sent.form_hash,
        code_hash=sent.code_hash,
        privacy_version=PRIVACY_VERSION,
        look_promised_at=look_at,
        answer_promised_at=answer_at,
    )
    session.add(report)
    told = {"kind": incident.kind, "people": incident.people, "severity": incident.severity, "because": list(reasons)}
    history.record(session, incident, "report.received", actor=history.REPORTER, now=now, after=told)
    await clocks.refresh_agenda(session, incident)
    await _tell(session, Filed(report, incident), now=now)
    return Filed(report, incident)


def _incident(sent: SentReport, *, now: datetime) -> tuple[Incident, tuple[str, ...]]:
    known = {"kind": "else", "people": "unknown", **sent.told}
    guess = first_guess(known)
    incident = Incident(
        reference=reference(now.astimezone(sent.zone).year, secrets.randbelow(REFERENCE_SPACE)),
        received_at=now,
        title=_title(str(known["what"])),
        kind=known["kind"],
        people=known["people"],
        severity=guess.level,
        status=Status.NEW,
        suspicious=sent.suspicious,
        updated_at=now,
        unread_reply=False,
    )
    clocks.open_agenda(incident)
    return incident, guess.reasons


def _title(told: str) -> str:
    """Return the beginning as one line, cut between two words unless the last one is endless."""
    line = " ".join(told.split())
    if len(line) <= TITLE_LENGTH:
        return line
    head = line[: TITLE_LENGTH - 1]
    words = head.rpartition(" ")[0]
    return (words if len(words) > TITLE_LENGTH // 2 else head) + "…"


async def _start_clocks(
    session: AsyncSession, incident: Incident, *, zone: ZoneInfo, now: datetime
) -> tuple[datetime, datetime]:
    """Start what runs from now on, and return the two moments the reporter is promised."""
    promises = await clocks.start_promises(session, incident, zone=zone, now=now)
    if incident.people != "no":
        await clocks.start_authority(session, incident, zone=zone)
    due = {clock.duty: clock.deadline_at for clock in promises}
    return due[Duty.FIRST_LOOK], due[Duty.FIRST_ANSWER]


async def _tell(session: AsyncSession, filed: Filed, *, now: datetime) -> None:
    report, incident = filed.report, filed.incident
    # An address that a robot filled in may be anybody's: it gets no mail from us.
    if report.identity.get("email") and not incident.suspicious:
        about: outbox.About = {"incident_id": incident.id, "report_id": report.id}
        await outbox.put(session, letter="reporter_receipt", dedupe=f"receipt:{report.id}", now=now, **about)
    report.alerts = [str(mail_id) for mail_id in await outbox.announce_report(session, incident, now=now)]


async def hear(session: AsyncSession, filed: Filed, body: str, *, form_hash: str, now: datetime) -> None:
    """Keep what the reporter wrote, show it to the desk as unread, and tell whoever owns it.

    The same words sent twice are one message.
    """
    if await session.scalar(select(Message.id).where(Message.form_hash == form_hash)) is not None:
        return
    report, incident = filed.report, filed.incident
    if incident.erased_at is not None:
        raise Erased
    session.add(Message(report_id=report.id, incident_id=incident.id, written_at=now, body=body, form_hash=form_hash))
    await _bring(session, incident, "report.replied", now=now)


async def add_files(
    session: AsyncSession, filed: Filed, arrived: Sequence[Arrived], *, now: datetime
) -> list[Attachment]:
    """Keep the files a reporter added; they are news to the desk like a message. Those it had before are none."""
    giver = attachments.Giver(filed.incident, report=filed.report)
    added = await attachments.add(session, giver, arrived, now=now)
    if added:
        told = {"files": " ".join(str(file.id) for file in added)}
        await _bring(session, filed.incident, "report.files_added", now=now, more=told)
    return added


async def _bring(
    session: AsyncSession, incident: Incident, action: str, *, now: datetime, more: JsonObject | None = None
) -> None:
    """Put news from the reporter before the desk: where it is worked on, when the incident is part of another."""
    main = await wholes.main_of(session, incident)
    if main.erased_at is not None:
        raise Erased
    if main is not incident:
        incident.unread_reply = True
        history.record(session, incident, action, actor=history.REPORTER, now=now, after=more)
        await session.flush()
        action, more = "part.replied", {"part": str(incident.id)}
    await _bring_to(session, main, action, now=now, more=more or {})


async def _bring_to(session: AsyncSession, incident: Incident, action: str, *, now: datetime, more: JsonObject) -> None:
    before = _standing(incident)
    _open_for_reply(incident)
    for clock in await clocks.clocks_of(session, incident):
        if clock.ended_at is None and clock.ladder:
            clock.next_check_at = now
    change = {"before": before, "after": {**_standing(incident), **more}}
    history.record(session, incident, action, actor=history.REPORTER, now=now, **change)
    await clocks.refresh_agenda(session, incident)
    await outbox.announce_reply(session, incident, now=now)


def _open_for_reply(incident: Incident) -> None:
    """What was finished stands open again. Verdict and clocks stay as a person signed them."""
    if incident.status is Status.CLOSED:
        incident.closed_at = incident.outcome = None
    incident.status = status_after(incident.status, Move.HEAR) or incident.status
    incident.unread_reply = True


def _standing(incident: Incident) -> JsonObject:
    return {"status": incident.status.value, "outcome": incident.outcome.value if incident.outcome else None}


async def keep_code(session: AsyncSession, filed: Filed, *, now: datetime) -> None:
    """The reporter saved the code: it is not shown again."""
    if filed.report.code_saved_at is not None or filed.incident.erased_at is not None:
        return
    filed.report.code_saved_at = now
    history.record(session, filed.incident, "report.code_saved", actor=history.REPORTER, now=now)
    await clocks.refresh_agenda(session, filed.incident)


async def change_contact(session: AsyncSession, filed: Filed, contact: Answers, *, now: datetime) -> None:
    """Reach the reporter in another way. History keeps the way, never the address, so that it can be forgotten."""
    if filed.incident.identity_erased_at is not None:
        raise Erased
    before = filed.report.identity
    kept = {name: value for name, value in before.items() if name not in CONTACT}
    filed.report.identity = {**kept, **contact}
    change = {"before": {"reach": before.get("reach", "code")}, "after": {"reach": contact.get("reach", "code")}}
    history.record(session, filed.incident, "report.contact_changed", actor=history.REPORTER, now=now, **change)
    await clocks.refresh_agenda(session, filed.incident)
