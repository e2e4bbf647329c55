"""Signing notices to customers, and ending each one's duty when the relay has taken its mail, never before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.breach.duties.queries import Board
from incidentdesk.breach.notices.forms import Written
from incidentdesk.errors import Conflict
from incidentdesk.mail import outbox
from incidentdesk.mail.outbox import Letter
from incidentdesk.records import clocks, history, wholes
from incidentdesk.tables import (
    Clock,
    CustomerNotice,
    Incident,
    MailState,
    Member,
    OutboxMail,
    Telling,
    fetch_keys,
    new_id,
)

BATCH = 50


class Practised(Conflict):
    """Nobody outside is written to about a practice."""


async def send_notices(session: AsyncSession, board: Board, value: Written, *, member: Member, now: datetime) -> None:
    """Sign one notice for each customer and queue its mail, in this one transaction. The duties run until the mails left."""
    incident = board.incident
    if incident.practice:
        raise Practised
    told = []
    for line in board.lines:
        if line.clock.id not in value.clocks or line.customer is None:
            continue
        number, customer = new_id(), line.customer
        about: outbox.About = {"incident_id": incident.id, "context": {"notice": str(number)}}
        key = f"customer:{number}"
        mail_id = await outbox.put(session, letter=Letter.CUSTOMER_NOTICE, dedupe=key, now=now, **about)
        session.add(
            CustomerNotice(
                id=number,
                incident_id=incident.id,
                clock_id=line.clock.id,
                customer_id=customer.id,
                name=customer.name,
                email=customer.email,
                body=value.bodies[customer.language],
                language=customer.language,
                mail_id=mail_id,
                member_id=member.id,
                signed_at=now,
            )
        )
        told.append(str(customer.id))
    await clocks.acted(session, incident, by="notices.signed", now=now)
    actor = history.actor_of(member)
    history.record(session, incident, "notices.signed", actor=actor, now=now, after={"customers": told})
    await clocks.refresh_agenda(session, incident)


async def left(session: AsyncSession) -> list[UUID]:
    """Return the notices whose mail a relay has taken and whose customer is not written down as told."""
    proved = exists().where(Telling.notice_id == CustomerNotice.id)
    query = select(CustomerNotice.id).join(OutboxMail, OutboxMail.id == CustomerNotice.mail_id)
    query = query.where(OutboxMail.state == MailState.SENT, ~proved).order_by(CustomerNotice.id)
    return list(await session.scalars(query.limit(BATCH)))


async def prove(session: AsyncSession, notice_id: UUID, *, now: datetime) -> bool:
    """Write down that one customer was told, with the mail's own words for proof, and end the duty; False when it was."""
    notice = await session.get_one(CustomerNotice, notice_id)
    await wholes.lock_main(session, notice.incident_id)
    held = select(Incident).where(Incident.id == notice.incident_id).with_for_update()
    incident = (await session.scalars(held.execution_options(populate_existing=True))).one()
    known = await session.scalar(select(Telling.id).where(Telling.notice_id == notice_id))
    if known is not None or incident.erased_at is not None:
        return False
    history.hold(session, incident)
    await fetch_keys(session, [incident.id])
    mail = await session.get_one(OutboxMail, notice.mail_id)
    clock = await session.get_one(Clock, notice.clock_id)
    told_at = mail.settled_at or now
    about = {"incident_id": incident.id, "clock_id": clock.id, "notice_id": notice.id, "recorded_at": now}
    whom, proof = f"{notice.name} <{notice.email}>", f"{mail.message_id} {mail.answer or ''}".strip()
    session.add(Telling(way="mail", told_at=told_at, whom=whom, proof=proof, member_id=None, **about))
    await _meet(session, incident, clock, told_at, now=now)
    main = await wholes.main_of(session, incident)
    if main.id != incident.id:
        # It was merged while the mail was on its way; the duty of the whole is met by it.
        await fetch_keys(session, [main.id])
        history.hold(session, main)
        for other in await clocks.clocks_of(session, main):
            if other.name == clock.name:
                await _meet(session, main, other, told_at, now=now)
    return True


async def _meet(session: AsyncSession, incident: Incident, clock: Clock, told_at: datetime, *, now: datetime) -> None:
    """End what runs, and write down that it was told."""
    if clock.ended_at is None:
        clocks.end(clock, by=clocks.TOLD, at=told_at, now=now)
    after = {"duty": clock.duty, "told_at": told_at.isoformat(), "way": "mail", "late_seconds": clock.late_seconds}
    history.record(session, incident, "duty.told", actor=history.DESK, now=now, after=after)
    await clocks.refresh_agenda(session, incident)
