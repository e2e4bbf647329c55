"""Deny by default: every route of the product, asked by everybody who may not."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from litestar.datastructures import Cookie
from litestar.routes import HTTPRoute
from sqlalchemy import select

from incidentdesk.app import build
from incidentdesk.breach.customers.actions import add_customer
from incidentdesk.breach.customers.forms import Card
from incidentdesk.escalation import ladder
from incidentdesk.rules.permissions import Permission, Role, allows
from incidentdesk.rules.rota import Every
from incidentdesk.settings import Settings
from incidentdesk.staff import actions, sso_pages
from incidentdesk.staff.address import LINK_VALID
from incidentdesk.staff.feed import FEED
from incidentdesk.staff.gate import cookie
from incidentdesk.staff.sessions import hash_token
from incidentdesk.tables import AddressLink, Base, CalendarFeed, Clock, Rota, new_id
from incidentdesk.web.pages import Desk
from tests.people import Seat, Sit
from tests.records.filed import a_version
from tests.staff.expected import PARTS, RULES
from tests.triage.reports import attach, file

# Whoever opens a door to everybody writes it down here.
PUBLIC = {
    "GET /",
    "GET /calendar/{address:str}",
    "GET /desk/sign-in",
    "GET /desk/sso",
    "GET /desk/sso/back",
    "GET /desk/welcome/{token:str}",
    "GET /desk/welcome/{token:str}/sso",
    "GET /health/escalations",
    "GET /healthz",
    "GET /metrics",
    "GET /privacy",
    "GET /r",
    "GET /r/code.txt",
    "GET /r/contact",
    "GET /r/files",
    "GET /r/files/content",
    "GET /r/files/new",
    "GET /r/messages",
    "GET /r/saved",
    "GET /readyz",
    "GET /report",
    "GET /static/{name:str}",
    "POST /desk/sign-in",
    "POST /desk/sso/back",
    "POST /desk/welcome/{token:str}",
    "POST /r",
    "POST /r/code.txt",
    "POST /r/contact",
    "POST /r/files",
    "POST /r/files/content",
    "POST /r/files/new",
    "POST /r/leaving",
    "POST /r/messages",
    "POST /r/saved",
    "POST /report",
}
# Looking here is written down, at most once an hour; nowhere else does looking leave a trace.
NOTED = {"GET /desk/incidents/{ref:str}", "GET /desk/incidents/{ref:str}/files/{number:uuid}"}
NOTED |= {"GET /desk/register.csv", "GET /desk/register.pdf"}
TOKEN = "a-token-of-twenty-signs-and-more"
# What stands in for the parts of a path; there is no such person, mail or incident.
NOBODY = {"int": "1", "uuid": "00000000-0000-7000-8000-000000000000", "str": "IR-26-7KQ4MX"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Let there be figures to look at."""
    return replace(settings, metrics_token=TOKEN)


@dataclass(frozen=True)
class Door:
    """One method of one route."""

    method: str
    path: str
    opt: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def address(self) -> str:
        return re.sub(r"\{\w+:(\w+)\}", lambda kind: NOBODY[kind[1]], self.path)


def doors() -> Iterator[Door]:
    """Every door there is. HEAD is answered like GET, and OPTIONS is Litestar's own, behind the gate like the rest."""
    for route in build(cast("Desk", None)).routes:
        assert isinstance(route, HTTPRoute)
        for handler in route.route_handlers:
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} & {str(method) for method in handler.http_methods}:
                yield Door(method, route.path, handler.opt)


DOORS = sorted(doors(), key=lambda door: door.name)
STAFF = [door for door in DOORS if door.name not in PUBLIC]


async def knock(seat: Seat, door: Door, **headers: str) -> httpx.Response:
    data = {"csrf": seat.csrf, "body": "typed by hand"} if door.method == "POST" else None
    return await seat.client.request(door.method, door.address, data=data, headers=headers)


def test_every_public_door_is_on_the_list() -> None:
    assert {door.name for door in DOORS if door.opt.get("public")} == PUBLIC


def test_every_other_door_names_what_it_needs() -> None:
    assert [door.name for door in STAFF if not isinstance(door.opt.get("needs"), Permission)] == []
    assert {door.method for door in DOORS} == {"GET", "POST"}


def test_every_door_of_staff_is_expected_and_asks_for_what_it_should() -> None:
    missing = {door.name for door in STAFF} - RULES.keys()
    assert not missing, f"say in tests/staff/expected.py what these ask for: {sorted(missing)}"
    assert {door.name: door.opt["needs"] for door in STAFF} == {name: rule.needs for name, rule in RULES.items()}
    parts = {part for door in STAFF for part in re.findall(r"\{(\w+):", door.path)} - PARTS.keys()
    assert not parts, f"say in tests/staff/expected.py, PARTS, what stands for these: {sorted(parts)}"


async def test_without_a_session_looking_leads_to_the_sign_in_page(sit: Sit) -> None:
    seat = await sit()
    for door in (door for door in STAFF if door.method == "GET"):
        answer = await seat.get(door.address + "?view=mine")
        place = urlsplit(answer.headers.get("location", ""))
        assert (answer.status_code, place.path) == (303, "/desk/sign-in"), door.name
        assert parse_qs(place.query) == {"onward": [door.address + "?view=mine"]}


async def test_without_a_session_sending_is_refused_and_the_text_given_back(sit: Sit) -> None:
    seat = await sit()
    for door in (door for door in STAFF if door.method == "POST"):
        answer = await knock(seat, door)
        assert answer.status_code == 401, door.name
        assert "This is what you typed" in answer.text
        assert "typed by hand</textarea>" in answer.text
        assert 'href="/desk/sign-in"' in answer.text


