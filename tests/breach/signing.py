"""What a DPO does to a breach in the tests of the rooms behind the clock: each a form of a page, sent as the page says."""

from datetime import datetime

import httpx

from tests import people
from tests.breach.conftest import REFERENCE
from tests.people import Seat
from tests.typed import typed

BASE = f"/desk/incidents/{REFERENCE}"
TEXTS = {
    "what": "A list of salaries went to a wrong supplier",
    "people": "180 employees",
    "data": "Names, salaries",
    "effects": "They may be embarrassed",
    "measures": "The supplier deleted it and said so in writing",
    "reasoning": "One trusted receiver, deletion confirmed",
    "why_not_notified": "A risk to people is unlikely",
}
LINE = {**TEXTS, "risk": "unlikely"}
TOLD = {
    "telling": "direct",
    "channel": "letter",
    "people_told": "180",
    "words": "A list with your salary went to a wrong address.",
    "proof": "The list of letters is in folder 12",
}


async def send(seat: Seat, room: str, noun: str, **fields: str) -> httpx.Response:
    """Send a form of a room as its page shows it now."""
    hidden = people.hidden_fields((await seat.get(f"{BASE}/{room}")).text)
    return await seat.post(f"{BASE}/{noun}", **{"seen_revision": hidden.get("seen_revision", ""), **fields})


async def done(seat: Seat, room: str, noun: str, **fields: str) -> None:
    """The same, and it must be taken."""
    answer = await send(seat, room, noun, **fields)
    assert answer.status_code == 303, answer.text


async def decide_breach(seat: Seat, verdict: str = "personal_data_breach", **more: str) -> None:
    shown = people.hidden_fields((await seat.get(f"{BASE}/verdict?as={verdict}")).text)
    fields = {"verdict": verdict, "reason": "It holds names", "seen_verdict": shown.get("seen_verdict", ""), **more}
    answer = await seat.post(f"{BASE}/verdict", form_id=verdict, **fields)
    assert answer.status_code == 303, answer.text


async def sign_off(seat: Seat, now: datetime) -> None:
    """Settle all that stands outside the register: awareness, no notification, no high risk."""
    await done(seat, "clock", "awareness", aware_reason="The supplier called", **typed("aware", now))
    await done(seat, "clock", "clock-decision", decision="risk_unlikely", reasoning="Deleted at once")
    await done(seat, "people", "people-decision", choice="no_high_risk", reasoning="Deleted at once")
