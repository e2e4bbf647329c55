"""Who needs to know of an incident, everybody of the desk or chosen people only, and who of its reporter."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Conflict
from incidentdesk.mail import outbox
from incidentdesk.records import clocks, history, wholes
from incidentdesk.tables import Incident, IncidentMember, JsonObject, Member
from incidentdesk.triage.access_forms import Access
from incidentdesk.triage.actions import begin, finish
from incidentdesk.triage.looking import REVEALED


@dataclass(frozen=True)
class Circle:
    """Who may see an incident now, and who could be chosen. `bound` always may: the owner, and whoever chooses."""

    restricted: bool
    chosen: frozenset[UUID]
    bound: tuple[Member, ...]
    others: tuple[Member, ...]

    @property
    def stamp(self) -> str:
        """Return a word that changes with the circle, so that a form shown before is not taken for an answer to it."""
        if not self.restricted:
            return "desk"
        return hashlib.sha256(" ".join(_listed(self.chosen)).encode()).hexdigest()[:16]


async def circle_of(session: AsyncSession, incident: Incident, *, by: Member) -> Circle:
    """Return the circle as the person `by` would change it."""
    chosen = select(IncidentMember.member_id).where(IncidentMember.incident_id == incident.id)
    people = await session.scalars(select(Member).where(Member.disabled_at.is_(None)).order_by(Member.name, Member.id))
    bound = {by.id, incident.owner_id}
    everybody = list(people)
    return Circle(
        restricted=incident.restricted,
        chosen=frozenset(await session.scalars(chosen)),
        bound=tuple(one for one in everybody if one.id in bound),
        others=tuple(one for one in everybody if one.id not in bound),
    )


async def set_access(session: AsyncSession, incident: Incident, access: Access, *, by: Member, now: datetime) -> None:
    """Let everybody of the desk see it, or only its owner, whoever says so, and the people chosen."""
    circle = await circle_of(session, incident, by=by)
    bound = {member.id for member in circle.bound}
    wanted = bound | (access.members & {member.id for member in circle.others}) if access.restricted else set[UUID]()
    if access.restricted == circle.restricted and wanted == circle.chosen:
        return
    if access.seen != circle.stamp:
        raise Conflict
    for one in (incident, *await wholes.parts_of(session, incident, to_change=True)):
        before = _plain(restricted=one.restricted, members=circle.chosen)
        await let_see(session, one, wanted if access.restricted else None, now=now)
        after = _plain(restricted=one.restricted, members=wanted)
        await clocks.acted(session, one, by="access.set", now=now)
        actor = history.actor_of(by)
        history.record(session, one, "access.set", actor=actor, now=now, before=before, after=after)
        await clocks.refresh_agenda(session, one)


async def let_see(
    session: AsyncSession, incident: Incident, members: Collection[UUID] | None, *, now: datetime
) -> None:
    """Let only these people see it, or everybody of the desk."""
    await session.execute(delete(IncidentMember).where(IncidentMember.incident_id == incident.id))
    session.add_all(IncidentMember(incident_id=incident.id, member_id=one) for one in members or ())
    incident.restricted = members is not None
    if incident.restricted:
        await outbox.tell_alone(session, incident, now=now)


async def reveal_reporter(
    session: AsyncSession, incident: Incident, purpose: str, *, by: Member, now: datetime
) -> None:
    """Write down that this person is shown who reported it, and what for; each time is an entry of its own."""
    await finish(session, begin(incident, by, now), REVEALED, reason=purpose)


def _plain(*, restricted: bool, members: Iterable[UUID]) -> JsonObject:
    return {"restricted": restricted, "members": _listed(members)}


def _listed(members: Iterable[UUID]) -> list[str]:
    return sorted(map(str, members))
