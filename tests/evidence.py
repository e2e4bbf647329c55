"""One row in every table of what people sign about an incident."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records import sealing
from incidentdesk.rules.people_notice import Choice, Telling
from incidentdesk.rules.register import LineKind
from incidentdesk.tables import (
    Awareness,
    Clock,
    Filing,
    FilingSetAside,
    Incident,
    Member,
    PeopleDecision,
    PeopleText,
    PeopleTold,
    RegisterLine,
    SignedDecision,
    Stamp,
)
from tests.assessed import assess
from tests.breach.owed import add_duties
from tests.records.filed import add_notification


async def sign_everything(
    session: AsyncSession, incident: Incident, clock: Clock, *, by: Member, now: datetime
) -> None:
    about = {"incident_id": incident.id, "member_id": by.id}
    await sealing.make_register_key(session, incident)
    session.add(Awareness(clock_id=clock.id, aware_at=now, zone="UTC", reason="A call", set_at=now, **about))
    session.add(Stamp(kind="confirmed_at", at=now, zone="UTC", reason="Seen", set_at=now, **about))
    filing = Filing(clock_id=clock.id, filed_at=now, authority_reference="AP-1", recorded_at=now, **about)
    await add_notification(session, incident, by, filing, now=now)
    of_part = Filing(clock_id=clock.id, filed_at=now, taken_from_id=filing.id, recorded_at=now, **about)
    of_part.authority_reference, of_part.taken_reason = "AP-2", "It covers both"
    session.add(of_part)
    await session.flush()
    session.add(FilingSetAside(filing_id=of_part.id, reason="Its own case", set_aside_at=now, **about))
    signed = {"decision": "risk_unlikely", "reasoning": "Encrypted", "signed_at": now}
    session.add(SignedDecision(clock_id=clock.id, **signed, **about))
    session.add(PeopleDecision(choice=Choice.TELL, reasoning="Payroll", signed_at=now, **about))
    session.add(PeopleText(language="en", version=1, parts={"nature": "A file"}, written_at=now, **about))
    told = {"telling": Telling.DIRECT, "channel": "letter", "people": 3, "told_at": now, "recorded_at": now}
    session.add(PeopleTold(proof="Receipt", **told, **about))
    session.add(RegisterLine(kind=LineKind.WRITTEN, values={"what": "A file"}, written_at=now, **about))
    await assess(session, about, now=now)
    await add_duties(session, {**about, "clock_id": clock.id}, now=now)
