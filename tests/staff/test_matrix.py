"""Who may do what where: every route of staff × role × membership × method, against a table written by hand.

A new route fails here until somebody says in EXPECTED what it asks for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

import httpx
import pytest

from incidentdesk.rules.permissions import Permission, Role, allows
from incidentdesk.tables import Attachment, Incident, IncidentMember, MailState, Member, OutboxMail
from incidentdesk.web.pages import Desk
from tests import people
from tests.people import Seat, Sit
from tests.staff.test_gate import STAFF, Door, everything
from tests.triage.reports import Told, attach, file

# By permission. With a star: shows or changes one incident, so whoever may not see that one is told it does not exist.
# With an exclamation mark: answers 403 itself to what nobody began.
EXPECTED: dict[Permission, str] = {
    Permission.READ: """
        GET /desk
        GET /desk/escalation
        GET /desk/incidents/{ref:str} *
        GET /desk/incidents/{ref:str}/files/{number:uuid} *
        GET /desk/incidents/{reference:str}/clock *
        GET /desk/profile
        GET /desk/profile/sso
        GET /desk/profile/sso/back
        GET /desk/profile/ways
        GET /desk/search
        POST /desk/profile
        POST /desk/profile/sso !
        POST /desk/profile/sso/removal
        POST /desk/search
        POST /desk/sign-out
    """,
    Permission.TRIAGE: """
        GET /desk/incidents/{ref:str}/closure *
        GET /desk/incidents/{ref:str}/files *
        GET /desk/incidents/{ref:str}/verdict *
        POST /desk/incidents/{ref:str}/closure *
        POST /desk/incidents/{ref:str}/files *
        POST /desk/incidents/{ref:str}/messages *
        POST /desk/incidents/{ref:str}/notes *
        POST /desk/incidents/{ref:str}/owner *
        POST /desk/incidents/{ref:str}/reading *
        POST /desk/incidents/{ref:str}/reopening *
        POST /desk/incidents/{ref:str}/severity *
        POST /desk/incidents/{ref:str}/taking *
        POST /desk/incidents/{ref:str}/title *
        POST /desk/incidents/{ref:str}/verdict *
    """,
    Permission.REVEAL: """
        POST /desk/incidents/{ref:str}/identity *
    """,
    Permission.LEGAL: """
        POST /desk/incidents/{reference:str}/awareness *
        POST /desk/incidents/{reference:str}/clock-decision *
        POST /desk/incidents/{reference:str}/clock-reopening *
        POST /desk/incidents/{reference:str}/filings *
    """,
    Permission.RESTRICT: """
        GET /desk/incidents/{ref:str}/access *
        POST /desk/incidents/{ref:str}/access *
    """,
    Permission.ERASE: """
        GET /desk/incidents/{ref:str}/erasure *
        GET /desk/incidents/{ref:str}/erasure.json *
        POST /desk/incidents/{ref:str}/erasure *
    """,
    Permission.MAIL: """
        GET /desk/mail
        POST /desk/mail/test
        POST /desk/mail/{mail_id:uuid}/retry *
    """,
    Permission.LADDER: """
        POST /desk/escalation/posts
        POST /desk/escalation/steps
    """,
    Permission.PEOPLE: """
        GET /desk/people
        POST /desk/people
        POST /desk/people/{member_id:uuid}/disabling
        POST /desk/people/{member_id:uuid}/link
        POST /desk/people/{member_id:uuid}/role
    """,
}
HERE = "say in tests/staff/test_matrix.py, EXPECTED, what it asks for, with a star if it shows or changes one incident"
# By the names of PARTS; a route with another one says there what stands for it.
INCIDENT, MAIL, SPARE, FILE = "incident", "mail", "spare", "file"
PARTS = {"ref": INCIDENT, "reference": INCIDENT, "mail_id": MAIL, "member_id": SPARE, "number": FILE}


@dataclass(frozen=True)
class Rule:
    """What a route asks for."""

    needs: Permission
    marks: str = ""


def rules() -> dict[str, Rule]:
    """Return the table by route."""
    lines = [(needs, line.split()) for needs, text in EXPECTED.items() for line in text.strip().splitlines()]
    return {f"{method} {path}": Rule(needs, "".join(marks)) for needs, (method, path, *marks) in lines}


RULES = rules()
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
    """What the routes are about: two incidents, open to all and closed to some, with a mail and a file each, and a person."""

    incidents: Mapping[bool, Incident]
    mails: Mapping[bool, OutboxMail]
    files: Mapping[bool, Attachment]
    spare: Member
    keeper: Member

    def address(self, door: Door, *, restricted: bool) -> str:
        own = {INCIDENT: self.incidents[restricted].reference, MAIL: self.mails[restricted].id, SPARE: self.spare.id}
        own |= {FILE: self.files[restricted].id}
        return re.sub(r"\{(\w+):\w+\}", lambda part: str(own[PARTS[part[1]]]), door.path)


@pytest.fixture
async def ground(desk: Desk, sit: Sit, now: datetime) -> Ground:
    incidents = {restricted: await file(desk, Told("Payroll"), now=now) for restricted in (False, True)}
    mails = {restricted: a_mail(row.id, now=now) for restricted, row in incidents.items()}
    spare, keeper = [people.member(Role.DPO, now=now, name=name) for name in ("Spare Person", "Kees Keeper")]
    async with desk.database.write() as session:
        session.add_all([spare, keeper, *mails.values()])
    # While everybody may still see both.
    seat = await sit(keeper)
    files = {restricted: await attach(seat, row, desk=desk) for restricted, row in incidents.items()}
    async with desk.database.write() as session:
        (await session.get_one(Incident, incidents[True].id)).restricted = True
    made = Ground(incidents, mails, files, spare, keeper)
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


def test_every_route_has_an_expectation_and_no_expectation_is_left_over() -> None:
    names = {door.name for door in STAFF}
    assert dict.fromkeys(names - RULES.keys(), HERE) == {}
    assert sorted(RULES.keys() - names) == []
    parts = {part for door in STAFF for part in re.findall(r"\{(\w+):", door.path)}
    assert dict.fromkeys(parts - PARTS.keys(), "say in tests/staff/test_matrix.py, PARTS, what stands for it") == {}


def test_every_route_asks_for_what_is_expected_of_it() -> None:
    assert {door.name: door.opt["needs"] for door in STAFF} == {name: rule.needs for name, rule in RULES.items()}


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_opens_what_its_permissions_open_and_nothing_else(sit: Sit, ground: Ground, role: Role) -> None:
    seat = await sit(role)
    for door in OTHERS + ABOUT_ONE:
        for method in methods(door):
            # Signed in anew: some routes end the session.
            seat = await sit(seat.member)
            code = (await knock(seat, method, ground.address(door, restricted=False))).status_code
            assert code not in refusals(door) if is_allowed(role, door) else code == 403, (method, door.name, code)


@pytest.mark.parametrize("role", list(Role))
async def test_whoever_is_chosen_opens_the_same(sit: Sit, desk: Desk, ground: Ground, role: Role) -> None:
    seat = await sit(role)
    await let_in(desk, ground, cast("Member", seat.member))
    for door in ABOUT_ONE:
        for method in methods(door):
            code = (await knock(seat, method, ground.address(door, restricted=True))).status_code
            assert code not in refusals(door) if is_allowed(role, door) else code == 403, (method, door.name, code)


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
