"""Sign-in, welcome and people over HTTP."""

import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.errors import Conflict, Limit, Malformed, TooMany
from incidentdesk.rules.permissions import Permission, Role
from incidentdesk.staff import actions, address, address_pages, factor_pages, factors, profile_pages, sessions
from incidentdesk.staff.actions import LastAdministrator
from incidentdesk.staff.factor_pages import begin, next_place
from incidentdesk.staff.forms import (
    Person,
    SignIn,
    password_error,
    raw,
    read_person,
    read_sign_in,
)
from incidentdesk.staff.gate import cookie, cookie_name, member_of
from incidentdesk.staff.passwords import hash_password, is_right
from incidentdesk.tables import Member
from incidentdesk.web.forms import Form, Request, one
from incidentdesk.web.limits import count, network_of
from incidentdesk.web.pages import FORGET, Desk, desk_of, form_of, page, sender

ATTEMPTS_PER_ADDRESS, ATTEMPTS_PER_NETWORK = 5, 20
ATTEMPT_WINDOW = timedelta(minutes=1)
NOBODY = Person("", "", Role.RESPONDER)
log = logging.getLogger(__name__)
LAST = replace(NOBODY, errors={"people": "last_administrator"})


@get("/desk/sign-in", opt={"public": True})
async def show_sign_in(request: Request, onward: FromQuery[str] = "/desk") -> Response[str]:
    """The sign-in page."""
    return page(request, "staff/sign_in.html", onward=onward[:200], email="", failed=False)


@post("/desk/sign-in", opt={"public": True}, status_code=200)
async def sign_in(request: Request) -> Response[str] | Redirect:
    """Start a session; the answer takes the same time and says the same whether the address is known or not."""
    desk, form = desk_of(request), form_of(request)
    asked = read_sign_in(form)
    await _limit(request, desk, asked)
    async with desk.database.read() as session:
        member = await actions.find_member(session, asked.email)
    failed = {"onward": asked.onward, "email": asked.email, "failed": True}
    if not await is_right(member.password_hash if member else None, asked.password) or member is None:
        log.warning("password refused: %s from %s", member.id if member else "nobody", sender(request))
        return page(request, "staff/sign_in.html", status=422, **failed)
    async with desk.database.write() as session:
        # Checking takes a while, in which the password may have been replaced, and every session ended with it.
        if not await actions.still_has(session, member):
            return page(request, "staff/sign_in.html", status=422, **failed)
        # The browser forgets the session it had; so does the desk.
        await sessions.close_session(session, request.cookies.get(cookie_name(desk.settings), ""))
        stage, token = await begin(session, request, member)
    return Redirect(next_place(stage, asked.onward), status_code=303, cookies=[cookie(desk.settings, token)])


async def _limit(request: Request, desk: Desk, asked: SignIn) -> None:
    now = clock.now()
    limits = {
        desk.vault.hash("sign-in address", asked.email): ATTEMPTS_PER_ADDRESS,
        desk.vault.hash("sign-in network", network_of(request, desk.settings)): ATTEMPTS_PER_NETWORK,
    }
    async with desk.database.write() as session:
        reached = [await count(session, key, within=ATTEMPT_WINDOW, now=now) > limit for key, limit in limits.items()]
    if any(reached):
        raise TooMany(int(ATTEMPT_WINDOW.total_seconds()), Limit.SIGN_IN)


@post("/desk/sign-out", opt={"needs": Permission.READ, "stages": tuple(sessions.UNFINISHED)}, status_code=303)
async def sign_out(request: Request) -> Redirect:
    """End this session."""
    desk = desk_of(request)
    token = request.cookies[cookie_name(desk.settings)]
    async with desk.database.write() as session:
        await sessions.close_session(session, token)
    return Redirect("/desk/sign-in", status_code=303, cookies=[cookie(desk.settings, None)], headers=FORGET)


@get("/desk/welcome/{token:str}", opt={"public": True})
async def show_welcome(request: Request, token: FromPath[str]) -> Response[str]:
    """The page behind a one-time link. Looking does not use it up: mail scanners look at links too."""
    desk = desk_of(request)
    async with desk.database.read() as session:
        welcome = await actions.find_welcome(session, token, now=clock.now())
    return _welcome(request, token, welcome.member, Person("", "", Role.ADMINISTRATOR))


@post("/desk/welcome/{token:str}", opt={"public": True}, status_code=200)
async def accept_welcome(request: Request, token: FromPath[str]) -> Response[str] | Redirect:
    """Choose a password; the first administrator also gives name and address."""
    desk, form = desk_of(request), form_of(request)
    async with desk.database.read() as session:
        welcome = await actions.find_welcome(session, token, now=clock.now())
    known, password = welcome.member, raw(form, "password")
    person = Person(known.name, known.email, known.role) if known else _first(desk, form)
    error = password_error(password, about=(person.name, person.email, desk.settings.organisation))
    errors = {**person.errors, **({"password": error} if error else {})}
    if errors:
        return _welcome(request, token, known, replace(person, errors=errors))
    hashed, now = await hash_password(password), clock.now()
    async with desk.database.write() as session:
        member = await actions.accept_welcome(session, token, person, password_hash=hashed, now=now)
        await sessions.close_session(session, request.cookies.get(cookie_name(desk.settings), ""))
        stage, key = await begin(session, request, member)
    return Redirect(next_place(stage, "/desk"), status_code=303, cookies=[cookie(desk.settings, key)])


