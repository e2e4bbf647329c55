"""A breach that was assessed, decided and confirmed, for tests of what all evidence has in common."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.tables import AssessmentBlock, AssessmentConfirmation, AssessmentDecision
from tests import people
from tests.people import Seat


async def assess(session: AsyncSession, about: dict[str, Any], *, now: datetime) -> None:
    """Put a row into each table of an assessment; `about` names the incident and a member."""
    decision = AssessmentDecision(kind="authority", reasoning="Known to a few", proposal={}, signed_at=now, **about)
    session.add(AssessmentBlock(block="people", answers={"data": ["contact"]}, note="", saved_at=now, **about))
    session.add(decision)
    await session.flush()
    session.add(AssessmentConfirmation(decision_id=decision.id, remark="Read it", confirmed_at=now, **about))


async def write_assessment(dpo: Seat, other: Seat, reference: str, write: Callable[[], str]) -> None:
    """Write into every field of an assessment that takes words."""
    facts = {"subjects_affected": f"5 {write()}", "people_note": write()}
    await press(dpo, reference, "people", **facts)
    await press(dpo, reference, "protection", restored_hours=f"5 hours {write()}", protection_note=write())
    await press(dpo, reference, "assessment-decision", kind="authority", reasoning=write())
    await press(other, reference, "assessment-confirmation", remark=write())


async def press(seat: Seat, reference: str, where: str, **fields: str | list[str]) -> None:
    """Send one form of the page, a block by its name, with the stamp that stands in it."""
    base = f"/desk/incidents/{reference}"
    place = where if where.startswith("assessment-") else "assessment"
    stamp = stamp_in((await seat.get(f"{base}/assessment")).text, f"{base}/{where}", where)
    answer = await seat.post(f"{base}/{place}", block=where, seen_revision=stamp, **fields)
    assert answer.status_code == 303, (where, answer.text)


def stamp_in(page: str, address: str, where: str) -> str:
    """Return the stamp inside the form that posts to an address, or inside the block of that name."""
    opening = f'action="{address}"' if where.startswith("assessment-") else f'name="block" value="{where}"'
    return people.hidden_fields(page.split(opening)[1].split("</form>", maxsplit=1)[0])["seen_revision"]
