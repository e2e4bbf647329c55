"""Counters in the database, so that every replica counts together."""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import upsert
from incidentdesk.settings import Settings
from incidentdesk.tables import Hit
from incidentdesk.web.forms import Request

KEEP = timedelta(days=1)


async def count(session: AsyncSession, key: str, *, within: timedelta, now: datetime) -> int:
    """Count one hit and return how many this window has."""
    window = now - (now - datetime(2020, 1, 1, tzinfo=now.tzinfo)) % within
    statement = upsert(session, Hit).values(key=key, window=window, count=1)
    statement = statement.on_conflict_do_update(
        index_elements=["key", "window"], set_={"count": Hit.__table__.c.count + 1}
    )
    total: int = await session.scalar(statement.returning(Hit.__table__.c.count))
    if total == 1:
        await session.execute(delete(Hit).where(Hit.window < now - KEEP))
    return total


def network_of(request: Request, settings: Settings) -> str:
    """Return the sender's address, or its /64; believes a forwarding header only from a proxy that was named."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "").split(",")
    while _is_trusted(peer, settings) and forwarded and forwarded[-1].strip():
        peer = forwarded.pop().strip()
    try:
        address = ip_address(peer)
    except ValueError:
        return "unknown"
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)  # noqa: PLR2004 - IPv6


def _is_trusted(peer: str, settings: Settings) -> bool:
    try:
        return any(ip_address(peer) in network for network in settings.trusted_proxies)
    except ValueError:
        return False
