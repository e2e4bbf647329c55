"""Telling every administrator what an account that is not its owner's would be used for: people, ways in, who is alerted."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail import gaps, outbox
from incidentdesk.mail.outbox import Letter
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import JsonObject, Member, Rota, RotaSeat, new_id


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
    ROTA = "rota"
    ROTA_CLOSED = "rota_closed"
    STAND_IN = "stand_in"
    AWAY = "away"
    FEED = "feed"


async def announce_change(
    session: AsyncSession, what: Change, *, by: Member | None, now: datetime, of: Member | Rota | None = None
) -> None:
    """Mail it to all administrators, whoever did it included, and to whom it is about; `by` is None on the server."""
    await gaps.look_again(session)
    told = [Member.role == Role.ADMINISTRATOR]
    if isinstance(of, Rota):
        told.append(Member.id.in_(select(RotaSeat.member_id).where(RotaSeat.rota_id == of.id)))
    elif of and what is not Change.ADDED:
        told.append(Member.id == of.id)
    context: JsonObject = {"what": what.value, "by": _text(by), "of": _text(of)}
    number = new_id()
    for member_id in await session.scalars(select(Member.id).where(Member.disabled_at.is_(None), or_(*told))):
        about: outbox.About = {"member_id": member_id, "context": context}
        await outbox.put(session, letter=Letter.CHANGED, dedupe=f"changed:{number}:{member_id}", now=now, **about)


async def change_values(session: AsyncSession, context: JsonObject) -> JsonObject:
    """Return what was changed, with the names of today."""
    return {"what": context["what"], **{role: await _name(session, context[role]) for role in ("by", "of")}}


async def _name(session: AsyncSession, row_id: str) -> str:
    if not row_id:
        return ""
    row: Member | Rota | None = await session.get(Member, UUID(row_id))
    row = row or await session.get(Rota, UUID(row_id))
    return row.name if row else ""


def _text(row: Member | Rota | None) -> str:
    return str(row.id) if row else ""
