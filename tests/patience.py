"""How long a test waits for what must come: only a broken program lets it pass, however slow the machine is."""

import asyncio
from datetime import UTC, datetime, timedelta

WITHIN = 150
LOOK_EVERY = 0.02
NEEDED = timedelta(seconds=15)


async def room_in(window: timedelta = timedelta(minutes=1)) -> None:
    """Let the next window of a limit begin, if this one may end before a few tries are over: the count starts anew then."""
    left = window - (datetime.now(UTC) - datetime(2020, 1, 1, tzinfo=UTC)) % window
    if left < NEEDED:
        await asyncio.sleep(left.total_seconds())
