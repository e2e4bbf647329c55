"""A phone with an authenticator app, as the pages of the desk meet it."""

import re
from datetime import datetime, timedelta

import pyotp

from incidentdesk.staff import factors, sessions
from incidentdesk.staff.factors import Proof
from incidentdesk.tables import Member, Stage
from incidentdesk.web.pages import Desk

HALF_MINUTE = timedelta(seconds=30)


class Phone:
    """Holds the seed that a page showed."""

    def __init__(self, seed: str) -> None:
        self.app = pyotp.TOTP(seed.replace(" ", ""))

    def code(self, now: datetime) -> str:
        return self.app.at(now)


def phone_that_reads(html: str) -> Phone:
    """Type in the key that stands below the picture."""
    found = re.search(r'id="seed"[^>]*>([A-Z2-7 ]+)<', html)
    assert found is not None
    return Phone(found[1])


async def enrolled(desk: Desk, who: Member, *, now: datetime) -> tuple[Phone, list[str]]:
    """Give somebody a phone a minute ago, and return it with the recovery codes."""
    before = now - 2 * HALF_MINUTE
    async with desk.database.write() as session:
        token = await sessions.open_session(session, who, stage=Stage.ENROLMENT, now=before)
    phone = Phone(factors.draft_seed(desk.vault, token))
    async with desk.database.write() as session:
        proof = Proof(who, phone.code(before), before)
        codes = await factors.enrol(session, desk.vault, proof, token=token)
    assert codes is not None
    return phone, codes
