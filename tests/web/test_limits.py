"""Limits count together in the database, and nobody escapes them by claiming another address."""

import asyncio
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from litestar.testing import RequestFactory
from sqlalchemy import select

from incidentdesk.database import Database
from incidentdesk.settings import Settings
from incidentdesk.tables import Hit
from incidentdesk.web.forms import Request
from incidentdesk.web.limits import count, network_of

NOW = datetime(2026, 11, 24, 9, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PROXIED = Settings(trusted_proxies=(ip_network("10.0.0.0/8"), ip_network("fd00::/8")))


async def strike(database: Database, key: str = "a", *, at: datetime = NOW, within: timedelta = MINUTE) -> int:
    async with database.write() as session:
        return await count(session, key, within=within, now=at)


async def keys(database: Database) -> set[str]:
    async with database.read() as session:
        return set(await session.scalars(select(Hit.key)))


async def test_hits_of_one_window_are_counted(database: Database) -> None:
    assert [await strike(database) for _ in range(3)] == [1, 2, 3]


async def test_each_key_and_each_window_counts_for_itself(database: Database) -> None:
    assert [await strike(database, key) for key in ("a", "b", "a")] == [1, 1, 2]
    assert await strike(database, at=NOW + timedelta(seconds=29)) == 3
    assert await strike(database, at=NOW + timedelta(seconds=30)) == 1


async def test_a_window_of_an_hour_holds_an_hour(database: Database) -> None:
    hour = timedelta(hours=1)
    moments = (NOW, NOW + timedelta(minutes=59, seconds=29), NOW + timedelta(minutes=59, seconds=30))
    assert [await strike(database, at=at, within=hour) for at in moments] == [1, 2, 1]


async def test_a_hit_counts_only_when_its_transaction_does(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await strike_and_fail(database)
    assert await strike(database) == 1


async def strike_and_fail(database: Database) -> None:
    async with database.write() as session:
        await count(session, "a", within=MINUTE, now=NOW)
        raise ZeroDivisionError


async def test_counters_of_yesterday_are_thrown_away(database: Database) -> None:
    await strike(database, "old", at=NOW - timedelta(days=1, minutes=2))
    await strike(database, "kept", at=NOW - timedelta(hours=23))
    await strike(database, "new")
    assert await keys(database) == {"kept", "new"}


async def test_two_who_throw_away_the_same_counters_never_wait_for_each_other(database: Database) -> None:
    await strike(database, "old", at=NOW - timedelta(days=2))
    async with database.write() as session:
        await count(session, "network", within=MINUTE, now=NOW)
        other = asyncio.create_task(strike(database, "everybody"))
        await asyncio.sleep(0.3)
        mine = await count(session, "everybody", within=MINUTE, now=NOW)
    assert sorted([mine, await other]) == [1, 2]


def request(peer: str, *forwarded: str) -> Request:
    made: Request = RequestFactory().get("/")
    made.scope["client"] = (peer, 4711)
    made.scope["headers"] = [(b"x-forwarded-for", line.encode("latin-1")) for line in forwarded]
    return made


@pytest.mark.parametrize(
    "peer, expected",
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.8", "192.0.2.8"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a socket", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_sender_is_an_address_or_its_64(peer: str, expected: str) -> None:
    assert network_of(request(peer), Settings()) == expected


def test_without_a_peer_the_sender_is_unknown() -> None:
    made = request("")
    made.scope["client"] = None
    assert network_of(made, Settings()) == "unknown"


def test_a_rotating_claim_is_not_believed() -> None:
    claims = [f"198.51.100.{number}" for number in range(5)]
    assert {network_of(request("192.0.2.7", claim), Settings()) for claim in claims} == {"192.0.2.7"}
    assert {network_of(request("192.0.2.7", claim), PROXIED) for claim in claims} == {"192.0.2.7"}


def test_only_what_the_named_proxy_saw_itself_is_believed() -> None:
    seen = {network_of(request("10.1.1.1", f"198.51.100.{number}, 192.0.2.7"), PROXIED) for number in range(5)}
    assert seen == {"192.0.2.7"}


def test_a_proxy_that_adds_a_header_of_its_own_is_believed_before_the_senders() -> None:
    assert network_of(request("10.1.1.1", "198.51.100.1", "192.0.2.7"), PROXIED) == "192.0.2.7"


@pytest.mark.parametrize(
    "peer, forwarded, expected",
    [
        ("10.1.1.1", "192.0.2.7, 10.2.2.2, 10.3.3.3", "192.0.2.7"),
        ("fd00::1", "2001:db8::1", "2001:db8::/64"),
        ("::ffff:10.1.1.1", "192.0.2.7", "192.0.2.7"),
        ("10.1.1.1", "", "10.1.1.1"),
        ("10.1.1.1", "10.2.2.2", "10.2.2.2"),
        ("10.1.1.1", "not an address", "unknown"),
        ("10.1.1.1", "192.0.2.7,", "10.1.1.1"),
    ],
)
def test_a_chain_of_named_proxies_is_followed_to_its_first_stranger(peer: str, forwarded: str, expected: str) -> None:
    assert network_of(request(peer, forwarded), PROXIED) == expected
