"""Duties beside the authority's when incidents are merged and separated: none gets later, none ends that is owed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from incidentdesk import upkeep
from incidentdesk.breach.customers.actions import add_customer
from incidentdesk.breach.customers.forms import Card
from incidentdesk.insight.queries import figures
from incidentdesk.mail.outbox import Letter
from incidentdesk.records import audit
from incidentdesk.tables import (
    Clock,
    Customer,
    HistoryEntry,
    Incident,
    MailState,
    Member,
    OutboxMail,
    RoleEnding,
    RoleEntry,
    SignedDecision,
)
from incidentdesk.web.pages import Desk
from tests.people import Seat, Sit, hidden_fields
from tests.triage.merged import at, clock_of, course, merge, record, separate
from tests.triage.reports import Told, file, rows, running
from tests.typed import typed

HOUR = timedelta(hours=1)
CUSTOMER, REGISTER = "gdpr_33_2_processor", "gdpr_33_5_register"


@pytest.fixture
async def seat(sit: Sit, dipo: Member) -> Seat:
    return await sit(dipo)


@pytest.fixture
async def bakery(desk: Desk, dipo: Member, now: datetime) -> Customer:
    async with desk.database.write() as session:
        return await add_customer(session, Card("Bakery", "it@bakery.example", "nl", 8), by=dipo, now=now)


async def breach(desk: Desk, seat: Seat, received_at: datetime) -> Incident:
    incident = await file(desk, now=received_at)
    await decide(seat, incident)
    return incident


async def decide(seat: Seat, incident: Incident) -> None:
    fields = {"verdict": "personal_data_breach", "seen_verdict": "", "form_id": "v"}
    assert (await seat.post(at(incident, "verdict"), **fields)).status_code == 303


async def press(seat: Seat, incident: Incident, noun: str, **fields: str) -> int:
    seen = hidden_fields((await seat.get(at(incident, "duties"))).text)["seen_revision"]
    return (await seat.post(at(incident, noun), seen_revision=seen, **fields)).status_code


async def named(seat: Seat, incident: Incident, customer: Customer) -> None:
    fields = {"party": "processor", "customer": str(customer.id), "role_reason": "Their orders"}
    assert await press(seat, incident, "roles", **fields) == 303


async def note(seat: Seat, incident: Incident, moment: datetime) -> None:
    fields = typed("at", moment, event="significant_aware_at", event_reason="The service is down")
    assert await press(seat, incident, "duty-moments", **fields) == 303


async def test_what_a_part_brought_stays_as_strict_whatever_is_done_to_the_whole(
    desk: Desk, seat: Seat, bakery: Customer, now: datetime
) -> None:
    main, part = await breach(desk, seat, now - 2 * HOUR), await breach(desk, seat, now - 50 * HOUR)
    await named(seat, part, bakery)
    theirs = {duty: course(await clock_of(desk, part, duty)) for duty in (CUSTOMER, REGISTER)}
    await merge(seat, part, main)
    await note(seat, main, now - HOUR)
    assert {duty: course(await clock_of(desk, main, duty)) for duty in theirs} == theirs


async def test_the_earliest_moment_of_the_parts_counts_until_one_is_noted_for_the_whole(
    desk: Desk, seat: Seat, bakery: Customer, now: datetime
) -> None:
    main, part = await breach(desk, seat, now - 2 * HOUR), await breach(desk, seat, now - 50 * HOUR)
    await note(seat, part, now - 40 * HOUR)
    await note(seat, main, now - HOUR)
    await merge(seat, part, main)
    await named(seat, main, bakery)
    noted = now.replace(second=0, microsecond=0)
    assert (await clock_of(desk, main, "nis2_early_warning")).started_at == noted - 40 * HOUR
    await note(seat, main, now - 3 * HOUR)
    assert (await clock_of(desk, main, "nis2_early_warning")).started_at == noted - 3 * HOUR


async def test_a_duty_of_the_main_one_runs_on_when_the_part_that_brought_it_is_taken_out(
    desk: Desk, seat: Seat, bakery: Customer, now: datetime
) -> None:
    main, part = await file(desk, now=now - 2 * HOUR), await breach(desk, seat, now - 50 * HOUR)
    await named(seat, part, bakery)
    await merge(seat, part, main)
    await decide(seat, main)
    assert await separate(seat, part) == 303
    gone = await clock_of(desk, main, CUSTOMER)
    assert gone.ended_by == "separated"
    # It was late, and that is the part's to answer for.
    for noun in ("", "duties", f"duties/{gone.id}"):
        page = (await seat.get(at(main, noun))).text
        assert ("Went with a part" in page, "decided for good" in page, "Ended late" in page) == (True, False, False)
    register = await clock_of(desk, main, REGISTER)
    assert (register.ended_at, register.started_at) == (None, main.received_at)
    # Their data were in the main one as well: the customer is owed a notice of that.
    await named(seat, main, bakery)
    told = await clock_of(desk, main, CUSTOMER)
    assert (told.ended_at, told.started_at) == (None, main.received_at)


async def test_a_customer_of_a_part_nobody_had_decided_about_is_owed_a_notice_by_a_whole_that_is_a_breach(
    desk: Desk, seat: Seat, bakery: Customer, now: datetime
) -> None:
    main, part = await breach(desk, seat, now - 2 * HOUR), await file(desk, now=now - 3 * HOUR)
    await named(seat, part, bakery)
    await merge(seat, part, main)
    assert (await clock_of(desk, main, CUSTOMER)).started_at == part.received_at


async def test_a_notice_signed_for_a_part_tells_the_customer_of_the_whole_once(
    desk: Desk, seat: Seat, bakery: Customer, now: datetime
) -> None:
    main, part = await breach(desk, seat, now - 2 * HOUR), await breach(desk, seat, now - 3 * HOUR)
    await named(seat, part, bakery)
    await write_to_customer(desk, seat, part)
    await merge(seat, part, main)
    theirs = await clock_of(desk, main, CUSTOMER)
    # Refused meanwhile, it is the main incident's customer who has not been told.
    await settle(desk, MailState.DEAD)
    assert await is_told_of(seat, main)
    # And so it is when that one is itself part of another.
    whole = await breach(desk, seat, now - HOUR)
    await merge(seat, main, whole)
    assert await is_told_of(seat, whole)
    await separate(seat, main)
    await settle(desk, MailState.WAITING)
    assert "checked" not in (await seat.get(at(main, "customer-notices"))).text
    await leave(desk, now)
    assert (await clock_of(desk, main, CUSTOMER)).ended_by == "told"
    assert "<it@bakery.example>" in (await seat.get(at(main, f"duties/{theirs.id}"))).text.replace("&lt;", "<").replace(
        "&gt;", ">"
    )
    await separate(seat, part)
    assert (await clock_of(desk, part, CUSTOMER)).ended_by == "told"


async def write_to_customer(desk: Desk, seat: Seat, incident: Incident) -> None:
    clock = await clock_of(desk, incident, CUSTOMER)
    fields = {"clock": str(clock.id), "intent": "sign", "body_nl": "Er is een laptop weg."}
    seen = hidden_fields((await seat.get(at(incident, "customer-notices"))).text)["seen_revision"]
    assert (await seat.post(at(incident, "customer-notices"), seen_revision=seen, **fields)).status_code == 303


async def is_told_of(seat: Seat, incident: Incident) -> bool:
    """Say whether every page, and the incident's own, tells that its customer has not been told."""
    banner, own = (await seat.get("/desk")).text, (await seat.get(at(incident))).text
    return f"who has not been told: {incident.reference}" in banner and "A customer has not been told" in own


