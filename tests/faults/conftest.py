"""The scene, for every test of a fault."""

import pytest

from incidentdesk.web.pages import Desk
from tests.mail.scene import Scene, set_scene


@pytest.fixture
async def scene(desk: Desk) -> Scene:
    return await set_scene(desk)
