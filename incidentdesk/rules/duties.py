"""Which duties run: from roles, facts and dated rows of law to what is owed to whom, from when, by when.

Nothing here decides that a duty does not apply: a person signs that. What is not known counts as the strictest reading:
nobody said what we are, so we are taken for the controller; the clock runs from the first signal until somebody has said
when we became aware. Every moment is aware; a naive one raises ValueError.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from incidentdesk.rules.deadline import Period, Policy, Regime, Stretch, Unit, deadline, policy_in_force
from incidentdesk.rules.escalation import Ladder

# Awareness of the breach, as processor where that was written down apart; every other moment is an event of its own.
AWARE: Final = frozenset({"aware_at", "processor_aware_at"})
# What is owed for a breach of personal data alone.
FOR_BREACHES: Final = frozenset(
    {Regime.CONTROLLER, Regime.PROCESSOR, Regime.UK_CONTROLLER, Regime.UK_TELECOM, Regime.EU_TELECOM}
)
# The row the two stages of one duty share; the second one is told apart by this subject.
SECOND: Final = "second"
# Of joint controllers the one that leads notifies and informs (Art. 26 and 33 GDPR); the own register stays with each.
_LEADS: Final = frozenset({"gdpr_33_1_sa", "gdpr_34_subjects", "uk_gdpr_33"})


class Party(StrEnum):
    """What we are for some of the data that are affected (Art. 4(7), 4(8) and 26 GDPR)."""

    CONTROLLER = "controller"
    JOINT = "joint"
    PROCESSOR = "processor"


class Standing(StrEnum):
    """How a row of law stands to a company: it applies, will, did, binds others, or is no law."""

    APPLIES = "applies"
    TO_COME = "to_come"
    OVER = "over"
    OTHERS = "others"
    OFF = "off"


@dataclass(frozen=True)
class RoleHeld:
    """One role. `customer` names the controller a processor works for, `hours` what their contract says, if it does.

    `other_leads`: a joint controller is named as the one that notifies, and it is not us.
    """

    party: Party
    customer: str | None = None
    hours: int | None = None
    other_leads: bool = False


@dataclass(frozen=True)
class Known:
    """What is known of one incident.

    `aware_at` is None until a person fixed it. `events` are the other moments by name, `filed` the first filing of each
    duty by its row's id; `is_breach` says that a person decided that personal data are affected.
    """

    signal_at: datetime
    aware_at: datetime | None
    is_breach: bool
    events: Mapping[str, datetime] = field(default_factory=dict)
    filed: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Law:
    """The rows, as what the company is bound, and the calendar of its zone."""

    rows: Collection[Policy]
    bound_as: frozenset[Regime]
    zone: ZoneInfo
    holidays: Collection[date] = frozenset()


@dataclass(frozen=True)
class Owed:
    """One duty that runs. `subject` tells several of one row apart: the customer's id, `second`, or nothing.

    `provisional`: nobody has said yet when we became aware. `by_law`: the law names the number; else contract or desk do.
    """

    duty: str
    subject: str
    version: str
    started_at: datetime
    deadline_at: datetime
    provisional: bool = False
    by_law: bool = True


def owed(roles: Collection[RoleHeld], known: Known, law: Law) -> tuple[Owed, ...]:
    """Return every duty that runs, each once, in the order of the rows; of two contracts with one customer the strictest."""
    held = tuple(roles) or (RoleHeld(Party.CONTROLLER),)
    found: dict[tuple[str, str], Owed] = {}
    for policy_id in dict.fromkeys(row.id for row in law.rows):
        for one in _of_row(policy_id, held, known, law):
            before = found.get((one.duty, one.subject), one)
            found[one.duty, one.subject] = min(before, one, key=lambda each: each.deadline_at)
    return tuple(found.values())


def ladder_of(one: Owed) -> Ladder:
    """Return which ladder speaks for a duty: by the law's own number, by the contract with a customer, or by our target."""
    if one.by_law:
        return Ladder.LAW
    return Ladder.CUSTOMERS if one.subject else Ladder.TARGETS


def applies_here(policy: Policy, bound_as: Collection[Regime]) -> bool:
    """Say whether a row can bind this company at all: it is switched on, and the company is what the row binds."""
    return policy.enabled and policy.effective_from is not None and policy.applies_to in bound_as


def standing(policy: Policy, bound_as: Collection[Regime], day: date) -> Standing:
    """Say how a row stands to this company on a local day."""
    if not policy.enabled or policy.effective_from is None:
        return Standing.OFF
    if policy.applies_to not in bound_as:
        return Standing.OTHERS
    if policy.effective_from > day:
        return Standing.TO_COME
    return Standing.APPLIES if day <= (policy.effective_to or date.max) else Standing.OVER


def events_to_note(rows: Iterable[Policy], bound_as: Collection[Regime]) -> tuple[str, ...]:
    """Return the moments from which a duty of this company may run, and which a person has to write down."""
    found = [row.event for row in rows if applies_here(row, bound_as) and row.follows is None]
    return tuple(dict.fromkeys(event for event in found if event is not None and event not in AWARE))


