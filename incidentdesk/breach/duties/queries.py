"""What the pages of an incident's duties show, and what an action on one needs to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.breach.clock.queries import Case, case_of
from incidentdesk.breach.duties.forms import NOT_REQUIRED
from incidentdesk.law import Authority, Wording
from incidentdesk.records import clocks, duties, wholes
from incidentdesk.records.duties import Footing
from incidentdesk.records.history import names_of
from incidentdesk.rules.clock_face import ClockFace, clock_face
from incidentdesk.rules.deadline import Ends, Policy
from incidentdesk.rules.duties import events_to_note
from incidentdesk.rules.next_step import Duty
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import (
    DESK_SCOPE,
    Clock,
    Customer,
    CustomerNotice,
    Filing,
    Incident,
    Member,
    OutboxMail,
    RoleEnding,
    RoleEntry,
    SignedDecision,
    Stamp,
    Telling,
    fetch_keys,
    whole_of,
)

# Where a duty is met, for those that have a room of their own.
ROOMS = {Duty.AUTHORITY: "notification", duties.PEOPLE: "people", duties.REGISTER: "register"}


@dataclass(frozen=True)
class Line:
    """One duty with its clock, what the law says of it, and whom it is owed to where that is a customer."""

    clock: Clock
    face: ClockFace
    policy: Policy | None
    wording: Wording | None
    customer: Customer | None
    # Whether the roles and facts known now still call for it.
    is_owed: bool

    @property
    def is_told(self) -> bool:
        """Say whether it ends by telling somebody."""
        return self.policy is not None and self.policy.ends is Ends.TOLD

    @property
    def room(self) -> str:
        """Return the room in which it is met, if there is one."""
        return ROOMS.get(self.clock.duty, "")

    @property
    def ends_elsewhere(self) -> bool:
        """Say whether it ends and runs again in its room alone, by what is decided and recorded there."""
        return self.clock.duty == duties.PEOPLE

    @property
    def decisions(self) -> tuple[str, ...]:
        """What a person may sign to end it."""
        return NOT_REQUIRED if duties.is_for_breaches(self.clock) else NOT_REQUIRED[1:]

    @property
    def is_by_law(self) -> bool:
        """Say whether the law names the number; else it is the contract's or the desk's."""
        return self.policy is not None and self.policy.period is not None


@dataclass(frozen=True)
class Board:
    """All duties of one incident, and what they rest on."""

    incident: Incident
    lines: Sequence[Line]
    roles: Sequence[RoleEntry]
    endings: Mapping[UUID, RoleEnding]
    noted: Sequence[Stamp]
    events: Sequence[str]
    customers: Mapping[UUID, Customer]
    names: Mapping[UUID, str]
    footing: Footing
    # What is part of it: its roles count for the whole, and are ended here.
    parts: Mapping[UUID, Incident]

    def home_of(self, role: RoleEntry) -> Incident:
        """Return where a role was signed; of a part that was erased, whose key is gone, the main incident."""
        part = self.parts.get(role.incident_id)
        return part if part is not None and part.erased_at is None else self.incident

    @property
    def stamp(self) -> str:
        """Return a word that changes with everything that could make a form stale."""
        return f"{len(self.roles)}-{len(self.endings)}-{len(self.noted)}-{len(self.lines)}"

    @property
    def agreed(self) -> set[str]:
        """Customers whose contract named hours when their role was signed, as the subjects of their clocks."""
        every = (*self.roles, *self.footing.roles)
        return {str(role.customer_id) for role in every if role.customer_id and role.hours}

    @property
    def choosable(self) -> list[Customer]:
        """Customers that a notice may go to and that are not named yet, other than for a part."""
        held = {role.customer_id for role in self.footing.roles if role.incident_id == self.incident.id}
        return [one for one in self.customers.values() if one.closed_at is None and one.id not in held]


@dataclass(frozen=True)
class Notice:
    """A notice that was signed, and what became of its mail."""

    row: CustomerNotice
    mail: OutboxMail


@dataclass(frozen=True)
class Matter:
    """One duty with all evidence of how it ends."""

    case: Case
    line: Line
    tellings: Sequence[Telling]
    notices: Sequence[Notice]
    names: Mapping[UUID, str]

    @property
    def stamp(self) -> str:
        """Return a word that changes with everything that could make a form stale."""
        return f"{self.case.stamp}-{len(self.tellings)}-{len(self.notices)}"

    @property
    def clock(self) -> Clock:
        """Return its clock."""
        return self.line.clock


@dataclass(frozen=True)
class Place:
    """Where one duty is found."""

    reference: str
    clock_id: UUID


async def board_of(
    session: AsyncSession, reference: str, *, by: Member, now: datetime, for_change: bool = False
) -> Board:
    """Return the duties, or raise Missing. `for_change` keeps others out until the transaction ends."""
    incident = await find_incident(session, reference, by=by, to_change=for_change)
    footing = await duties.footing_of(session, incident)
    customers = await customers_of(session)
    parts = {part.id: part for part in await wholes.parts_of(session, incident)}
    whole = (incident.id, *parts)
    roles = (
        await session.scalars(select(RoleEntry).where(RoleEntry.incident_id.in_(whole)).order_by(RoleEntry.id))
    ).all()
    endings = (await session.scalars(select(RoleEnding).where(RoleEnding.incident_id.in_(whole)))).all()
    events = events_to_note(footing.law.rows, footing.law.bound_as)
    noted = select(Stamp).where(Stamp.incident_id == incident.id, Stamp.kind.in_(events)).order_by(Stamp.id)
    stamps = (await session.scalars(noted)).all()
    legal = [clock for clock in await clocks.clocks_of(session, incident) if clock.legal]
    owed = _called_for(incident, footing)
    lines = [_line(clock, customers, owed, now=now) for clock in legal]
    signed: tuple[RoleEntry | RoleEnding | Stamp, ...] = (*roles, *endings, *stamps)
    return Board(
        incident,
        sorted(lines, key=lambda line: (line.clock.ended_at is not None, line.clock.deadline_at)),
        roles,
        {one.role_entry_id: one for one in endings},
        stamps,
        # That a high risk is likely is signed where it is decided whether the people are told.
        tuple(event for event in events if event != duties.HIGH_RISK),
        customers,
        await names_of(session, [row.member_id for row in signed]),
        footing,
        parts,
    )


async def customers_of(session: AsyncSession) -> dict[UUID, Customer]:
    """Return every customer by the name; also those that left."""
    await fetch_keys(session, [DESK_SCOPE])
    found = await session.scalars(select(Customer))
    return {one.id: one for one in sorted(found, key=lambda customer: customer.name.casefold())}


def _called_for(incident: Incident, footing: Footing) -> set[tuple[str, str]]:
    """Return what roles and facts call for. Until somebody decides what it is, a clock runs because it may be a breach."""
    known = footing.known if incident.verdict else replace(footing.known, is_breach=True)
    return {(one.duty, one.subject) for one in replace(footing, known=known).owed}


def _line(clock: Clock, customers: Mapping[UUID, Customer], owed: set[tuple[str, str]], *, now: datetime) -> Line:
    policy = next((row for row in law.policies() if (row.id, row.version) == (clock.duty, clock.policy_version)), None)
    return Line(
        clock,
        clock_face(start=clock.started_at, deadline_at=clock.deadline_at, ended_at=clock.ended_at, now=now),
        policy,
        law.wording_of(clock.duty, clock.policy_version),
        _customer(clock, customers),
        (clock.duty, clock.subject) in owed,
    )


def _customer(clock: Clock, customers: Mapping[UUID, Customer]) -> Customer | None:
    return next((one for number, one in customers.items() if str(number) == clock.subject), None)


async def matter_of(
    session: AsyncSession, place: Place, *, by: Member, now: datetime, for_change: bool = False
) -> Matter | None:
    """Return one duty, None when the incident has no such; raise Missing when there is no such incident for this person."""
    case = await case_of(session, place.reference, by=by, for_change=for_change, clock_id=place.clock_id)
    if case.clock is None:
        return None
    footing = await duties.footing_of(session, case.incident)
    owed = _called_for(case.incident, footing)
    same = await _same_duty(session, case.incident, case.clock)
    told = select(Telling).where(Telling.clock_id.in_(same)).order_by(Telling.id)
    tellings = (await session.scalars(told)).all()
    notices = await notices_of(session, same)
    signed: tuple[Filing | SignedDecision | CustomerNotice, ...] = (
        *case.filings,
        *case.set_aside,
        *(one.filing for one in case.of_parts),
        *case.decisions,
        *(one.row for one in notices),
    )
    told_by = [one.member_id for one in tellings if one.member_id is not None]
    names = await names_of(session, [*(row.member_id for row in signed), *told_by])
    line = _line(case.clock, await customers_of(session), owed, now=now)
    return Matter(case, line, tellings, notices, names)


async def same_on(session: AsyncSession, reference: str, clock_id: UUID, *, by: Member) -> Place | None:
    """Return where the same duty runs for the whole, if it does; `clock_id` is a part's."""
    incident = await find_incident(session, reference, by=by)
    clock = await session.get(Clock, clock_id)
    theirs = [one for one in await clocks.clocks_of(session, incident) if clock is not None and one.name == clock.name]
    return Place(reference, theirs[0].id) if theirs else None


