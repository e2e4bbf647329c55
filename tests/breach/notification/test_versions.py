"""What was kept, signed and filed stays; what follows is a version of its own; and it leaves the desk with its hash."""

import hashlib
import json
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from incidentdesk import clock
from incidentdesk.privacy.actions import Wish, erase
from incidentdesk.records.audit import verify
from incidentdesk.records.ledger import ledger_in
from incidentdesk.rules.erasure import Extent
from incidentdesk.rules.lifecycle import Status
from incidentdesk.tables import FiledVersion, HistoryEntry, Incident, NotificationSignature, NotificationVersion
from incidentdesk.web.pages import Desk
from tests.breach.conftest import REFERENCE
from tests.breach.notification.desk import BASE, Drafting, fix_awareness
from tests.opened import opened
from tests.people import hidden_fields
from tests.web.papers import amiss

# How a paper is set, and from what.
pytestmark = pytest.mark.either_database

PAYLOAD = '#read("/etc/passwd") *bold* <script>alert(1)</script> & "quoted"'


@pytest.fixture
async def filed(signed: Drafting, now: datetime) -> Drafting:
    """A notification that was handed in."""
    assert (await signed.file(now)).status_code == 303
    return signed


async def newest(desk: Desk) -> int:
    async with desk.database.read() as session:
        numbers = await session.scalars(select(NotificationVersion.number))
        return max(numbers)


async def exported(drafting: Drafting, number: int) -> tuple[dict[str, object], str]:
    answer = await drafting.seat.get(f"{BASE}/versions/{number}/json")
    assert "attachment" in answer.headers["content-disposition"]
    found = json.loads(answer.text)
    return found["content"], found["sha256"]


async def test_anybody_can_compute_the_hash_that_was_signed(signed: Drafting, desk: Desk) -> None:
    content, told = await exported(signed, await newest(desk))
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(plain.encode()).hexdigest() == told
    async with desk.database.read() as session:
        [signature] = await opened(session, select(NotificationSignature))
    assert signature.digest == told


async def test_the_pdf_is_tagged_and_carries_the_hash_and_nobodys_markup(signed: Drafting, desk: Desk) -> None:
    await signed.fill("happened", what_happened=PAYLOAD)
    await signed.sign()
    number = await newest(desk)
    _, told = await exported(signed, number)
    answer = await signed.seat.get(f"{BASE}/versions/{number}/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    paper = PdfReader(BytesIO(answer.content), strict=True)
    pages = [page.extract_text() for page in paper.pages]
    assert all(told in text for text in pages)
    assert "".join(PAYLOAD.split()) in "".join("".join(pages).split())
    assert "Dipo Officer" in pages[0]
    root: Any = paper.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "en")
    assert amiss(answer.content) == []


async def test_a_change_after_signing_needs_a_signature_of_its_own(signed: Drafting, desk: Desk, now: datetime) -> None:
    before = await newest(desk)
    await signed.fill("measures", measures_taken="The supplier deleted it")
    page = await signed.page()
    assert f"Record that version {before} was handed in" in page
    assert "Sign this version" in page
    assert (await signed.file(now)).status_code == 303
    async with desk.database.read() as session:
        [handed_in] = await opened(session, select(FiledVersion))
        version = await session.get(NotificationVersion, handed_in.version_id)
    assert version is not None
    assert version.number == before


async def test_what_is_signed_says_what_the_page_said_that_was_signed(
    drafting: Drafting, desk: Desk, now: datetime
) -> None:
    await drafting.finish()
    # The moment stands there already, checked by nobody; fixing it changes no word of the draft.
    await fix_awareness(drafting.seat, now - timedelta(hours=24))
    await drafting.sign()
    content, told = await exported(drafting, await newest(desk))
    answers: Any = content["answers"]
    assert [one["checked"] for one in answers if one["field"] == "aware_at"] == [True]
    assert "to check</span>" not in (await drafting.seat.get(f"{BASE}/versions/{await newest(desk)}")).text
    async with desk.database.read() as session:
        [signature] = await opened(session, select(NotificationSignature))
    assert signature.digest == told


async def test_what_its_sources_say_since_it_was_signed_is_said_and_signed_anew(
    signed: Drafting, desk: Desk, now: datetime
) -> None:
    before = await newest(desk)
    await fix_awareness(signed.seat, now - timedelta(hours=7))
    page = await signed.page()
    assert f"Changed since version {before} was signed" in page
    assert "hand it in, then record it" not in page
    await signed.sign()
    page = await signed.page()
    assert f"Version {before + 1} is signed: hand it in, then record it" in page
    assert "Changed since version" not in page


async def test_what_was_filed_is_never_changed(filed: Drafting, desk: Desk) -> None:
    number = await newest(desk)
    _, before = await exported(filed, number)
    for place in ("sections/happened", "checks", "later", "choice", "signature"):
        answer = await filed.press(place, seen_version=str(number), form="EDPB", phase="complete", what_happened="No")
        assert answer.status_code == 409, place
    await fix_awareness(filed.seat, datetime.fromisoformat("2026-06-10T10:00+00:00"))
    assert await exported(filed, number) == ((await exported(filed, number))[0], before)
    assert await newest(desk) == number


async def test_an_amendment_is_a_new_version_that_says_what_changed(filed: Drafting, desk: Desk, now: datetime) -> None:
    first = await newest(desk)
    assert (await filed.press("amendment")).status_code == 303
    await filed.fill("measures", measures_taken="The supplier deleted it")
    page = await filed.page()
    assert "Follow-up" in page
    assert "AP-77" in page
    shown = (await filed.seat.get(f"{BASE}/versions/{await newest(desk)}")).text
    assert f"Compared with</dt><dd>Version {first}" in shown
    assert shown.count('class="changed"') >= 2
    assert "The supplier deleted it" in shown
    assert "The supplier deleted it" not in (await filed.seat.get(f"{BASE}/versions/{first}")).text


