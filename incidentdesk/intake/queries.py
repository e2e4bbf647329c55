"""What the public pages read: a report with its incident, by what only its reporter holds, and the conversation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.records import history, wholes
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import Clock, Hit, Incident, Message, Report, fetch_keys


@dataclass(frozen=True)
class Filed:
    """A report and the incident it belongs to."""

    report: Report
    incident: Incident

    @property
    def answers(self) -> dict[str, Any]:
        """Everything the reporter told us, wherever it is kept."""
        return {**self.report.answers, **self.report.identity, "answer_lang": self.report.language}


async def report_of_form(session: AsyncSession, form_hash: str) -> Filed | None:
    """Return the report that was sent with this form, if it was."""
    return await _filed(session, Report.form_hash == form_hash)


async def report_of_code(session: AsyncSession, code_hash: str, *, to_change: bool = False) -> Filed | None:
    """Return the report behind a private code; `to_change` keeps both rows for this transaction alone."""
    return await _filed(session, Report.code_hash == code_hash, to_change=to_change)


async def _filed(session: AsyncSession, condition: ColumnElement[bool], *, to_change: bool = False) -> Filed | None:
    query = select(Report, Incident).join(Incident, Incident.id == Report.incident_id).where(condition)
    if to_change:
        # The main incident first, then its part, as the desk does: of two who take both in another order, the database would end one.
        incident_id = await session.scalar(select(Report.incident_id).where(condition))
        if incident_id is None:
            return None
        await wholes.lock_main(session, incident_id)
        query = query.with_for_update().execution_options(populate_existing=True)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    filed = Filed(*row)
    if to_change:
        history.hold(session, filed.incident)
    await fetch_keys(session, [filed.incident.id])
    return filed


async def hits(session: AsyncSession, key: str, *, since: datetime) -> int:
    """Return how often a limit was hit in the windows that began after `since`, without counting this look."""
    return await session.scalar(select(func.sum(Hit.count)).where(Hit.key == key, Hit.window > since)) or 0


async def is_answered(session: AsyncSession, incident: Incident) -> bool:
    """Say whether the promised answer was given, by a message or by finishing."""
    answered = select(Clock.id).where(Clock.incident_id == incident.id, Clock.duty == Duty.FIRST_ANSWER)
    return await session.scalar(answered.where(Clock.ended_at.is_not(None)).limit(1)) is not None


async def thread(session: AsyncSession, report: Report) -> list[Message]:
    """Return the messages between the desk and this reporter, oldest first. Internal notes are in another table."""
    query = select(Message).where(Message.report_id == report.id).order_by(Message.written_at, Message.id)
    return list(await session.scalars(query))