async def settle(desk: Desk, state: MailState) -> None:
    async with desk.database.write() as session:
        (mail,) = await session.scalars(select(OutboxMail).where(OutboxMail.letter == Letter.CUSTOMER_NOTICE))
        mail.state = state


async def leave(desk: Desk, now: datetime) -> None:
    async with desk.database.write() as session:
        (mail,) = await session.scalars(select(OutboxMail).where(OutboxMail.letter == Letter.CUSTOMER_NOTICE))
        mail.state, mail.settled_at, mail.answer, mail.message_id = MailState.SENT, now, "250 taken", "<1@desk>"
    await upkeep.prove_notices(desk, now=now)


async def test_what_a_part_had_met_is_not_owed_once_more_by_the_whole(
    desk: Desk, seat: Seat, bakery: Customer, now: datetime
) -> None:
    main, part = await breach(desk, seat, now - 2 * HOUR), await breach(desk, seat, now - 3 * HOUR)
    await note(seat, part, now - 2 * HOUR)
    await named(seat, part, bakery)
    await end(desk, seat, part, (CUSTOMER, "telling"), way="phone", whom="Them", proof="x", **typed("told", now))
    filing = {"authority_reference": "N-1", **typed("filed", now)}
    await end(desk, seat, part, ("nis2_incident_notification", "filing"), **filing)
    await merge(seat, part, main)
    await note(seat, main, now - HOUR)
    owed = await running(desk, main)
    assert {"nis2_early_warning", "nis2_final"} <= owed
    assert owed.isdisjoint({CUSTOMER, "nis2_incident_notification"})
    # That their data were in the main one as well nobody has told them.
    await named(seat, main, bakery)
    assert CUSTOMER in await running(desk, main)


