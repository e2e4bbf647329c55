"""What became of a practice: who reacted when, step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records.history import names_of
from incidentdesk.records.wholes import parts_of
from incidentdesk.tables import (
    Clock,
    HistoryEntry,
    Incident,
    MailState,
    Member,
    Notice,
    OutboxMail,
    Seal,
    fetch_keys,
    visible_to,
)
from incidentdesk.triage.queries import PRACTISED

MOST = 50
# The first time somebody did it is what a practice measures, in this order.
MILESTONES: Mapping[str, tuple[str, ...]] = {
    "opened": ("report.opened",),
    "taken": ("incident.taken", "verdict.set"),
    "decided": ("verdict.set",),
    "answered": ("message.sent",),
    "ended_duty": ("filing.recorded", "filing.taken_over", "clock.decided"),
    "over": ("practice.ended", "incident.closed"),
}


@dataclass(frozen=True)
class Reaction:
    """One thing that happened: after how long, who, and what: an action of the history, or a mail or a step of the ladder."""

    after: timedelta
    at: datetime
    who: str
    what: str
    is_alert: bool = False


@dataclass(frozen=True)
class Result:
    """A practice with all that happened in it, the earliest first. `milestones` that nobody reached are None."""

    incident: Incident
    reactions: Sequence[Reaction]
    milestones: Mapping[str, timedelta | None]
    # How many steps of the ladder came due, and how many of them alerted nobody.
    steps: int
    names: Mapping[UUID, str]


async def practices(session: AsyncSession, *, me: Member) -> list[Incident]:
    """Return the practices this person may see, the newest first. One that was erased is gone."""
    query = select(Incident).where(text(PRACTISED), visible_to(me))
    # By its moment, not by its id: else SQLite walks all incidents by their ids until it has met enough practices.
    newest = (Incident.received_at.desc(), Incident.id.desc())
    found = list(await session.scalars(query.order_by(*newest).limit(MOST)))
    await fetch_keys(session, [one.id for one in found], seals=(Seal.CONTENT,))
    return found


async def result_of(session: AsyncSession, incident: Incident) -> Result:
    """Return what became of it, with what was practised of merging."""
    ids = [incident.id, *(part.id for part in await parts_of(session, incident))]
    entries = list(await session.scalars(select(HistoryEntry).where(HistoryEntry.incident_id.in_(ids))))
    mails = list(await session.scalars(_mails(ids)))
    notices = (await session.execute(_steps(ids))).all()
    actors = {UUID(actor) for entry in entries if (actor := _person(entry.actor))}
    names = await names_of(session, actors | {mail.member_id for mail in mails if mail.member_id})
    begun = incident.received_at
    done = [_done(entry, names, begun) for entry in entries]
    sent = [_sent(mail, names, begun) for mail in mails]
    due = [Reaction(due_at - begun, due_at, "", f"{duty}:{step}", is_alert=True) for step, due_at, duty in notices]
    reactions = sorted([*done, *sent, *due], key=lambda one: one.at)
    return Result(incident, reactions, _milestones(entries, begun), len(notices), names)


def _mails(ids: Sequence[UUID]) -> Select[OutboxMail]:
    sent = (OutboxMail.incident_id.in_(ids), OutboxMail.state == MailState.SENT, OutboxMail.member_id.is_not(None))
    return select(OutboxMail).where(*sent)


def _steps(ids: Sequence[UUID]) -> Select[str, datetime, str]:
    steps = select(Notice.step, Notice.due_at, Clock.duty).join(Clock, Clock.id == Notice.clock_id)
    return steps.where(Notice.incident_id.in_(ids), Notice.superseded.is_(False), Notice.undone == 0)


def _person(actor: str) -> str:
    kind, _, number = actor.partition(":")
    return number if kind == "member" else ""


def _done(entry: HistoryEntry, names: Mapping[UUID, str], begun: datetime) -> Reaction:
    person = _person(entry.actor)
    return Reaction(entry.at - begun, entry.at, names.get(UUID(person), "") if person else "", entry.action)


def _sent(mail: OutboxMail, names: Mapping[UUID, str], begun: datetime) -> Reaction:
    at = mail.settled_at or mail.created_at
    name = names.get(mail.member_id, "") if mail.member_id else ""
    return Reaction(at - begun, at, name, mail.letter, is_alert=True)


def _milestones(entries: Sequence[HistoryEntry], begun: datetime) -> dict[str, timedelta | None]:
    first: dict[str, timedelta | None] = {}
    for name, actions in MILESTONES.items():
        moments = [entry.at - begun for entry in entries if entry.action in actions]
        first[name] = min(moments, default=None)
    return first
