"""What stands beside an incident: what it is part of, what is part of it, what is linked to it, and what looks alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records import wholes
from incidentdesk.rules.lifecycle import Status
from incidentdesk.tables import HistoryEntry, Incident, JsonObject, Member, Relation, Seal, fetch_keys, visible_to

# Reports of one thing come within days of each other.
ALIKE_WITHIN = timedelta(days=3)
MOST_ALIKE = 5
# What an entry of the history says of another incident, and what nobody reads who may not see that one.
OTHERS = ("main", "part", "other")
ABOUT_OTHERS = (*OTHERS, "reason", "authority_reference", "reason_for_delay")


@dataclass(frozen=True)
class Neighbours:
    """Other incidents, as far as this person may see them. `main` is set when the incident is part of another."""

    main: Incident | None = None
    parts: Sequence[Incident] = ()
    related: Sequence[Incident] = ()
    alike: Sequence[Incident] = ()
    # References of incidents that the history speaks of, by id.
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> list[UUID]:
        """The ids of the parts."""
        return [part.id for part in self.parts]


async def neighbours_of(
    session: AsyncSession, incident: Incident, *, by: Member, history: Iterable[HistoryEntry] = ()
) -> Neighbours:
    """Return what stands beside it."""
    spoken_of = {UUID(entry.after[name]) for entry in history for name in OTHERS if name in entry.after}
    named = await _seen(session, spoken_of, by=by)
    main = await wholes.main_of(session, incident)
    is_part = main.id != incident.id
    parts = await wholes.parts_of(session, incident)
    seen = {one.id for one in await _seen(session, [main.id, *(part.id for part in parts)], by=by)}
    return Neighbours(
        main if is_part and main.id in seen else None,
        [part for part in parts if part.id in seen],
        await _related(session, incident, by=by),
        [] if is_part or incident.status is Status.CLOSED else await alike(session, incident, by=by),
        {str(one.id): one.reference for one in named},
    )


async def _seen(session: AsyncSession, ids: Iterable[UUID], *, by: Member) -> list[Incident]:
    wanted = set(ids)
    if not wanted:
        return []
    return list(await session.scalars(select(Incident).where(Incident.id.in_(wanted), visible_to(by))))


async def _related(session: AsyncSession, incident: Incident, *, by: Member) -> list[Incident]:
    pairs = select(Relation.one_id, Relation.other_id)
    pairs = pairs.where(or_(Relation.one_id == incident.id, Relation.other_id == incident.id))
    ids = {number for pair in await session.execute(pairs) for number in pair} - {incident.id}
    found = sorted(await _seen(session, ids, by=by), key=lambda one: one.id)
    await fetch_keys(session, [one.id for one in found], seals=(Seal.CONTENT,))
    return found


async def alike(session: AsyncSession, incident: Incident, *, by: Member) -> list[Incident]:
    """Return open incidents of the same kind that came in on the same days, the newest first.

    Found by an index, not by what was written: nothing sealed is opened to find them.
    """
    around = Incident.received_at.between(incident.received_at - ALIKE_WITHIN, incident.received_at + ALIKE_WITHIN)
    query = select(Incident).where(
        Incident.merged_into_id.is_(None),
        Incident.kind == incident.kind,
        around,
        Incident.id != incident.id,
        Incident.closed_at.is_(None),
        Incident.practice.is_(incident.practice),
        visible_to(by),
    )
    found = list(await session.scalars(query.order_by(Incident.received_at.desc()).limit(MOST_ALIKE)))
    await fetch_keys(session, [one.id for one in found], seals=(Seal.CONTENT,))
    return found


def shown(after: JsonObject, named: Mapping[str, str]) -> JsonObject:
    """Return an entry's values without what it says of an incident that this person may not see."""
    spoken_of = [after[name] for name in OTHERS if name in after]
    if not spoken_of:
        return after
    if any(number not in named for number in spoken_of):
        return {name: value for name, value in after.items() if name not in ABOUT_OTHERS}
    return {name: named[value] if name in OTHERS else value for name, value in after.items()}
