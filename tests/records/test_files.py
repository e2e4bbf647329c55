"""Sealed files: whole or refused, bound to one file of one incident, and never in clear on the disk."""

import asyncio
import shutil
import subprocess
import sys
import tracemalloc
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.records import files
from incidentdesk.records.attachments import Arrived, Giver, add, find_file
from incidentdesk.records.files import PIECE, TAG, Kept, Slot
from incidentdesk.records.sealing import Damaged
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Attachment, Incident
from incidentdesk.web.uploads import MAX_FILE
from tests.people import member

HEAD = 8
SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7)
WHERE = Path(__file__).resolve().parent.parent.parent


async def parts(content: bytes, step: int = 60_000) -> AsyncIterator[bytes]:
    for at in range(0, len(content), step):
        yield content[at : at + step]


async def broken(content: bytes) -> AsyncIterator[bytes]:
    yield content
    raise ConnectionError


def slot(number: int = 1) -> Slot:
    return Slot(UUID(int=number), f"{number:032x}", f"file|{number}".encode(), bytes([number]) * 32)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def keep(folder: Path, content: bytes, where: Slot) -> Kept:
    return await files.keep(folder, where, parts(content), spare=0)


async def read(folder: Path, where: Slot) -> bytes:
    return b"".join([piece async for piece in files.read(folder, where)])


def some(size: int) -> bytes:
    return bytes(number % 251 for number in range(size))


@pytest.mark.parametrize("size", SIZES)
async def test_what_was_stored_comes_back_and_its_length_is_known(tmp_path: Path, size: int) -> None:
    folder, content = tmp_path / "files", some(size)
    kept = await keep(folder, content, slot())
    assert await read(folder, slot()) == content
    path = folder / slot().place
    assert (kept.size, path.stat().st_size) == (size, files.sealed_size(size))
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


async def test_no_part_of_it_is_on_the_disk_in_clear(tmp_path: Path) -> None:
    await keep(tmp_path, b"a very secret word " * 20_000, slot())
    assert b"secret" not in (tmp_path / slot().place).read_bytes()


Harm = Callable[[bytes], bytes]
PIECES = (HEAD, HEAD + PIECE + TAG, HEAD + 2 * (PIECE + TAG))
HARMS: dict[str, Harm] = {
    "empty": lambda _: b"",
    "half a head": lambda file: file[:5],
    "only a head": lambda file: file[:HEAD],
    "other version": lambda file: b"\2" + file[1:],
    "first byte": lambda file: flipped(file, 1),
    "a byte of a piece": lambda file: flipped(file, PIECES[1] + 100),
    "last byte": lambda file: flipped(file, len(file) - 1),
    "cut in a piece": lambda file: file[:-3],
    "cut between pieces": lambda file: file[: PIECES[2]],
    "cut to one piece": lambda file: file[: PIECES[1]],
    "first piece gone": lambda file: file[:HEAD] + file[PIECES[1] :],
    "middle piece gone": lambda file: file[: PIECES[1]] + file[PIECES[2] :],
    "two swapped": lambda file: file[:HEAD] + file[PIECES[1] : PIECES[2]] + file[HEAD : PIECES[1]] + file[PIECES[2] :],
    "one twice": lambda file: file[: PIECES[1]] + file[HEAD:],
    "more behind it": lambda file: file + b"x",
    "a whole one behind it": lambda file: file + file[HEAD:],
}


def flipped(file: bytes, at: int) -> bytes:
    return file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
async def test_a_file_that_was_harmed_in_any_way_is_refused(tmp_path: Path, harm: Harm) -> None:
    await keep(tmp_path, some(2 * PIECE + 7), slot())
    path = tmp_path / slot().place
    files.check(tmp_path, slot())
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(Damaged):
        files.check(tmp_path, slot())


async def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        files.check(tmp_path, slot())


async def test_a_broken_upload_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConnectionError):
        await files.keep(tmp_path, slot(), broken(some(PIECE * 3)), spare=0)
    assert names_in(tmp_path) == []


