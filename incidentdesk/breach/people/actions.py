"""What a person may do about telling the people: decide, write, and record that it was done. Rows are only ever added."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.breach.clock.actions import sign
from incidentdesk.breach.clock.forms import REOPENED
from incidentdesk.breach.clock.forms import Decided as Signed
from incidentdesk.breach.people.forms import Decided, Done, Written
from incidentdesk.breach.people.queries import Case
from incidentdesk.errors import DeskError
from incidentdesk.records import clocks, duties, history
from incidentdesk.rules.people_notice import Refusal, refusal_of_choice, refusal_of_telling
from incidentdesk.tables import (
    Incident,
    JsonObject,
    Member,
    PeopleDecision,
    PeopleText,
    PeopleTold,
    RegisterEntry,
)


@dataclass(frozen=True)
class Act:
    """One action for history: its name and what it brought."""

    action: str
    after: JsonObject


class Refused(DeskError):
    """The law, or what was signed before, does not allow it; the page says why."""

    status = 422

    def __init__(self, field: str, refusal: Refusal) -> None:
        """Remember beside which field it is said."""
        super().__init__(refusal.value)
        self.field, self.refusal = field, refusal


async def sign_decision(session: AsyncSession, case: Case, value: Decided, *, member: Member, now: datetime) -> None:
    """Add a decision; it takes the place of the one before, which stays on record."""
    refusal = refusal_of_choice(case.course, value.choice)
    if refusal is not None:
        raise Refused("choice", refusal)
    session.add(
        PeopleDecision(
            incident_id=case.incident.id,
            choice=value.choice,
            reasoning=value.reasoning,
            member_id=member.id,
            signed_at=now,
        )
    )
    is_open = case.after(value.choice).is_open
    for clock in await duties.of_duty(session, case.incident, duties.PEOPLE):
        if is_open and clock.ended_by in {clocks.SIGNED, clocks.TOLD}:
            # Told before, and not as it is asked now: they wait again, from the start it always had.
            sign(session, clock, Signed(REOPENED, value.reasoning), member=member, now=now)
            clocks.reopen(clock, now=now)
        elif not is_open and clock.ended_at is None:
            sign(session, clock, Signed("not_required", value.reasoning), member=member, now=now)
            clocks.end(clock, by=clocks.SIGNED, at=now, now=now)
    after = {"choice": value.choice.value, "reasoning": value.reasoning}
    await _finish(session, case, Act("people.decided", after), member=member, now=now)


async def write_text(session: AsyncSession, case: Case, value: Written, *, member: Member, now: datetime) -> None:
    """Add a version of the text in its language."""
    newest = case.newest(value.language)
    version = newest.version + 1 if newest else 1
    session.add(
        PeopleText(
            incident_id=case.incident.id,
            language=value.language,
            version=version,
            parts=value.parts,
            drafted=dict(value.drafted),
            member_id=member.id,
            written_at=now,
        )
    )
    after = {"language": value.language, "version": version}
    await _finish(session, case, Act("people.text_written", after), member=member, now=now)


async def record_told(session: AsyncSession, case: Case, value: Done, *, member: Member, now: datetime) -> None:
    """Add that people were told, or everybody by a public communication."""
    refusal = refusal_of_telling(case.course, value.telling)
    if refusal is not None:
        raise Refused("telling", refusal)
    if value.at < await _known_since(session, case.incident):
        raise Refused("told", Refusal.BEFORE_ALL)
    session.add(
        PeopleTold(
            incident_id=case.incident.id,
            telling=value.telling,
            channel=value.channel,
            people=value.people,
            told_at=value.at,
            place=value.place,
            words=value.words,
            proof=value.proof,
            member_id=member.id,
            recorded_at=now,
        )
    )
    # Who was told before a decision asked for more waited for what came after it.
    at = max(value.at, case.decisions[-1].signed_at) if case.told else value.at
    await duties.meet(session, case.incident, duties.PEOPLE, how=(clocks.TOLD, at), now=now)
    after = {"telling": value.telling.value, "told_at": value.at.isoformat(), "people": value.people}
    await _finish(session, case, Act("people.told", after), member=member, now=now)


async def _known_since(session: AsyncSession, incident: Incident) -> datetime:
    """Return the minute before which nobody here knew of it: people type whole minutes."""
    entry = await session.get(RegisterEntry, incident.id)
    moments = [incident.received_at, *([entry.aware_at] if entry else [])]
    return min(moments).replace(second=0, microsecond=0)


async def _finish(session: AsyncSession, case: Case, act: Act, *, member: Member, now: datetime) -> None:
    incident = case.incident
    await clocks.acted(session, incident, by=act.action, now=now)
    history.record(session, incident, act.action, actor=history.actor_of(member), now=now, after=act.after)
    await duties.refresh(session, incident, now=now)
