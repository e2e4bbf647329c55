"""All that the register says of a breach at the moment it is signed, as plain values that outlive every other row."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from incidentdesk.breach.register.entries import Entry
from incidentdesk.breach.register.forms import Line
from incidentdesk.tables import LOST, JsonObject

# What stands in a sheet and in a signed entry where a row could not be read.
DAMAGED: Final = "(damaged)"


def snapshot_of(entry: Entry, line: Line, *, names: Mapping[UUID, str], signed_at: datetime) -> JsonObject:
    """Return the values of the entry with this line. What was erased meanwhile is taken from the snapshot before."""
    signed = entry.signed
    if entry.gone and signed is not None:
        return {**signed.snapshot, **_written(line, signed_at)}
    known: JsonObject = _readable(_now(entry, names))
    return {**known, **_written(line, signed_at)}


def _now(entry: Entry, names: Mapping[UUID, str]) -> JsonObject:
    incident, row = entry.incident, entry.row
    return {
        "version": 1,
        "reference": incident.reference,
        "received_at": incident.received_at.isoformat(),
        "aware_at": row.aware_at.isoformat() if row else None,
        "verdict": incident.verdict.value if incident.verdict else None,
        "standing": row.standing.value if row else None,
        "awareness": [
            {"at": one.aware_at.isoformat(), "reason": one.reason, **_by(one.member_id, names, one.set_at)}
            for one in entry.awareness
        ],
        "notified": [
            {
                "at": one.filed_at.isoformat(),
                "reference": one.authority_reference,
                "reason_for_delay": one.reason_for_delay or "",
                **_by(one.member_id, names, one.recorded_at),
            }
            for one in entry.filings
        ],
        "decisions": [
            {"decision": one.decision, "reasoning": one.reasoning, **_by(one.member_id, names, one.signed_at)}
            for one in entry.decisions
        ],
        "assessed": [
            {
                "decision": one.kind,
                "reasoning": one.reasoning,
                # What nobody had answered, and which blocks nobody had checked, when it was signed.
                "unknown": list(one.proposal.get("unknown", ())),
                "unchecked": list(one.proposal.get("unchecked", ())),
                **_by(one.member_id, names, one.signed_at),
            }
            for one in entry.assessed
        ],
        "people": _people(entry, names),
    }


def _readable(value: Any) -> Any:  # noqa: ANN401 - plain values of any depth
    """Say in words what is damaged: the entry can be signed, and shows for good that nobody could read it."""
    if isinstance(value, dict):
        return {name: _readable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_readable(part) for part in value]
    return DAMAGED if value is LOST else value


def _people(entry: Entry, names: Mapping[UUID, str]) -> JsonObject:
    return {
        "decisions": [
            {"choice": one.choice.value, "reasoning": one.reasoning, **_by(one.member_id, names, one.signed_at)}
            for one in entry.people
        ],
        "told": [
            {
                "at": one.told_at.isoformat(),
                "how": one.telling.value,
                "channel": one.channel,
                "people": one.people,
                "place": one.place,
                "proof": one.proof,
                **_by(one.member_id, names, one.recorded_at),
            }
            for one in entry.told
        ],
    }


def _by(member_id: UUID, names: Mapping[UUID, str], at: datetime) -> JsonObject:
    return {"by": names.get(member_id, ""), "written_at": at.isoformat()}


def _written(line: Line, signed_at: datetime) -> JsonObject:
    return {"written": line.values, "signed_at": signed_at.isoformat()}
