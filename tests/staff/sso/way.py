"""A browser's way to the provider and back, step by step."""

from urllib.parse import urlsplit

import httpx

from tests.patience import WITHIN
from tests.people import Seat, hidden_fields


async def leave(seat: Seat, start: str = "/desk/sso") -> str:
    """Go to the provider, be signed in there, and return the address it sends the browser back to."""
    answer = await seat.get(start)
    assert answer.status_code == 303, answer.text
    async with httpx.AsyncClient(timeout=WITHIN) as outside:
        return (await outside.get(answer.headers["location"])).headers["location"]


async def finish(seat: Seat, back: str, **changed: str) -> httpx.Response:
    """Open the page that was come back to and send its form, as its script does."""
    parts = urlsplit(back)
    page = await seat.get(f"{parts.path}?{parts.query}")
    if page.status_code == 303:
        page = await seat.get(page.headers["location"])
    if page.status_code != 200:
        return page
    action = page.text.split('<form method="post" action="')[-1].split('"')[0]
    return await seat.client.post(action, data={**hidden_fields(page.text.split("<main")[1]), **changed})


async def sign_in(seat: Seat, start: str = "/desk/sso") -> httpx.Response:
    return await finish(seat, await leave(seat, start))