def _of_row(policy_id: str, held: Collection[RoleHeld], known: Known, law: Law) -> Iterator[Owed]:
    """Return the duties of one row: one, one for each customer, or none."""
    started_at = _start(policy_id, known, law)
    if started_at is None:
        return
    row = policy_in_force(law.rows, policy_id, _dated(policy_id, known, law) or started_at, law.zone)
    if row is None or not _binds(row, held, law) or not _is_met(row, known):
        return
    provisional = (
        row.event in AWARE and row.follows is None and known.aware_at is None and row.event not in known.events
    )
    for role in _whose(row, held):
        subject = role.customer or ""
        due, by_law = _due(row, role, started_at, known, law)
        yield Owed(row.id, subject, row.version, started_at, due, provisional, by_law)
        yield from _second(row, started_at, known, law)


def _start(policy_id: str, known: Known, law: Law) -> datetime | None:
    """Return the moment the duty runs from. The rows of one duty agree on what it is."""
    row = _any_of(policy_id, law)
    if row.follows is not None:
        # What also runs when the one before was never met is owed from the beginning of that one.
        return known.filed.get(row.follows) or (_start(row.follows, known, law) if row.runs_unmet else None)
    if row.event in AWARE:
        return known.events.get(row.event) or known.aware_at or known.signal_at
    return known.events.get(row.event) if row.event is not None else None


def _binds(row: Policy, held: Collection[RoleHeld], law: Law) -> bool:
    """Say whether the row binds us here: as a processor also whoever wrote down that we work for this customer."""
    is_processor = any(role.party is Party.PROCESSOR for role in held)
    return applies_here(row, law.bound_as | {Regime.PROCESSOR} if is_processor else law.bound_as)


def _dated(policy_id: str, known: Known, law: Law) -> datetime | None:
    """Return the moment whose row of law holds: an incident keeps the one in force at its awareness, for what follows too."""
    row = _any_of(policy_id, law)
    if row.follows is not None:
        return _dated(row.follows, known, law)
    if row.applies_to in FOR_BREACHES and row.event not in AWARE:
        return known.aware_at or known.signal_at
    return _start(policy_id, known, law)


def _any_of(policy_id: str, law: Law) -> Policy:
    return next(row for row in law.rows if row.id == policy_id)


def _is_met(row: Policy, known: Known) -> bool:
    """Say whether what the row is about has happened: a breach, or the moment that a person wrote down."""
    return known.is_breach or row.follows is not None or row.event not in AWARE


def _whose(row: Policy, held: Collection[RoleHeld]) -> Iterator[RoleHeld]:
    """Return the roles through which the row binds us: each customer has a duty of its own, everything else is one."""
    if row.applies_to is Regime.PROCESSOR:
        yield from (role for role in held if role.party is Party.PROCESSOR)
        return
    if row.applies_to not in {Regime.CONTROLLER, Regime.UK_CONTROLLER}:
        yield RoleHeld(Party.CONTROLLER)
        return
    own = [role for role in held if role.party is not Party.PROCESSOR]
    if row.id in _LEADS:
        own = [role for role in own if not role.other_leads]
    if own:
        yield RoleHeld(own[0].party)


def _due(row: Policy, role: RoleHeld, started_at: datetime, known: Known, law: Law) -> tuple[datetime, bool]:
    """Return the deadline, and whether the law itself names its number."""
    agreed = Period(role.hours, Unit.HOUR) if role.hours and row.contract is not None else row.contract
    period = _period(row, law)
    if period is None:
        return _end(started_at, agreed or row.target, law), False
    due = _end(_unmet_since(row, known, law) or started_at, period, law)
    return min(due, _capped(row.cap, started_at, known, law) or due), True


def _unmet_since(row: Policy, known: Known, law: Law) -> datetime | None:
    """Return the end of the duty that the row follows, where it runs from there because that one was not met by then."""
    begun_at = _start(row.follows, known, law) if row.follows and row.runs_unmet else None
    before = policy_in_force(law.rows, row.follows or "", begun_at, law.zone) if begun_at else None
    if begun_at is None or before is None or before.period is None:
        return None
    end, met_at = _end(begun_at, before.period, law), known.filed.get(before.id)
    return end if met_at is None or met_at > end else None


def _period(row: Policy, law: Law) -> Period | None:
    """Return the row's number; trust service providers have their own where the row says so (Art. 23(4) NIS2)."""
    is_variant = row.applies_to is Regime.NIS2 and Regime.TRUST_SERVICES in law.bound_as
    return row.variant if is_variant and row.variant is not None else row.period


def _capped(cap: Stretch | None, started_at: datetime, known: Known, law: Law) -> datetime | None:
    """Return the moment no deadline of the row lies behind; a start after it is not held to it (Art. 5 RTS 2025/301)."""
    if cap is None or cap.base not in AWARE or known.aware_at is None:
        return None
    end = _end(known.aware_at, cap.period, law)
    return end if started_at <= end else None


def _second(row: Policy, started_at: datetime, known: Known, law: Law) -> Iterator[Owed]:
    """Return the second stage: from the first filing, or from where the first one ran."""
    if row.second is None:
        return
    begins = started_at if row.second.base in {None, *AWARE} else known.filed.get(row.id)
    if begins is not None:
        yield Owed(row.id, SECOND, row.version, begins, _end(begins, row.second.period, law))


def _end(started_at: datetime, period: Period | None, law: Law) -> datetime:
    if period is None:
        msg = "a row without any number got past the loader"
        raise ValueError(msg)
    return deadline(started_at, period, zone=law.zone, holidays=law.holidays)
