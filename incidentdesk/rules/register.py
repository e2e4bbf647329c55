"""The register of all personal data breaches (Art. 33(5) GDPR): what an entry still lacks, and what a line may do."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from incidentdesk.rules.people_notice import OPEN, Standing

# What people write into an entry: facts, effects, remedial action, and the reasons (EDPB Guidelines 9/2022, 123 to 126).
TEXTS: Final = ("what", "people", "data", "effects", "measures", "reasoning", "why_not_notified")


class Risk(StrEnum):
    """The risk to people as the entry states it: the three outcomes of Art. 33(1) and 34(1)."""

    UNLIKELY = "unlikely"
    RISK = "risk"
    HIGH = "high"


class LineKind(StrEnum):
    """WRITTEN is the first line of an entry and of each time it runs; CORRECTED says why; CLOSED is signed."""

    WRITTEN = "written"
    CORRECTED = "corrected"
    CLOSED = "closed"


class Gap(StrEnum):
    """What an inspector would miss."""

    AWARENESS = "awareness"
    WHAT = "what"
    PEOPLE = "people"
    DATA = "data"
    RISK = "risk"
    REASONING = "reasoning"
    EFFECTS = "effects"
    MEASURES = "measures"
    AUTHORITY = "authority"
    WHY_NOT_NOTIFIED = "why_not_notified"
    DELAY = "delay"
    PEOPLE_DECISION = "people_decision"
    PEOPLE_TOLD = "people_told"
    RISK_DIFFERS = "risk_differs"


@dataclass(frozen=True)
class Known:
    """What is known of one breach. `texts` are those of TEXTS; `running` while the duty to notify has no end."""

    texts: Mapping[str, str]
    risk: Risk | None
    standing: Standing
    is_breach: bool = True
    awareness_fixed: bool = False
    running: bool = False
    notified: bool = False
    late_without_reason: bool = False


def gaps(known: Known) -> tuple[Gap, ...]:
    """Return what the entry lacks, in the order of its columns; empty when it is complete.

    Of what a person later decided to be no personal data breach only what happened and why it was not notified is kept.
    """
    found = {gap: not known.texts.get(gap.value, "").strip() for gap in Gap if gap.value in TEXTS}
    # A notification that went out needs no reason for none.
    found[Gap.WHY_NOT_NOTIFIED] = found[Gap.WHY_NOT_NOTIFIED] and not known.notified
    if not known.is_breach:
        return tuple(gap for gap in (Gap.WHAT, Gap.WHY_NOT_NOTIFIED) if found[gap])
    found |= {
        Gap.AWARENESS: not known.awareness_fixed,
        Gap.RISK: known.risk is None,
        Gap.AUTHORITY: known.running and not known.notified,
        # While it may still be notified, that alone is what is missing.
        Gap.WHY_NOT_NOTIFIED: found[Gap.WHY_NOT_NOTIFIED] and not known.running,
        Gap.DELAY: known.late_without_reason,
        Gap.PEOPLE_DECISION: known.standing is Standing.UNDECIDED,
        Gap.PEOPLE_TOLD: known.standing in OPEN - {Standing.UNDECIDED},
        Gap.RISK_DIFFERS: known.risk is Risk.HIGH and known.standing is Standing.NO_HIGH_RISK,
    }
    return tuple(gap for gap in Gap if found[gap])


def kind_of_line(*, has_lines: bool, closing: bool) -> LineKind:
    """Return what the next line of an entry is. All but the first and the closing ones say why they are written."""
    if closing:
        return LineKind.CLOSED
    return LineKind.CORRECTED if has_lines else LineKind.WRITTEN


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    """Name what a line changes, in the order of the columns."""
    return tuple(name for name in (*TEXTS, "risk") if before.get(name, "") != after.get(name, ""))


def kept_until(closed_at: datetime, *, years: int) -> datetime:
    """Return until when a closed entry is kept; of 29 February the last day before 1 March."""
    try:
        return closed_at.replace(year=closed_at.year + years)
    except ValueError:
        return closed_at.replace(year=closed_at.year + years, day=28)


def digest(snapshot: Mapping[str, object]) -> str:
    """Return the hash (SHA-256, 64 hexadecimal digits) of a snapshot: of its JSON, keys sorted, ASCII, without spaces."""
    text = json.dumps(snapshot, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"incidentdesk/register/1\0" + text.encode()).hexdigest()
