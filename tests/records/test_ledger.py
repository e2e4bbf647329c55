"""The list of what was erased survives power cuts, and shows when somebody changed it."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from incidentdesk import locks
from incidentdesk.records.ledger import Ledger, ledger_in
from incidentdesk.records.vault import KeyFileError, Vault, open_vault
from incidentdesk.rules.erasure import Extent

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path, vault: Vault) -> Ledger:
    """Three lines of two incidents."""
    made = ledger_in(tmp_path / "keys", vault)
    for number, extent in ((1, Extent.IDENTITY), (2, Extent.INCIDENT), (1, Extent.INCIDENT)):
        made.note(UUID(int=number), extent, at=NOW)
    return made


def test_what_is_noted_is_read_again_in_its_order(ledger: Ledger) -> None:
    assert [(line.number, line.incident_id.int, line.extent.value) for line in ledger.lines()] == [
        (1, 1, "identity"),
        (2, 2, "incident"),
        (3, 1, "incident"),
    ]
    assert ledger.path.stat().st_mode & 0o777 == 0o600


def test_without_a_file_nothing_was_erased(tmp_path: Path, vault: Vault) -> None:
    assert ledger_in(tmp_path, vault).lines() == []


def test_the_same_erasure_stands_there_once(ledger: Ledger) -> None:
    again = ledger.note(UUID(int=2), Extent.INCIDENT, at=NOW)
    assert again == ledger.lines()[1]
    assert len(ledger.lines()) == 3


def test_nobody_else_writes_before_a_line_is_whole(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever erases can lose the database's turn while the line is written: then the next one waits for the file."""
    write, free = Ledger._write, []

    def look_and_write(of: Ledger, text: bytes, *, behind: int) -> None:
        free.append(locks.take(of.path))
        write(of, text, behind=behind)

    monkeypatch.setattr(Ledger, "_write", look_and_write)
    ledger.note(UUID(int=3), Extent.INCIDENT, at=NOW)
    assert (free, len(ledger.lines())) == ([None], 4)


def test_a_line_torn_by_a_power_cut_counts_for_nothing_and_is_written_over(ledger: Ledger) -> None:
    written = ledger.path.read_bytes()
    start = written[:-1].rfind(b"\n") + 1
    for end in range(start, len(written)):
        ledger.path.write_bytes(written[:end])
        assert len(ledger.lines()) == 2
        ledger.note(UUID(int=1), Extent.INCIDENT, at=NOW)
        assert ledger.path.read_bytes() == written


def test_every_changed_byte_is_found(ledger: Ledger) -> None:
    written = ledger.path.read_bytes()
    for place in range(len(written) - 1):
        if written[place : place + 1] in b" ,\n":
            continue
        ledger.path.write_bytes(written[:place] + bytes([written[place] ^ 1]) + written[place + 1 :])
        with pytest.raises(KeyFileError, match="was altered at line"):
            ledger.lines()


@pytest.mark.parametrize("order", [(1, 2), (0, 2), (0, 1, 1), (2, 1, 0)], ids=str)
def test_a_line_that_is_missing_moved_or_doubled_is_found(ledger: Ledger, order: tuple[int, ...]) -> None:
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(b"".join(lines[number] for number in order))
    with pytest.raises(KeyFileError):
        ledger.lines()


def test_a_line_of_another_desk_is_found(ledger: Ledger, tmp_path: Path) -> None:
    other = ledger_in(ledger.path.parent, open_vault(tmp_path / "others", may_create=True))
    with pytest.raises(KeyFileError):
        other.lines()
