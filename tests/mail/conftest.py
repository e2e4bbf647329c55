"""The scene, for every test of mail."""

from collections.abc import AsyncIterator

import pytest

from incidentdesk.web.pages import Desk
from tests.hands import take_hands
from tests.mail.relay import DROP, relay
from tests.mail.scene import Scene, set_scene
from tests.mail.ways import Ways


@pytest.fixture
async def scene(desk: Desk) -> Scene:
    return await set_scene(desk)


@pytest.fixture
async def ways(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ways]:
    async with relay(banner=DROP) as first, relay() as second:
        yield Ways(scene, take_hands(monkeypatch), first, second)
