"""A desk of an earlier release, started by the program of today."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from incidentdesk import clock, serve
from incidentdesk.settings import Settings
from incidentdesk.web.pages import Desk
from tests.emptied import empty
from tests.thorough import ON_SQLITE
from tests.upgrade.past import POSTGRESQL, SQLITE, Past, put_up, releases


@pytest.fixture
def settings(settings: Settings, database_url: str) -> Settings:
    """Settings that lead to an empty database."""
    empty(database_url)
    return replace(settings, database_url=database_url)


@pytest.fixture(params=releases(SQLITE if ON_SQLITE else POSTGRESQL))
def past(request: pytest.FixtureRequest, settings: Settings) -> Past:
    return put_up(request.param, settings)


@pytest.fixture
async def desk(past: Past, settings: Settings) -> AsyncIterator[Desk]:
    opened = await serve.open_desk(settings)
    yield opened
    await opened.database.close()


@pytest.fixture
def now(past: Past, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Go on in the moment in which that desk was left."""
    monkeypatch.setattr(clock, "now", lambda: past.now)
    return past.now
