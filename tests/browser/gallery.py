"""A desk full of examples, served, with a signed-in browser for every role: what the pages are looked at on."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from incidentdesk import clock, demo, serve, worker
from incidentdesk.breach.customers.actions import add_customer
from incidentdesk.breach.customers.forms import Card
from incidentdesk.breach.duties import actions as duties
from incidentdesk.breach.duties.forms import NewRole
from incidentdesk.breach.duties.queries import board_of
from incidentdesk.breach.notices.actions import send_notices
from incidentdesk.breach.notices.forms import Written
from incidentdesk.escalation import rota_actions
from incidentdesk.escalation.rota_forms import StandIn, Turns
from incidentdesk.intake.queries import report_of_form
from incidentdesk.mail.content import ADDRESS
from incidentdesk.mail.outbox import Letter
from incidentdesk.privacy.actions import replay
from incidentdesk.records.ledger import ledger_in
from incidentdesk.rules.duties import Party
from incidentdesk.rules.erasure import Extent
from incidentdesk.rules.permissions import Role
from incidentdesk.rules.rota import Every
from incidentdesk.settings import Settings
from incidentdesk.staff import actions, address, sessions
from incidentdesk.staff.forms import Person
from incidentdesk.tables import Away, ClockJump, Incident, Member, Report, Stage, keyed_hash
from incidentdesk.tables.mail import MailState, OutboxMail
from incidentdesk.web.pages import Desk
from tests.browser.cases import together
from tests.browser.served import serving
from tests.staff.phone import enrolled
from tests.triage.reports import file

# A name, which browsers make passkeys for, and a provider that nobody asks.
CONNECTED = {"HOST": "localhost", "OIDC_ISSUER": "https://id.example.org"}
CONNECTED |= {"OIDC_CLIENT_ID": "desk", "OIDC_CLIENT_SECRET": "nobody asks"}


@dataclass(frozen=True)
class Gallery:
    """Where it is, and what there is: example id to reference and private code, role to session, a link to join.

    `halfway` are sign-ins that stopped before the second step.
    """

    url: str
    references: Mapping[str, str]
    codes: Mapping[str, str]
    tokens: Mapping[Role, str]
    invitation: str
    halfway: Mapping[Stage, str]
    # Where the reader proves an address.
    proof: str


@asynccontextmanager
async def open_gallery(data_dir: Path, **settings: str) -> AsyncIterator[Gallery]:
    """Fill a desk in this folder and serve it; without a relay some mails are given a fate."""
    desk = await serve.open_desk(Settings(data_dir=data_dir))
    try:
        references, codes = await _examples(desk)
        references["erased"], codes["erased"] = await _erased(desk)
        references |= await together(desk)
        tokens, invitation = await _people(desk)
        references["rota"] = await _rota(desk)
        halfway = await _halfway(desk)
        references |= await _duties(desk, references["02"])
        await _jumped(desk)
        proof = await _proof(desk)
        if "SMTP_HOST" not in settings:
            await _mails(desk)
            await _warned(desk, references["05"])
    finally:
        await desk.database.close()
    async with serving(data_dir, **CONNECTED | settings) as served:
        yield Gallery(served.url, references, codes, tokens, f"/desk/welcome/{invitation}", halfway, proof)


async def _examples(desk: Desk) -> tuple[dict[str, str], dict[str, str]]:
    filled = await demo.fill(desk, now=clock.now())
    assert filled is not None
    references = {}
    async with desk.database.read() as session:
        for case in demo.cases_in(demo.CASES):
            filed = await report_of_form(session, desk.vault.hash("form", f"demo-{case['id']}"))
            assert filed is not None
            references[str(case["id"])] = filed.incident.reference
    return references, {case: filled.codes[reference] for case, reference in references.items()}


async def _erased(desk: Desk) -> tuple[str, str]:
    """Let one report be erased."""
    code, now = desk.vault.code_for("erased"), clock.now()
    incident = await file(desk, now=now)
    async with desk.database.write() as session:
        hashed = desk.vault.hash("code", code)
        await session.execute(update(Report).where(Report.incident_id == incident.id).values(code_hash=hashed))
    ledger = ledger_in(desk.settings.keys_dir, desk.vault)
    ledger.note(incident.id, Extent.INCIDENT, at=now)
    await replay(desk.database, ledger, now=now)
    return incident.reference, code


async def _people(desk: Desk) -> tuple[dict[Role, str], str]:
    # Ahead of time, so that no session and no proof grows old while the pages are looked at.
    now = clock.now() + timedelta(hours=1)
    async with desk.database.read() as session:
        officer = await session.scalar(select(Member).where(Member.role == Role.DPO))
    assert officer is not None
    await enrolled(desk, officer, now=now)
    async with desk.database.write() as session:
        members = list(await session.scalars(select(Member)))
        tokens = {
            member.role: await sessions.open_session(session, member, stage=Stage.FULL, now=now) for member in members
        }
        newcomer = Person("Nova Join", "nova@example.org", Role.READER, zone="Europe/Amsterdam")
        invited = await actions.add_member(session, newcomer, by=None, now=now)
        return tokens, await actions.make_link(session, invited, now=now)


async def _duties(desk: Desk, reference: str) -> dict[str, str]:
    """Let an incident affect two customers, one of whom was told, and return where that is shown."""
    now = clock.now()
    cards = [
        Card("Bakery Van Dam", "security@bakery.example", "nl", 8),
        Card("Mill & Co", "soc@mill.example", "en", None),
    ]
    async with desk.database.write() as session:
        officer = (await session.scalars(select(Member).where(Member.role == Role.DPO))).one()
        customers = [await add_customer(session, card, by=officer, now=now) for card in cards]
        board = await board_of(session, reference, by=officer, now=now, for_change=True)
        role = NewRole(
            Party.PROCESSOR, other_leads=False, customers=tuple(one.id for one in customers), reason="Orders"
        )
        await duties.add_role(session, board, role, member=officer, now=now)
        board = await board_of(session, reference, by=officer, now=now, for_change=True)
        places = {line.customer.email: line.clock.id for line in board.lines if line.customer is not None}
        written = Written((places["soc@mill.example"],), {"en": "A list of orders went astray.", "nl": ""})
        await send_notices(session, board, written, member=officer, now=now)
    return {"customer": str(customers[0].id), "told": str(places["soc@mill.example"])}


async def _rota(desk: Desk) -> str:
    """Let there be a rota far away in which somebody stands in, and one day on which nobody is left."""
    now = clock.now()
    first, last = now.date() + timedelta(days=2), now.date() + timedelta(days=9)
    async with desk.database.write() as session:
        cast = {member.role: member for member in await session.scalars(select(Member).order_by(Member.id))}
        dpo, responder = cast[Role.DPO], cast[Role.RESPONDER]
        people = (responder.id, dpo.id)
        turns = Turns("Nights in New York", "America/New_York", Every.WEEK, 0, 9 * 60, people, responder.id)
        rota = await rota_actions.add_rota(session, turns, by=dpo, now=now)
        stand_in = StandIn(cast[Role.ADMINISTRATOR].id, now + timedelta(hours=5), now + timedelta(hours=20))
        await rota_actions.put_on_duty(session, rota.id, stand_in, by=dpo, now=now)
        session.add_all(Away(member_id=one.id, first_on=first, last_on=last) for one in (dpo, responder))
        return str(rota.id)


async def _jumped(desk: Desk) -> None:
    """Let the clock have jumped and been found right; that nobody watched it for a day is no banner, and asks for a word."""
    now = clock.now()
    async with desk.database.write() as session:
        for number, seconds in enumerate((259_200, -259_172, -35), start=1):
            session.add(ClockJump(number=number, noticed_at=now, seconds=seconds, watched=True, confirmed_at=now))
        session.add(ClockJump(number=4, noticed_at=now, seconds=86_400, watched=False))


async def _halfway(desk: Desk) -> dict[Stage, str]:
    async with desk.database.write() as session:
        (nova,) = await session.scalars(select(Member).where(Member.email == "nova@example.org"))
        return {
            stage: await sessions.open_session(session, nova, stage=stage, now=clock.now())
            for stage in (Stage.CODE, Stage.ENROLMENT)
        }


async def _proof(desk: Desk) -> str:
    """Let the reader ask for a proof of address, and return the page behind the link that waits in the mail."""
    now = clock.now() + timedelta(hours=1)
    async with desk.database.write() as session:
        reader = (await session.scalars(select(Member).where(Member.role == Role.READER))).first()
        assert reader is not None
        await address.ask(session, reader, now=now)
        mail = (await session.scalars(select(OutboxMail).where(OutboxMail.letter == Letter.ADDRESS))).one()
        return f"/desk/address/{keyed_hash(session, ADDRESS, mail.context['seed'])}"


async def _mails(desk: Desk) -> None:
    """Let some mails have had their fate: without a relay they would all wait."""
    fates = [(MailState.SENT, "sent", "250 2.0.0 Ok: queued"), (MailState.DEAD, "refused", "550 5.1.1 No such user")]
    async with desk.database.write() as session:
        mails = await session.scalars(select(OutboxMail).order_by(OutboxMail.id).limit(2))
        for mail, (state, outcome, answer) in zip(mails, fates, strict=True):
            mail.state, mail.outcome, mail.answer, mail.settled_at = state, outcome, answer, mail.created_at


async def _warned(desk: Desk, reference: str) -> None:
    """Let the steps of one incident be due, and the relay have answered to each warning in a way of its own."""
    await worker.sweep_clocks(desk, now=clock.now())
    answers = (("250 2.0.0 Ok: queued as 4bXk1T5z9Gz1kQm", False), ("250 taken\u202e", True))
    async with desk.database.write() as session:
        warned = select(OutboxMail).join(Incident, Incident.id == OutboxMail.incident_id)
        warned = warned.where(Incident.reference == reference, OutboxMail.notice_id.is_not(None))
        mails = await session.scalars(warned.order_by(OutboxMail.id))
        for mail, (answer, is_doubtful) in zip(mails, answers, strict=False):
            mail.state, mail.outcome, mail.answer, mail.maybe_duplicate = MailState.SENT, "sent", answer, is_doubtful
            mail.settled_at = mail.first_claimed_at = mail.last_claimed_at = mail.created_at
            mail.attempts, mail.message_id = 1 + is_doubtful, f"<{mail.id.hex}@desk.example.org>"