async def test_an_upload_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield some(PIECE * 2)
        begun.set()
        await asyncio.sleep(60)

    working = asyncio.create_task(files.keep(tmp_path, slot(), slow(), spare=0))
    await begun.wait()
    assert names_in(tmp_path) == [slot().place]
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert names_in(tmp_path) == []


async def test_the_last_room_on_the_disk_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = iter([1000, 999])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=next(free)))
    with pytest.raises(files.NoRoom):
        await files.keep(tmp_path, slot(), parts(some(20 * PIECE)), spare=1000)
    assert names_in(tmp_path) == []


async def test_memory_stays_flat_with_the_largest_file(tmp_path: Path) -> None:
    async def much() -> AsyncIterator[bytes]:
        for _ in range(MAX_FILE // 2**16):
            yield bytes(2**16)

    tracemalloc.start()
    await files.keep(tmp_path, slot(), much(), spare=0)
    async for _ in files.read(tmp_path, slot()):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / slot().place).stat().st_size > MAX_FILE
    assert peak < 4_000_000


async def stored(session: AsyncSession, folder: Path, incident: Incident, content: bytes) -> Attachment:
    """Keep a file as the desk does, with a row."""
    rosa = member(Role.RESPONDER, now=clock.now())
    rosa.email = f"{incident.id}{len(content)}@example.org"
    session.add(rosa)
    where = await files.new_slot(session, incident.id)
    kept = await keep(folder, content, where)
    arrived = Arrived("note.txt", "text/plain", where, kept, f"{kept.content}")
    (row,) = await add(session, Giver(incident, member=rosa), [arrived], now=clock.now())
    return row


async def another(session: AsyncSession, incident: Incident) -> Incident:
    told = {name: getattr(incident, name) for name in ("received_at", "title", "kind", "people", "severity")}
    agenda = {name: getattr(incident, name) for name in ("updated_at", "next_step", "next_due_at")}
    made = Incident(id=UUID(int=8), reference="IR-26-7KQ4MZ", **told, **agenda)
    session.add(made)
    await session.flush()
    return made


async def test_no_file_can_stand_in_for_one_of_another_incident(
    session: AsyncSession, incident: Incident, tmp_path: Path
) -> None:
    other = await another(session, incident)
    mine, theirs = [await stored(session, tmp_path, one, some(100 + one.id.int)) for one in (incident, other)]
    for row in (mine, theirs):
        files.check(tmp_path, await files.slot_of(session, row))
    assert await find_file(session, other, mine.id) is None
    mine.place, theirs.place = theirs.place, mine.place
    for row in (mine, theirs):
        with pytest.raises(Damaged):
            files.check(tmp_path, await files.slot_of(session, row))
    session.expunge_all()


async def test_no_file_can_stand_in_for_another_of_the_same_incident(
    session: AsyncSession, incident: Incident, tmp_path: Path
) -> None:
    first, second = [await stored(session, tmp_path, incident, some(size)) for size in (10, 11)]
    first.place, second.place = second.place, first.place
    for row in (first, second):
        with pytest.raises(Damaged):
            files.check(tmp_path, await files.slot_of(session, row))
    session.expunge_all()


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.records.test_files import files, slot, some, PIECE
async def parts():
    yield some(3 * PIECE)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(files.keep(Path(sys.argv[1]), slot(), parts(), spare=0))
"""


async def test_what_a_killed_process_leaves_is_taken_away_after_a_day(
    session: AsyncSession, incident: Incident, tmp_path: Path
) -> None:
    folder, now = tmp_path / "files", clock.now()
    row = await stored(session, folder, incident, some(100))
    (folder / "somebody's own.txt").write_text("not ours")
    done = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", KILLED, str(folder)], cwd=WHERE, check=False)
    assert done.returncode == -9
    assert (folder / slot().place).exists()
    assert await files.orphans(session, folder, now=now + timedelta(hours=23)) == []
    assert await files.orphans(session, folder, now=now + timedelta(hours=25)) == [slot().place]
    files.remove(folder, [slot().place])
    assert names_in(folder) == sorted([row.place, "somebody's own.txt"])


async def test_a_folder_that_was_never_made_holds_no_orphans(session: AsyncSession, tmp_path: Path) -> None:
    assert await files.orphans(session, tmp_path / "files", now=clock.now()) == []
