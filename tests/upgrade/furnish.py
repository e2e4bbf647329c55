"""What a kept desk holds: something of everything that an upgrade could lose."""

from datetime import datetime
from typing import Any, cast

import httpx
from sqlalchemy import select

from incidentdesk import app, demo, upkeep, worker
from incidentdesk.mail import outbox
from incidentdesk.privacy.actions import Wish, erase
from incidentdesk.records.ledger import ledger_in
from incidentdesk.rules.erasure import Extent
from incidentdesk.rules.permissions import Role
from incidentdesk.rules.reference import tidy_reference
from incidentdesk.staff.passwords import hash_password
from incidentdesk.tables import MailState, Member, OutboxMail
from incidentdesk.triage.access import set_access
from incidentdesk.triage.access_forms import Access
from incidentdesk.web.pages import Desk
from tests.intake.visitor import code_in, send
from tests.mail.relay import relay
from tests.mail.scene import with_relay
from tests.opened import held
from tests.people import Seat
from tests.staff.phone import enrolled
from tests.upgrade.past import PASSWORD

# Of the examples: with a clock that runs out, with a notification of the authority, closed by a talk, closed as nothing.
CASES = ("02", "08", "09", "nothing")
RESTRICTED, NAMELESS, ERASED = "08", "09", "nothing"
# Reported through the pages, with a message and a file.
VISITED, STORY = "visited", "A box of letters stood open in the hall"


async def furnish(desk: Desk, *, now: datetime) -> tuple[dict[str, str], dict[str, str]]:
    """Fill a new desk; return references and what was told, by case."""
    cast_, _ = await demo._people(desk, now=now - demo.OPENED_BEFORE)
    cases = [case for case in demo.cases_in(demo.CASES) if case["id"] in CASES]
    references = {case["id"]: (await demo._case(desk, case, cast_, now=now))[0] for case in cases}
    told = {case["id"]: str(case["answers"]["what"]) for case in cases}
    await _let_people_in(desk, now=now)
    await _restrict_and_erase(desk, references, cast_[Role.DPO], now=now)
    references[VISITED], told[VISITED] = await _visit(desk), STORY
    await _send_some(desk, now=now)
    await upkeep.verify_evidence(desk, now=now)
    # Behind the last checkpoint, and waiting for a relay.
    async with desk.database.write() as session:
        await outbox.put(session, letter="test", dedupe="kept", now=now, member_id=cast_[Role.DPO].id)
    return references, told


async def _let_people_in(desk: Desk, *, now: datetime) -> None:
    """Give everybody the password, and the responder a phone."""
    hashed = await hash_password(PASSWORD)
    async with desk.database.write() as session:
        people = list(await session.scalars(select(Member)))
        for member in people:
            member.password_hash = hashed
    (responder,) = [member for member in people if member.role is Role.RESPONDER]
    await enrolled(desk, responder, now=now)


async def _restrict_and_erase(desk: Desk, references: dict[str, str], dpo: Member, *, now: datetime) -> None:
    ledger = ledger_in(desk.settings.keys_dir, desk.vault)
    async with desk.database.write() as session:
        incident = await held(session, references[RESTRICTED])
        await set_access(session, incident, Access(restricted=True, members=frozenset(), seen="desk"), by=dpo, now=now)
        for case, extent in ((NAMELESS, Extent.IDENTITY), (ERASED, Extent.INCIDENT)):
            wish = Wish(extent, "asked for", dpo.id)
            await erase(session, await held(session, references[case]), wish, ledger=ledger, now=now)


async def _visit(desk: Desk) -> str:
    """Report something through the pages, and return the reference."""
    transport = httpx.ASGITransport(cast("Any", app.build(desk)))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        visitor = await send(Seat(None, client), STORY)
        code = code_in(visitor.html)
        file = ("hall.txt", b"what the picture showed", "text/plain")
        assert (await client.post("/r/files", data={"code": code}, files={"files": file})).status_code == 200
        await visitor.submit("/r", code=code)
        await visitor.submit("/r/messages", code=code, body="It is closed again")
        return tidy_reference(visitor.html) or ""


async def _send_some(desk: Desk, *, now: datetime) -> None:
    """Send a mail, let a mailbox refuse one, and let the others wait."""
    await worker.sweep_clocks(desk, now=now)
    async with relay() as good, relay(RCPT="550 nobody here") as bad:
        for state, port in ((MailState.SENT, good.port), (MailState.DEAD, bad.port)):
            while await _mails(desk, state) == 0:
                assert await worker.deliver_next(with_relay(desk, port), now=now)
    assert await _mails(desk, MailState.WAITING) > 1


async def _mails(desk: Desk, state: MailState) -> int:
    async with desk.database.read() as session:
        return len(list(await session.scalars(select(OutboxMail.id).where(OutboxMail.state == state))))
