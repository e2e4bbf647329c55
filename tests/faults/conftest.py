"""The scene, and real processes of the program on its database, for every test of a fault."""

from collections.abc import AsyncIterator

import pytest

from incidentdesk.web.pages import Desk
from tests.faults.nursery import Desks, Nursery, nursery
from tests.mail.scene import Scene, set_scene


@pytest.fixture
async def scene(desk: Desk) -> Scene:
    return await set_scene(desk)


@pytest.fixture(scope="session")
async def kept() -> AsyncIterator[Nursery]:
    async with nursery() as opened:
        yield opened


@pytest.fixture
async def desks(kept: Nursery, scene: Scene, database_url: str) -> AsyncIterator[Desks]:
    opened = Desks(kept, scene, database_url)
    yield opened
    await opened.end()
