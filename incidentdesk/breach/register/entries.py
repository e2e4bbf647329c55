"""One breach as the register shows it, put together from the rows of all rooms and from what people wrote into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.breach.clock.forms import REOPENED
from incidentdesk.breach.register.prefill import risk_from, texts_from
from incidentdesk.records.register import kept_till, lacks_reasons
from incidentdesk.rules.lifecycle import Verdict
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.people_notice import Standing
from incidentdesk.rules.register import TEXTS, Gap, Known, LineKind, Risk, changed, gaps
from incidentdesk.tables import (
    LOST,
    AssessmentBlock,
    AssessmentDecision,
    Awareness,
    Clock,
    Filing,
    Incident,
    JsonObject,
    PeopleDecision,
    PeopleTold,
    RegisterEntry,
    RegisterLine,
    SignedDecision,
    fetch_keys,
    filing_counts,
)


@dataclass(frozen=True)
class Entry:
    """One breach with everything the register says of it, oldest first. `row` is None for what is no breach."""

    incident: Incident
    row: RegisterEntry | None
    lines: Sequence[RegisterLine] = ()
    clock: Clock | None = None
    awareness: Sequence[Awareness] = ()
    filings: Sequence[Filing] = ()
    decisions: Sequence[SignedDecision] = ()
    people: Sequence[PeopleDecision] = ()
    told: Sequence[PeopleTold] = ()
    blocks: Sequence[AssessmentBlock] = ()
    assessed: Sequence[AssessmentDecision] = ()
    # Of what is proposed before anybody wrote.
    language: str = "en"

    @property
    def stamp(self) -> str:
        """Return a word that changes with everything that could make a form stale."""
        return f"{len(self.lines)}-{'closed' if self.row and self.row.closed_at else 'open'}"

    @property
    def values(self) -> JsonObject:
        """Return what people wrote into it, by the newest line."""
        return self.lines[-1].values if self.lines else {}

    @property
    def texts(self) -> dict[str, str]:
        """Return the written texts; where nobody wrote yet, what is known from elsewhere and not checked."""
        if self.lines and self.lines[-1].damaged:
            return dict.fromkeys(TEXTS, LOST)
        if self.lines:
            return {name: str(self.values.get(name, "")) for name in TEXTS}
        reason = self._signed_reason
        assessed = self.assessed[-1].reasoning if self.assessed else ""
        known = {name: said for name, said in texts_from(self.blocks, self.language).items() if said}
        first = {"what": self.incident.title, "why_not_notified": reason, "reasoning": assessed or reason}
        return dict.fromkeys(TEXTS, "") | first | known

    @property
    def _signed_reason(self) -> str:
        """Return why a person signed that nothing is notified, if that stands."""
        newest = self.decisions[-1] if self.decisions and not self.filings else None
        return newest.reasoning if newest and newest.decision != REOPENED else ""

    @property
    def risk(self) -> Risk | None:
        """Return the risk as the entry states it; where nobody wrote yet, as the assessment was decided."""
        if not self.lines:
            return risk_from(self.assessed)
        value = self.values.get("risk")
        return Risk(value) if value in set(Risk) else None

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Return the questions of the assessment that had no answer when its newest decision was signed."""
        if self.gone and self.signed is not None:
            newest = (self.signed.snapshot.get("assessed") or [{}])[-1]
        else:
            newest = self.assessed[-1].proposal if self.assessed else {}
        return tuple(newest.get("unknown", ()))

    @property
    def is_breach(self) -> bool:
        """Say whether it still counts as a breach of its own."""
        return self.incident.verdict is Verdict.PERSONAL_DATA_BREACH and self.incident.merged_into_id is None

    @property
    def took(self) -> timedelta | None:
        """Return how long after awareness the first notification went out."""
        if self.row is None or self.row.notified_at is None:
            return None
        return max(self.row.notified_at - self.row.aware_at, timedelta(0))

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Return what the entry lacks."""
        return self.gaps_with(*(self.texts, self.risk) if self.lines and not self.lines[-1].damaged else ({}, None))

    def gaps_with(self, texts: Mapping[str, str], risk: Risk | None) -> tuple[Gap, ...]:
        """Return what the entry would lack with these words."""
        late = self.clock is not None and lacks_reasons(self.clock, self.filings)
        return gaps(
            Known(
                texts=texts,
                risk=risk,
                standing=self.row.standing if self.row else Standing.UNDECIDED,
                is_breach=self.is_breach,
                # Without a clock of the authority nothing runs from an awareness.
                awareness_fixed=bool(self.awareness) or self.clock is None,
                running=self.clock is not None and self.clock.ended_at is None,
                notified=bool(self.filings),
                late_without_reason=late and not self.gone,
            )
        )

    @property
    def gone(self) -> bool:
        """Say whether what was told about the incident was erased; then the signed snapshot alone has it."""
        return self.incident.erased_at is not None

    @property
    def is_damaged(self) -> bool:
        """Say whether a row cannot be read that a signed entry would hold."""
        rows: tuple[Any, ...] = (*self.awareness, *self.filings, *self.decisions)
        rows += (*self.assessed, *self.people, *self.told)
        return any(row.damaged for row in rows)

    @property
    def signed(self) -> RegisterLine | None:
        """Return the newest line that carries a snapshot."""
        return next((line for line in reversed(self.lines) if not line.damaged and line.snapshot_hash), None)

    @property
    def corrections(self) -> list[tuple[RegisterLine, tuple[str, ...]]]:
        """Return the lines after the first, each with the names of what it changed."""
        pairs = zip(self.lines, self.lines[1:], strict=False)
        return [
            (line, changed(before.values, line.values)) for before, line in pairs if line.kind is LineKind.CORRECTED
        ]

    @property
    def kept_until(self) -> datetime | None:
        """Return until when a closed entry is kept."""
        return kept_till(self.row.closed_at) if self.row and self.row.closed_at else None

    @property
    def signers(self) -> set[UUID]:
        """Return everybody who signed something in it."""
        signed: tuple[Any, ...] = (*self.awareness, *self.filings, *self.decisions)
        signed += (*self.assessed, *self.people, *self.told, *self.lines)
        return {row.member_id for row in signed}


async def entries_of(session: AsyncSession, incidents: Sequence[Incident], *, language: str = "en") -> list[Entry]:
    """Return these incidents as the register shows them, in the same order; a fixed number of queries."""
    ids = [incident.id for incident in incidents]
    await fetch_keys(session, ids)
    rows = await session.scalars(select(RegisterEntry).where(RegisterEntry.incident_id.in_(ids)))
    entries = {row.incident_id: row for row in rows}
    mine = await session.scalars(select(Clock).where(Clock.incident_id.in_(ids), Clock.duty == Duty.AUTHORITY))
    clocks = {clock.incident_id: clock for clock in mine}
    own = [clock.id for clock in clocks.values()]
    found = {name: await _grouped(session, table, table.clock_id.in_(own)) for name, table in OF_CLOCK.items()}
    found["filings"] = await _grouped(session, Filing, Filing.clock_id.in_(own) & filing_counts())
    found |= {name: await _grouped(session, table, table.incident_id.in_(ids)) for name, table in OF_INCIDENT.items()}
    return [
        Entry(
            incident,
            entries.get(incident.id),
            clock=clocks.get(incident.id),
            language=language,
            **{name: grouped.get(incident.id, []) for name, grouped in found.items()},
        )
        for incident in incidents
    ]


OF_CLOCK: Mapping[str, Any] = {"awareness": Awareness, "decisions": SignedDecision}
OF_INCIDENT: Mapping[str, Any] = {
    "people": PeopleDecision,
    "told": PeopleTold,
    "blocks": AssessmentBlock,
    "assessed": AssessmentDecision,
    "lines": RegisterLine,
}


async def _grouped(
    session: AsyncSession,
    table: Any,  # noqa: ANN401 - any of these tables
    condition: ColumnElement[bool],
) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in await session.scalars(select(table).where(condition).order_by(table.id)):
        found.setdefault(row.incident_id, []).append(row)
    return found
