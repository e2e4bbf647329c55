"""A desk that is connected to a provider on this machine, and Rosa with her one-time link."""

import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from incidentdesk.settings import SecondFactor, Settings
from incidentdesk.staff import actions, provider
from incidentdesk.tables import Member
from incidentdesk.web.pages import Desk
from tests.people import Sit
from tests.staff.sso.identity_provider import CLIENT, SECRET, IdentityProvider, provider_at
from tests.staff.sso.way import sign_in


@pytest.fixture(scope="session")
async def served_idp() -> AsyncIterator[IdentityProvider]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with provider_at(listening) as served:
            yield served


@pytest.fixture
async def idp(served_idp: IdentityProvider) -> IdentityProvider:
    """The provider, honest until told otherwise, and new to the desk."""
    served_idp.forget()
    provider._known.clear()
    return served_idp


@pytest.fixture
def settings(settings: Settings, idp: IdentityProvider) -> Settings:
    settings = replace(settings, oidc_issuer=idp.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET)
    return replace(settings, second_factor=SecondFactor.OPTIONAL)


@pytest.fixture
async def invited(desk: Desk, rosa: Member, now: datetime) -> str:
    """Rosa's one-time link."""
    async with desk.database.write() as session:
        return "/desk/welcome/" + await actions.renew_link(session, rosa.id, by=None, now=now)


@pytest.fixture
async def linked(sit: Sit, idp: IdentityProvider, invited: str) -> None:
    """Rosa has used her link with her account at the provider."""
    answer = await sign_in(await sit(), f"{invited}/sso")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
