"""Who may know of an incident: one condition for every read, and its mirror for whoever is told of it.

A query that reads incidents, or what belongs to them, for a person says `.where(visible_to(member))`.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.rules.permissions import Permission, Role, allows
from incidentdesk.tables.incidents import Incident, IncidentMember
from incidentdesk.tables.people import Member

WORKERS = tuple(role for role in Role if allows(role, Permission.TAKE))
KEEPERS = tuple(role for role in Role if allows(role, Permission.RESTRICT))


def visible_to(member: Member) -> ColumnElement[bool]:
    """Match the incidents this person may see; of any other one they must not even learn that it exists.

    When nobody who may see it works here any more, whoever may choose its members sees it again.
    """
    chosen = exists().correlate(Incident).where(IncidentMember.incident_id == Incident.id)
    seen = or_(Incident.restricted.is_(False), chosen.where(IncidentMember.member_id == member.id))
    if not allows(member.role, Permission.RESTRICT):
        return seen
    able = chosen.where(IncidentMember.member_id == Member.id, Member.disabled_at.is_(None), Member.role.in_(WORKERS))
    return or_(seen, ~able)


async def readers_of(session: AsyncSession, incident: Incident) -> set[UUID] | None:
    """Return who may see a restricted incident, or None when everybody of the desk may."""
    if not incident.restricted:
        return None
    chosen = select(IncidentMember.member_id).where(IncidentMember.incident_id == incident.id)
    known = set(await session.scalars(chosen))
    able = select(Member.id).where(Member.id.in_(known), Member.disabled_at.is_(None), Member.role.in_(WORKERS))
    if await session.scalar(able.limit(1)) is None:
        known |= set(await session.scalars(select(Member.id).where(Member.role.in_(KEEPERS))))
    return known
