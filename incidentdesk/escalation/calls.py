"""Who gets which letter when steps come due: asked by the sweep, and by the page that foretells what it will do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.mail import contacts
from incidentdesk.mail.outbox import Letter
from incidentdesk.rules.escalation import DueStep, Step, Trigger
from incidentdesk.tables import Incident, Member


class NobodyToTellError(Exception):
    """A step came due and nobody works here who could be told: it stays due until somebody does."""


@dataclass(frozen=True)
class Call:
    """A step that came due, and who gets a mail of it: nobody, when all of them are told of a later one at once."""

    due: DueStep
    people: Sequence[Member]


async def calls(session: AsyncSession, incident: Incident, due: Iterable[DueStep], *, now: datetime) -> list[Call]:
    """Return who is told of what came due together; raise NobodyToTellError when one step can reach nobody.

    The latest step first: a person who stands on several posts gets one mail, the most urgent.
    """
    told: set[UUID] = set()
    made = []
    for one in sorted(due, key=lambda one: one.due_at, reverse=True):
        people = await contacts.people_for(session, one.step.posts, incident=incident, now=now)
        if not people:
            raise NobodyToTellError
        made.append(Call(one, [member for member in people if member.id not in told]))
        told |= {member.id for member in people}
    return made


def letter_of(step: Step) -> Letter:
    """Return what is written when the step comes due."""
    return Letter.ACT if step.trigger is Trigger.NOT_TAKEN else Letter.DEADLINE
