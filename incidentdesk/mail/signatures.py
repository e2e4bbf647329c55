"""Asking for a signature: what is ready waits for a person who may give it, and one mail says so, once."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail import contacts, outbox
from incidentdesk.mail.addressee import Addressee
from incidentdesk.mail.outbox import Letter
from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Permission, Role, allows
from incidentdesk.tables import (
    AssessmentDecision,
    Clock,
    Incident,
    Member,
    NotificationSignature,
    OutboxMail,
    readers_of,
)


class Paper(StrEnum):
    """What is signed; the value is also the name of its page."""

    ASSESSMENT = "assessment"
    NOTIFICATION = "notification"


SIGNED: dict[str, Any] = {Paper.ASSESSMENT: AssessmentDecision, Paper.NOTIFICATION: NotificationSignature}


async def ask(session: AsyncSession, incident: Incident, paper: Paper, *, by: Member, now: datetime) -> None:
    """Mail to whoever may sign that it is ready, unless that was said since the last signature, or one of them made it so."""
    asked = await _signers(session, incident, now=now)
    if by.id in {one.id for one in asked}:
        return
    number = await _signatures(session, incident, paper)
    for member in asked:
        about: outbox.About = {"incident_id": incident.id, "member_id": member.id}
        about["context"] = {"paper": paper.value, "number": number}
        key = f"sign:{paper}:{incident.id}:{number}:{member.id}"
        await outbox.put(session, letter=Letter.SIGNATURE, dedupe=key, now=now, **about)


async def signature_values(session: AsyncSession, mail: OutboxMail, to: Addressee) -> dict[str, Any] | None:
    """Return what waits; None once somebody has signed, it goes on elsewhere, or this person may not sign it any more."""
    incident, paper, number = to.incident, Paper(mail.context["paper"]), mail.context["number"]
    if incident is None or to.member is None or incident.erased_at or incident.merged_into_id:
        return None
    if await _signatures(session, incident, paper) != number or not await _may_sign(session, incident, to.member):
        return None
    running = select(func.min(Clock.deadline_at)).where(Clock.incident_id == incident.id, Clock.legal)
    due_at = await session.scalar(running.where(Clock.ended_at.is_(None)))
    return {"paper": paper.value, "again": number > 0, "due_at": due_at}


async def _signers(session: AsyncSession, incident: Incident, *, now: datetime) -> list[Member]:
    """Return who is asked: the officers among whom the post calls, or whoever else of them may sign."""
    called = await contacts.people_for(session, [Post.DPO], incident=incident, now=now)
    able = [one for one in called if await _may_sign(session, incident, one)]
    return [one for one in able if one.role is Role.DPO] or able


async def _may_sign(session: AsyncSession, incident: Incident, member: Member) -> bool:
    readers = await readers_of(session, incident)
    return allows(member.role, Permission.LEGAL) and (readers is None or member.id in readers)


async def _signatures(session: AsyncSession, incident: Incident, paper: Paper) -> int:
    """Return how often it was signed: what is asked for between two signatures is one request."""
    table = SIGNED[paper]
    counted = select(func.count()).select_from(table).where(table.incident_id == incident.id)
    return int(await session.scalar(counted) or 0)
