"""When we became aware: what is known of it, which moment is the strictest, what is refused, how long an inquiry takes.

Art. 33(1) GDPR counts from awareness, a reasonable degree of certainty that personal data were compromised. A short and
prompt inquiry may come before it. Nothing here decides: candidates are proposed, a named person fixes one. People type
whole minutes, so two moments of one minute are the same moment here. Every moment is an aware datetime.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from incidentdesk.rules.days import read_day
from incidentdesk.rules.deadline import Policy, deadline, lateness, latest_arguable, policy_in_force
from incidentdesk.rules.escalation import Post, Step, Trigger

# The base event of the duties that start with the controller's awareness; a clock's evidence of its own.
AWARE: Final = "aware_at"
# A year typed wrongly must not become the strictest reading of all.
_FIRST_YEAR: Final = 2000


class Kind(StrEnum):
    """What people write down beside the controller's awareness; what starts a duty is named like its base in the law."""

    NOTICED = "noticed_at"
    INQUIRY_FROM = "inquiry_from"
    INQUIRY_TO = "inquiry_to"
    INQUIRY_RESUMED = "inquiry_resumed"
    CONFIRMED = "confirmed_at"
    PROCESSOR = "processor_aware_at"
    SIGNIFICANT = "significant_aware_at"


class Basis(StrEnum):
    """Where a candidate for awareness comes from."""

    TOLD = "told"
    NOTICED = "noticed_at"
    RECEIVED = "received_at"
    OPENED = "opened_at"
    MESSAGE = "message_at"
    INQUIRY_ENDED = "inquiry_to"
    CONFIRMED = "confirmed_at"


class Refusal(StrEnum):
    """Why a moment cannot be written down; each says which line to look at."""

    FUTURE = "future"
    BEFORE_ALL = "before_all"
    AFTER_CONFIRMED = "after_confirmed"
    AFTER_FILING = "after_filing"
    AFTER_DECISION = "after_decision"
    AFTER_AWARENESS = "after_awareness"
    BEFORE_AWARENESS = "confirmed_early"
    BEFORE_INQUIRY = "before_inquiry"
    NOT_STARTED = "inquiry_missing"
    ENDS_FIRST = "inquiry_backwards"
    STILL_RUNS = "inquiry_runs"


@dataclass(frozen=True, order=True)
class Candidate:
    """A moment that may have been the one. `whole_day`: only the day is known, and its first moment stands for it."""

    at: datetime
    basis: Basis
    whole_day: bool = False


@dataclass(frozen=True)
class Known:
    """What stands written about one incident. Of each kind of stamp the newest line counts.

    `aware_at` is None until a person fixed it; `filed_at` is the first notification, `risk_signed_at` the first signed
    "a risk to people is unlikely", which says that the breach was known.
    """

    candidates: tuple[Candidate, ...]
    aware_at: datetime | None = None
    inquiry_from: datetime | None = None
    # When it ended last; None while it runs, be it for the first time or resumed.
    inquiry_to: datetime | None = None
    # When it was resumed last, and the end before that; when it ended or was resumed first, before which it began.
    resumed_at: datetime | None = None
    paused_at: datetime | None = None
    turned_at: datetime | None = None
    confirmed_at: datetime | None = None
    filed_at: datetime | None = None
    risk_signed_at: datetime | None = None


def strictest(candidates: Iterable[Candidate]) -> Candidate | None:
    """Return the earliest candidate, the one with the earliest deadline; None when there is none."""
    return min(candidates, default=None)


def first_signal(candidates: Iterable[Candidate]) -> Candidate | None:
    """Return the candidate a provisional clock runs from: the earliest moment that somebody stands for.

    What a reporter ticked about a day is proposed only: no person of the desk has taken it over yet.
    """
    return strictest(one for one in candidates if one.basis is not Basis.TOLD)


