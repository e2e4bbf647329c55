"""The ladder as it stands in the database. A clock copies its rungs when it starts; changing them moves no running clock."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import upsert
from incidentdesk.rules.escalation import DEFAULT_LADDERS, Step, step_from_json, step_to_json
from incidentdesk.tables import LadderStep


@dataclass(frozen=True)
class Rung:
    """One step of a duty's ladder."""

    duty: str
    step: Step

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"{self.duty}.{self.step.key}"


async def seed(session: AsyncSession) -> None:
    """Give the desk the ladders we recommend that it does not have. Safe from many processes at once.

    One that is there is never touched: its last step cannot be taken away, so a missing one is new to this desk.
    """
    there = set(await session.scalars(select(LadderStep.duty).distinct()))
    for duty, steps in ((duty, steps) for duty, steps in DEFAULT_LADDERS.items() if duty not in there):
        for position, step in enumerate(steps):
            row = {"duty": str(duty), "key": step.key, "position": position, "step": step_to_json(step)}
            await session.execute(upsert(session, LadderStep).values(**row).on_conflict_do_nothing())


async def rungs(session: AsyncSession) -> list[Rung]:
    """Return every step, duty by duty, in the order of the ladder."""
    rows = await session.scalars(select(LadderStep).order_by(LadderStep.duty, LadderStep.position))
    return [Rung(row.duty, step_from_json(row.step)) for row in rows]
