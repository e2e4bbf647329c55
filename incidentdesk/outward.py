"""Asks an address that the operator set, and wants nothing from it but whether it took the word.

Such an address is a secret: whoever knows it can speak in the desk's name. So no error, no line and no page holds it.
"""

import asyncio
import ssl
from datetime import timedelta
from functools import cache

import httpx


async def tell(address: str, *, within: timedelta, said: dict[str, str | None] | None = None) -> str:
    """Ask the address, or send it `said` as JSON; return what went wrong in a word or two, or nothing.

    No redirect is followed and nothing of the answer is read but its status.
    """
    seconds = within.total_seconds()
    method = "GET" if said is None else "POST"
    try:
        async with (
            asyncio.timeout(seconds),
            # The environment's proxies are not ours to trust; settings.py alone reads the environment.
            httpx.AsyncClient(follow_redirects=False, timeout=seconds, trust_env=False, verify=_trust()) as client,
            client.stream(method, address, json=said) as got,
        ):
            return "" if got.is_success else f"status {got.status_code}"
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        # OSError also covers time-outs. Its kind only: the words of an error name the address.
        return type(error).__name__


@cache
def _trust() -> ssl.SSLContext:
    """Trust what the system trusts; reading all its certificates takes a while."""
    return ssl.create_default_context()
