"""argon2id, in threads, a few at a time: each hash takes 64 MiB and a sixth of a second."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from incidentdesk.errors import Limit, TooMany

SHORTEST = 12
LONGEST = 200
_HASHER = PasswordHasher()
_TURNS = asyncio.Semaphore(os.cpu_count() or 2)
# Whoever would have to wait some seconds is asked to come again: a line without end is what a flood wants.
MOST_AT_ONCE, COME_AGAIN_SECONDS = 16 * (os.cpu_count() or 2), 5
_PLACES = asyncio.Semaphore(MOST_AT_ONCE)
# Verified against when the address is unknown, so that both answers take the same work.
_NOBODY = _HASHER.hash(secrets.token_hex())


async def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    async with _turn():
        return await asyncio.to_thread(_HASHER.hash, password)


async def is_right(stored: str | None, password: str) -> bool:
    """Tell whether the password fits; takes the same time when there is no such person."""
    async with _turn():
        fits = await asyncio.to_thread(_verify, stored or _NOBODY, password)
    return fits and bool(stored)


@asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    if _PLACES.locked():
        raise TooMany(COME_AGAIN_SECONDS, Limit.PASSWORDS)
    async with _PLACES, _TURNS:
        yield


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
