"""Who may do what where: every route of staff × role × membership × method, against the table in `expected.py`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from incidentdesk.rules.permissions import Role, allows
from incidentdesk.tables import (
    Attachment,
    Clock,
    Incident,
    IncidentMember,
    MailState,
    Member,
    MemberSession,
    OutboxMail,
)
from incidentdesk.web.pages import Desk
from tests import people
from tests.people import Seat, Sit
from tests.records.filed import a_version
from tests.staff.expected import CLOCK, FILE, INCIDENT, MAIL, PARTS, RULES, SECTION, SESSION, SPARE, STEP, VERSION
from tests.staff.test_gate import STAFF, Door, everything
from tests.thorough import some
from tests.triage.reports import Told, attach, file

ABOUT_ONE = [door for door in STAFF if door.name in RULES and "*" in RULES[door.name].marks]
OTHERS = [door for door in STAFF if door.name in RULES and "*" not in RULES[door.name].marks]


def methods(door: Door) -> tuple[str, ...]:
    return ("GET", "HEAD") if door.method == "GET" else (door.method,)


def is_allowed(role: Role, door: Door) -> bool:
    return allows(role, RULES[door.name].needs)


def refusals(door: Door) -> set[int]:
    """Return what this route never answers to somebody who may see what it is about."""
    closed = {401, 405} if "!" in RULES[door.name].marks else {401, 403, 405}
    return closed | ({404} if door in ABOUT_ONE else set()) | set(range(500, 600))


@dataclass(frozen=True)
class Ground:
    """What the routes are about: two incidents, open to all and closed to some, with a mail and a file each."""

    incidents: Mapping[bool, Incident]
    mails: Mapping[bool, OutboxMail]
    files: Mapping[bool, Attachment]
    clocks: Mapping[UUID, UUID]
    spare: Member
    keeper: MemberSession

    def address(self, door: Door, *, restricted: bool) -> str:
        own = {INCIDENT: self.incidents[restricted].reference, MAIL: self.mails[restricted].id}
        own |= {
            FILE: self.files[restricted].id,
            CLOCK: self.clocks[self.incidents[restricted].id],
            SPARE: self.spare.id,
            SESSION: self.keeper.id,
            STEP: "decision.not_taken_1",
            VERSION: 1,
            SECTION: "organisation",
        }
        return re.sub(r"\{(\w+):\w+\}", lambda part: str(own[PARTS[part[1]]]), door.path)


@pytest.fixture
async def ground(desk: Desk, sit: Sit, now: datetime) -> Ground:
    incidents = {restricted: await file(desk, Told("Payroll"), now=now) for restricted in (False, True)}
    mails = {restricted: a_mail(row.id, now=now) for restricted, row in incidents.items()}
    spare, keeper = [people.member(Role.DPO, now=now, name=name) for name in ("Spare Person", "Kees Keeper")]
    async with desk.database.write() as session:
        session.add_all([spare, keeper, *mails.values()])
        await session.flush()
        session.add_all([a_version(row.id, keeper.id, now=now) for row in incidents.values()])
    # While everybody may still see both.
    seat = await sit(keeper)
    files = {restricted: await attach(seat, row, desk=desk) for restricted, row in incidents.items()}
    async with desk.database.write() as session:
        (await session.get_one(Incident, incidents[True].id)).restricted = True
        signed_in = (await session.scalars(select(MemberSession))).one()
        clocks = {clock.incident_id: clock.id for clock in await session.scalars(select(Clock).where(Clock.legal))}
    made = Ground(incidents, mails, files, clocks, spare, signed_in)
    await let_in(desk, made, keeper)
    return made


def a_mail(incident_id: UUID, *, now: datetime) -> OutboxMail:
    number, when = str(incident_id), {"created_at": now, "due_at": now, "give_up_at": now}
    told = {"dedupe": number, "message_id": number, "letter": "act", "state": MailState.DEAD}
    return OutboxMail(incident_id=incident_id, **told, **when)


async def let_in(desk: Desk, ground: Ground, member: Member) -> None:
    async with desk.database.write() as session:
        session.add(IncidentMember(incident_id=ground.incidents[True].id, member_id=member.id))


async def knock(seat: Seat, method: str, address: str) -> httpx.Response:
    data = {"csrf": seat.csrf, "purpose": "To call back"} if method == "POST" else None
    return await seat.client.request(method, address, data=data)


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_opens_what_its_permissions_open_and_nothing_else(
    sit: Sit, desk: Desk, ground: Ground, role: Role
) -> None:
    seat = await sit(role)
    # Looking ends no session; some buttons do.
    for door in sorted(OTHERS + ABOUT_ONE, key=lambda door: door.method):
        for method in methods(door):
            seat = seat if door.method == "GET" else await sit(seat.member)
            code = (await knock(seat, method, ground.address(door, restricted=False))).status_code
            assert code not in refusals(door) if is_allowed(role, door) else code == 403, (method, door.name, code)
    async with desk.database.read() as session:
        assert await session.get(MemberSession, ground.keeper.token_hash), "somebody else's session was ended"


@pytest.mark.either_database
@pytest.mark.parametrize("role", some(Role, 2))
async def test_whoever_is_chosen_opens_the_same(sit: Sit, desk: Desk, ground: Ground, role: Role) -> None:
    seat = await sit(role)
    await let_in(desk, ground, cast("Member", seat.member))
    for door in ABOUT_ONE:
        for method in methods(door):
            code = (await knock(seat, method, ground.address(door, restricted=True))).status_code
            assert code not in refusals(door) if is_allowed(role, door) else code == 403, (method, door.name, code)


@pytest.mark.either_database
@pytest.mark.parametrize("role", list(Role))
async def test_for_whoever_is_not_chosen_there_is_nothing(sit: Sit, desk: Desk, ground: Ground, role: Role) -> None:
    seat = await sit(role)
    before = await everything(desk)
    for door in (door for door in ABOUT_ONE if is_allowed(role, door)):
        for method in methods(door):
            hidden = await knock(seat, method, ground.address(door, restricted=True))
            none = await knock(seat, method, door.address)
            assert (hidden.status_code, none.status_code) == (404, 404), (method, door.name)
            assert hidden.text.partition("<main")[2] == none.text.partition("<main")[2]
            assert hidden.headers.keys() == none.headers.keys()
    assert await everything(desk) == before


@pytest.mark.either_database
@pytest.mark.parametrize("role", list(Role))
async def test_a_person_whose_access_was_closed_opens_nothing_from_then_on(
    sit: Sit, desk: Desk, ground: Ground, role: Role
) -> None:
    seat = await sit(role)
    async with desk.database.write() as session:
        member = await session.get_one(Member, cast("Member", seat.member).id)
        member.disabled_at = member.created_at
    for door in STAFF:
        answer = await knock(seat, door.method, ground.address(door, restricted=False))
        assert answer.status_code == (303 if door.method == "GET" else 401), door.name


async def test_every_page_of_staff_offers_to_sign_out(sit: Sit, ground: Ground) -> None:
    seat, pages = await sit(Role.ADMINISTRATOR), 0
    for door in (door for door in STAFF if door.method == "GET"):
        answer = await seat.get(ground.address(door, restricted=False))
        if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
            assert '<form method="post" action="/desk/sign-out">' in answer.text, door.name
            pages += 1
    assert pages > 15
