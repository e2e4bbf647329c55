"""What an audit is given, keeps while it reads, and finds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
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


def sentence(finding: Finding) -> str:
    """Say which row and what is wrong with it."""
    return f"{finding.where}: {WORDS[finding.what]}"


WORDS = {
    "trigger_missing": "evidence is not protected any more, the trigger was removed or altered",
    "entry_altered": "it is not as it was written",
    "entry_missing": "it was removed",
    "chain_broken": "entries before it were removed, added or moved",
    "head_differs": "its newest entries were removed, or it was put back to an older state",
    "checkpoint_missing": "checkpoints were removed",
    "checkpoint_altered": "it does not fit what it closes, or this desk's key did not sign it",
    "entry_without_checkpoint": "no checkpoint closes it: it was added later, its checkpoint was removed, or no worker runs",
    "anchor_differs": "it is not there or not the one that was noted: the database is older, or another one",
    "entry_backdated": "it was added after the checkpoint that would have held it, or a machine's clock was wrong",
    "key_differs": "it is not the one this database was filled under, or not the one that was noted",
    "key_altered": "it does not open, or its epoch is not in the folder of keys",
    "key_back": "it was erased, and is there again",
    "key_missing": "it is gone, and nobody erased it",
    "unreadable": "its values are of no kind this desk writes",
    "row_altered": "no action of this desk made it what it is",
    "file_altered": "it is not the file that was stored",
    "file_missing": "it is not in its folder any more",
    "row_missing": "it was removed by no action of this desk",
}


@dataclass(frozen=True)
class Outside:
    """What lies elsewhere than in the database: notes that nobody with it in hand could change, and the files."""

    anchors: Sequence[Anchor] = ()
    public_key: str = ""
    files: Path | None = None


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