def _first(desk: Desk, form: Form) -> Person:
    return _person({**form, "role": [Role.ADMINISTRATOR.value]}, desk)


def _person(form: Form, desk: Desk) -> Person:
    return read_person(form, zone=desk.settings.zone.key, language=desk.settings.language)


def _welcome(request: Request, token: str, known: Member | None, person: Person) -> Response[str]:
    status = 422 if person.errors else 200
    return page(request, "staff/welcome.html", status=status, token=token, known=known, newcomer=person)


@get("/desk/people", opt={"needs": Permission.PEOPLE})
async def show_people(request: Request) -> Response[str]:
    """Who works here."""
    desk = desk_of(request)
    return await _people(request, desk, NOBODY)


async def _people(request: Request, desk: Desk, person: Person, *, token: str = "", mailed: str = "") -> Response[str]:
    async with desk.database.read() as session:
        people = list(await session.scalars(select(Member).order_by(Member.disabled_at.is_not(None), Member.name)))
        equipped = await factors.equipped(session)
    status = 422 if person.errors else 200
    link = f"{desk.settings.base_url}/desk/welcome/{token}" if token else ""
    return page(
        request,
        "staff/people.html",
        status=status,
        people=people,
        equipped=equipped,
        person_form=person,
        link=link,
        mailed=mailed,
        roles=list(Role),
        proof_of=partial(address.standing, now=clock.now()),
    )


async def _let_in(session: AsyncSession, desk: Desk, member: Member) -> dict[str, str]:
    """Mail a one-time link to whom it is for; where no mail leaves, show it once to be handed over."""
    if desk.settings.can_mail:
        await actions.mail_link(session, member, now=clock.now())
        return {"mailed": member.email}
    return {"token": await actions.make_link(session, member, now=clock.now())}


@post("/desk/people", opt={"needs": Permission.PEOPLE, "step_up": True}, status_code=200)
async def add_person(request: Request) -> Response[str]:
    """Add a person and let them in."""
    desk, form = desk_of(request), form_of(request)
    person, now = _person(form, desk), clock.now()
    if person.errors:
        return await _people(request, desk, person)
    try:
        async with desk.database.write() as session:
            member = await actions.add_member(session, person, by=member_of(request), now=now)
            given = await _let_in(session, desk, member)
    except Conflict:
        return await _people(request, desk, replace(person, errors={"email": "email_taken"}))
    return await _people(request, desk, NOBODY, **given)


@post("/desk/people/{member_id:uuid}/link", opt={"needs": Permission.PEOPLE, "step_up": True}, status_code=200)
async def renew_link(request: Request, member_id: FromPath[UUID]) -> Response[str]:
    """Give a person who lost the link, or forgot the password, a new one."""
    desk = desk_of(request)
    async with desk.database.write() as session:
        member = await actions.void_links(session, member_id, by=member_of(request), now=clock.now())
        given = await _let_in(session, desk, member)
    return await _people(request, desk, NOBODY, **given)


@post("/desk/people/{member_id:uuid}/role", opt={"needs": Permission.PEOPLE, "step_up": True}, status_code=303)
async def change_role(request: Request, member_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Give a person another role."""
    desk, form = desk_of(request), form_of(request)
    role, by = one(form, "role"), member_of(request)
    if role not in set(Role):
        raise Malformed
    try:
        async with desk.database.write() as session:
            await actions.change_role(session, member_id, Role(role), by=by, now=clock.now())
    except LastAdministrator:
        return await _people(request, desk, LAST)
    # Whoever took this page from themselves goes where they still may.
    return Redirect("/desk" if member_id == by.id else "/desk/people", status_code=303)


@post("/desk/people/{member_id:uuid}/disabling", opt={"needs": Permission.PEOPLE, "step_up": True}, status_code=303)
async def disable_person(request: Request, member_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Shut a person out."""
    desk = desk_of(request)
    try:
        async with desk.database.write() as session:
            await actions.disable(session, member_id, by=member_of(request), now=clock.now())
    except LastAdministrator:
        return await _people(request, desk, LAST)
    return Redirect("/desk/people", status_code=303)


@post("/desk/people/{member_id:uuid}/signing-out", opt={"needs": Permission.PEOPLE, "step_up": True}, status_code=303)
async def sign_person_out(request: Request, member_id: FromPath[UUID]) -> Redirect:
    """End a person's sessions everywhere; the access stays open."""
    async with desk_of(request).database.write() as session:
        await actions.sign_out_everywhere(session, member_id, by=member_of(request), now=clock.now())
    return Redirect("/desk/people", status_code=303)


@post(
    "/desk/people/{member_id:uuid}/factor-removal", opt={"needs": Permission.PEOPLE, "step_up": True}, status_code=303
)
async def reset_factor(request: Request, member_id: FromPath[UUID]) -> Redirect:
    """Let somebody who lost phone and codes set up new ones; one's own are changed under Profile."""
    desk, by = desk_of(request), member_of(request)
    if member_id == by.id:
        raise Conflict
    async with desk.database.write() as session:
        await actions.reset_factor(session, member_id, by=by, now=clock.now())
    return Redirect("/desk/people", status_code=303)


PAGES = (
    show_sign_in,
    sign_in,
    sign_out,
    show_welcome,
    accept_welcome,
    show_people,
    add_person,
    renew_link,
    change_role,
    disable_person,
    sign_person_out,
    reset_factor,
    *profile_pages.PAGES,
    *address_pages.PAGES,
    *factor_pages.PAGES,
)
