"""A notice to a customer: its address and its words are those that were signed, whatever the register says since."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail.addressee import NO_ADDRESS, Addressee, Skip
from incidentdesk.settings import Settings
from incidentdesk.tables import CustomerNotice, Incident, Member, OutboxMail, fetch_keys


async def find_customer(session: AsyncSession, mail: OutboxMail, settings: Settings) -> Addressee | Skip:
    """Return to whom the notice goes."""
    notice = await _notice(session, mail)
    if not notice.email:
        return Skip(NO_ADDRESS)
    incident = await session.get_one(Incident, notice.incident_id)
    return Addressee(notice.email, notice.language, settings.zone, None, incident, None)


async def notice_values(session: AsyncSession, mail: OutboxMail) -> dict[str, Any]:
    """Return what was signed, and by whom."""
    notice = await _notice(session, mail)
    signer = await session.get_one(Member, notice.member_id)
    return {"notice": notice, "signer": signer.name}


async def _notice(session: AsyncSession, mail: OutboxMail) -> CustomerNotice:
    notice = await session.get_one(CustomerNotice, UUID(mail.context["notice"]))
    await fetch_keys(session, [notice.incident_id])
    return notice
