"""A desk at a moment that stands still, with passwords that cost nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from incidentdesk import clock
from incidentdesk.rules.permissions import Role
from incidentdesk.staff import passwords
from incidentdesk.tables import Member
from incidentdesk.web.pages import Desk
from tests.people import member

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse battery"
Travel = Callable[[timedelta], datetime]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Stop the clock of the pages, so that no minute ends between two requests."""
    moment = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


@pytest.fixture
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", CHEAP)
    monkeypatch.setattr(passwords, "_NOBODY", CHEAP.hash("nobody"))


@pytest.fixture
async def rosa(desk: Desk, now: datetime, _cheap_passwords: None) -> Member:
    """A responder who has chosen a password."""
    person = member(Role.RESPONDER, now=now)
    person.password_hash = CHEAP.hash(PASSWORD)
    async with desk.database.write() as session:
        session.add(person)
    return person


@pytest.fixture
async def ada(desk: Desk, now: datetime, _cheap_passwords: None) -> Member:
    """An administrator who has chosen a password."""
    person = member(Role.ADMINISTRATOR, now=now)
    person.password_hash = CHEAP.hash(PASSWORD)
    async with desk.database.write() as session:
        session.add(person)
    return person


@pytest.fixture
def travel(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Travel:
    """Let time pass: `travel(timedelta(minutes=1))`."""
    passed = timedelta()

    def go(further: timedelta) -> datetime:
        nonlocal passed
        passed += further
        moment = now + passed
        monkeypatch.setattr(clock, "now", lambda: moment)
        return moment

    return go
