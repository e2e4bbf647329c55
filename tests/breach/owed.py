"""Rows of evidence about duties."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail import outbox
from incidentdesk.mail.outbox import Letter
from incidentdesk.records import history
from incidentdesk.rules.duties import Party
from incidentdesk.tables import Customer, CustomerNotice, RoleEnding, RoleEntry, Telling, new_id

CARD: dict[str, Any] = {"name": "Bakery", "email": "it@bakery.example", "language": "en"}


async def add_duties(session: AsyncSession, about: dict[str, UUID], *, now: datetime) -> None:
    """Add a customer, a role that ended, and a notice that was told; `about` names incident, clock and member."""
    signed = {name: about[name] for name in ("incident_id", "member_id")}
    customer = Customer(**CARD, name_hash="h", created_at=now, revision=0)
    session.add(customer)
    history.record(session, None, "customer.added", actor=f"member:{about['member_id']}", now=now)
    await session.flush()
    held: dict[str, Any] = {"party": Party.PROCESSOR, "hours": 48, "other_leads": False, "customer_id": customer.id}
    role = RoleEntry(reason="Payroll", set_at=now, **held, **signed)
    number = new_id()
    of: dict[str, Any] = {"incident_id": about["incident_id"], "context": {"notice": str(number)}}
    mail_id = await outbox.put(session, letter=Letter.CUSTOMER_NOTICE, dedupe="kept", now=now, **of)
    told = {"customer_id": customer.id, "body": "Gone", "mail_id": mail_id, "signed_at": now}
    notice = CustomerNotice(id=number, **CARD, **told, **about)
    session.add_all([role, notice])
    await session.flush()
    session.add(RoleEnding(role_entry_id=role.id, reason="Not theirs", signed_at=now, **signed))
    told = {"notice_id": notice.id, "way": "mail", "told_at": now, "whom": "Bakery", "proof": "250", "recorded_at": now}
    session.add(Telling(**told, **about))
