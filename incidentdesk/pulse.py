"""Signs of life for somebody outside: a ping while all is well, whose absence is the alarm, and a mail each morning."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidentdesk import clock, outward
from incidentdesk.insight import health
from incidentdesk.web.pages import Desk

PING_WITHIN = timedelta(seconds=10)
# A look at the clocks comes each second; one that takes so long is stuck.
SWEPT_WITHIN_SECONDS = 60.0
log = logging.getLogger(__name__)


@dataclass
class Sweeps:
    """When this worker last looked at the clocks, by the ticks of its own clock."""

    last: float


def pinger(sweeps: Sweeps) -> Callable[..., Awaitable[bool]]:
    """Return what pings an address as long as all is well, and says once when that begins or ends."""
    was = ""

    async def ping(desk: Desk, *, now: datetime) -> bool:
        nonlocal was
        amiss = await health.alarms(desk, now=now)
        if clock.ticks() - sweeps.last > SWEPT_WITHIN_SECONDS:
            amiss.append("sweep")
        why = ", ".join(amiss) or await outward.tell(desk.settings.ping_url, within=PING_WITHIN)
        if why and why != was:
            log.error("no ping: %s", why)
        if was and not why:
            log.info("the ping is sent again")
        was = why
        return False

    return ping
