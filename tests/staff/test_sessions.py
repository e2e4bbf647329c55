"""A session is a secret of one browser: it ends when idle, at the end of a working day, and with the person's access."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from incidentdesk.rules.permissions import Role
from incidentdesk.staff import actions, sessions
from incidentdesk.tables import Member, MemberSession, Stage
from incidentdesk.web.pages import Desk
from tests.people import member

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def rosa(desk: Desk) -> Member:
    async with desk.database.write() as session:
        person = member(Role.RESPONDER, now=NOW)
        session.add(person)
    return person


async def opened(desk: Desk, who: Member, *, now: datetime = NOW) -> str:
    async with desk.database.write() as session:
        return await sessions.open_session(session, who, stage=Stage.FULL, now=now)


async def holder(desk: Desk, token: str, *, now: datetime) -> str | None:
    async with desk.database.read() as session:
        found = await sessions.find_session(session, token, now=now)
    return found[0].name if found else None


async def stored(desk: Desk) -> int:
    async with desk.database.read() as session:
        return await session.scalar(select(func.count()).select_from(MemberSession)) or 0


async def test_the_browser_keeps_the_token_and_the_desk_its_hash(desk: Desk, rosa: Member) -> None:
    token = await opened(desk, rosa)
    assert len(token) == 43
    async with desk.database.read() as session:
        row = await session.scalar(select(MemberSession))
    assert row is not None
    assert row.token_hash == sessions.hash_token(token) != token
    assert await holder(desk, row.token_hash, now=NOW) is None


async def test_every_session_has_a_token_of_its_own(desk: Desk, rosa: Member) -> None:
    assert len({await opened(desk, rosa) for _ in range(5)}) == 5


@pytest.mark.parametrize("token", ["", "x", "\ud800", "é" * 500])
async def test_a_token_somebody_made_up_opens_nothing(desk: Desk, rosa: Member, token: str) -> None:
    await opened(desk, rosa)
    assert await holder(desk, token, now=NOW) is None


async def test_a_session_ends_after_half_an_hour_of_silence(desk: Desk, rosa: Member) -> None:
    token = await opened(desk, rosa)
    assert await holder(desk, token, now=NOW + 30 * MINUTE - SECOND) == rosa.name
    assert await holder(desk, token, now=NOW + 30 * MINUTE + SECOND) is None


async def test_a_sign_of_life_starts_the_half_hour_again(desk: Desk, rosa: Member) -> None:
    token = await opened(desk, rosa)
    async with desk.database.write() as session:
        await sessions.touch(session, token, now=NOW + 20 * MINUTE)
    assert await holder(desk, token, now=NOW + 50 * MINUTE - SECOND) == rosa.name
    assert await holder(desk, token, now=NOW + 50 * MINUTE + SECOND) is None


async def test_a_session_ends_after_twelve_hours_however_busy(desk: Desk, rosa: Member) -> None:
    token, end = await opened(desk, rosa), NOW + timedelta(hours=12)
    async with desk.database.write() as session:
        await sessions.touch(session, token, now=end - MINUTE)
    assert await holder(desk, token, now=end - SECOND) == rosa.name
    assert await holder(desk, token, now=end + SECOND) is None


async def test_old_sessions_are_swept_out_when_a_new_one_opens(desk: Desk, rosa: Member) -> None:
    await opened(desk, rosa)
    await opened(desk, rosa, now=NOW + timedelta(hours=12, seconds=1))
    assert await stored(desk) == 1


async def test_signing_out_ends_this_session_alone(desk: Desk, rosa: Member) -> None:
    here, there = await opened(desk, rosa), await opened(desk, rosa)
    async with desk.database.write() as session:
        await sessions.close_session(session, here)
    assert await holder(desk, here, now=NOW) is None
    assert await holder(desk, there, now=NOW) == rosa.name


async def test_shutting_a_person_out_ends_every_session_and_no_new_one_counts(desk: Desk, rosa: Member) -> None:
    tokens = [await opened(desk, rosa) for _ in range(2)]
    async with desk.database.write() as session:
        await actions.disable(session, rosa.id, by=rosa, now=NOW)
    assert await stored(desk) == 0
    tokens.append(await opened(desk, rosa))
    assert [await holder(desk, token, now=NOW) for token in tokens] == [None] * 3
