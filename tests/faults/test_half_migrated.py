"""A migration that is killed in the middle was none: the next start does it all."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from incidentdesk import serve
from incidentdesk.records.audit import verify
from incidentdesk.settings import Settings
from tests.emptied import empty
from tests.faults.half_migrated import found
from tests.faults.newer import migrate_to, newer_migrations
from tests.faults.nursery import ROOT
from tests.thorough import ON_SQLITE, THOROUGH
from tests.upgrade.past import POSTGRESQL, SQLITE, put_up, releases

MANY = 10_000
# One before the first change, some in the middle, and one behind the last: that run is whole.
POINTS = [*range(3, 400, 3 if THOROUGH else 45), MANY]
# Points that even the shortest upgrade passes.
EARLY = [4, 8, 12, 16]


def killed_at(points: list[int], url: str, folder: Path) -> list[tuple[int, list[str], str]]:
    """Migrate, killed at each of these points; return what was left each time."""
    words = [sys.executable, "-m", "tests.faults.half_migrated", url, str(folder), *map(str, points)]
    said = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [tuple(json.loads(line)) for line in said.splitlines()]


def test_a_first_migration_that_is_killed_leaves_nothing(database_url: str, tmp_path: Path) -> None:
    empty(database_url)
    *killed, (code, tables, there) = killed_at(POINTS, database_url, newer_migrations(tmp_path / "newer"))
    ended = [one for one in killed if one[0] == 0]
    assert (code, there) == (0, "9999")
    assert "newer" in tables
    assert len(killed) > len(ended) + 3
    assert all(one == (0, tables, "9999") for one in ended)
    assert all(one == (-9, [], "") for one in killed if one not in ended)


async def test_a_killed_upgrade_leaves_the_desk_of_the_release_before(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    empty(database_url)
    settings = replace(settings, database_url=database_url)
    release = releases(SQLITE if ON_SQLITE else POSTGRESQL)[-1]
    past = put_up(release, settings)
    before = found(database_url)
    folder = newer_migrations(tmp_path / "newer")
    left = await asyncio.to_thread(killed_at, EARLY, database_url, folder)
    assert left == [(-9, *before)] * len(EARLY)
    desk = await serve.open_desk(settings)
    async with desk.database.read() as session:
        assert (await verify(session, desk.vault, now=past.now)).findings == ()
    await desk.database.close()
    await asyncio.to_thread(migrate_to, folder, database_url)
    assert found(database_url)[1] == "9999"
