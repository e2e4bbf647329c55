"""What is known of a breach, from whom, and what it speaks for."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from incidentdesk.breach.assessment.blocks import Block, reported
from incidentdesk.breach.assessment.queries import Assessment, assessment_of
from incidentdesk.rules.assessment import Answer
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import AssessmentBlock, AssessmentDecision, Member, Message
from incidentdesk.web.pages import Desk
from tests.breach.conftest import REFERENCE

HAPPENED: dict[str, Any] = {
    "confidentiality": True,
    "integrity": False,
    "availability": False,
    "intent": "accidental_internal",
    "recipients": "trusted",
    "deletion_confirmed": True,
}


async def read(desk: Desk, dpo: Member, now: datetime) -> Assessment:
    async with desk.database.read() as session:
        return await assessment_of(session, await find_incident(session, REFERENCE, by=dpo), now=now)


async def add(desk: Desk, dpo: Member, *rows: Any) -> None:
    async with desk.database.write() as session:
        await find_incident(session, REFERENCE, by=dpo, to_change=True)
        session.add_all(rows)


async def test_what_only_the_report_says_is_not_checked(
    desk: Desk, dpo: Member, report_id: UUID, now: datetime
) -> None:
    found = await read(desk, dpo, now)
    people = found.known["subjects_affected"]
    assert (people.value, people.is_checked, people.at) == ([101, 1000], False, now - timedelta(hours=24))
    assert found.known["data"].value == ["contact", "financial"]
    assert (found.facts.people.low, found.facts.people.high) == (101, 1000)
    assert (found.proposal.document, found.proposal.authority) == (Answer.YES, Answer.UNKNOWN)
    # Nothing is taken for granted of what nobody answered.
    assert found.facts.vulnerable is False
    assert (found.facts.detailed, found.facts.protection, found.facts.serious) == (None, None, None)


async def test_a_saved_block_holds_over_the_report_and_names_who_checked_it(
    desk: Desk, dpo: Member, incident_id: UUID, report_id: UUID, now: datetime
) -> None:
    by = {"incident_id": incident_id, "block": "happened", "note": "", "member_id": dpo.id}
    await add(desk, dpo, AssessmentBlock(answers={"confidentiality": None}, saved_at=now - timedelta(hours=2), **by))
    await add(desk, dpo, AssessmentBlock(answers=HAPPENED, saved_at=now - timedelta(hours=1), **by))
    found = await read(desk, dpo, now)
    known = found.known["recipients"]
    assert (known.value, known.member_id, known.at) == ("trusted", dpo.id, now - timedelta(hours=1))
    # Nobody has said yet that it did no harm, which would speak against a deletion.
    assert (found.proposal.authority, found.proposal.people) == (Answer.UNKNOWN, Answer.UNKNOWN)
    harmless = {"consequences": ["none"], "account_takeover": False}
    await add(desk, dpo, AssessmentBlock(**by | {"block": "consequences"}, answers=harmless, saved_at=now))
    found = await read(desk, dpo, now)
    assert (found.proposal.authority, found.proposal.people) == (Answer.NO, Answer.NO)
    assert (found.versions[Block.HAPPENED], found.stamp[:4], found.stamp[-2:]) == (2, "3-0-", "-0")


async def test_a_decision_is_overtaken_by_what_comes_after_it(
    desk: Desk, dpo: Member, incident_id: UUID, report_id: UUID, now: datetime
) -> None:
    by = {"incident_id": incident_id, "member_id": dpo.id}
    decision = AssessmentDecision(kind="register", reasoning="Deleted", proposal={}, signed_at=now, **by)
    await add(desk, dpo, decision)
    assert not (await read(desk, dpo, now)).is_overtaken
    later = {"incident_id": incident_id, "report_id": report_id, "written_at": now + timedelta(minutes=1)}
    await add(desk, dpo, Message(body="From us", member_id=dpo.id, form_hash="one", **later))
    assert not (await read(desk, dpo, now)).is_overtaken
    await add(desk, dpo, Message(body="It was sent on", form_hash="two", **later))
    assert (await read(desk, dpo, now)).is_overtaken


def test_a_report_says_only_what_was_answered() -> None:
    assert reported({"what": "Something", "people": "unknown", "p_many": "unknown", "p_types": ["unknown"]}) == {}
    said = reported({"kind": "systems", "s_sign": ["ransom"], "people": "yes", "p_whose": ["patients", "unknown"]})
    assert said == {
        "integrity": True,
        "availability": True,
        "intent": "malicious_external",
        "personal_data": True,
        "vulnerable_people": True,
    }
    assert reported({"kind": "lost", "l_lock": "yes"}) == {"confidentiality": True}
    assert reported({"kind": "lost", "l_lock": "no"})["encrypted"] == "none"
