"""A desk whose files lie in one folder, and an incident with something of everything in it."""

from datetime import datetime

import pytest

from incidentdesk import clock
from incidentdesk.privacy.actions import Wish, erase
from incidentdesk.records.ledger import Ledger, ledger_in
from incidentdesk.rules.erasure import Extent
from incidentdesk.rules.lifecycle import Outcome, Verdict
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Erasure, Incident, Member
from incidentdesk.triage import actions, decisions
from incidentdesk.triage.forms import Change, Closure, Decision, Writing
from incidentdesk.web.pages import Desk
from tests import people
from tests.opened import held
from tests.triage.reports import Told, file
from tests.triage.test_actions import act
from tests.triage.test_replies import hear

MARK = "Strandbal"


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def ledger(desk: Desk) -> Ledger:
    return ledger_in(desk.settings.keys_dir, desk.vault)


@pytest.fixture
async def dipo(desk: Desk, now: datetime) -> Member:
    member = people.member(Role.DPO, now=now)
    async with desk.database.write() as session:
        session.add(member)
    return member


async def told(desk: Desk, by: Member, *, now: datetime) -> Incident:
    """Let a reporter and the desk write to each other."""
    incident = await file(desk, Told(title=f"{MARK} in title", email="nel@example.org"), now=now)
    await hear(desk.database, incident, f"{MARK} in reply {incident.id}", now=now)
    await act(desk, incident, actions.add_note, Writing(f"{MARK} in note", "a"), by=by, now=now)
    await act(desk, incident, actions.send_message, Writing(f"{MARK} in message", "b"), by=by, now=now)
    return incident


async def close(desk: Desk, incident: Incident, by: Member, *, now: datetime) -> None:
    async with desk.database.write() as session:
        row = await held(session, incident.reference)
        seen = await actions.newest_reply(session, row)
        await actions.mark_read(session, row, seen_reply=seen, by=by, now=now)
    decision = Decision(Change(Verdict.SECURITY_INCIDENT, ""), None, f"{MARK} in reason")
    await act(desk, incident, decisions.decide, decision, by=by, now=now)
    await act(desk, incident, decisions.close, Closure(Outcome.RESOLVED, "handling"), by=by, now=now)


@pytest.fixture
async def incident(desk: Desk, dipo: Member, now: datetime) -> Incident:
    """One that is closed."""
    made = await told(desk, dipo, now=now)
    await close(desk, made, dipo, now=now)
    return made


async def wipe(desk: Desk, incident: Incident, extent: Extent, by: Member, *, now: datetime) -> Erasure | None:
    """Erase, as the page does."""
    async with desk.database.write() as session:
        row = await held(session, incident.reference)
        wish = Wish(extent, "The reporter asked for it", by.id)
        return await erase(session, row, wish, ledger=ledger_in(desk.settings.keys_dir, desk.vault), now=now)
