"""What the last look for gaps found, for whoever tells people of it; `escalation.watch` does the looking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.rules.reach import Gap, Proof, proof_of
from incidentdesk.tables import FoundGap, GapCheck, Incident, Member, visible_to


@dataclass(frozen=True)
class Known:
    """One gap as it was found. `target` is whom a step calls, as the ladder names it."""

    gap: Gap
    member: Member | None
    target: str | None
    reference: str | None


@dataclass(frozen=True)
class LastLook:
    """When somebody last looked, and what is still so."""

    at: datetime
    gaps: Sequence[Known]


async def look_again(session: AsyncSession) -> None:
    """Say that people, posts or the ladder changed: a worker looks within a minute."""
    await session.execute(update(GapCheck).where(GapCheck.is_stale.is_(False)).values(is_stale=True))


async def last_look(session: AsyncSession, *, me: Member | None, now: datetime) -> LastLook | None:
    """Return what was found, without what was mended since; None before the first look.

    Of restricted incidents only those that `me` may see; without `me` none.
    """
    finished = select(GapCheck).where(GapCheck.finished_at.is_not(None))
    check = await session.scalar(finished.order_by(GapCheck.id.desc()).limit(1))
    if check is None:
        return None
    query = select(FoundGap, Member, Incident.reference).where(FoundGap.check_id == check.id)
    query = query.outerjoin(Member, Member.id == FoundGap.member_id)
    query = query.outerjoin(Incident, Incident.id == FoundGap.incident_id).order_by(FoundGap.id)
    open_ones = Incident.closed_at.is_(None) & visible_to(me) if me is not None else Incident.id.is_(None)
    rows = await session.execute(query.where(or_(FoundGap.incident_id.is_(None), open_ones)))
    known = [Known(row.gap, member, row.target, reference) for row, member, reference in rows]
    return LastLook(check.started_at, [one for one in known if _is_still_so(one, now=now)])


def _is_still_so(known: Known, *, now: datetime) -> bool:
    """Say whether the person has not mended it meanwhile; what else was changed is looked at anew."""
    member = known.member
    if member is None:
        return True
    if known.gap in {Gap.UNPROVEN, Gap.OLD_PROOF}:
        return proof_of(member.proved_at, now, lasts=law.proof_lasts(now)) is not Proof.PROVED
    if known.gap is Gap.REFUSED:
        return member.mail_refused_at is not None
    return known.gap is not Gap.NEVER_IN or member.password_hash is None
