"""Files that a reporter adds: behind the code, bounded, sealed on the disk, and given back as they were."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from incidentdesk.tables import Attachment
from incidentdesk.web.pages import Desk
from tests.intake.visitor import Visitor, code_in, send
from tests.opened import opened
from tests.people import Sit

PHOTO = ("photo.jpg", b"\xff\xd8\xff" + b"light" * 1000, "image/jpeg")


@pytest.fixture
async def reporter(sit: Sit) -> Visitor:
    """Somebody who reported, with the confirmation before them."""
    return await send(await sit(), what="Somebody took my laptop")


async def add(reporter: Visitor, *files: Any, code: str = "") -> httpx.Response:
    """Send files with the form that is made for it."""
    fields = {"code": code or code_in(reporter.html), "lang": "en"}
    return await reporter.seat.client.post("/r/files", data=fields, files=[("files", file) for file in files])


async def rows(desk: Desk) -> list[Attachment]:
    async with desk.database.read() as session:
        return await opened(session, select(Attachment).order_by(Attachment.id))


def on_disk(desk: Desk) -> list[bytes]:
    folder = desk.settings.files
    return [path.read_bytes() for path in folder.iterdir()] if folder.exists() else []


async def test_a_file_is_kept_and_given_back_as_it_was(reporter: Visitor, desk: Desk) -> None:
    answer = await add(reporter, PHOTO)
    assert "Your files are with the desk." in answer.text
    (row,) = await rows(desk)
    assert (row.name, row.kind, row.size, row.report_id is None) == ("photo.jpg", "image/jpeg", 5003, False)
    fields = {"code": code_in(reporter.html), "file": str(row.id)}
    back = await reporter.seat.post("/r/files/content", **fields)
    assert back.content == PHOTO[1]
