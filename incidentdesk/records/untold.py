"""Customers who were written to and have not been told: the mail server refused the mail for good, and the duty still runs."""

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from incidentdesk.tables import Clock, CustomerNotice, Incident, MailState, Member, OutboxMail, visible_to

# On every page it is asked of the mails that were due so lately, which an index knows; an incident's own page has no end.
NEWS_FOR = timedelta(days=90)


async def with_untold_customers(session: AsyncSession, *, me: Member, now: datetime) -> list[str]:
    """Return the references of all such incidents that this person may see."""
    found = _refused().where(OutboxMail.due_at > now - NEWS_FOR, visible_to(me))
    return list(await session.scalars(found.order_by(Incident.reference)))


async def has_untold_customers(session: AsyncSession, incident: Incident) -> bool:
    """Say whether the incident has such a customer, be it by a notice of one of its parts."""
    return await session.scalar(_refused().where(Incident.id == incident.id).limit(1)) is not None


def _refused() -> Select[str]:
    """Ask for incidents whose duty to a customer runs after a refused notice, unless a later one is on its way or arrived."""
    own, part, later, mail = aliased(Clock), aliased(Incident), aliased(CustomerNotice), aliased(OutboxMail)
    wrote_again = exists().where(
        later.clock_id.in_((Clock.id, own.id)),
        later.id > CustomerNotice.id,
        mail.id == later.mail_id,
        mail.state != MailState.DEAD,
    )
    same = (Clock.duty == own.duty) & (Clock.subject == own.subject)
    whole = or_(Clock.incident_id == part.id, Clock.incident_id == part.merged_into_id)
    query = select(Incident.reference).select_from(OutboxMail).distinct()
    query = query.join(CustomerNotice, CustomerNotice.mail_id == OutboxMail.id)
    query = query.join(own, own.id == CustomerNotice.clock_id).join(part, part.id == own.incident_id)
    query = query.join(Clock, same & whole & Clock.ended_at.is_(None)).join(Incident, Incident.id == Clock.incident_id)
    return query.where(OutboxMail.state == MailState.DEAD, ~wrote_again)
