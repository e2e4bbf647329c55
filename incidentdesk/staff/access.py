"""The way to an incident: by its reference, and only for whoever may see it."""

import contextlib

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Erased, Merged, Missing
from incidentdesk.records import history, wholes
from incidentdesk.rules.reference import is_reference
from incidentdesk.tables import Incident, Member, fetch_keys, visible_to


async def find_incident(
    session: AsyncSession, reference: str, *, by: Member, to_change: bool = False, even_merged: bool = False
) -> Incident:
    """Return the incident with its keys, or raise Missing, whether there is none or only none for this person.

    `to_change` keeps others out until the transaction ends; nothing is added to what was erased, and what is part of another
    incident is worked on there.
    """
    wanted = select(Incident).where(Incident.reference == reference, visible_to(by))
    if not is_reference(reference):
        raise Missing
    held = wanted.with_for_update().execution_options(populate_existing=True)
    incident: Incident | None = await session.scalar(held if to_change else wanted)
    if incident is None:
        raise Missing
    if incident.merged_into_id is not None:
        await _name_main(session, incident, by=by)
    if to_change:
        history.hold(session, incident)
        _refuse(incident, even_merged=even_merged)
    await fetch_keys(session, [incident.id])
    return incident


def _refuse(incident: Incident, *, even_merged: bool) -> None:
    if incident.erased_at is not None:
        raise Erased
    if incident.merged_into_id is not None and not even_merged:
        raise Merged(incident.main_reference)


async def _name_main(session: AsyncSession, incident: Incident, *, by: Member) -> None:
    """Let pages about a part lead to the incident that stands for it, for whoever may see that one."""
    main = await wholes.main_of(session, incident)
    found = await session.scalar(select(Incident.reference).where(Incident.id == main.id, visible_to(by)))
    incident.main_reference = found or ""


async def hold_incident(session: AsyncSession, reference: str, *, by: Member) -> Incident:
    """Return the incident, and keep others out, whatever became of it: for what outlives an erasure or a merging."""
    with contextlib.suppress(Erased, Merged):
        return await find_incident(session, reference, by=by, to_change=True)
    # Refused, and locked all the same.
    return await find_incident(session, reference, by=by)
