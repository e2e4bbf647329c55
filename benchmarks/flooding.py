"""A flood of reports through the public form, from many networks, and one honest report among them."""

import asyncio
import secrets
import time
from collections.abc import Sequence

import httpx

from incidentdesk.records.vault import Vault

AT_ONCE, UNAVAILABLE, TRIES = 8, 503, 30
FAKE = {"what": "buy cheap watches", "kind": "else", "people": "unknown"}
HONEST = {"what": "All our files are locked and a note asks for money", "kind": "systems", "s_sign": "ransom"}


async def flood(client: httpx.AsyncClient, vault: Vault, number: int) -> Sequence[int]:
    """Send so many, the honest one in the middle; each comes from another network. Return the statuses of the answers."""
    waiting = [FAKE] * (number // 2) + [HONEST] + [FAKE] * (number - number // 2 - 1)
    numbered = iter(enumerate(waiting))

    async def send_some() -> list[int]:
        return [await _send(client, vault, told, number=number) for number, told in numbered]

    found = await asyncio.gather(*(send_some() for _ in range(AT_ONCE)))
    return [status for some in found for status in some]


async def _send(client: httpx.AsyncClient, vault: Vault, told: dict[str, str], *, number: int) -> int:
    form = vault.signed("form", f"{secrets.token_hex(16)}.{int(time.time()) - 60}")
    # As the proxy says it.
    headers = {"x-forwarded-for": f"198.18.{number // 250}.{number % 250}"}
    sent = {"form": form, "go": "send", **told}
    status = UNAVAILABLE
    for _ in range(TRIES):
        status = (await client.post("/report", data=sent, headers=headers)).status_code
        if status != UNAVAILABLE:
            break
        # Whoever is told that nothing was stored presses the button again.
        await asyncio.sleep(1)
    return status