async def test_a_withdrawal_needs_its_reason_and_is_signed_and_filed_like_the_rest(
    filed: Drafting, now: datetime
) -> None:
    assert (await filed.press("withdrawal", withdrawal_reason=" ")).status_code == 422
    assert (await filed.press("withdrawal", withdrawal_reason="It was test data")).status_code == 303
    page = await filed.page()
    assert "It was test data" in page
    assert "What happened, and why" not in page
    # It was a breach all the same, and then it was none: neither is a blind alley.
    back = hidden_fields(page.split('id="choice-title"')[1].split("</form>")[0])
    assert (await filed.press("choice", form=back["form"], phase=back["phase"])).status_code == 303
    page = await filed.page()
    assert "It was test data" not in page
    assert "What happened, and why" in page
    assert (await filed.press("withdrawal", withdrawal_reason="It was test data")).status_code == 303
    await filed.sign()
    assert (await filed.file(now, "AP-78")).status_code == 303
    assert (await filed.press("withdrawal", withdrawal_reason="Again")).status_code == 409
    assert "It was no breach after all" not in await filed.page()


async def test_a_preliminary_filing_leaves_the_room_of_the_notification_open(filed: Drafting) -> None:
    row = (await filed.page()).split('<ul class="tabs rooms">')[1].split("</ul>", maxsplit=1)[0]
    said = {part.split('"')[0]: part for part in row.split(f"/desk/incidents/{REFERENCE}/")[1:]}
    assert ("done</span>" in said["clock"], "still open</span>" in said["notification"]) == (True, True)


async def test_a_filing_pressed_twice_is_one(signed: Drafting, now: datetime, desk: Desk) -> None:
    seen = await signed.stamp()
    for _ in range(2):
        assert (await signed.file(now, seen_revision=seen)).status_code == 303
    async with desk.database.read() as session:
        assert len(await opened(session, select(FiledVersion))) == 1


async def test_a_late_notification_after_a_signed_decision_needs_its_reasons_too(
    drafting: Drafting, now: datetime
) -> None:
    seat, base = drafting.seat, f"/desk/incidents/{REFERENCE}"
    await fix_awareness(seat, now - timedelta(hours=80))
    seen = hidden_fields((await seat.get(f"{base}/clock")).text)["seen_revision"]
    decided = {"decision": "risk_unlikely", "reasoning": "Encrypted, key safe"}
    assert (await seat.post(f"{base}/clock-decision", seen_revision=seen, **decided)).status_code == 303
    await drafting.finish()
    assert "Reasons for the delay" in await drafting.page()
    assert (await drafting.press("signature")).status_code == 409
    await drafting.fill("timeline", delay_reason="The key was with it", breach_period_kind="day")
    await drafting.finish()
    await drafting.sign()
    assert (await drafting.file(now, reason_for_delay="")).status_code == 422
    assert (await drafting.file(now, reason_for_delay="The key was with it")).status_code == 303
    assert "Reasons for the delay" in await drafting.page()


async def test_each_step_is_one_entry_of_history_and_the_evidence_holds(filed: Drafting, desk: Desk) -> None:
    async with desk.database.read() as session:
        entries = await opened(session, select(HistoryEntry).order_by(HistoryEntry.id))
    done = [entry.action for entry in entries if entry.action.startswith(("notification", "filing"))]
    saves = ["notification.saved"] * 2
    assert done == [
        *saves,
        "notification.put_off",
        "notification.checked",
        "notification.signed",
        "filing.recorded",
        "notification.filed",
    ]
    async with desk.database.read() as session:
        found = (await verify(session, desk.vault, now=clock.now())).findings
    # The fixture's own rows stand in no history.
    assert {finding.where.split()[0] for finding in found} <= {"incident", "report"}


async def test_one_field_at_a_time_goes_into_an_authoritys_own_form(signed: Drafting) -> None:
    first = (await signed.seat.get(f"{BASE}/copy")).text
    assert 'data-copy="answer"' in first
    assert "1 of " in first
    second = await signed.seat.get(f"{BASE}/copy?at=2")
    assert f'href="{BASE}/copy?at=3"' in second.text
    for odd in ("0", "999", "-1", "x", "²"):
        assert (await signed.seat.client.get(f"{BASE}/copy", params={"at": odd})).status_code == 200


async def test_erasing_takes_every_version_and_leaves_who_signed(
    filed: Drafting, desk: Desk, incident_id: UUID, now: datetime
) -> None:
    async with desk.database.write() as session:
        incident = await session.get_one(Incident, incident_id)
        incident.status, incident.closed_at = Status.CLOSED, now
    async with desk.database.write() as session:
        incident = await session.get_one(Incident, incident_id)
        await erase(
            session,
            incident,
            Wish(Extent.INCIDENT, "asked"),
            ledger=ledger_in(desk.settings.keys_dir, desk.vault),
            now=now,
        )
    async with desk.database.read() as session:
        versions = await opened(session, select(NotificationVersion))
        signatures = await opened(session, select(NotificationSignature))
    assert {str(row.values) for row in versions} == {"{}"}
    assert signatures[0].digest == ""
    for place in ("", "/versions/1"):
        assert "payroll" not in (await filed.seat.get(f"{BASE}{place}")).text
    assert (await filed.seat.get(f"{BASE}/versions/1/pdf")).status_code == 404
