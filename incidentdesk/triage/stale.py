"""A form that was overtaken: who changed what while it was being filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Conflict
from incidentdesk.records.history import names_of
from incidentdesk.rules.lifecycle import Move
from incidentdesk.tables import HistoryEntry, Incident, JsonObject, fetch_keys
from incidentdesk.triage.looking import LOOKS

LOOKED_BACK = 200


@dataclass(frozen=True)
class Collision:
    """Both values of one field, and the change that came first. `names` holds the people among the values, by id."""

    name: str
    theirs: str
    mine: str
    was: str = ""
    by: str = ""
    at: datetime | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    # Sending it again cannot work: the incident was closed, or opened, by somebody else.
    final: bool = False


class Stale(Conflict):
    """Somebody changed the field since the form was shown."""

    def __init__(self, collision: Collision) -> None:
        """Carry what the page needs to say."""
        super().__init__(collision.name)
        self.collision = collision


def plain(incident: Incident) -> JsonObject:
    """Return what people change about an incident, as history keeps it."""
    return {
        "title": incident.title,
        "severity": incident.severity,
        "owner": str(incident.owner_id) if incident.owner_id else None,
        "status": incident.status.value,
        "verdict": incident.verdict.value if incident.verdict else None,
        "outcome": incident.outcome.value if incident.outcome else None,
    }


def text_of(value: object) -> str:
    """Return a plain value as a form's field carries it."""
    return "" if value is None else str(value)


async def refuse_stale(session: AsyncSession, incident: Incident, name: str, *, seen: str, mine: str) -> None:
    """Raise Stale when the field no longer holds what the form showed."""
    theirs = text_of(plain(incident)[name])
    if seen != theirs:
        raise Stale(await _collision(session, incident, Collision(name, theirs, mine)))


async def blocked(session: AsyncSession, incident: Incident, step: Move) -> Stale:
    """Return the collision of a step that the present status does not allow: it was closed, or opened, meanwhile."""
    known = Collision("status", incident.status.value, step.value, final=True)
    return Stale(await _collision(session, incident, known))


async def last_change(session: AsyncSession, incident: Incident, name: str) -> HistoryEntry | None:
    """Return the newest entry that changed the field of that name."""
    await fetch_keys(session, [incident.id])
    # Not those who only looked: they may be many, and changed nothing.
    acts = (HistoryEntry.incident_id == incident.id, HistoryEntry.action.not_in(LOOKS))
    entries = await session.scalars(
        select(HistoryEntry).where(*acts).order_by(HistoryEntry.id.desc()).limit(LOOKED_BACK)
    )
    return next((entry for entry in entries if _changed(entry, name)), None)


def _changed(entry: HistoryEntry, name: str) -> bool:
    return name in entry.after and entry.after[name] != entry.before.get(name)


async def _collision(session: AsyncSession, incident: Incident, known: Collision) -> Collision:
    entry = await last_change(session, incident, known.name)
    actor = entry.actor.removeprefix("member:") if entry else ""
    was = text_of(entry.before.get(known.name)) if entry else ""
    names = await _names(session, {actor, was, known.theirs, known.mine})
    return replace(known, was=was, by=names.get(actor, actor), at=entry.at if entry else None, names=names)


async def _names(session: AsyncSession, values: set[str]) -> dict[str, str]:
    names = await names_of(session, [found for value in values if (found := _id(value))])
    return {str(number): name for number, name in names.items()}


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
