"""A desk full of examples, to look around in. Everything happens through the same actions, at moments in the past."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from incidentdesk.demo.acts import Act, perform, perform_reporter
from incidentdesk.intake.actions import submit_report
from incidentdesk.intake.forms import SentReport
from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.staff.actions import add_member
from incidentdesk.staff.forms import Person
from incidentdesk.staff.passwords import hash_password
from incidentdesk.tables import Member, PostHolder, Report
from incidentdesk.web.pages import Desk

CASES = Path(__file__).parent / "cases.json"
OPENED_BEFORE = timedelta(days=14)
REPORTER = "reporter"
POSTS = {Post.ON_CALL: Role.RESPONDER, Post.BACK_UP: Role.ADMINISTRATOR, Post.DPO: Role.DPO}
NAMES = {
    Role.ADMINISTRATOR: "Demo administrator",
    Role.RESPONDER: "Demo responder",
    Role.DPO: "Demo DPO",
    Role.READER: "Demo reader",
}


@dataclass(frozen=True)
class SignIn:
    """How one of the demo people signs in. The password exists here and as a hash, nowhere else."""

    name: str
    email: str
    password: str


@dataclass(frozen=True)
class Filled:
    """Who can sign in, and the private codes of the reports by reference."""

    people: tuple[SignIn, ...]
    codes: Mapping[str, str]


async def fill(desk: Desk, *, now: datetime) -> Filled | None:
    """Fill an empty desk; None, and nothing done, when there are people or reports in it already."""
    async with desk.database.read() as session:
        people = await session.scalar(select(Member.id).limit(1))
        reports = await session.scalar(select(Report.id).limit(1))
    if people is not None or reports is not None:
        return None
    cast, sign_ins = await _people(desk, now=now - OPENED_BEFORE)
    cases = sorted(cases_in(CASES), key=lambda case: float(case["ago"]), reverse=True)
    return Filled(sign_ins, dict([await _case(desk, case, cast, now=now) for case in cases]))


def cases_in(path: Path) -> list[dict[str, Any]]:
    """Return the example reports of a file."""
    cases: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return cases


async def _people(desk: Desk, *, now: datetime) -> tuple[dict[str, Member], tuple[SignIn, ...]]:
    sign_ins = {role: SignIn(name, f"{role}@example.org", secrets.token_urlsafe(12)) for role, name in NAMES.items()}
    hashes = {role: await hash_password(sign_in.password) for role, sign_in in sign_ins.items()}
    async with desk.database.write() as session:
        cast = {}
        for role, sign_in in sign_ins.items():
            person = Person(sign_in.name, sign_in.email, role, zone=desk.settings.zone.key)
            cast[role.value] = await add_member(session, person, by=None, now=now)
            cast[role.value].password_hash = hashes[role]
        session.add_all(PostHolder(post=post, member_id=cast[role.value].id) for post, role in POSTS.items())
    return cast, tuple(sign_ins.values())


async def _case(desk: Desk, case: dict[str, Any], cast: dict[str, Member], *, now: datetime) -> tuple[str, str]:
    received, form_id = now - timedelta(hours=case["ago"]), f"demo-{case['id']}"
    sent = SentReport(
        answers=case["answers"],
        language=case["language"],
        form_hash=desk.vault.hash("form", form_id),
        code_hash=desk.vault.hash("code", desk.vault.code_for(form_id)),
        zone=desk.settings.zone,
    )
    async with desk.database.write() as session:
        reference = (await submit_report(session, sent, now=received)).incident.reference
    for number, row in enumerate(case["acts"]):
        act = Act(reference, f"{form_id}-{number}", received, received + timedelta(hours=row["after"]), row)
        async with desk.database.write() as session:
            if row["by"] == REPORTER:
                await perform_reporter(session, act, sent.form_hash)
            else:
                await perform(session, act, cast[row["by"]])
    return reference, desk.vault.code_for(form_id)
