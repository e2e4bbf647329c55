"""One-time codes: near ones only, each once, none without its phone; and what a thief of the database finds."""

import asyncio
import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select, text

from incidentdesk.errors import Unauthenticated
from incidentdesk.records import audit, history
from incidentdesk.rules.permissions import Role
from incidentdesk.staff import factors, sessions
from incidentdesk.staff.factors import Proof
from incidentdesk.tables import Authenticator, HistoryEntry, Member, RecoveryCode, Stage
from incidentdesk.web.pages import Desk
from tests.opened import opened
from tests.people import member
from tests.staff.phone import HALF_MINUTE, enrolled

NOW = datetime(2026, 11, 24, 9, 0, 10, tzinfo=UTC)


@pytest.fixture
async def rosa(desk: Desk) -> Member:
    async with desk.database.write() as session:
        person = member(Role.RESPONDER, now=NOW)
        session.add(person)
    return person


async def given(desk: Desk, who: Member, code: str, *, now: datetime = NOW) -> bool:
    async with desk.database.write() as session:
        return await factors.is_given(session, desk.vault, Proof(who, code, now))


@pytest.mark.parametrize(
    "moment, code", [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")]
)
def test_codes_are_those_of_the_standard(desk: Desk, moment: int, code: str) -> None:
    """RFC 6238, appendix B, cut to six digits."""
    seed = base64.b32encode(b"12345678901234567890").decode()
    proof = Proof(member(Role.READER, now=NOW), code, datetime.fromtimestamp(moment, UTC))
    assert factors._step_of(seed, proof) == moment // 30


@pytest.mark.parametrize("beside, fits", [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_phone_may_be_half_a_minute_wrong(desk: Desk, rosa: Member, beside: int, fits: bool) -> None:  # noqa: FBT001
    phone, _ = await enrolled(desk, rosa, now=NOW - timedelta(hours=1))
    assert await given(desk, rosa, phone.code(NOW + beside * HALF_MINUTE)) is fits


async def test_a_code_works_once_and_none_before_it_works_any_more(desk: Desk, rosa: Member) -> None:
    phone, _ = await enrolled(desk, rosa, now=NOW)
    code, before = phone.code(NOW), phone.code(NOW - HALF_MINUTE)
    assert [await given(desk, rosa, typed) for typed in (code, code, before)] == [True, False, False]
    assert await given(desk, rosa, phone.code(NOW + HALF_MINUTE))


async def test_the_code_that_set_up_the_phone_signs_nobody_in(desk: Desk, rosa: Member) -> None:
    phone, _ = await enrolled(desk, rosa, now=NOW)
    before = NOW - 2 * HALF_MINUTE
    assert not await given(desk, rosa, phone.code(before), now=before)


async def test_of_two_who_send_the_same_code_at_once_one_gets_in(desk: Desk, rosa: Member) -> None:
    phone, (paper, *_) = await enrolled(desk, rosa, now=NOW)
    for code in (phone.code(NOW), paper):
        answers = await asyncio.gather(*(given(desk, rosa, code) for _ in range(4)))
        assert sorted(answers) == [False, False, False, True]


@pytest.mark.parametrize("typed", ["", " ", "000000", "é" * 6, "١٢٣٤٥٦", "1" * 500, "\ud800"])
async def test_what_somebody_made_up_is_no_code(desk: Desk, rosa: Member, typed: str) -> None:
    await enrolled(desk, rosa, now=NOW)
    assert not await given(desk, rosa, typed)


async def test_a_code_may_be_typed_as_it_is_shown(desk: Desk, rosa: Member) -> None:
    phone, codes = await enrolled(desk, rosa, now=NOW)
    code = phone.code(NOW)
    assert await given(desk, rosa, f" {code[:3]} {code[3:]} ")
    assert await given(desk, rosa, codes[0].upper())
    assert await given(desk, rosa, codes[1].replace("-", ""))


async def test_a_recovery_code_works_once_and_for_its_owner_only(desk: Desk, rosa: Member) -> None:
    _, codes = await enrolled(desk, rosa, now=NOW)
    other = member(Role.READER, now=NOW)
    async with desk.database.write() as session:
        session.add(other)
    assert len(set(codes)) == 10
    assert not await given(desk, other, codes[0])
    assert [await given(desk, rosa, codes[0]) for _ in range(2)] == [True, False]
    async with desk.database.read() as session:
        assert await factors.recovery_codes_left(session, rosa.id) == 9


async def test_new_recovery_codes_end_the_old_ones(desk: Desk, rosa: Member) -> None:
    _, old = await enrolled(desk, rosa, now=NOW)
    async with desk.database.write() as session:
        new = await factors.renew_recovery_codes(session, desk.vault, rosa, now=NOW)
    assert [await given(desk, rosa, code) for code in (old[0], new[0])] == [False, True]


async def test_another_phone_replaces_the_first_and_ends_every_session(desk: Desk, rosa: Member) -> None:
    old, old_codes = await enrolled(desk, rosa, now=NOW - timedelta(hours=1))
    async with desk.database.write() as session:
        token = await sessions.open_session(session, rosa, stage=Stage.FULL, now=NOW)
    new, _ = await enrolled(desk, rosa, now=NOW)
    async with desk.database.read() as session:
        assert await sessions.find_session(session, token, now=NOW) is None
    assert not await given(desk, rosa, old.code(NOW))
    assert not await given(desk, rosa, old_codes[0])
    assert await given(desk, rosa, new.code(NOW))


async def test_whoever_sets_up_second_finds_the_sign_in_over(desk: Desk, rosa: Member) -> None:
    async with desk.database.write() as session:
        late = await sessions.open_session(session, rosa, stage=Stage.ENROLMENT, now=NOW)
    phone, _ = await enrolled(desk, rosa, now=NOW)
    seed = factors.draft_seed(desk.vault, late)
    with pytest.raises(Unauthenticated):
        async with desk.database.write() as session:
            await factors.enrol(session, desk.vault, Proof(rosa, pyotp.TOTP(seed).at(NOW), NOW), token=late)
    assert await given(desk, rosa, phone.code(NOW))


async def test_a_thief_of_the_database_finds_neither_seed_nor_codes(desk: Desk, rosa: Member) -> None:
    phone, codes = await enrolled(desk, rosa, now=NOW)
    async with desk.database.read() as session:
        rows = [
            str(row)
            for table in ("authenticator", "recovery_code", "member_session", "history_entry")
            for row in await session.execute(text(f"select * from {table}"))  # noqa: S608 - our own names
        ]
        (row,) = await opened(session, select(Authenticator))
    seed = phone.app.secret
    assert row.seed == seed
    raw = repr(base64.b32decode(seed))[2:-1]
    assert not [secret for secret in (seed, raw, *codes, codes[0].replace("-", "")) if secret in "".join(rows)]


async def test_what_was_taken_away_lets_nobody_in_and_the_audit_finds_nothing_amiss(desk: Desk, rosa: Member) -> None:
    phone, codes = await enrolled(desk, rosa, now=NOW)
    async with desk.database.write() as session:
        await factors.take_away(session, rosa)
        history.record(session, None, "member.factor_reset", actor=history.DESK, now=NOW)
    assert [await given(desk, rosa, code) for code in (phone.code(NOW), codes[0])] == [False, False]
    async with desk.database.read() as session:
        assert not await factors.has_factor(session, rosa.id)
        assert list(await session.scalars(select(RecoveryCode))) == []
    async with desk.database.read() as session:
        assert (await audit.verify(session, desk.vault, now=NOW)).findings == ()
        assert list(await session.scalars(select(HistoryEntry.action).order_by(HistoryEntry.id))) == [
            "member.factor",
            "member.factor_reset",
        ]
    await enrolled(desk, rosa, now=NOW + timedelta(hours=1))
    async with desk.database.read() as session:
        assert await factors.has_factor(session, rosa.id)
