"""A desk with reports in it, and the triage pages behind the real guards."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException

from incidentdesk import clock
from incidentdesk.errors import DeskError
from incidentdesk.rules.permissions import Role
from incidentdesk.staff.gate import gate
from incidentdesk.tables import Member
from incidentdesk.triage.pages import PAGES
from incidentdesk.web.forms import receive
from incidentdesk.web.pages import Desk, provide_desk, provide_form, refuse
from tests import people
from tests.people import Seat

Sit = Callable[..., Awaitable[Seat]]


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
async def rosa(desk: Desk, now: datetime) -> Member:
    return await stored(desk, people.member(Role.RESPONDER, now=now))


@pytest.fixture
async def dipo(desk: Desk, now: datetime) -> Member:
    return await stored(desk, people.member(Role.DPO, now=now))


async def stored(desk: Desk, member: Member) -> Member:
    async with desk.database.write() as session:
        session.add(member)
    return member


@pytest.fixture
async def seat(desk: Desk) -> AsyncIterator[Sit]:
    """`await seat(rosa)` puts her in front of a browser of her own; `await seat()` is somebody who is not signed in."""
    provided = {
        "desk": Provide(provide_desk, sync_to_thread=False),
        "form": Provide(provide_form, sync_to_thread=False),
    }
    app = Litestar(
        route_handlers=PAGES,
        guards=[receive, gate],
        dependencies=provided,
        exception_handlers={DeskError: refuse, HTTPException: refuse},
        state=State({"desk": desk}),
        openapi_config=None,
        logging_config=None,
    )
    opened: list[httpx.AsyncClient] = []

    async def one(member: Member | None = None) -> Seat:
        client = httpx.AsyncClient(transport=httpx.ASGITransport(cast("Any", app)), base_url="http://desk.test")
        opened.append(client)
        return await people.sit_down(desk, client, member, now=clock.now()) if member else Seat(None, client)

    yield one
    for client in opened:
        await client.aclose()
