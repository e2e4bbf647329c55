"""What the page about telling the people shows, and what its buttons need to see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.breach.people.forms import Decided, Done, Written
from incidentdesk.records import duties
from incidentdesk.records.history import names_of
from incidentdesk.rules.people_notice import Choice, Course, Telling, course
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import Clock, Incident, Member, PeopleDecision, PeopleText, PeopleTold

T = TypeVar("T", PeopleDecision, PeopleText, PeopleTold)


@dataclass(frozen=True)
class Case:
    """One incident's duty to tell the people, with all that was decided, written and done, oldest first."""

    incident: Incident
    decisions: Sequence[PeopleDecision] = ()
    texts: Sequence[PeopleText] = ()
    told: Sequence[PeopleTold] = ()
    # Its clock, while it runs.
    clock: Clock | None = None

    @property
    def stamp(self) -> str:
        """Return a word that changes with everything that could make a form stale."""
        return f"{len(self.decisions)}-{len(self.texts)}-{len(self.told)}"

    @property
    def course(self) -> Course:
        """Return where the duty stands."""
        return course(self._events)

    @property
    def _events(self) -> list[Choice | Telling]:
        events: list[tuple[UUID, Choice | Telling]] = [(row.id, row.choice) for row in self.decisions]
        events += [(row.id, row.telling) for row in self.told]
        # Ids sort by time.
        return [event for _, event in sorted(events)]

    def after(self, choice: Choice) -> Course:
        """Return where the duty would stand after this decision."""
        return course([*self._events, choice])

    def newest(self, language: str) -> PeopleText | None:
        """Return the newest version of the text in a language."""
        return next((row for row in reversed(self.texts) if row.language == language), None)


async def case_of(session: AsyncSession, reference: str, *, by: Member, for_change: bool = False) -> Case:
    """Return the case, or raise Missing. `for_change` keeps others out until the transaction ends."""
    incident = await find_incident(session, reference, by=by, to_change=for_change)
    return replace(
        await signed_about(session, incident),
        texts=await _rows(session, PeopleText, incident),
        clock=next(
            (one for one in await duties.of_duty(session, incident, duties.PEOPLE) if one.ended_at is None), None
        ),
    )


async def signed_about(session: AsyncSession, incident: Incident) -> Case:
    """Return what was decided and done about telling the people, without the texts."""
    decisions = await _rows(session, PeopleDecision, incident)
    return Case(incident, decisions, told=await _rows(session, PeopleTold, incident))


async def _rows(session: AsyncSession, table: type[T], incident: Incident) -> Sequence[T]:
    found = await session.scalars(select(table).where(table.incident_id == incident.id).order_by(table.id))
    return found.all()


async def names_in(session: AsyncSession, case: Case) -> dict[UUID, str]:
    """Return the names of everybody who signed something in the case."""
    signed: tuple[PeopleDecision | PeopleText | PeopleTold, ...] = (*case.decisions, *case.texts, *case.told)
    return await names_of(session, [row.member_id for row in signed])


def stands(case: Case, value: Decided | Written | Done, member: Member) -> bool:
    """Say whether the newest row is this very value from the same person: the button was pressed twice."""
    found: Sequence[tuple[object, ...]]
    match value:
        case Decided():
            found = [(row.choice, row.reasoning, row.member_id) for row in case.decisions]
            sent: tuple[object, ...] = (value.choice, value.reasoning, member.id)
        case Written():
            # The same words kept anew, over sources that changed, say that they hold all the same.
            found = [(row.language, row.parts, row.drafted, row.member_id) for row in case.texts]
            sent = (value.language, value.parts, value.drafted, member.id)
        case Done():
            found = [(row.telling, row.told_at, row.people, row.words, row.member_id) for row in case.told]
            sent = (value.telling, value.at, value.people, value.words, member.id)
    return bool(found) and found[-1] == sent
