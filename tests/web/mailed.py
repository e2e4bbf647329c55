"""A desk with a relay, on which everything was told and every kind of letter was sent."""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage, Message
from typing import cast

from sqlalchemy import select

from incidentdesk import clock
from incidentdesk.mail import outbox, signatures
from incidentdesk.mail.outbox import Letter
from incidentdesk.mail.signatures import Paper
from incidentdesk.staff import actions
from incidentdesk.tables import Clock, Incident, Report
from incidentdesk.web.pages import Desk
from tests.mail.noticed import sign_notice
from tests.mail.relay import Relay
from tests.mail.scene import Scene, set_scene
from tests.people import Sit
from tests.web.told import Told

# A clock's whole ladder, and what comes behind it.
HOURS = (0, 1, 2, 5, 9, 25, 37, 49, 61, 67, 71, 73, 80)
LINK = re.compile(r"https?://[^\s\"'<>)\]]+")


@dataclass(frozen=True)
class Mailed:
    """What was told and what was mailed about it."""

    told: Told
    letters: list[EmailMessage]
    kinds: set[str]

    @property
    def texts(self) -> list[str]:
        """Every letter as a reader and a relay may see it: headers, text and markup."""
        return ["\n".join([*_headers(letter), *map(_content, letter.walk())]) for letter in self.letters]

    @property
    def links(self) -> set[str]:
        """Every address that stands in a letter."""
        return {link for text in self.texts for link in LINK.findall(text)}


def _headers(letter: EmailMessage) -> list[str]:
    return [f"{name}: {value}" for name, value in letter.items()]


def _content(part: Message) -> str:
    return "" if part.is_multipart() else str(cast("EmailMessage", part).get_content())


async def put_rare(scene: Scene, *, now: datetime) -> None:
    """Queue what only comes of more than one report: a flood, a practice, a breach at a customer's."""
    async with scene.desk.database.write() as session:
        # As if there had been a flood of others before.
        legal = (await session.scalars(select(Clock).where(Clock.legal))).one()
        about: outbox.About = {"incident_id": legal.incident_id, "member_id": scene.ada.id}
        about["context"] = {"clock": str(legal.id), "revision": legal.revision, "again": False}
        await outbox.put(session, letter=Letter.MOVED, dedupe="moved", now=now, **about)
        await outbox.put(session, letter=Letter.PRACTICE, dedupe="practice", now=now, **about)
        incident = await session.get_one(Incident, legal.incident_id)
        await signatures.ask(session, incident, Paper.NOTIFICATION, by=scene.bodil, now=now)
        await outbox.put(session, letter=Letter.ALARMS, dedupe="alarms", now=now, member_id=scene.bodil.id)


async def mail_everything(desk: Desk, sit: Sit, relay: Relay, lines: list[str]) -> Mailed:
    """Tell it, let it pass all its deadlines, then handle it."""
    scene, now = await set_scene(desk), clock.now()
    telling = Told(desk, await sit(scene.ada), lines)
    await telling.report(await sit(), kind="systems", s_wide="all", people="yes")
    await telling.seat.post("/desk/mail/test")
    await telling.seat.post("/desk/profile/address")
    await put_rare(scene, now=now)
    for hours in HOURS:
        await scene.work(now + timedelta(hours=hours))
    await telling.handle()
    async with desk.database.write() as session:
        # Last: once its mail has left, the duty is met, and nobody is alerted of it any more.
        legal = (await session.scalars(select(Clock).where(Clock.legal).order_by(Clock.id))).first()
        assert legal is not None
        await sign_notice(session, legal, scene.dipo.id, "en", now=now)
        # As if it had been closed: a duty that runs forbids it.
        report = (await session.scalars(select(Report))).one()
        about: outbox.About = {"incident_id": report.incident_id, "report_id": report.id}
        await outbox.put(session, letter=Letter.REPORTER_FINISHED, dedupe="finished", now=now, **about)
        bodil = await actions.reset_factor(session, scene.bodil.id, by=scene.ada, now=now)
        await actions.mail_link(session, bodil, now=now)
    await scene.work(now + timedelta(hours=HOURS[-1] + 1))
    read = [email.message_from_bytes(raw, policy=email.policy.default) for raw in relay.taken]
    return Mailed(telling, read, {mail.letter for mail in await scene.mails()})