def told_day(noticed: str, noticed_on: str, received_at: datetime, *, zone: ZoneInfo) -> Candidate | None:
    """Return the day on which a reporter says it was noticed, by the answers of the report; None when they name none.

    They name no hour, so the first moment of the day in `zone` stands for it, the strictest. "Just now" is the report.
    """
    today = received_at.astimezone(zone).date()
    days = {"today": today, "yesterday": today - timedelta(days=1), "earlier": read_day(noticed_on, today=today)}
    day = days.get(noticed)
    if day is None or not _FIRST_YEAR <= day.year <= today.year:
        return None
    at = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    return Candidate(at, Basis.TOLD, whole_day=True) if at < received_at else None


def refusal(kind: str, at: datetime, known: Known, *, sourced: bool, now: datetime) -> Refusal | None:
    """Return why `at` cannot be written down as `kind` (AWARE or a Kind), or None when it can.

    Nothing lies in the future. A moment earlier than everything known needs to say where it comes from (`sourced`);
    an earlier moment somebody noticed is such a source itself. Beyond that an earlier, stricter moment is never refused
    for being early; a later one is where another line says that it was known by then.
    """
    if at > now:
        return Refusal.FUTURE
    earliest = strictest(known.candidates)
    if not sourced and kind != Kind.NOTICED and earliest is not None and _is_before(at, earliest.at):
        return Refusal.BEFORE_ALL
    ask = _REFUSALS.get(kind)
    return ask(at, known) if ask else None


def needs_reason(at: datetime, known: Known) -> bool:
    """Say whether awareness at `at` must be reasoned: every moment but the strictest."""
    earliest = strictest(known.candidates)
    return earliest is None or _minute(at) != _minute(earliest.at)


def _refused_awareness(at: datetime, known: Known) -> Refusal | None:
    if _is_after(at, known.confirmed_at):
        return Refusal.AFTER_CONFIRMED
    if _is_after(at, known.filed_at):
        return Refusal.AFTER_FILING
    return Refusal.AFTER_DECISION if _is_after(at, known.risk_signed_at) else None


def _refused_confirmation(at: datetime, known: Known) -> Refusal | None:
    if known.inquiry_from is not None and _is_before(at, known.inquiry_from):
        return Refusal.BEFORE_INQUIRY
    return Refusal.BEFORE_AWARENESS if known.aware_at is not None and _is_before(at, known.aware_at) else None


def _refused_start(at: datetime, known: Known) -> Refusal | None:
    if _is_after(at, known.turned_at or known.inquiry_to):
        return Refusal.ENDS_FIRST
    if _is_after(at, known.confirmed_at):
        return Refusal.AFTER_CONFIRMED
    return Refusal.AFTER_AWARENESS if _is_after(at, known.aware_at) else None


def _refused_end(at: datetime, known: Known) -> Refusal | None:
    if known.inquiry_from is None:
        return Refusal.NOT_STARTED
    return Refusal.ENDS_FIRST if _is_before(at, known.resumed_at or known.inquiry_from) else None


def _refused_resumption(at: datetime, known: Known) -> Refusal | None:
    ended_at = known.inquiry_to or known.paused_at
    if known.inquiry_from is None or (ended_at is None and known.resumed_at is None):
        return Refusal.STILL_RUNS if known.inquiry_from else Refusal.NOT_STARTED
    if ended_at is not None and _is_before(at, ended_at):
        return Refusal.ENDS_FIRST
    if _is_after(at, known.confirmed_at):
        return Refusal.AFTER_CONFIRMED
    return Refusal.AFTER_AWARENESS if _is_after(at, known.aware_at) else None


_REFUSALS: Final[Mapping[str, Callable[[datetime, Known], Refusal | None]]] = {
    Kind.INQUIRY_FROM: _refused_start,
    Kind.INQUIRY_TO: _refused_end,
    Kind.INQUIRY_RESUMED: _refused_resumption,
    Kind.CONFIRMED: _refused_confirmation,
    AWARE: _refused_awareness,
}


def _is_before(at: datetime, other: datetime) -> bool:
    return _minute(at) < _minute(other)


