"""What an audit is given, keeps while it reads, and finds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from incidentdesk.records.chain import Anchor

# What comes of taking a value of the wrong kind for what it should be.
UNWRITABLE = (TypeError, ValueError, AttributeError, ArithmeticError)


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written: which kind, and at which row."""

    what: str
    where: str


@dataclass(frozen=True)
class Outside:
    """What was noted where somebody with the database in hand could not change it."""

    anchors: Sequence[Anchor] = ()
    public_key: str = ""


@dataclass(frozen=True)
class Audit:
    """What was read, how it ends, under whose key, and what was found."""

    entries: int
    checkpoints: int
    newest: str
    public_key: str
    findings: tuple[Finding, ...]


@dataclass
class Reading:
    """What one check leaves for the next."""

    entries: int = 0
    # Where the chains end.
    ends: dict[UUID, tuple[int, str]] = field(default_factory=dict)
    # The last digest of every sealed row, by table and id.
    noted: dict[tuple[str, str], str] = field(default_factory=dict)
    checkpoints: dict[int, Any] = field(default_factory=dict)
