"""How far the rooms of one incident are, for the row of them on top of each: read from the same rows as the rooms themselves."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.breach.assessment.queries import assessment_of
from incidentdesk.records import duties, register
from incidentdesk.rules.lifecycle import Verdict
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.notification import Phase
from incidentdesk.rules.people_notice import Standing
from incidentdesk.rules.progress import Known, Mark, Room, marks
from incidentdesk.tables import (
    AssessmentDecision,
    Awareness,
    Clock,
    FiledVersion,
    Filing,
    Incident,
    NotificationVersion,
    RegisterEntry,
    filing_counts,
)


async def progress_of(session: AsyncSession, incident: Incident) -> Mapping[Room, Mark]:
    """Return how far each room is; nothing for a part of another incident, whose rooms are that one's."""
    if incident.merged_into_id is not None:
        return {}
    names, queries = zip(*_asked(incident).items(), strict=True)
    found = dict(zip(names, (await session.execute(select(*queries))).one(), strict=True))
    signed_at, closed_at = found["signed_at"], found["closed_at"]
    return marks(
        Known(
            is_breach=incident.verdict is Verdict.PERSONAL_DATA_BREACH,
            is_undecided=incident.verdict is None,
            has_clock=found["clocks"] > 0,
            runs=found["clocks_running"] > 0,
            aware=found["aware"] > 0,
            assessed=signed_at is not None,
            overtaken=signed_at is not None and await _is_overtaken(session, incident),
            duties=found["duties"],
            running=found["running"],
            filed=found["filed"] > 0,
            follows=_follows(found) or await _lacks_reasons(session, incident),
            standing=found["standing"] or Standing.UNDECIDED,
            has_entry=found["opened_at"] is not None,
            is_closed=closed_at is not None,
            is_practice=incident.practice,
        )
    )


def _asked(incident: Incident) -> dict[str, ScalarSelect[Any]]:
    """Return what is asked of the rows of an incident, all of it in one statement."""
    of = incident.id
    authority, is_running = (Clock.incident_id == of) & (Clock.duty == Duty.AUTHORITY), Clock.ended_at.is_(None)
    legal = (Clock.incident_id == of) & Clock.legal
    filed = select(func.count(Filing.id)).join(Clock, Clock.id == Filing.clock_id).where(authority, filing_counts())
    recorded = select(func.max(Filing.recorded_at)).join(Clock, Clock.id == Filing.clock_id).where(authority)
    handed_in = select(func.max(NotificationVersion.number)).join(
        FiledVersion, FiledVersion.version_id == NotificationVersion.id
    )
    versions = NotificationVersion.incident_id == of
    newest = select(NotificationVersion.phase).where(versions).order_by(NotificationVersion.number.desc()).limit(1)
    entry = RegisterEntry.incident_id == of
    asked: dict[str, Select[Any]] = {
        "clocks": select(func.count(Clock.id)).where(authority),
        "clocks_running": select(func.count(Clock.id)).where(authority, is_running),
        "duties": select(func.count(Clock.id)).where(legal),
        "running": select(func.count(Clock.id)).where(legal, is_running),
        "aware": select(func.count(Awareness.id)).join(Clock, Clock.id == Awareness.clock_id).where(authority),
        "signed_at": select(func.max(AssessmentDecision.signed_at)).where(AssessmentDecision.incident_id == of),
        "filed": filed,
        "phase": newest,
        "newest": select(func.max(NotificationVersion.number)).where(versions),
        "newest_filed": handed_in.where(versions),
        "saved_at": select(func.max(NotificationVersion.saved_at)).where(versions),
        "recorded_at": recorded,
        "standing": select(RegisterEntry.standing).where(entry),
        "opened_at": select(RegisterEntry.opened_at).where(entry),
        "closed_at": select(RegisterEntry.closed_at).where(entry),
    }
    return {name: query.scalar_subquery() for name, query in asked.items()}


def _follows(found: Mapping[str, Any]) -> bool:
    """Say whether more is to be filed: what went out was preliminary, or its next version is begun.

    What was recorded on the page of the clock has no version; what is kept after it is the next one.
    """
    saved_at, recorded_at = found["saved_at"], found["recorded_at"]
    if found["newest_filed"] is None:
        return saved_at is not None and recorded_at is not None and saved_at > recorded_at
    return found["phase"] is Phase.PRELIMINARY or found["newest"] != found["newest_filed"]


async def _lacks_reasons(session: AsyncSession, incident: Incident) -> bool:
    """Say whether merging or separating made late what was filed without reasons: they are handed in all the same."""
    late = select(Clock).where(Clock.incident_id == incident.id, Clock.duty == Duty.AUTHORITY, Clock.late_seconds > 0)
    clock_row = (await session.scalars(late)).first()
    if clock_row is None or incident.erased_at is not None or not duties.is_by_law(clock_row):
        return False
    filed = await session.scalars(select(Filing).where(Filing.clock_id == clock_row.id, filing_counts()))
    return register.lacks_reasons(clock_row, filed.all())


async def _is_overtaken(session: AsyncSession, incident: Incident) -> bool:
    """Say what the page of the assessment says: facts also go away, with a part that was taken out or a row that is damaged."""
    return (await assessment_of(session, incident, now=clock.now())).is_overtaken
