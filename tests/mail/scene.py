"""A desk with people on their posts, and an incident whose clocks run."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from incidentdesk import upkeep, worker
from incidentdesk.escalation import ladder
from incidentdesk.intake import actions as intake
from incidentdesk.intake.queries import Filed
from incidentdesk.records import clocks
from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Incident, MailState, Member, OutboxMail, PostHolder, Report
from incidentdesk.web.pages import Desk
from tests.mail.relay import mailing
from tests.people import member

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Scene:
    """Rosa is on call, Bodil is the back-up, Dipo is the DPO, Ada administers."""

    desk: Desk
    rosa: Member
    bodil: Member
    dipo: Member
    ada: Member

    async def mails(self, **wanted: Any) -> list[OutboxMail]:
        async with self.desk.database.read() as session:
            query = select(OutboxMail).filter_by(**wanted).order_by(OutboxMail.id)
            return list(await session.scalars(query))

    async def told(self, letter: str, state: MailState = MailState.WAITING) -> list[str]:
        """Return the names of those who have such a mail, in the order they got it."""
        names = {one.id: one.name for one in (self.rosa, self.bodil, self.dipo, self.ada)}
        return [names[mail.member_id] for mail in await self.mails(letter=letter, state=state) if mail.member_id]

    async def reporter_writes(self, incident: Incident, body: str, *, now: datetime) -> None:
        """Let the reporter write on their own page."""
        async with self.desk.database.write() as session:
            found = await session.execute(select(Report, Incident).join(Incident).where(Incident.id == incident.id))
            report, row = found.one()
            await intake.hear(session, Filed(report, row), body, form_hash=body, now=now)

    async def work(self, now: datetime) -> None:
        """Do what the worker does at this moment."""
        await worker.sweep_clocks(self.desk, now=now)
        while await worker.deliver_next(self.desk, now=now):
            pass
        await upkeep.prove_notices(self.desk, now=now)


async def set_scene(desk: Desk) -> Scene:
    rosa = member(Role.RESPONDER, now=NOW)
    bodil = member(Role.RESPONDER, now=NOW, name="Bodil Upp")
    dipo = member(Role.DPO, now=NOW)
    ada = member(Role.ADMINISTRATOR, now=NOW)
    async with desk.database.write() as session:
        session.add_all([rosa, bodil, dipo, ada])
        await session.flush()
        for post, person in ((Post.ON_CALL, rosa), (Post.BACK_UP, bodil), (Post.DPO, dipo)):
            session.add(PostHolder(post=post, member_id=person.id))
        await ladder.seed(session)
    return Scene(desk, rosa, bodil, dipo, ada)


async def add_incident(
    desk: Desk, *, severity: int = 1, now: datetime = NOW, number: int = 1, practice: bool = False
) -> Incident:
    """Store an incident as a report makes one, with a reporter who gave an address."""
    incident = Incident(
        reference=f"IR-26-00000{number}",
        received_at=now,
        title="secret title",
        kind="mail",
        people="yes",
        severity=severity,
        practice=practice,
        updated_at=now,
    )
    clocks.open_agenda(incident)
    async with desk.database.write() as session:
        session.add(incident)
        await session.flush()
        await clocks.start_promises(session, incident, zone=AMSTERDAM, now=now)
        await clocks.start_authority(session, incident, zone=AMSTERDAM)
        session.add(a_report(incident, number=number, now=now))
        await clocks.refresh_agenda(session, incident)
    return incident


def a_report(incident: Incident, *, number: int, now: datetime) -> Report:
    return Report(
        incident_id=incident.id,
        received_at=now,
        language="en",
        answers={"what": "secret words"},
        identity={"email": "reporter@example.org"},
        form_hash=f"form{number}",
        code_hash=f"code{number}",
        privacy_version="1.0",
        look_promised_at=now + 30 * MINUTE,
        answer_promised_at=now + 240 * MINUTE,
    )


def with_relay(desk: Desk, port: int) -> Desk:
    return replace(desk, settings=mailing(desk.settings, port))
