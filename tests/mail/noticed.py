"""A notice to a customer, signed and waiting for the relay."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail import outbox
from incidentdesk.mail.outbox import Letter
from incidentdesk.tables import Clock, Customer, CustomerNotice, new_id

ADDRESS = "bakery@example.org"


async def sign_notice(session: AsyncSession, clock: Clock, by: UUID, language: str, *, now: datetime) -> None:
    """Add a customer, and a notice to it in its language."""
    card = {"name": "Bakery", "email": ADDRESS, "language": language}
    customer, number = Customer(**card, name_hash="h", created_at=now, revision=0), new_id()
    session.add(customer)
    await session.flush()
    about: outbox.About = {"incident_id": clock.incident_id, "context": {"notice": str(number)}}
    mail_id = await outbox.put(session, letter=Letter.CUSTOMER_NOTICE, dedupe=f"customer:{number}", now=now, **about)
    signed = {"incident_id": clock.incident_id, "clock_id": clock.id, "customer_id": customer.id, "member_id": by}
    session.add(CustomerNotice(id=number, body="A laptop is gone.", mail_id=mail_id, signed_at=now, **card, **signed))