def test_a_reader_meets_closed_doors_and_an_administrator_none() -> None:
    closed = {role: [door for door in STAFF if not allows(role, door.opt["needs"])] for role in Role}
    assert len(closed[Role.READER]) > len(closed[Role.RESPONDER]) > len(closed[Role.DPO]) > 0
    assert closed[Role.ADMINISTRATOR] == []


async def test_nothing_is_sent_without_the_token_of_this_very_session(sit: Sit) -> None:
    ada, other = await sit(Role.ADMINISTRATOR), await sit(Role.ADMINISTRATOR, name="Otto Other")
    for token in ("", "x", "é", other.csrf, ada.csrf[:-1]):
        seat = Seat(ada.member, ada.client, token)
        for door in (door for door in STAFF if door.method == "POST"):
            assert (await knock(seat, door)).status_code == 403, door.name


async def test_no_door_takes_what_another_site_sends(sit: Sit) -> None:
    seat = await sit(Role.ADMINISTRATOR)
    for door in (door for door in DOORS if door.method == "POST"):
        answer = await knock(seat, door, **{"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403, door.name
        assert (await knock(seat, door, origin="https://elsewhere.test")).status_code == 403, door.name


async def everything(desk: Desk) -> dict[str, list[Any]]:
    """Every row of every table."""
    async with desk.database.read() as session:
        return {
            table.name: sorted(map(str, (await session.execute(select(table))).all()))
            for table in Base.metadata.sorted_tables
        }


def secrets_of(seat: Seat, desk: Desk, *, now: datetime) -> list[Base]:
    """Return what is stored of a link to prove the person's address, the word "proof", and of their calendar, the word "feed"."""
    assert seat.member is not None
    whose = {"member_id": seat.member.id, "email": seat.member.email}
    proof = AddressLink(token_hash=hash_token("proof"), **whose, expires_at=now + LINK_VALID)
    return [proof, CalendarFeed(member_id=seat.member.id, secret_hash=desk.vault.hash(FEED, "feed"), made_at=now)]


async def owed(desk: Desk, seat: Seat, *, now: datetime) -> dict[str, str]:
    """Return a duty that runs, and a customer."""
    async with desk.database.write() as session:
        card = Card("Mill", "soc@mill.example", "en", None)
        customer = await add_customer(session, card, by=cast("Any", seat.member), now=now)
        clock_id = await session.scalar(select(Clock.id).where(Clock.legal))
    return {"clock_id": str(clock_id), "customer_id": str(customer.id)}


@pytest.mark.either_database
async def test_looking_changes_nothing(sit: Sit, desk: Desk, now: datetime) -> None:
    seat = await sit(Role.ADMINISTRATOR)
    incident = await file(desk, now=now)
    kept = await attach(seat, incident, desk=desk)
    async with desk.database.write() as session:
        link = await actions.make_link(session, seat.member, now=now)
        await ladder.seed(session)
        rota = Rota(id=new_id(), name="Nights", zone="UTC", every=Every.WEEK, minute=0, anchor=now.date())
        session.add_all([rota, *secrets_of(seat, desk, now=now)])
        session.add(a_version(incident.id, cast("Any", seat.member).id, now=now))
    real = {"token": link, "name": "base.css", "ref": incident.reference, "reference": incident.reference}
    real |= {"number": str(kept.id), "step": "decision.not_taken_1", "rota_id": str(rota.id), "link": "proof"}
    real |= await owed(desk, seat, now=now) | {"address": "feed.ics", "version": "1", "section": "organisation"}
    gets = [door for door in DOORS if door.method == "GET"]
    addresses = {door.name: re.sub(r"\{(\w+):\w+\}", lambda part: real[part[1]], door.path) for door in gets}
    for name in NOTED:
        assert (await seat.get(addresses[name])).status_code == 200
    before = await everything(desk)
    for name, address in addresses.items():
        for method in ("GET", "HEAD"):
            answer = await seat.client.request(method, address, headers={"authorization": f"Bearer {TOKEN}"})
            assert answer.status_code in {200, 303, 307, 308}, name
    after = await everything(desk)
    # How often a calendar is asked for is counted, and nothing else.
    assert {name for name in before if before[name] != after[name]} <= {"hit"}


async def test_a_cookie_somebody_made_up_opens_nothing(sit: Sit) -> None:
    seat = await sit()
    for value in ("x", "%ff", "%00", '"', "\\", "a" * 4000):
        answer = await seat.client.get("/desk/people", headers={"cookie": f"desk={value}"})
        assert answer.status_code == 303, value


async def test_a_session_that_was_used_a_minute_ago_notes_the_sign_of_life(
    sit: Sit, desk: Desk, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = await sit(Role.READER)
    moments = [now.replace(minute=minute) for minute in (20, 45)] + [now.replace(hour=10, minute=20)]
    codes = []
    for moment in moments:
        monkeypatch.setattr("incidentdesk.clock.now", lambda moment=moment: moment)
        codes.append((await seat.get("/desk/profile")).status_code)
    assert codes == [200, 200, 303]


@pytest.mark.parametrize("make, name, seconds", [(cookie, "desk", 12 * 3600), (sso_pages._cookie, "sso", 600)])
def test_a_cookie_is_for_this_host_over_tls_and_for_no_script(
    make: Callable[[Settings, str], Cookie], name: str, seconds: int
) -> None:
    made = make(Settings(public_url="https://desk.example.org"), "token").to_header(header="")
    assert made.startswith(f"__Host-{name}=token; ")
    for word in ("HttpOnly", "Path=/", "SameSite=lax", "Secure", f"Max-Age={seconds}"):
        assert word in made
    assert "Domain" not in made
    plain = make(Settings(), "token").to_header(header="")
    assert plain.startswith(f"{name}=token; ")
    assert "Secure" not in plain
