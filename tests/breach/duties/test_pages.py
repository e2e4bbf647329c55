"""The duties of an incident: what starts one, what ends it, and that nothing else does."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from incidentdesk.breach.customers.actions import add_customer
from incidentdesk.breach.customers.forms import Card
from incidentdesk.records import duties
from incidentdesk.rules.lifecycle import Verdict
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Clock, Customer, HistoryEntry, Incident, Member, SignedDecision
from incidentdesk.triage import decisions
from incidentdesk.web.pages import Desk
from tests import people
from tests.breach.conftest import REFERENCE
from tests.people import Seat, Sit
from tests.typed import typed

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database

BASE = f"/desk/incidents/{REFERENCE}"
AUTHORITY, CUSTOMER, REGISTER = "gdpr_33_1_sa", "gdpr_33_2_processor", "gdpr_33_5_register"


@pytest.fixture
async def bakery(desk: Desk, dpo: Member, now: datetime) -> Customer:
    async with desk.database.write() as session:
        return await add_customer(session, Card("Bakery", "it@bakery.example", "nl", 8), by=dpo, now=now)


@pytest.fixture
async def breach(desk: Desk, incident_id: UUID, now: datetime) -> UUID:
    """Somebody decided that it is a personal data breach."""
    async with desk.database.write() as session:
        incident = await session.get_one(Incident, incident_id)
        incident.verdict = Verdict.PERSONAL_DATA_BREACH
        await duties.refresh(session, incident, now=now)
    return incident_id


async def running(desk: Desk, incident_id: UUID) -> dict[str, Clock]:
    async with desk.database.read() as session:
        legal = select(Clock).where(Clock.incident_id == incident_id, Clock.legal)
        return {clock.duty: clock for clock in await session.scalars(legal) if clock.ended_at is None}


async def press(seat: Seat, page: str, noun: str, **fields: str) -> int:
    seen = people.hidden_fields((await seat.get(f"{BASE}/{page}")).text)["seen_revision"]
    return (await seat.post(f"{BASE}/{noun}", seen_revision=seen, **fields)).status_code


async def named(seat: Seat, customer: Customer) -> int:
    fields = {"party": "processor", "customer": str(customer.id), "role_reason": "Their orders were in it"}
    return await press(seat, "duties", "roles", **fields)


@pytest.mark.usefixtures("breach")
async def test_the_page_names_each_duty_with_whom_and_why_it_is_due(seat: Seat) -> None:
    page = (await seat.get(f"{BASE}/duties")).text
    for words in ("Notify the supervisory authority", "Enter it in the register", "by law", "our target", "Runs"):
        assert words in page
    assert "we are taken for the controller" in page
    assert "Autoriteit Persoonsgegevens" in page


async def test_a_processor_has_a_clock_of_its_own_for_each_customer(
    desk: Desk, seat: Seat, bakery: Customer, breach: UUID, now: datetime
) -> None:
    assert await named(seat, bakery) == 303
    clock = (await running(desk, breach))[CUSTOMER]
    assert (clock.subject, clock.provisional) == (str(bakery.id), True)
    assert clock.deadline_at == now - timedelta(hours=16)
    # Who named a customer did not say that we are controller of nothing: that is signed for itself.
    page = (await seat.get(f"{BASE}/duties")).text
    assert "No role calls for it" in page
    assert "Bakery" in page
    await press(seat, "awareness", "awareness", aware_reason="They called", **typed("aware", now))
    assert (await running(desk, breach))[CUSTOMER].deadline_at == now + timedelta(hours=8)
    # What is fixed is not asked for once more.
    page = (await seat.get(f"{BASE}/duties")).text
    assert (f'href="{BASE}/awareness">See it, or correct it' in page, ">Fix it" in page) == (True, False)


async def test_ending_a_role_ends_by_that_signature_what_hung_on_it_alone(
    desk: Desk, seat: Seat, bakery: Customer, breach: UUID
) -> None:
    await press(seat, "duties", "roles", party="controller", role_reason="Our accounts")
    assert await named(seat, bakery) == 303
    page = (await seat.get(f"{BASE}/duties")).text
    endings = [part.split('"')[0] for part in page.split(f'action="{BASE}/roles/')[1:]]
    assert await press(seat, "duties", f"roles/{endings[0]}", ending_reason="") == 422
    # What was typed stands in the form that was sent, and in no other.
    refused = await seat.post(f"{BASE}/roles/{endings[0]}", seen_revision="older", ending_reason="Only theirs")
    assert (refused.status_code, refused.text.count("Only theirs")) == (409, 1)
    form = refused.text.split(f'action="{BASE}/roles/{endings[0]}"')[1].split("</form>")[0]
    assert "Only theirs" in form
    assert await press(seat, "duties", f"roles/{endings[0]}", ending_reason="Only theirs") == 303
    assert set(await running(desk, breach)) == {CUSTOMER}
    async with desk.database.read() as session:
        signed = list(await session.scalars(select(SignedDecision.decision)))
    assert signed == ["role_ended", "role_ended"]
    # The role is named again: its duties run on, from the start they always had.
    await press(seat, "duties", "roles", party="controller", role_reason="Ours after all")
    assert set(await running(desk, breach)) == {AUTHORITY, CUSTOMER, REGISTER}


async def test_a_customer_was_told_another_way(
    desk: Desk, seat: Seat, bakery: Customer, breach: UUID, now: datetime
) -> None:
    await named(seat, bakery)
    clock = (await running(desk, breach))[CUSTOMER]
    place = f"duties/{clock.id}"
    early = typed("told", now - timedelta(days=3), way="phone", whom="Their officer", proof="Called back")
    assert await press(seat, place, f"{place}/telling", **early) == 422
    assert await press(seat, place, f"{place}/telling", way="phone", **typed("told", now)) == 422
    assert await press(seat, place, f"{place}/telling", **{**early, **typed("told", now), "whom": "x" * 201}) == 422
    # What is told is never filed.
    assert await press(seat, place, f"{place}/filing", authority_reference="x", **typed("filed", now)) == 409
    good = typed("told", now, way="phone", whom="Their officer", proof="Called back")
    assert await press(seat, place, f"{place}/telling", **good) == 303
    page = (await seat.get(f"{BASE}/{place}")).text
    for words in ("By telephone", "Their officer", "Called back", "late, decided for good"):
        assert words in page
    assert await press(seat, place, f"{place}/decision", decision="not_required", reasoning="x") == 409
    assert await press(seat, place, f"{place}/reopening", new_facts="Undo it") == 409


async def test_nis2_runs_from_its_own_moment_and_the_final_report_from_the_filing(
    desk: Desk, seat: Seat, incident_id: UUID, now: datetime
) -> None:
    assert await press(seat, "duties", "duty-moments", event="significant_aware_at") == 422
    moment = typed("at", now - timedelta(hours=2), event="significant_aware_at", event_reason="The service is down")
    assert await press(seat, "duties", "duty-moments", **moment) == 303
    found = await running(desk, incident_id)
    assert found["nis2_early_warning"].deadline_at == now + timedelta(hours=22)
    notification = f"duties/{found['nis2_incident_notification'].id}"
    filed = typed("filed", now, authority_reference="N-1")
    assert await press(seat, notification, f"{notification}/filing", **filed) == 303
    found = await running(desk, incident_id)
    assert found["nis2_final"].started_at == now
    assert "nis2_incident_notification" not in found
    # A significant incident is one without personal data too.
    early = f"duties/{found['nis2_early_warning'].id}"
    assert await press(seat, early, f"{early}/decision", decision="no_personal_data", reasoning="None") == 422


async def test_a_late_notification_needs_its_reasons_and_a_late_register_does_not(
    desk: Desk, seat: Seat, breach: UUID, now: datetime
) -> None:
    await press(
        seat,
        "awareness",
        "awareness",
        aware_source="A call",
        aware_reason="Long ago",
        **typed("aware", now - timedelta(days=20)),
    )
    found = await running(desk, breach)
    filed = typed("filed", now, authority_reference="A-1")
    place = f"duties/{found[AUTHORITY].id}"
    assert await press(seat, place, f"{place}/filing", **filed) == 422
    # Nor does a signature before it take the wish for reasons away.
    assert await press(seat, "clock", "clock-decision", decision="risk_unlikely", reasoning="Encrypted") == 303
    assert await press(seat, place, f"{place}/filing", **filed) == 422
    assert await press(seat, place, f"{place}/filing", reason_for_delay="Nobody knew", **filed) == 303
    place = f"duties/{found[REGISTER].id}"
    assert await press(seat, place, f"{place}/filing", **filed) == 303
    assert await running(desk, breach) == {}


async def test_no_personal_data_ends_everything_that_is_owed_for_a_breach(
    desk: Desk, seat: Seat, bakery: Customer, breach: UUID, now: datetime
) -> None:
    await named(seat, bakery)
    moment = typed("at", now, event="significant_aware_at", event_reason="Down")
    await press(seat, "duties", "duty-moments", **moment)
    place = f"duties/{(await running(desk, breach))[REGISTER].id}"
    assert await press(seat, place, f"{place}/decision", decision="no_personal_data", reasoning="Test data") == 303
    assert {duty.split("_")[0] for duty in await running(desk, breach)} == {"nis2"}


async def test_an_incident_cannot_close_while_a_duty_runs(
    desk: Desk, seat: Seat, bakery: Customer, breach: UUID, now: datetime
) -> None:
    await named(seat, bakery)
    for duty, clock in (await running(desk, breach)).items():
        async with desk.database.read() as session:
            incident = await session.get_one(Incident, breach)
            assert "legal_running" in await decisions.obstacles_of(session, incident), duty
        place = f"duties/{clock.id}"
        await press(seat, place, f"{place}/decision", decision="not_required", reasoning="Signed off")
    async with desk.database.read() as session:
        incident = await session.get_one(Incident, breach)
        assert await decisions.obstacles_of(session, incident) == ()


async def test_a_stale_form_keeps_what_was_typed(seat: Seat, breach: UUID) -> None:
    answer = await seat.post(f"{BASE}/roles", seen_revision="old", party="controller", role_reason="Our accounts")
    assert answer.status_code == 409
    assert "Our accounts</textarea>" in answer.text
    assert "changed while you were typing" in answer.text


async def test_words_are_kept_whose_form_is_gone_meanwhile(desk: Desk, seat: Seat, breach: UUID, now: datetime) -> None:
    await press(seat, "duties", "roles", party="controller", role_reason="Our accounts")
    place = f"duties/{(await running(desk, breach))[AUTHORITY].id}"
    role = (await seat.get(f"{BASE}/duties")).text.split(f'action="{BASE}/roles/')[1].split('"')[0]
    filed = typed("filed", now, authority_reference="AP 12")
    assert await press(seat, place, f"{place}/filing", **filed, reason_for_delay="We waited") == 303
    assert await press(seat, "duties", f"roles/{role}", ending_reason="Only theirs") == 303
    late = {f"{place}/reopening": {"new_facts": "Copied too"}, f"roles/{role}": {"ending_reason": "Not our accounts"}}
    for noun, fields in late.items():
        answer = await seat.post(f"{BASE}/{noun}", seen_revision="old", **fields)
        assert (answer.status_code, [word for word in fields.values() if f"{word}</textarea>" not in answer.text]) == (
            409,
            [],
        )


async def test_every_act_is_one_entry_that_says_what_it_started(
    desk: Desk, seat: Seat, bakery: Customer, breach: UUID
) -> None:
    await named(seat, bakery)
    assert await named(seat, bakery) == 422
    async with desk.database.read() as session:
        entries = select(HistoryEntry).where(HistoryEntry.incident_id == breach, HistoryEntry.action == "role.added")
        (entry,) = (await session.scalars(entries)).all()
    assert entry.incident_id == breach


@pytest.mark.parametrize("role", [Role.READER, Role.RESPONDER])
async def test_only_the_dpo_and_administrators_sign(sit: Sit, breach: UUID, role: Role) -> None:
    page = (await (await sit(role)).get(f"{BASE}/duties")).text
    assert "Notify the supervisory authority" in page
    assert "Sign the role" not in page


async def test_a_duty_of_another_incident_does_not_exist_here(seat: Seat, breach: UUID) -> None:
    assert (await seat.get(f"{BASE}/duties/{breach}")).status_code == 404


async def test_until_somebody_decides_what_it_is_no_page_says_that_the_duty_is_not_ours(seat: Seat) -> None:
    page = (await seat.get(f"{BASE}/duties")).text
    assert "Notify the supervisory authority" in page
    assert "No role calls for it" not in page
    assert f'href="{BASE}/awareness">Fix it' in page


@pytest.mark.usefixtures("breach")
async def test_a_contract_that_names_no_hours_is_not_shown_as_the_source_of_any(
    desk: Desk, seat: Seat, bakery: Customer, dpo: Member, now: datetime
) -> None:
    async with desk.database.write() as session:
        mill = await add_customer(session, Card("Mill", "it@mill.example", "en", None), by=dpo, now=now)
    await named(seat, mill)
    page = (await seat.get(f"{BASE}/duties")).text
    assert ('class="sub">by contract' in page, "the contract names no hours" in page) == (False, True)
    await named(seat, bakery)
    assert 'class="sub">by contract' in (await seat.get(f"{BASE}/duties")).text


async def test_telling_the_people_is_decided_and_recorded_in_one_room_only(
    desk: Desk, seat: Seat, breach: UUID, now: datetime
) -> None:
    moment = typed("at", now, event="high_risk_determined_at", event_reason="Salaries")
    assert await press(seat, "duties", "duty-moments", **moment) == 422
    assert await press(seat, "people", "people-decision", choice="tell", reasoning="Salaries") == 303
    clock = (await running(desk, breach))["gdpr_34_subjects"]
    place = f"{BASE}/duties/{clock.id}"
    page = (await seat.get(place)).text
    assert f'href="{BASE}/people">' in page
    assert f'action="{place}' not in page
    assert (await seat.post(f"{place}/telling")).status_code == 409
    assert (await seat.post(f"{place}/decision", decision="not_required", reasoning="x")).status_code == 409
