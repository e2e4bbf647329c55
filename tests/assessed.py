"""A breach that was assessed, decided and confirmed, for tests of what all evidence has in common."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.tables import AssessmentBlock, AssessmentConfirmation, AssessmentDecision


async def assess(session: AsyncSession, about: dict[str, Any], *, now: datetime) -> None:
    """Put a row into each table of an assessment; `about` names the incident and a member."""
    decision = AssessmentDecision(kind="authority", reasoning="Known to a few", proposal={}, signed_at=now, **about)
    session.add(AssessmentBlock(block="people", answers={"data": ["contact"]}, note="", saved_at=now, **about))
    session.add(decision)
    await session.flush()
    session.add(AssessmentConfirmation(decision_id=decision.id, remark="Read it", confirmed_at=now, **about))
