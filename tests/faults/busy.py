"""Somebody else has the database: another process that holds SQLite, or the tables of PostgreSQL, against everybody who writes."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import make_url

HOLDER = Path(__file__).with_name("holder.py")


@asynccontextmanager
async def held(url: str) -> AsyncIterator[None]:
    """Let a process hold the database meanwhile."""
    address = make_url(url)
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    kind = address.get_backend_name()
    words = (sys.executable, str(HOLDER), kind, str(address.database) if kind == "sqlite" else plain)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        await process.communicate(b"\n")
