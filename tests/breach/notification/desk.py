"""A DPO in front of the draft: what they see of it, and the buttons they press."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from tests.breach.conftest import REFERENCE
from tests.people import Seat, hidden_fields
from tests.typed import typed

BASE = f"/desk/incidents/{REFERENCE}/notification"
# What no source can know, each in its section; the rest of a preliminary notification may be "not yet known".
NEEDED: dict[str, dict[str, Any]] = {
    "organisation": {"org_contact": "Main street 1, Utrecht, 030 123 4567", "dpo": "Dipo Officer, dpo@example.org"},
    "happened": {"what_happened": "A payroll file went to the wrong supplier.", "incident_kind": "sent_by_mistake"},
}


@dataclass(frozen=True)
class Drafting:
    """The seat with the draft's buttons."""

    seat: Seat

    async def page(self) -> str:
        answer = await self.seat.get(BASE)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def counts(self) -> dict[str, int]:
        """Return the figures at the top of the page."""
        found = re.findall(r"<dt>([^<]+)</dt><dd><b>(\d+)</b>", await self.page())
        return {name: int(number) for name, number in found}

    async def stamp(self) -> str:
        return hidden_fields(await self.page())["seen_revision"]

    async def press(self, place: str, **fields: Any) -> httpx.Response:
        """Press a button of the page as it is now."""
        return await self.seat.post(f"{BASE}/{place}", **{"seen_revision": await self.stamp(), **fields})

    async def fill(self, section: str, **changes: Any) -> httpx.Response:
        """Open a section and send its form with some fields changed, the rest as it stood there."""
        sent = fields_of((await self.seat.get(f"{BASE}/sections/{section}")).text)
        return await self.seat.post(f"{BASE}/sections/{section}", **{**sent, **changes})

    async def finish(self) -> None:
        """Fill in what is needed, check the rest, and put off what is not yet known."""
        for section, changes in NEEDED.items():
            assert (await self.fill(section, **changes)).status_code == 303
        for button in ("later", "checks"):
            assert (await self.press(button)).status_code == 303

    async def sign(self) -> None:
        assert (await self.press("signature")).status_code == 303

    async def send(self, place: str, file: tuple[str, bytes, str], **fields: Any) -> httpx.Response:
        """Press a button of a form that a file was chosen in."""
        data = {"csrf": self.seat.csrf, "seen_revision": await self.stamp(), **fields}
        return await self.seat.client.post(f"{BASE}/{place}", data=data, files={"file": file})

    async def file(self, at: datetime, reference: str = "AP-77", **more: Any) -> httpx.Response:
        return await self.press("filings", **typed("filed", at), authority_reference=reference, **more)


def fields_of(html: str) -> dict[str, Any]:
    """Return what a browser would send of a form's fields."""
    form = html[html.index('class="narrow"') :]
    sent: dict[str, Any] = dict(hidden_fields(form))
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = (re.search(rf' {part}="([^"]*)"', tag) for part in ("name", "value"))
        if name is None or value is None or "hidden" in tag:
            continue
        if "checkbox" not in tag and "radio" not in tag:
            sent[name[1]] = value[1]
        elif " checked" in tag:
            sent.setdefault(name[1], []).append(value[1])
    texts = re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, flags=re.DOTALL)
    selects = re.findall(r'<select [^>]*name="([^"]+)"[^>]*>.*?value="([^"]*)" selected', form, flags=re.DOTALL)
    return sent | dict(texts) | dict(selects)


async def fix_awareness(seat: Seat, at: datetime) -> None:
    """Say on the page of the clock when we became aware."""
    base = f"/desk/incidents/{REFERENCE}"
    seen = hidden_fields((await seat.get(f"{base}/clock")).text)["seen_revision"]
    said = {"aware_reason": "The supplier called", "aware_source": "A call", **typed("aware", at)}
    answer = await seat.post(f"{base}/awareness", seen_revision=seen, **said)
    assert answer.status_code == 303, answer.text
