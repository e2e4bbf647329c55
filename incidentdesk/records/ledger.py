"""What was erased, outside the database: a copy brought back from an older day must forget it again.

One line an erasure, in a file beside the keys. It names incidents by id and holds nothing else of them.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from incidentdesk import locks
from incidentdesk.records.chain import START
from incidentdesk.records.vault import KeyFileError, Vault, remember
from incidentdesk.rules.erasure import Extent

NAME = "erased.log"


@dataclass(frozen=True)
class Line:
    """One erasure."""

    number: int
    incident_id: UUID
    extent: Extent
    at: datetime
    hash: str

    @property
    def facts(self) -> str:
        """What the hash is made of."""
        return f"{self.number}|{self.incident_id}|{self.extent}|{self.at.isoformat()}"


@dataclass(frozen=True)
class Ledger:
    """The file; every line's hash holds the one before it and needs the master key."""

    path: Path
    vault: Vault

    def lines(self) -> list[Line]:
        """Return every erasure, oldest first. A last line that a power cut tore apart was never noted."""
        return [*self._checked(self.path.read_bytes())] if self.path.exists() else []

    def note(self, incident_id: UUID, extent: Extent, *, at: datetime) -> Line:
        """Write an erasure down, safe from a power cut, before anything is erased. What is there already stays.

        One at a time: the caller's transaction holds the database's turn for it. That may end before this does, with a request
        that is cancelled or a line to the database that is lost, so whoever writes holds the file as well.
        """
        with locks.turn(self.path):
            return self._noted(incident_id, extent, at=at)

    def _noted(self, incident_id: UUID, extent: Extent, *, at: datetime) -> Line:
        written = self.path.read_bytes() if self.path.exists() else b""
        lines = [*self._checked(written)]
        known = next((line for line in lines if (line.incident_id, line.extent) == (incident_id, extent)), None)
        if known is not None:
            return known
        line = self._closed(Line(len(lines) + 1, incident_id, extent, at.astimezone(UTC), ""), after=lines)
        self._write(_written(line), behind=written.rfind(b"\n") + 1)
        return line

    def _write(self, text: bytes, *, behind: int) -> None:
        descriptor = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            file.truncate(behind)
            file.seek(behind)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        remember(self.path.parent)

    def _closed(self, line: Line, *, after: list[Line]) -> Line:
        previous = after[-1].hash if after else START
        proof = self.vault.hash("erased", f"{previous}|{line.facts}")
        return Line(line.number, line.incident_id, line.extent, line.at, proof)

    def _follows(self, line: Line, lines: list[Line], text: bytes) -> bool:
        """Say whether this is the next line, to the letter."""
        stands = line.number == len(lines) + 1 and _written(line) == text + b"\n"
        return stands and self._closed(line, after=lines) == line

    def _checked(self, written: bytes) -> Iterator[Line]:
        lines: list[Line] = []
        for text in written[: written.rfind(b"\n") + 1].splitlines():
            line = _read(text)
            if line is None or not self._follows(line, lines, text):
                msg = f"{self.path} was altered at line {len(lines) + 1}: restore it from your copy of the keys"
                raise KeyFileError(msg)
            lines.append(line)
            yield line


def ledger_in(folder: Path, vault: Vault) -> Ledger:
    """Return the ledger of the keys in `folder`."""
    return Ledger(folder / NAME, vault)


def _written(line: Line) -> bytes:
    facts = [line.number, str(line.incident_id), line.extent.value, line.at.isoformat(), line.hash]
    return json.dumps(facts).encode() + b"\n"


def _read(text: bytes) -> Line | None:
    try:
        number, incident_id, extent, at, proof = json.loads(text)
        return Line(number, UUID(incident_id), Extent(extent), datetime.fromisoformat(at), proof)
    except (ValueError, TypeError, AttributeError):
        return None
