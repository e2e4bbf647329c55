"""Customers who were written to and have not been told: the mail server refused the mail for good, and the duty still runs."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from incidentdesk.tables import Clock, CustomerNotice, Incident, MailState, Member, OutboxMail, visible_to, whole_of

# On every page it is asked of the mails that were due so lately, which an index knows; an incident's own page has no end.
NEWS_FOR = timedelta(days=90)


async def with_untold_customers(session: AsyncSession, *, me: Member, now: datetime) -> list[str]:
    """Return the references of all such incidents that this person may see."""
    found = _refused(OutboxMail.due_at > now - NEWS_FOR).where(visible_to(me))
    return list(await session.scalars(found.order_by(Incident.reference)))


async def has_untold_customers(session: AsyncSession, incident: Incident) -> bool:
    """Say whether the incident has such a customer, be it by a notice of one of its parts."""
    whole = await whole_of(session, incident.id)
    query = _refused(CustomerNotice.incident_id.in_(whole)).where(Incident.id == incident.id)
    return await session.scalar(query.limit(1)) is not None


def _refused(which: ColumnElement[bool]) -> Select[str]:
    """Ask for incidents whose duty to a customer runs after a refused notice, unless a later one is on its way or arrived."""
    own, later, mail = aliased(Clock), aliased(CustomerNotice), aliased(OutboxMail)
    # Where it was signed, and each incident that one is part of, up to the top.
    signed = select(CustomerNotice.id, CustomerNotice.clock_id, CustomerNotice.incident_id.label("home"))
    signed = signed.join(OutboxMail, OutboxMail.id == CustomerNotice.mail_id).where(
        OutboxMail.state == MailState.DEAD, which
    )
    above = signed.cte("above", recursive=True)
    part = select(above.c.id, above.c.clock_id, Incident.merged_into_id).join(Incident, Incident.id == above.c.home)
    above = above.union(part.where(Incident.merged_into_id.is_not(None)))
    wrote_again = exists().where(
        later.clock_id.in_((Clock.id, own.id)),
        later.id > above.c.id,
        mail.id == later.mail_id,
        mail.state != MailState.DEAD,
    )
    same = (Clock.duty == own.duty) & (Clock.subject == own.subject) & (Clock.incident_id == above.c.home)
    query = select(Incident.reference).select_from(above).distinct().join(own, own.id == above.c.clock_id)
    query = query.join(Clock, same & Clock.ended_at.is_(None)).join(Incident, Incident.id == Clock.incident_id)
    return query.where(~wrote_again)