def _is_after(at: datetime, other: datetime | None) -> bool:
    return other is not None and _minute(at) > _minute(other)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


@dataclass(frozen=True)
class Outlook:
    """What follows if we were aware at `aware_at`; `late` is zero while the deadline is kept. `latest_at` is for the file."""

    aware_at: datetime
    deadline_at: datetime
    latest_at: datetime
    late: timedelta


def outlook(
    aware_at: datetime, duty: str, policies: Iterable[Policy], *, zone: ZoneInfo, settled_at: datetime
) -> Outlook | None:
    """Return when `duty` would be due, and how late it would be at `settled_at` (its end, else now).

    None when no row of law with a period was in force at that moment.
    """
    policy = policy_in_force(policies, duty, aware_at, zone)
    if policy is None or policy.period is None:
        return None
    due = deadline(aware_at, policy.period, zone=zone)
    latest = latest_arguable(aware_at, policy.period, zone=zone)
    return Outlook(aware_at, due, latest, lateness(due, settled_at))


@dataclass(frozen=True)
class Course:
    """How an inquiry went by the lines that were written: the end before it was resumed, the last end, every end there was."""

    resumed_at: datetime | None = None
    paused_at: datetime | None = None
    ended_at: datetime | None = None
    ends: tuple[datetime, ...] = ()


def course(lines: Iterable[tuple[str, datetime]]) -> Course:
    """Return it from the lines about an inquiry in the order they were written; of one kind in a row the newest counts."""
    found = Course()
    for kind, at in lines:
        if kind == Kind.INQUIRY_TO:
            found = replace(found, ended_at=at, ends=(*(found.ends[:-1] if found.ended_at else found.ends), at))
        elif kind == Kind.INQUIRY_RESUMED:
            found = replace(found, resumed_at=at, paused_at=found.ended_at or found.paused_at, ended_at=None)
    return found


class InquiryState(StrEnum):
    NONE = "none"
    RUNNING = "running"
    LONG = "long"
    TOO_LONG = "too_long"
    ENDED = "ended"


@dataclass(frozen=True)
class InquiryLimits:
    """How long an inquiry before awareness may take: a warning, then an alarm. A dated row of our own."""

    version: str
    warn_after: timedelta
    alarm_after: timedelta


@dataclass(frozen=True)
class Inquiry:
    """How an inquiry stands. `took` is what it took so far, or in all; `ended_at` may be the awareness that ended it."""

    state: InquiryState
    started_at: datetime | None = None
    ended_at: datetime | None = None
    warn_at: datetime | None = None
    alarm_at: datetime | None = None
    took: timedelta = timedelta(0)
    # It ended before, and was taken up again: `started_at` is then so much later as nobody inquired.
    is_resumed: bool = False


def inquiry(started_at: datetime | None, ended_at: datetime | None, limits: InquiryLimits, *, now: datetime) -> Inquiry:
    """Return how an inquiry from `started_at` stands at `now`; it is long or too long from the very limit on."""
    if started_at is None:
        return Inquiry(InquiryState.NONE)
    warn_at, alarm_at = started_at + limits.warn_after, started_at + limits.alarm_after
    if ended_at is not None:
        return Inquiry(InquiryState.ENDED, started_at, ended_at, warn_at, alarm_at, ended_at - started_at)
    passed = InquiryState.LONG if now >= warn_at else InquiryState.RUNNING
    state = InquiryState.TOO_LONG if now >= alarm_at else passed
    return Inquiry(state, started_at, None, warn_at, alarm_at, now - started_at)


def inquiry_ladder(limits: InquiryLimits) -> tuple[Step, ...]:
    """Return who is told of a long inquiry: counted, as all steps, from its deadline, which is the alarm."""
    early = limits.warn_after - limits.alarm_after
    return (
        Step("inquiry_warn", Trigger.DEADLINE, early, (Post.OWNER, Post.DPO)),
        Step("inquiry_alarm", Trigger.DEADLINE, timedelta(0), (Post.OWNER, Post.DPO, Post.ON_CALL)),
    )
