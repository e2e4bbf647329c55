"""kill -9 while a reporter sends: what was acknowledged is there, what was not can be sent again, and nothing is there twice."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from incidentdesk import clock, upkeep
from incidentdesk.tables import Attachment, HistoryEntry, Incident, Report
from tests.faults.nursery import Desks, Process
from tests.faults.settled import assert_settled
from tests.intake.test_files import PHOTO, add, on_disk, rows
from tests.intake.visitor import Visitor, code_in, visit
from tests.mail.scene import Scene
from tests.patience import WITHIN
from tests.people import Seat

# Where it dies, and how much is stored by then.
SENDING = {
    "before the commit": ("after incidentdesk.intake.pages:_accept", 0),
    "after the commit": ("before incidentdesk.intake.reporter_pages:confirmation", 1),
}
# The same, and how many files lie in the folder when it was sent again.
ADDING = {
    "before the file is whole": ("before incidentdesk.records.files:_settle", 0, 2),
    "before the commit": ("after incidentdesk.intake.actions:add_files", 0, 2),
    "after the commit": ("before incidentdesk.intake.file_pages:forget_unused", 1, 1),
}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=WITHIN) as opened:
        yield opened


async def lead(client: httpx.AsyncClient, desks: Desks, dies: str = "") -> Process:
    """Start a process, and let the open pages talk to it from now on."""
    process, address = await desks.serve("--no-worker", settings={"MINIMUM_FILL_SECONDS": "0"}, dies=dies)
    client.base_url = httpx.URL(address)
    return process


async def about_to_send(client: httpx.AsyncClient) -> Visitor:
    """Let somebody come as far as the last page of the form."""
    visitor = await visit(Seat(None, client))
    await visitor.press("now", what="I lost my badge", reach="email", email="jo@example.org")
    return visitor


async def number_of(scene: Scene, table: type[Any]) -> int:
    return len(await rows(scene.desk, table))


async def whole(scene: Scene) -> list[int]:
    """Return how much there is of a report, wherever it leaves something."""
    letters = [mail.letter for mail in await scene.mails()]
    tables = [await number_of(scene, table) for table in (Incident, Report, HistoryEntry)]
    return [*tables, letters.count("new_reports"), letters.count("reporter_receipt")]


@pytest.mark.parametrize("point", SENDING)
async def test_a_report_is_whole_or_not_there_and_sent_again_it_is_one(
    scene: Scene, desks: Desks, client: httpx.AsyncClient, point: str
) -> None:
    dies, stored = SENDING[point]
    process = await lead(client, desks, dies)
    visitor = await about_to_send(client)
    with pytest.raises(httpx.TransportError):
        await visitor.press("send")
    assert await process.ended() == -signal.SIGKILL
    assert await whole(scene) == [stored] * 5
    codes = set()
    for _ in range(2):
        await lead(client, desks)
        before = visitor.answer
        codes.add(code_in((await visitor.press("send")).text))
        visitor.answer = before
    assert await whole(scene) == [1] * 5
    assert len(codes) == 1
    await assert_settled(scene.desk, canaries=["lost my badge"])


async def test_a_process_killed_while_the_words_come_in_knows_nothing_of_them(
    scene: Scene, desks: Desks, client: httpx.AsyncClient
) -> None:
    process = await lead(client, desks)
    visitor = await about_to_send(client)
    _, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    head = "POST /report HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    writer.write(f"{head}Content-Length: 5000\r\n\r\ngo=send&what=half+of+".encode())
    await writer.drain()
    # It has read the half when it answers what came later.
    assert (await client.get("/healthz")).status_code == 200
    process.tell(signal.SIGKILL)
    await process.ended()
    writer.close()
    assert await whole(scene) == [0] * 5
    await lead(client, desks)
    assert "Thank you" in (await visitor.press("send")).text
    assert await whole(scene) == [1] * 5


@pytest.mark.parametrize("point", ADDING)
async def test_a_file_is_whole_or_not_there_and_none_is_left_without_a_row(
    scene: Scene, desks: Desks, client: httpx.AsyncClient, point: str
) -> None:
    dies, stored, left = ADDING[point]
    process = await lead(client, desks, dies)
    visitor = await about_to_send(client)
    await visitor.press("send")
    with pytest.raises(httpx.TransportError):
        await add(visitor, PHOTO)
    assert await process.ended() == -signal.SIGKILL
    assert await number_of(scene, Attachment) == stored
    await lead(client, desks)
    for _ in range(2):
        assert "Your files are with the desk." in (await add(visitor, PHOTO)).text
    (row,) = await rows(scene.desk)
    assert len(on_disk(scene.desk)) == left
    await upkeep.forget_orphans(scene.desk, now=clock.now() + timedelta(days=2))
    assert len(on_disk(scene.desk)) == 1
    assert (scene.desk.settings.files / row.place).exists()
