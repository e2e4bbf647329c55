"""A desk of every earlier release, with data, goes on under the program of today and has lost nothing."""

from datetime import datetime, timedelta
from html import unescape

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from incidentdesk import append_only, worker
from incidentdesk.records.audit import verify
from incidentdesk.rules.escalation import DEFAULT_LADDERS, Ladder
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Attachment, Authenticator, Base, MailState, Member, OutboxMail
from incidentdesk.web.pages import Desk
from tests.mail.relay import relay
from tests.mail.scene import with_relay
from tests.opened import opened
from tests.people import Sit, hidden_fields
from tests.staff.phone import Phone
from tests.upgrade.furnish import ERASED, NAMELESS, VISITED
from tests.upgrade.make import count_rows
from tests.upgrade.past import PASSWORD, Past

# When every mail that was put off is due.
LATER = timedelta(minutes=10)


async def one(desk: Desk, role: Role) -> Member:
    """Return the member of that desk with this role."""
    async with desk.database.read() as session:
        return (await session.scalars(select(Member).where(Member.role == role))).one()


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


async def test_no_row_is_lost(past: Past, desk: Desk) -> None:
    after = await count_rows(desk)
    # Ladders that a later release brings come with its first start.
    after["ladder_step"] -= sum(len(DEFAULT_LADDERS[ladder]) for ladder in Ladder)
    assert {table: after.get(table, 0) for table in past.rows} == past.rows
    async with desk.database.reader.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_what_was_sealed_can_be_read_and_what_was_erased_cannot(
    past: Past, desk: Desk, sit: Sit, now: datetime
) -> None:
    seat = await sit(await one(desk, Role.DPO))
    for case, reference in past.references.items():
        page = unescape((await seat.get(f"/desk/incidents/{reference}")).text)
        assert (past.told[case] in page) is (case != ERASED), case
        assert ("It is closed again" in page) is (case == VISITED)
    async with desk.database.read() as session:
        file = (await session.scalars(select(Attachment))).one()
    answer = await seat.get(f"/desk/incidents/{past.references[VISITED]}/files/{file.id}")
    assert answer.content == b"what the picture showed"


async def test_who_reported_something_is_known_where_it_was_not_erased(past: Past, desk: Desk) -> None:
    async with desk.database.read() as session:
        rows = await session.execute(text("SELECT reference, identity_erased_at FROM incident"))
        erased = {reference for reference, at in rows if at is not None}
    assert erased == {past.references[NAMELESS], past.references[ERASED]}


async def test_evidence_is_guarded_and_in_order(past: Past, desk: Desk, now: datetime) -> None:
    async with desk.database.read() as session:
        assert await session.run_sync(lambda inner: append_only.flaws(inner.connection())) == []
    async with desk.database.read() as session:
        found = await verify(session, desk.vault, now=now)
    assert (found.findings, found.entries) == ((), past.rows["history_entry"])
    with pytest.raises(DBAPIError, match="append-only"):
        async with desk.database.write() as session:
            await session.execute(text("UPDATE history_entry SET actor = 'nobody'"))


async def test_what_waited_is_sent_and_what_was_sent_is_not_sent_again(past: Past, desk: Desk, now: datetime) -> None:
    async with desk.database.read() as session:
        mails = list(await session.scalars(select(OutboxMail)))
    waiting = [mail for mail in mails if mail.state is MailState.WAITING]
    async with relay() as running:
        while await worker.deliver_next(with_relay(desk, running.port), now=now + LATER):
            pass
    messages = b"".join(running.taken).decode()
    assert [mail.letter for mail in mails if mail not in waiting and mail.message_id in messages] == []
    async with desk.database.read() as session:
        after = {mail.id: mail.state for mail in await session.scalars(select(OutboxMail))}
    assert {after[mail.id] for mail in waiting} <= {MailState.SENT, MailState.SKIPPED}
    assert [mail.letter for mail in waiting if mail.dedupe == "kept" and mail.message_id in messages] == ["test"]


async def test_people_come_in_with_the_password_and_the_phone_they_had(desk: Desk, sit: Sit, now: datetime) -> None:
    responder, seat = await one(desk, Role.RESPONDER), await sit()
    fields = {"email": responder.email, "password": PASSWORD}
    answer = await seat.client.post("/desk/sign-in", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/second-factor?onward=%2Fdesk")
    async with desk.database.read() as session:
        (app,) = await opened(session, select(Authenticator))
    page = await seat.get("/desk/second-factor")
    code = Phone(app.seed).code(now)
    done = await seat.client.post("/desk/second-factor", data={**hidden_fields(page.text), "code": code})
    assert (done.status_code, done.headers["location"]) == (303, "/desk")
    assert responder.name in (await seat.get("/desk")).text