async def _same_duty(session: AsyncSession, incident: Incident, clock: Clock) -> list[UUID]:
    """Return the clock and those of the parts that it runs for: what was signed or told for one of them holds here."""
    whole = await whole_of(session, incident.id)
    await fetch_keys(session, whole)
    wanted = (Clock.duty == clock.duty) & (Clock.subject == clock.subject) & Clock.incident_id.in_(whole)
    return list(await session.scalars(select(Clock.id).where(wanted)))


async def notices_in(session: AsyncSession, board: Board) -> list[Notice]:
    """Return the notices of an incident and of its parts, oldest first."""
    customers = [line.clock for line in board.lines if line.customer is not None]
    return await notices_of(
        session, [number for clock in customers for number in await _same_duty(session, board.incident, clock)]
    )


async def notices_of(session: AsyncSession, clock_ids: Sequence[UUID]) -> list[Notice]:
    """Return the notices of these clocks with their mails, oldest first."""
    query = select(CustomerNotice, OutboxMail).join(OutboxMail, OutboxMail.id == CustomerNotice.mail_id)
    rows = await session.execute(query.where(CustomerNotice.clock_id.in_(clock_ids)).order_by(CustomerNotice.id))
    return [Notice(row, mail) for row, mail in rows]


def authority(line: Line, established_in: str) -> Authority | None:
    """Return the authority that is proposed for the notification, by where the company is established."""
    return law.lead_authority_of(established_in) if line.clock.duty == Duty.AUTHORITY else None
