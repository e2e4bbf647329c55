"""The score while somebody chooses: worked out by the desk before anything is saved."""

from uuid import UUID

from incidentdesk.rules.permissions import Role
from incidentdesk.tables import AssessmentBlock, Clock, HistoryEntry, OutboxMail
from incidentdesk.web.pages import Desk
from tests.breach.assessment.test_pages import BASE, HAPPENED, count, press
from tests.people import Seat, Sit

# What leaves nothing open about the people, the protection and what came of it.
SETTLED: dict[str, str | list[str]] = {
    **dict.fromkeys(("vulnerable_people", "detailed_profile", "reveals_little", "account_takeover"), "no"),
    "subjects_affected": "180",
    "encrypted": "none",
    "consequences": ["none"],
}


async def rows(desk: Desk, incident_id: UUID) -> list[int]:
    return [await count(desk, table, incident_id) for table in (AssessmentBlock, HistoryEntry, Clock, OutboxMail)]


async def test_choices_are_reckoned_before_they_are_saved_and_nothing_is_kept(
    desk: Desk, seat: Seat, incident_id: UUID, report_id: UUID
) -> None:
    await press(seat, "happened", **HAPPENED | {"trusted_recipient": "no"})
    before = await rows(desk, incident_id)
    people: dict[str, str | list[str]] = {"personal_data": "yes", "data": ["contact", "financial"], "dpc": "4"}
    told = {**people, **SETTLED, "block": ["people", "protection", "consequences"], "identifiability": "significant"}
    said = (await seat.post(f"{BASE}/assessment-preview", **told)).json()
    assert "3.25, high (4 × 0.75 + 0.25)" in said["words"]
    assert (said["beside"]["dpc"], said["beside"]["point_integrity"]) == ("As the kinds say: 3", "As the facts say: 0")
    assert "card" in said["beside"]["dpc-hint"]
    assert await rows(desk, incident_id) == before


async def test_what_cannot_be_read_counts_as_it_was_saved(seat: Seat, report_id: UUID) -> None:
    await press(seat, "protection", encrypted="none", restored_hours="4")
    as_saved = (await seat.post(f"{BASE}/assessment-preview")).json()["words"]
    odd = {"restored_hours": "soon", "encrypted": "state_of_the_art_key_safe"}
    said = (await seat.post(f"{BASE}/assessment-preview", block=["protection", "moods"], **odd)).json()["words"]
    assert "Block 4 counts as it was saved" in said
    assert said.split(":")[1] == as_saved.split(":")[1]


async def test_whoever_may_not_save_it_is_told_no_score(sit: Sit, seat: Seat, incident_id: UUID) -> None:
    reader = await sit(Role.READER)
    assert (await reader.post(f"{BASE}/assessment-preview", block="people")).status_code == 403
    elsewhere = await seat.post("/desk/incidents/IR-26-000000/assessment-preview", block="people")
    assert elsewhere.status_code == 404
