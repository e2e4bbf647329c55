"""Who is to be told when: from a ladder and the facts to the steps due now, and the moment to look again.

A notice is told apart by step, round and occurrence; what is already in `Facts.noticed` never comes due again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.permissions import Role

_MINUTE: Final = timedelta(minutes=1)
_SHORTEST_HOLD: Final = timedelta(minutes=15)
_LONGEST_HOLD: Final = timedelta(hours=24)
_HELD_PART: Final = 4
_LOWEST_SEVERITY: Final = 4


class Ladder(StrEnum):
    """The ladders of duties beside the one to the authority, each for all duties of its kind."""

    CUSTOMERS = "customers"
    LAW = "law"
    TARGETS = "targets"


class Post(StrEnum):
    """A post people stand on; who stands there now is looked up when the notice goes out."""

    ON_CALL = "on_call"
    BACK_UP = "back_up"
    DPO = "dpo"
    OWNER = "owner"


class Kind(StrEnum):
    """What a step may name beside a post: one person, everybody with a role, or whoever is on duty by a rota."""

    PERSON = "person"
    ROLE = "role"
    ROTA = "rota"


@dataclass(frozen=True)
class Named:
    """Somebody a step names without a post; `name` is a role, or the id of a person or a rota."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        """Return it as JSON and forms hold it, such as `role:dpo`."""
        return f"{self.kind}:{self.name}"


# Whom a step calls.
Target = Post | Named


class Trigger(StrEnum):
    NOT_TAKEN = "not_taken"
    DEADLINE = "deadline"


@dataclass(frozen=True)
class Step:
    """One rung. `after` counts from arming (NOT_TAKEN) or from the deadline, negative before it (DEADLINE).

    It speaks for severities 1 to `severity_at_most`. With `repeat_every` it comes back until the clock ends.
    """

    key: str
    trigger: Trigger
    after: timedelta
    posts: tuple[Target, ...]
    severity_at_most: int = _LOWEST_SEVERITY
    repeat_every: timedelta | None = None

    def __post_init__(self) -> None:
        """Refuse a repeat that would never move on."""
        if self.repeat_every is not None and self.repeat_every < _MINUTE:
            raise ValueError(f"step {self.key!r} must repeat after at least a minute")


@dataclass(frozen=True)
class Facts:
    """What is known of one clock. `noticed` holds (key, round, occurrence).

    `armed_at` is the moment from which "nobody is on it" counts: the start, or the end of the last hold. `arm` counts
    armings and `revision` new deadlines.
    """

    deadline_at: datetime
    ended_at: datetime | None
    severity: int
    armed_at: datetime
    arm: int
    revision: int
    noticed: frozenset[tuple[str, int, int]]


@dataclass(frozen=True)
class DueStep:
    step: Step
    round: int
    occurrence: int
    due_at: datetime


@dataclass(frozen=True)
class Look:
    """What to send, what to record as overtaken without sending, and when to look again (None: never)."""

    due: tuple[DueStep, ...]
    superseded: tuple[DueStep, ...]
    next_look: datetime | None


def look(ladder: Iterable[Step], facts: Facts, now: datetime) -> Look:
    """Return the steps due at `now` and the next moment one comes due, given that all returned here are recorded.

    All steps of "nobody took it" go out, as they reach different people. Of the milestones that came due together
    only the newest does: after an outage nobody wants to read that 24 hours are left and then that two are.
    """
    if facts.ended_at is not None:
        return Look(due=(), superseded=(), next_look=None)
    steps = _applicable(ladder, facts)
    passed = sorted((due for step in steps if (due := _last_passed(step, facts, now))), key=_moment)
    milestones = [due for due in passed if due.step.trigger is Trigger.DEADLINE]
    superseded = tuple(milestones[:-1])
    coming = [due.due_at for step in steps if (due := _first_after(step, facts, now))]
    return Look(
        due=tuple(due for due in passed if due not in superseded),
        superseded=superseded,
        next_look=min(coming, default=None),
    )


def next_after(ladder: Iterable[Step], facts: Facts, due: DueStep) -> DueStep | None:
    """Return the step that follows `due` if nobody acts, or None when nothing follows."""
    if facts.ended_at is not None:
        return None
    steps = _applicable(ladder, facts)
    return min((later for step in steps if (later := _first_after(step, facts, due.due_at))), key=_moment, default=None)


def occurrence_of(step: Step, facts: Facts, number: int) -> DueStep:
    """Return the repeat `number` of a step in the present round; 0 is the step itself."""
    later = number * step.repeat_every if step.repeat_every is not None else timedelta(0)
    return DueStep(step, _round(step, facts), number, first_due(step, facts) + later)


def first_due(step: Step, facts: Facts) -> datetime:
    """Return when the step comes due in the present round."""
    counted_from = facts.deadline_at if step.trigger is Trigger.DEADLINE else facts.armed_at
    return counted_from + step.after


def last_noticed(step: Step, facts: Facts) -> int:
    """Return the last repeat of the step that has a notice in the present round, or -1."""
    in_round = _round(step, facts)
    seen = (occurrence for key, round_, occurrence in facts.noticed if (key, round_) == (step.key, in_round))
    return max(seen, default=-1)


def hold_until(acted_at: datetime, *, deadline_at: datetime, milestones: Iterable[datetime]) -> datetime:
    """Return until when an act keeps "nobody is on it" quiet: a quarter of the time left.

    At least 15 minutes, at most 24 hours, and never past the next of `milestones` after the act.
    """
    held = min(max((deadline_at - acted_at) / _HELD_PART, _SHORTEST_HOLD), _LONGEST_HOLD)
    ends = [acted_at + held, *(milestone for milestone in milestones if milestone > acted_at)]
    return min(ends)


def target_from(text: str) -> Target:
    """Return the target that `str` writes as `text`; ValueError when it is none."""
    kind, colon, name = text.partition(":")
    if not colon:
        return Post(text)
    return Named(Kind(kind), Role(name).value if kind == Kind.ROLE else str(UUID(name)))


def step_to_json(step: Step) -> dict[str, Any]:
    """Return the step as plain values for a JSON column; spans are whole minutes."""
    return {
        "key": step.key,
        "trigger": step.trigger.value,
        "after_minutes": step.after // _MINUTE,
        "posts": [str(target) for target in step.posts],
        "severity_at_most": step.severity_at_most,
        "repeat_minutes": None if step.repeat_every is None else step.repeat_every // _MINUTE,
    }


def step_from_json(row: Mapping[str, Any]) -> Step:
    """Return the step that `step_to_json` wrote; KeyError, TypeError or ValueError when it was not one."""
    repeat = row.get("repeat_minutes")
    return Step(
        key=str(row["key"]),
        trigger=Trigger(row["trigger"]),
        after=row["after_minutes"] * _MINUTE,
        posts=tuple(target_from(text) for text in row["posts"]),
        severity_at_most=int(row.get("severity_at_most", _LOWEST_SEVERITY)),
        repeat_every=None if repeat is None else repeat * _MINUTE,
    )


def _applicable(ladder: Iterable[Step], facts: Facts) -> list[Step]:
    return [step for step in ladder if facts.severity <= step.severity_at_most]


def _moment(due: DueStep) -> datetime:
    return due.due_at


def _round(step: Step, facts: Facts) -> int:
    return facts.arm if step.trigger is Trigger.NOT_TAKEN else facts.revision


def _last_passed(step: Step, facts: Facts, now: datetime) -> DueStep | None:
    # Repeats missed in an outage are not made up for: only the latest counts.
    since = now - first_due(step, facts)
    if since < timedelta(0):
        return None
    number = since // step.repeat_every if step.repeat_every is not None else 0
    return occurrence_of(step, facts, number) if number > last_noticed(step, facts) else None


def _first_after(step: Step, facts: Facts, moment: datetime) -> DueStep | None:
    number = last_noticed(step, facts) + 1
    if step.repeat_every is None:
        due = occurrence_of(step, facts, 0)
        return due if number == 0 and due.due_at > moment else None
    since = moment - first_due(step, facts)
    return occurrence_of(step, facts, max(number, since // step.repeat_every + 1, 0))


def _not_taken(key: str, minutes: int, post: Post) -> Step:
    return Step(key, Trigger.NOT_TAKEN, minutes * _MINUTE, (post,), severity_at_most=1)


def _left(hours: int, *posts: Post) -> Step:
    return Step(f"left_{hours}h", Trigger.DEADLINE, -timedelta(hours=hours), posts)


_EVERYBODY: Final = (Post.OWNER, Post.DPO, Post.ON_CALL, Post.BACK_UP)
_LATE_EVERY: Final = timedelta(hours=4)
_DAILY: Final = timedelta(hours=24)

# What a new desk starts with; administrators change it, and a running clock keeps the copy it started with.
DEFAULT_LADDERS: Final[Mapping[str, tuple[Step, ...]]] = {
    Duty.DECISION: (
        _not_taken("not_taken_1", 15, Post.ON_CALL),
        _not_taken("not_taken_2", 30, Post.BACK_UP),
        _not_taken("not_taken_3", 60, Post.DPO),
    ),
    Duty.AUTHORITY: (
        _left(48, Post.OWNER, Post.DPO),
        _left(24, Post.OWNER, Post.DPO),
        _left(12, Post.OWNER, Post.DPO),
        _left(6, Post.OWNER, Post.DPO, Post.ON_CALL),
        _left(2, Post.OWNER, Post.DPO, Post.ON_CALL),
        _left(1, *_EVERYBODY),
        Step("deadline", Trigger.DEADLINE, timedelta(0), _EVERYBODY),
        Step("late", Trigger.DEADLINE, _LATE_EVERY, _EVERYBODY, repeat_every=_LATE_EVERY),
    ),
    # Contracts count in few hours, so the clock of a customer speaks from its start.
    Ladder.CUSTOMERS: (
        _left(12, Post.OWNER, Post.DPO),
        _left(6, Post.OWNER, Post.DPO),
        _left(2, Post.OWNER, Post.DPO, Post.ON_CALL),
        _left(1, *_EVERYBODY),
        Step("deadline", Trigger.DEADLINE, timedelta(0), _EVERYBODY),
        Step("late", Trigger.DEADLINE, _LATE_EVERY, _EVERYBODY, repeat_every=_LATE_EVERY),
    ),
    Ladder.LAW: (
        _left(168, Post.OWNER, Post.DPO),
        _left(48, Post.OWNER, Post.DPO),
        _left(24, Post.OWNER, Post.DPO),
        _left(12, Post.OWNER, Post.DPO),
        _left(6, Post.OWNER, Post.DPO, Post.ON_CALL),
        _left(2, Post.OWNER, Post.DPO, Post.ON_CALL),
        Step("deadline", Trigger.DEADLINE, timedelta(0), _EVERYBODY),
        Step("late", Trigger.DEADLINE, _LATE_EVERY, _EVERYBODY, repeat_every=_LATE_EVERY),
    ),
    # What the desk only aims at wakes nobody who is on call.
    Ladder.TARGETS: (
        Step("deadline", Trigger.DEADLINE, timedelta(0), (Post.OWNER, Post.DPO)),
        Step("late", Trigger.DEADLINE, _DAILY, (Post.OWNER, Post.DPO), repeat_every=_DAILY),
    ),
}
