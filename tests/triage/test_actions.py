"""Each verb: what it changes, its one history entry, and what it never overwrites."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from incidentdesk.errors import Missing
from incidentdesk.records.history import actor_of
from incidentdesk.rules.lifecycle import Status
from incidentdesk.rules.next_step import NEVER, NextStep
from incidentdesk.rules.permissions import Role
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import Incident, Member, Message, Note, new_id
from incidentdesk.triage import actions
from incidentdesk.triage.actions import Bystander
from incidentdesk.triage.forms import Change, Writing
from incidentdesk.triage.stale import Stale
from incidentdesk.web.pages import Desk
from tests import people
from tests.opened import held
from tests.triage.conftest import stored
from tests.triage.reports import Told, done, file, fresh, letters, reply, rows, running


async def act(desk: Desk, incident: Incident, verb: Callable[..., Awaitable[None]], *value: Any, **who: Any) -> None:
    async with desk.database.write() as session:
        row = await held(session, incident.reference)
        await verb(session, row, *value, **who)


async def test_taking_makes_it_mine_and_ends_the_first_look(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    later = now + timedelta(minutes=5)
    await act(desk, incident, actions.take, seen_owner="", by=rosa, now=later)
    row = await fresh(desk, incident)
    assert (row.owner_id, row.status, row.taken_at) == (rosa.id, Status.ASSESSING, later)
    assert row.read_at == row.acted_at == row.updated_at == later
    assert "first_look" not in await running(desk, incident)
    assert row.next_step is NextStep.DECIDE
    (entry,) = await done(desk, incident)
    assert (entry.action, entry.actor, entry.at) == ("incident.taken", actor_of(rosa), later)
    assert entry.before == {"owner": None, "status": "new"}
    assert entry.after == {"owner": str(rosa.id), "status": "assessing"}


async def test_of_two_who_take_it_one_wins(desk: Desk, rosa: Member, dipo: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    await act(desk, incident, actions.take, seen_owner="", by=rosa, now=now)
    with pytest.raises(Stale) as caught:
        await act(desk, incident, actions.take, seen_owner="", by=dipo, now=now)
    collision = caught.value.collision
    assert (collision.name, collision.by, collision.theirs, collision.was) == ("owner", rosa.name, str(rosa.id), "")
    assert collision.names == {str(rosa.id): rosa.name, str(dipo.id): dipo.name}
    await act(desk, incident, actions.take, seen_owner=str(rosa.id), by=dipo, now=now)
    assert (await fresh(desk, incident)).owner_id == dipo.id
    assert len(await done(desk, incident)) == 2


async def test_taking_twice_is_taking_once(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    for _ in range(2):
        await act(desk, incident, actions.take, seen_owner="", by=rosa, now=now)
    assert len(await done(desk, incident)) == 1


async def test_handing_over_waits_for_the_other_to_take_it(
    desk: Desk, rosa: Member, dipo: Member, now: datetime
) -> None:
    incident = await file(desk, now=now)
    await act(desk, incident, actions.take, seen_owner="", by=rosa, now=now)
    await act(desk, incident, actions.assign, Change(dipo.id, str(rosa.id)), by=rosa, now=now)
    row = await fresh(desk, incident)
    assert (row.owner_id, row.taken_at) == (dipo.id, None)
    await act(desk, incident, actions.take, seen_owner=str(dipo.id), by=dipo, now=now)
    assert (await fresh(desk, incident)).taken_at == now
    await act(desk, incident, actions.assign, Change(None, str(dipo.id)), by=dipo, now=now)
    assert [entry.action for entry in await done(desk, incident)] == [
        "incident.taken",
        "incident.assigned",
        "incident.taken",
        "incident.assigned",
    ]


async def test_handing_over_to_oneself_is_taking(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    for _ in range(2):
        await act(desk, incident, actions.assign, Change(rosa.id, ""), by=rosa, now=now)
    assert [entry.action for entry in await done(desk, incident)] == ["incident.taken"]


async def test_only_who_can_work_on_it_can_own_it(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    reader = await stored(desk, people.member(Role.READER, now=now))
    gone = people.member(Role.ADMINISTRATOR, now=now)
    gone.disabled_at = now
    await stored(desk, gone)
    for owner in (reader.id, gone.id, new_id()):
        with pytest.raises(Bystander):
            await act(desk, incident, actions.assign, Change(owner, ""), by=rosa, now=now)
    assert await done(desk, incident) == []


async def test_an_overtaken_severity_is_not_overwritten(desk: Desk, rosa: Member, dipo: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    await act(desk, incident, actions.set_severity, Change(1, "2"), by=dipo, now=now)
    with pytest.raises(Stale) as caught:
        await act(desk, incident, actions.set_severity, Change(3, "2"), by=rosa, now=now)
    collision = caught.value.collision
    assert (collision.was, collision.theirs, collision.mine, collision.at) == ("2", "1", "3", now)
    await act(desk, incident, actions.set_severity, Change(1, "2"), by=rosa, now=now)
    (entry,) = await done(desk, incident)
    assert (entry.action, entry.before, entry.after) == ("severity.set", {"severity": 2}, {"severity": 1})


async def test_a_title_is_replaced_once(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    for _ in range(2):
        await act(desk, incident, actions.retitle, Change("Better", incident.title), by=rosa, now=now)
    with pytest.raises(Stale):
        await act(desk, incident, actions.retitle, Change("Worse", incident.title), by=rosa, now=now)
    (entry,) = await done(desk, incident)
    assert (entry.before, entry.after) == ({"title": incident.title}, {"title": "Better"})


async def test_pressing_twice_writes_one_note(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    for body in ("Called them.", "Called them.", "Called them again."):
        await act(desk, incident, actions.add_note, Writing(body, "form-1"), by=rosa, now=now)
    notes = await rows(desk, Note, incident)
    assert [note.body for note in notes] == ["Called them.", "Called them again."]
    assert [entry.after for entry in await done(desk, incident)] == [{"note": str(note.id)} for note in notes]


async def test_a_question_waits_and_our_promises_wait_with_it(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, Told(people="no", email="nel@example.org"), now=now)
    for _ in range(2):
        await act(desk, incident, actions.send_message, Writing("Who has it?", "f", asks=True), by=rosa, now=now)
    row = await fresh(desk, incident)
    assert (row.status, row.next_step, row.next_due_at) == (Status.WAITING, NextStep.WAIT, NEVER)
    assert await running(desk, incident) == {"decision"}
    (message,) = await rows(desk, Message, incident)
    assert (message.body, message.member_id) == ("Who has it?", rosa.id)
    assert await letters(desk, incident) == ["reporter_answer"]
    (entry,) = await done(desk, incident)
    assert entry.after == {"status": "waiting", "message": str(message.id)}


async def test_the_legal_clock_never_waits(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    await act(desk, incident, actions.send_message, Writing("Who has it?", "f", asks=True), by=rosa, now=now)
    row = await fresh(desk, incident)
    assert row.next_due_at == row.legal_due_at == now + timedelta(hours=72)
    assert await letters(desk, incident) == []


async def test_an_answer_clears_only_the_reply_it_answers(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    first = await reply(desk, incident, "One more thing", now=now)
    second = await reply(desk, incident, "And another", now=now)
    await act(desk, incident, actions.send_message, Writing("Thanks", "f", seen_reply=str(first)), by=rosa, now=now)
    assert (await fresh(desk, incident)).unread_reply
    await act(desk, incident, actions.mark_read, seen_reply=str(first), by=rosa, now=now)
    assert (await fresh(desk, incident)).unread_reply
    await act(desk, incident, actions.mark_read, seen_reply=str(second), by=rosa, now=now)
    assert not (await fresh(desk, incident)).unread_reply
    assert [entry.action for entry in await done(desk, incident)] == ["message.sent", "incident.read"]


async def test_an_answer_to_the_newest_reply_reads_it(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    newest = await reply(desk, incident, "One more thing", now=now)
    await act(desk, incident, actions.send_message, Writing("Thanks", "f", seen_reply=str(newest)), by=rosa, now=now)
    assert not (await fresh(desk, incident)).unread_reply
    assert await running(desk, incident) == {"decision", "gdpr_33_1_sa"}


async def test_reading_is_a_first_look(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    for _ in range(2):
        await act(desk, incident, actions.mark_read, seen_reply="", by=rosa, now=now)
    assert (await fresh(desk, incident)).read_at == now
    assert "first_look" not in await running(desk, incident)
    assert [entry.action for entry in await done(desk, incident)] == ["incident.read"]


async def test_what_does_not_exist_cannot_be_touched(desk: Desk, rosa: Member, now: datetime) -> None:
    async with desk.database.write() as session:
        with pytest.raises(Missing):
            await find_incident(session, "IR-26-000000", by=rosa)
