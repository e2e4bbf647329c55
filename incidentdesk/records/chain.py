"""Tamper evidence: how entries of one incident are chained, and how seals close all that was written before them.

Only digests and clear facts are hashed. The detail of an entry is hashed as it is stored, sealed: so the chain still
verifies when the key of an erased incident is gone, and a short text cannot be guessed from its digest.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from incidentdesk.tables import DESK_SCOPE, HistoryEntry

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
START = "0" * 64


@dataclass(frozen=True)
class Anchor:
    """A checkpoint as somebody outside the database noted it down: `NUMBER:HASH`."""

    number: int
    hash: str

    @classmethod
    def parse(cls, words: str) -> Self:
        """Read an anchor as it is written in mails, or raise ValueError."""
        found = re.fullmatch(r"([0-9]{1,9}):([0-9a-f]{64})", words)
        if not found:
            msg = "an anchor is a checkpoint's number, a colon and 64 hexadecimal digits"
            raise ValueError(msg)
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


def canon(entry: HistoryEntry) -> bytes:
    """Return the one way to write an entry down: an ASCII JSON array of integers and strings, in fixed order."""
    microseconds = (entry.at - EPOCH) // timedelta(microseconds=1)
    detail = hashlib.sha256(entry.sealed or b"").hexdigest()
    place = [1, str(entry.incident_id or DESK_SCOPE), str(entry.id), entry.seq]
    facts = [microseconds, entry.actor, entry.action, entry.sealed_revision, detail]
    return json.dumps([*place, *facts, *entry.touched], ensure_ascii=True, separators=(",", ":")).encode()


def link(previous: str, entry: HistoryEntry) -> str:
    """Return the hash of an entry that stands behind the one whose hash is `previous`; 64 hexadecimal digits."""
    return hashlib.sha256(b"incidentdesk/entry/1\0" + bytes.fromhex(previous) + canon(entry)).hexdigest()


def root(leaves: Sequence[str]) -> str:
    """Return the Merkle root of hashes (RFC 9162, section 2.1.1), as 64 hexadecimal digits."""
    return _root([hashlib.sha256(b"\0" + bytes.fromhex(leaf)).digest() for leaf in leaves]).hex()


def _root(nodes: list[bytes]) -> bytes:
    if not nodes:
        return hashlib.sha256(b"").digest()
    if len(nodes) == 1:
        return nodes[0]
    half = 1 << (len(nodes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + _root(nodes[:half]) + _root(nodes[half:])).digest()


def close(number: int, *, count: int, root_hash: str, previous: str, at: datetime) -> str:
    """Return the hash of a seal: its number, how many entries it closes, their root, the seal before, the moment."""
    microseconds = (at - EPOCH) // timedelta(microseconds=1)
    facts = json.dumps([1, number, count, root_hash, previous, microseconds], separators=(",", ":")).encode()
    return hashlib.sha256(b"incidentdesk/seal/1\0" + facts).hexdigest()


def digest_of(blobs: Iterable[bytes | None]) -> str:
    """Return one digest of the blobs of a row, as they are stored."""
    return hashlib.sha256(b"".join(hashlib.sha256(blob or b"").digest() for blob in blobs)).hexdigest()
