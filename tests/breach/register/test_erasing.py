"""An erasure takes the incident and leaves its entry; the entry goes by itself, after its period, for good."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from incidentdesk.privacy.actions import Hindered, Wish, erase, replay
from incidentdesk.records.audit import verify
from incidentdesk.records.checkpoints import close_checkpoint
from incidentdesk.records.ledger import ledger_in
from incidentdesk.rules.erasure import Extent, Hindrance
from incidentdesk.tables import Clock, DataKey, Filing, PeopleDecision, RegisterLine, Seal
from incidentdesk.web.pages import Desk
from tests.breach.conftest import REFERENCE
from tests.breach.signing import BASE, LINE, decide_breach, done, send, sign_off
from tests.breach.test_damaged import damaged
from tests.breach.test_progress import row
from tests.opened import held, opened
from tests.people import Seat
from tests.typed import typed

YEARS = timedelta(days=5 * 366)


async def close_all(seat: Seat, now: datetime) -> None:
    await decide_breach(seat)
    await sign_off(seat, now)
    await done(seat, "register", "register-line", **LINE, closing="yes")
    await close_incident(seat)


async def close_incident(seat: Seat) -> None:
    fields = {"outcome": "resolved", "seen_status": "handling", "form_id": "end"}
    assert (await seat.post(f"{BASE}/closure", **fields)).status_code == 303


async def wipe(desk: Desk, extent: Extent, by: Seat, *, at: datetime) -> None:
    async with desk.database.write() as session:
        wish = Wish(extent, "Asked for", by.member.id if by.member else None)
        ledger = ledger_in(desk.settings.keys_dir, desk.vault)
        await erase(session, await held(session, REFERENCE), wish, ledger=ledger, now=at)


async def findings(desk: Desk, now: datetime) -> tuple[object, ...]:
    async with desk.database.write() as session:
        await close_checkpoint(session, desk.vault, now=now)
    async with desk.database.read() as session:
        return (await verify(session, desk.vault, now=now + timedelta(minutes=10))).findings


async def seals(desk: Desk, incident_id: UUID) -> set[Seal]:
    async with desk.database.read() as session:
        return set(await session.scalars(select(DataKey.seal).where(DataKey.scope == incident_id)))


async def test_the_entry_outlives_what_was_told(desk: Desk, seat: Seat, incident_id: UUID, now: datetime) -> None:
    await close_all(seat, now)
    await wipe(desk, Extent.INCIDENT, seat, at=now)
    assert await seals(desk, incident_id) == {Seal.REGISTER}
    async with desk.database.read() as session:
        (decision,) = await opened(session, select(PeopleDecision))
        (line,) = await opened(session, select(RegisterLine))
    assert (decision.reasoning, line.values) == ("", LINE)
    shown = (await seat.get(f"{BASE}/register")).text
    for words in (LINE["what"], "Deleted at once", "The supplier called", line.snapshot_hash):
        assert words in shown
    assert LINE["measures"] in (await seat.get("/desk/register.csv")).text
    assert await findings(desk, now) == ()


async def test_an_entry_is_corrected_after_the_erasure_and_keeps_what_was_signed(
    desk: Desk, seat: Seat, now: datetime
) -> None:
    await close_all(seat, now)
    await wipe(desk, Extent.INCIDENT, seat, at=now)
    await done(seat, "register", "register-line", **{**LINE, "people": "184"}, why="Counted again")
    async with desk.database.read() as session:
        first, second = await opened(session, select(RegisterLine).order_by(RegisterLine.id))
    assert second.snapshot["decisions"] == first.snapshot["decisions"]
    assert second.snapshot["written"]["people"] == "184"
    assert await findings(desk, now) == ()


async def test_a_breach_is_not_erased_before_its_documentation_is_made(desk: Desk, seat: Seat, now: datetime) -> None:
    await decide_breach(seat)
    await sign_off(seat, now)
    await done(seat, "register", "register-line", **LINE)
    await close_incident(seat)
    with pytest.raises(Hindered) as refused:
        await wipe(desk, Extent.INCIDENT, seat, at=now)
    assert refused.value.hindrance is Hindrance.ENTRY_OPEN
    shown = (await seat.get(f"{BASE}/erasure")).text
    assert "once its entry in the register is closed" in shown
    assert 'value="incident"' not in shown


async def test_an_entry_goes_after_its_period_and_not_before(
    desk: Desk, seat: Seat, incident_id: UUID, now: datetime
) -> None:
    await close_all(seat, now)
    with pytest.raises(Hindered):
        await wipe(desk, Extent.REGISTER, seat, at=now + timedelta(days=4 * 365))
    await wipe(desk, Extent.REGISTER, seat, at=now + YEARS)
    assert await seals(desk, incident_id) == {Seal.CONTENT, Seal.IDENTITY}
    async with desk.database.read() as session:
        (line,) = await opened(session, select(RegisterLine))
    assert (line.values, line.snapshot, line.sealed) == ({}, {}, None)
    assert REFERENCE in (await seat.get("/desk/register")).text
    assert (await send(seat, "register", "register-line", **LINE)).status_code == 410
    # The incident of these tests was stored by hand, so its own row is in no history; everything else is in order.
    found = [str(finding) for finding in await findings(desk, now + YEARS)]
    assert [one for one in found if "where='incident " not in one] == []


async def test_a_restored_copy_forgets_the_entry_again(
    desk: Desk, seat: Seat, incident_id: UUID, now: datetime
) -> None:
    await close_all(seat, now)
    ledger = ledger_in(desk.settings.keys_dir, desk.vault)
    ledger.note(incident_id, Extent.REGISTER, at=now + YEARS)
    assert await replay(desk.database, ledger, now=now) == 1
    assert Seal.REGISTER not in await seals(desk, incident_id)


async def test_no_page_asks_for_the_reasons_of_a_late_filing_that_were_erased_or_are_damaged(
    desk: Desk, seat: Seat, incident_id: UUID, now: datetime
) -> None:
    await done(seat, "clock", "filings", authority_reference="AP-7", reason_for_delay="Not read", **typed("filed", now))
    await decide_breach(seat)
    await done(seat, "clock", "awareness", aware_reason="The supplier called", **typed("aware", now))
    await done(seat, "people", "people-decision", choice="no_high_risk", reasoning="Deleted at once")
    await done(seat, "register", "register-line", **LINE, closing="yes")
    await close_incident(seat)
    async with desk.database.write() as session:
        # An older part came into it.
        await session.execute(update(Clock).where(Clock.incident_id == incident_id, Clock.legal).values(late_seconds=9))
    async with damaged(desk, Filing):
        assert "reasons for the delay are missing" not in (await seat.get(f"{BASE}/clock")).text
        assert (await row(seat))["notification"] == "done"
    await wipe(desk, Extent.INCIDENT, seat, at=now)
    assert "reasons for the delay are missing" not in (await seat.get(f"{BASE}/clock")).text
    assert (await row(seat))["notification"] == "done"
