"""The register as a sheet: a row for each line of each entry, the words of the program in English, moments in UTC."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from incidentdesk.breach.register.entries import Entry
from incidentdesk.breach.register.snapshots import DAMAGED
from incidentdesk.rules.register import TEXTS
from incidentdesk.tables import RegisterLine

HOUR = timedelta(hours=1)
ENTRY: Final = (
    "reference",
    "aware_at",
    "notified_at",
    "hours_to_notification",
    "authority_references",
    "reasons_for_delay",
    "people_standing",
    "people_told_at",
    "people_told",
    "closed_at",
    "kept_until",
    "gaps",
    "line",
    "of_lines",
    "kind",
    "written_at",
    "written_by",
    "why",
    "hash",
    "risk",
)
HEAD: Final = (*ENTRY, *TEXTS)


def rows_of(entry: Entry, names: Mapping[UUID, str]) -> Iterator[list[object]]:
    """Return a row for each line, the newest last; one without lines has a row as well."""
    about = _about(entry)
    count = len(entry.lines)
    if not count:
        yield [*about, 0, 0, "not_written", *[None] * 5, *[None] * len(TEXTS)]
    for number, line in enumerate(entry.lines, start=1):
        yield [*about, number, count, *_line(line, names)]


def _about(entry: Entry) -> list[object]:
    row, took = entry.row, entry.took
    filings: Sequence[Mapping[str, Any]] = _filings(entry)
    return [
        entry.incident.reference,
        _utc(row.aware_at if row else None),
        _utc(row.notified_at if row else None),
        None if took is None else took // HOUR,
        "; ".join(str(one["reference"]) for one in filings if one["reference"]),
        "; ".join(str(one["reason_for_delay"]) for one in filings if one["reason_for_delay"]),
        row.standing.value if row else "",
        _utc(entry.told[0].told_at if entry.told else None),
        sum(one.people or 0 for one in entry.told) or None,
        _utc(row.closed_at if row else None),
        _utc(entry.kept_until),
        "; ".join(entry.gaps),
    ]


def _filings(entry: Entry) -> Sequence[Mapping[str, Any]]:
    """Return what was filed; once the incident is erased, what was signed of it."""
    if entry.gone and entry.signed is not None:
        signed: Sequence[Mapping[str, Any]] = entry.signed.snapshot.get("notified", [])
        return signed
    return [
        dict.fromkeys(("reference", "reason_for_delay"), DAMAGED)
        if row.damaged
        else {"reference": row.authority_reference, "reason_for_delay": row.reason_for_delay or ""}
        for row in entry.filings
    ]


def _line(line: RegisterLine, names: Mapping[UUID, str]) -> list[object]:
    known = [line.kind.value, _utc(line.written_at), names.get(line.member_id, "")]
    if line.damaged:
        return [*known, *[DAMAGED] * (len(HEAD) - HEAD.index("why"))]
    texts = (line.values.get(name, "") for name in ("risk", *TEXTS))
    return [*known, line.why, line.snapshot_hash, *texts]


def _utc(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
