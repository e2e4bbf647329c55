"""The restore drill of the operations page, line by line as it stands there: on another machine, and nobody gets a mail."""

import asyncio
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from incidentdesk import cli, serve, upkeep, worker
from incidentdesk.escalation.banners import banners
from incidentdesk.mail import outbox
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from tests import people
from tests.backup.ways import NOW, ROOT, report, what_is_behind
from tests.conftest import administer
from tests.mail.relay import mailing, relay

WORDS = "A box of letters lies in the street"


def lines() -> list[str]:
    """Return what the page tells to say, in its order."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    section = page.split("### The restore drill\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]
    blocks = re.findall(r"^ *```\n(.*?)^ *```$", section, re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines()]


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Another machine, with an empty database of its own."""
    there = replace(settings, data_dir=tmp_path / "srv" / "drill", database_url="")
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        yield there
        return
    name = f"{url.database}_drill"
    administer(f"create database {name}")
    yield replace(there, database_url=url.set(database=name).render_as_string(hide_password=False))
    administer(f"drop database {name} with (force)")


def say(line: str, given: dict[str, str], tmp_path: Path) -> str:
    """Say one line in the world of this test, and return what it answered."""
    (backup,) = [str(path) for path in tmp_path.glob("mnt/backups/*.desk")] or [""]
    line = re.sub(r"/mnt/backups/\S+", backup, line) if ".desk" in line else line
    line = re.sub(r"(?<=[ =])/(mnt|srv)", rf"{tmp_path}/\1", line)
    if line.startswith("export "):
        name, _, value = line.removeprefix("export ").partition("=")
        assert given[name] == value
        return ""
    if line.startswith("./desk "):
        done = CliRunner().invoke(cli.main, line.removeprefix("./desk ").split(), env=given)
        assert done.exit_code == 0, (line, done.output)
        return done.output
    return subprocess.run(["bash", "-ec", line], check=True, capture_output=True, text=True).stdout


def environment(settings: Settings) -> dict[str, str]:
    return {"INCIDENTDESK_DATA_DIR": str(settings.data_dir), "INCIDENTDESK_DATABASE_URL": settings.database_url}


async def filled(settings: Settings) -> str:
    """Let somebody report something and a mail wait; return the private code."""
    desk = await serve.open_desk(settings)
    code = await report(desk, WORDS)
    async with desk.database.write() as session:
        rosa = people.member(Role.RESPONDER, now=NOW)
        session.add(rosa)
        await session.flush()
        await outbox.put(session, letter="test", dedupe="drill", now=NOW, member_id=rosa.id)
    await upkeep.close_last_checkpoint(desk, now=NOW)
    await desk.database.close()
    return code


def test_the_restore_drill_works_as_it_stands_on_the_page(
    settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    code = asyncio.run(filled(settings))
    (tmp_path / "srv").mkdir()
    here, (*there, last) = split_at("install -d", lines())
    noted, *_ = [say(line, environment(settings), tmp_path) for line in here]
    say(f"cp -a {settings.keys_dir} {tmp_path}/mnt/keys", {}, tmp_path)
    said = [say(line, environment(elsewhere), tmp_path) for line in there]
    assert "Incidents: 1, reports: 1, entries of the history: 1." in "".join(said)
    assert "Mail is held back." in "".join(said)
    assert said[-1] == noted
    asyncio.run(nobody_gets_a_mail(elsewhere, code))
    say(last, {}, tmp_path)
    assert not elsewhere.data_dir.exists()
    asyncio.run(goes_on(settings, code))


def split_at(start: str, said: list[str]) -> tuple[list[str], list[str]]:
    place = next(number for number, line in enumerate(said) if line.startswith(start))
    return said[:place], said[place:]


async def nobody_gets_a_mail(settings: Settings, code: str) -> None:
    """Start the restored desk with a mail server all the same."""
    desk = await serve.open_desk(settings)
    assert await what_is_behind(desk, code) == WORDS
    async with relay() as running:
        mailed = replace(desk, settings=mailing(settings, running.port))
        assert not await worker.deliver_next(mailed, now=NOW)
        assert running.taken == []
    async with desk.database.read() as session:
        told = await banners(session, settings, me=people.member(Role.READER, now=NOW), now=NOW)
    assert any("held back" in banner.text for banner in told), told
    await desk.database.close()


async def goes_on(settings: Settings, code: str) -> None:
    """See that the running desk knows nothing of the drill, and sends what waited."""
    desk = await serve.open_desk(settings)
    assert await what_is_behind(desk, code) == WORDS
    async with relay() as running:
        while await worker.deliver_next(replace(desk, settings=mailing(settings, running.port)), now=NOW):
            pass
        assert running.taken
    await desk.database.close()
