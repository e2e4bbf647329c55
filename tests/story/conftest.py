"""A desk that hands its mails to a server which keeps them."""

from collections.abc import AsyncIterator

import pytest

from incidentdesk.settings import Settings
from tests.mail.relay import mailing
from tests.story.stage import PostOffice, open_post_office


@pytest.fixture
async def post_office() -> AsyncIterator[PostOffice]:
    async with open_post_office() as opened:
        yield opened


@pytest.fixture
def settings(settings: Settings, post_office: PostOffice) -> Settings:
    """The usual settings, with a mail server."""
    return mailing(settings, post_office.port)
