"""Counters in the database, so that every replica counts together."""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import upsert
from incidentdesk.settings import Settings
from incidentdesk.tables import Hit
from incidentdesk.web.forms import Request

KEEP = timedelta(days=1)


async def count(session: AsyncSession, key: str, *, within: timedelta, now: datetime, amount: int = 1) -> int:
    """Count one hit, or an `amount`, and return how many this window has."""
    window = now - (now - datetime(2020, 1, 1, tzinfo=now.tzinfo)) % within
    statement = upsert(session, Hit).values(key=key, window=window, count=amount)
    statement = statement.on_conflict_do_update(
        index_elements=["key", "window"], set_={"count": Hit.__table__.c.count + amount}
    )
    total: int = await session.scalar(statement.returning(Hit.__table__.c.count))
    if total == amount:
        await _forget(session, before=now - KEEP)
    return total


async def _forget(session: AsyncSession, *, before: datetime) -> None:
    """Throw old counters away, except those another transaction is throwing away: waiting for it could be a deadlock."""
    key = tuple_(Hit.key, Hit.window)
    old = select(Hit.key, Hit.window).where(Hit.window < before).with_for_update(skip_locked=True)
    await session.execute(delete(Hit).where(key.in_(old)).execution_options(synchronize_session=False))


def network_of(request: Request, settings: Settings) -> str:
    """Return the sender's address, or its /64; believes a forwarding header only from a proxy that was named."""
    peer = _address(request.client.host if request.client else "")
    # A proxy may append a header of its own below the one the sender made up; only the end of all is its word.
    forwarded = ",".join(request.headers.getall("x-forwarded-for", [])).split(",")
    while peer and _is_trusted(peer, settings) and forwarded and forwarded[-1].strip():
        peer = _address(forwarded.pop())
    if peer is None:
        return "unknown"
    return str(IPv6Network((int(peer), 64), strict=False)) if isinstance(peer, IPv6Address) else str(peer)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    # A socket that takes both kinds shows IPv4 as IPv6; without this all of IPv4 would be one /64.
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _is_trusted(peer: IPv4Address | IPv6Address, settings: Settings) -> bool:
    return any(peer in network for network in settings.trusted_proxies)
