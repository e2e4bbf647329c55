"""`incidentdesk audit`: what the person at the terminal is told of the evidence, and what a start refuses."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from incidentdesk import clock, serve, upkeep
from incidentdesk.append_only import UnguardedError
from incidentdesk.records import files, rollback
from incidentdesk.records.attachments import Arrived
from incidentdesk.records.chain import Anchor
from incidentdesk.records.checkpoints import last_checkpoint
from incidentdesk.records.rollback import RolledBackError
from incidentdesk.records.vault import KeyFileError
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.tables import HistoryEntry, Incident, fetch_keys
from incidentdesk.triage.actions import add_files
from incidentdesk.web.pages import Desk
from tests.opened import held
from tests.people import member
from tests.test_cli import call
from tests.triage.reports import file

LONG_AGO = timedelta(hours=1)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(data_dir=tmp_path, database_url=database_url)


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    """A desk that was started, with one report under a checkpoint."""
    opened = await serve.open_desk(settings)
    await file(opened, now=clock.now() - LONG_AGO)
    assert await upkeep.close_checkpoints(opened, now=clock.now()) is True
    yield opened
    await opened.database.close()


def given(desk: Desk) -> dict[str, str]:
    return {
        "INCIDENTDESK_DATA_DIR": str(desk.settings.data_dir),
        "INCIDENTDESK_DATABASE_URL": desk.settings.database_url,
    }


async def anchor(desk: Desk) -> Anchor:
    async with desk.database.read() as session:
        newest = await last_checkpoint(session)
    assert newest is not None
    return Anchor(newest.number, newest.hash)


async def say(desk: Desk, statement: str) -> None:
    async with desk.database.write() as session:
        await session.execute(text(statement))


UNGUARD = {
    "sqlite": "DROP TRIGGER history_entry_is_not_changed",
    "postgresql": "DROP TRIGGER history_entry_is_kept ON history_entry",
}


async def unguard(desk: Desk) -> str:
    """Take a trigger away and return its name."""
    statement = UNGUARD[desk.database.writer.dialect.name]
    await say(desk, statement)
    return statement.split()[2]


async def run(desk: Desk, *words: str) -> tuple[int, str]:
    """Run a command beside the desk; it makes an event loop of its own."""
    result = await asyncio.to_thread(call, given(desk), *words)
    return result.exit_code, result.output


async def test_evidence_in_order_is_said_in_one_line(desk: Desk) -> None:
    good = await anchor(desk)
    line = "In order: entries 1, checkpoints 1.\n"
    assert await run(desk, "audit", "verify") == (0, line)
    assert await run(desk, "audit", "verify", "--anchor", str(good)) == (0, line)
    status, answer = await run(desk, "audit", "verify", "--json")
    shown = {"in_order": True, "entries": 1, "checkpoints": 1, "newest": str(good), "findings": []}
    assert (status, json.loads(answer)) == (0, {**shown, "public_key": desk.vault.public_key})


async def test_what_was_altered_is_named_in_words(desk: Desk) -> None:
    trigger = await unguard(desk)
    await say(desk, "UPDATE history_entry SET actor = 'desk'")
    status, said = await run(desk, "audit", "verify")
    first, gone, altered = said.splitlines()
    assert (status, first) == (1, "NOT in order: entries 1, checkpoints 1, findings 2.")
    assert gone == f"  trigger {trigger}: evidence is not protected any more, the trigger was removed or altered"
    assert altered.endswith(": it is not as it was written")
    status, answer = await run(desk, "audit", "verify", "--json")
    kinds = [finding["what"] for finding in json.loads(answer)["findings"]]
    assert (status, kinds) == (1, ["trigger_missing", "entry_altered"])


async def test_an_anchor_from_a_mail_tells_another_database(desk: Desk) -> None:
    other = Anchor(1, "0" * 64)
    status, said = await run(desk, "audit", "verify", "--anchor", str(other))
    assert status == 1
    assert "checkpoint 1: it is not there or not the one that was noted" in said
    status, said = await run(desk, "audit", "verify", "--anchor", "1:yes")
    assert (status, "an anchor is a checkpoint's number, a colon and 64" in said) == (2, True)


async def test_a_desk_without_its_triggers_does_not_start_until_they_are_put_back(desk: Desk) -> None:
    trigger = await unguard(desk)
    with pytest.raises(UnguardedError, match=trigger):
        await serve.open_desk(desk.settings)
    assert await run(desk, "audit", "mend") == (0, f"Put back: {trigger}.\n")
    assert await run(desk, "audit", "mend") == (0, "Every trigger is there.\n")
    await reopen(desk)
    assert "audit.triggers_put_back" in await actions(desk)


async def reopen(desk: Desk, *, accept_rollback: bool = False) -> None:
    again = await serve.open_desk(desk.settings, accept_rollback=accept_rollback)
    await again.database.close()


async def actions(desk: Desk) -> list[str]:
    async with desk.database.read() as session:
        return list(await session.scalars(select(HistoryEntry.action).order_by(HistoryEntry.id)))


async def test_the_newest_checkpoint_is_noted_beside_the_keys_for_the_owner_alone(desk: Desk) -> None:
    assert rollback.noted(desk.settings.keys_dir) == await anchor(desk)
    assert (desk.settings.keys_dir / rollback.NAME).stat().st_mode & 0o777 == 0o600


def test_of_two_processes_that_note_a_checkpoint_the_later_one_counts(tmp_path: Path) -> None:
    newest = Anchor(7, "a" * 64)
    for seen in (newest, Anchor(6, "b" * 64)):
        rollback.note(tmp_path, seen)
    assert rollback.noted(tmp_path) == newest


def test_a_note_that_does_not_fit_on_the_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        rollback.note(tmp_path, Anchor(7, "a" * 64))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seen", [Anchor(7, "a" * 64), Anchor(1, "b" * 64)], ids=["older", "another"])
async def test_an_older_or_another_database_starts_only_when_somebody_accepts_it(desk: Desk, seen: Anchor) -> None:
    rollback.note(desk.settings.keys_dir, seen)
    with pytest.raises(RolledBackError, match=f"has seen checkpoint {seen.number}. .*--accept-rollback"):
        await reopen(desk)
    status, said = await run(desk, "audit", "verify")
    assert (status, f"checkpoint {seen.number}: it is not there" in said) == (1, True)
    await reopen(desk, accept_rollback=True)
    await reopen(desk, accept_rollback=True)
    assert (await actions(desk)).count("audit.rollback_accepted") == 1
    await reopen(desk)


async def test_a_note_that_cannot_be_read_is_no_note_of_nothing(desk: Desk) -> None:
    (desk.settings.keys_dir / rollback.NAME).write_text("")
    with pytest.raises(RolledBackError, match="does not hold a checkpoint's number and hash"):
        await reopen(desk)


@pytest.mark.parametrize("key, refusal", [("master", "another desk's"), ("epoch-*", "not among the keys")])
async def test_the_keys_of_another_desk_are_refused(desk: Desk, tmp_path: Path, key: str, refusal: str) -> None:
    other = Settings(data_dir=tmp_path / "other")
    await (await serve.open_desk(other)).database.close()
    (own,), (foreign,) = (list(folder.glob(f"{key}.key")) for folder in (desk.settings.keys_dir, other.keys_dir))
    own.write_bytes(foreign.read_bytes())
    with pytest.raises(KeyFileError, match=refusal):
        await reopen(desk)


def test_an_audit_makes_no_database_and_no_key(tmp_path: Path) -> None:
    result = call({"INCIDENTDESK_DATA_DIR": str(tmp_path)}, "audit", "verify")
    assert (result.exit_code, result.stderr.startswith("Error: there is no database sqlite")) == (1, True)
    assert list(tmp_path.iterdir()) == []


async def test_an_audit_reads_the_version_it_knows_and_no_other(desk: Desk) -> None:
    await say(desk, "UPDATE alembic_version SET version_num = '0001'")
    status, said = await run(desk, "audit", "verify")
    assert (status, "has the schema 0001" in said, "run `incidentdesk migrate`" in said) == (1, True, True)


async def test_files_are_held_against_their_rows(desk: Desk) -> None:
    kept = await a_file(desk)
    assert await upkeep.close_checkpoints(desk, now=clock.now() + timedelta(minutes=2))
    assert (await run(desk, "audit", "verify"))[0] == 0
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    assert "it is not the file that was stored" in (await run(desk, "audit", "verify"))[1]
    kept.unlink()
    assert "it is not in its folder any more" in (await run(desk, "audit", "verify"))[1]
    await say(desk, "UPDATE attachment SET place = '../keys/master.key'")
    assert "no action of this desk made it what it is" in (await run(desk, "audit", "verify"))[1]


async def a_file(desk: Desk) -> Path:
    """Let somebody of the desk add a file, and return where it lies."""
    rosa = member(Role.RESPONDER, now=clock.now())
    async with desk.database.write() as session:
        session.add(rosa)
    async with desk.database.read() as session:
        (incident,) = await session.scalars(select(Incident))
        await fetch_keys(session, [incident.id])
        slot = await files.new_slot(session, incident.id)
    folder = desk.settings.files
    kept = await files.keep(folder, slot, words(), spare=0)
    arrived = Arrived("note.txt", "text/plain", slot, kept, "0" * 64)
    async with desk.database.write() as session:
        await add_files(session, await held(session, incident.reference), [arrived], by=rosa, now=clock.now())
    return Path(folder / slot.place)


async def words() -> AsyncIterator[bytes]:
    yield b"What happened"
