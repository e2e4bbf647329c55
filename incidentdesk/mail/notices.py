"""Telling every administrator what an account that is not its owner's would be used for: people, ways in, who is alerted."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail import outbox
from incidentdesk.mail.outbox import Letter
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import JsonObject, Member, new_id


class Change(StrEnum):
    """What was changed; `templates/mail/changed` has the words."""

    ADDED = "added"
    LINK = "link"
    ROLE = "role"
    CLOSED = "closed"
    SIGNED_OUT = "signed_out"
    FACTOR = "factor"
    POSTS = "posts"
    LADDER = "ladder"
    STEP = "step"


async def announce_change(
    session: AsyncSession, what: Change, *, by: Member | None, now: datetime, of: Member | None = None
) -> None:
    """Mail it to all administrators, whoever did it included, and to the person it is about; `by` is None on the server."""
    told = [Member.role == Role.ADMINISTRATOR, *([Member.id == of.id] if of and what is not Change.ADDED else [])]
    context: JsonObject = {"what": what.value, "by": _text(by), "of": _text(of)}
    number = new_id()
    for member_id in await session.scalars(select(Member.id).where(Member.disabled_at.is_(None), or_(*told))):
        about: outbox.About = {"member_id": member_id, "context": context}
        await outbox.put(session, letter=Letter.CHANGED, dedupe=f"changed:{number}:{member_id}", now=now, **about)


async def change_values(session: AsyncSession, context: JsonObject) -> JsonObject:
    """Return what was changed, with the names of today."""
    return {"what": context["what"], **{role: await _name(session, context[role]) for role in ("by", "of")}}


async def _name(session: AsyncSession, member_id: str) -> str:
    member = await session.get(Member, UUID(member_id)) if member_id else None
    return member.name if member else ""


def _text(member: Member | None) -> str:
    return str(member.id) if member else ""