async def end(desk: Desk, seat: Seat, incident: Incident, how: tuple[str, str], **fields: str) -> None:
    place = at(incident, f"duties/{(await clock_of(desk, incident, how[0])).id}")
    seen = hidden_fields((await seat.get(place)).text)["seen_revision"]
    assert (await seat.post(f"{place}/{how[1]}", seen_revision=seen, **fields)).status_code == 303


async def test_what_is_late_is_counted_once_when_it_was_merged_and_never_when_it_was_practised(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    late = now - timedelta(days=4)
    main, part = [await file(desk, now=late) for _ in range(2)]
    await file(desk, Told(practice=True), now=late)
    counts = []
    for step in (None, merge, separate):
        if step is not None:
            await (merge(seat, part, main) if step is merge else separate(seat, part))
        async with desk.database.read() as session:
            found = await figures(session, now=now)
        counts.append((found["incidents_late"], found["incidents_late_legal"]))
    assert counts == [(2, 2), (1, 1), (2, 2)]


async def test_what_was_notified_in_time_stands_on_top_of_the_register_and_a_part_counts_once(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    main, part = await breach(desk, seat, now - 80 * HOUR), await breach(desk, seat, now - 3 * HOUR)
    # Nobody reads of one that all is in time while another is overdue.
    assert "in time: 0 of 1</strong> · overdue and not notified: 1" in (await seat.get("/desk/register")).text
    await record(seat, main, now - HOUR, reason_for_delay="Nobody read the mailbox")
    await record(seat, part, now - HOUR)
    counts = []
    for query, step in (("", None), ("?view=open", merge), (f"?year={now.year - 2}", None), ("", separate)):
        if step is not None:
            await (merge(seat, part, main) if step is merge else separate(seat, part))
        shown = (await seat.get(f"/desk/register{query}")).text
        counts += [words for words in ("1 of 2", "0 of 1") if f"in time: {words}</strong> · late: 1" in shown]
    assert counts == ["1 of 2", "0 of 1", "1 of 2"]


async def test_a_role_of_a_part_is_ended_on_the_main_incident_and_stays_ended_with_the_part(
    desk: Desk, seat: Seat, bakery: Customer, now: datetime
) -> None:
    main, part = await breach(desk, seat, now - 2 * HOUR), await breach(desk, seat, now - 3 * HOUR)
    await named(seat, part, bakery)
    await merge(seat, part, main)
    [role] = await rows(desk, RoleEntry, part)
    page = (await seat.get(at(main, "duties"))).text
    assert f"for a part {part.reference}" in page
    assert await press(seat, main, f"roles/{role.id}/ending", ending_reason="Not their data") == 303
    ended = await clock_of(desk, main, CUSTOMER)
    assert (ended.ended_by, [row.decision for row in await signed(desk, ended)]) == ("decision", ["role_ended"])
    [ending] = await rows(desk, RoleEnding, part)
    assert ending.reason == "Not their data"
    for one in (main, part):
        assert "role.ended" in [entry.action for entry in await rows(desk, HistoryEntry, one)]
    async with desk.database.read() as session:
        amiss = {finding.what for finding in (await audit.verify(session, desk.vault, now=now)).findings}
    assert amiss <= {"entry_without_checkpoint"}
    # Taken out, the duty of the part is owed until somebody signs that as well: nothing ended it there.
    await separate(seat, part)
    assert CUSTOMER in await running(desk, part)
    assert "Not their data" in (await seat.get(at(part, "duties"))).text
    assert "Not their data" not in (await seat.get(at(main, "duties"))).text


async def signed(desk: Desk, clock: Clock) -> list[SignedDecision]:
    async with desk.database.read() as session:
        return list(await session.scalars(select(SignedDecision).where(SignedDecision.clock_id == clock.id)))
