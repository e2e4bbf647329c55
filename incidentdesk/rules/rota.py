"""Who is on duty by a rota at a moment. Every moment belongs to exactly one shift, so there is never a gap or an overlap.

Hand-overs are local times of the rota's zone. A local time that the clocks skip is read with the offset from before
the change, one that happens twice is the first of the two (RFC 5545, section 3.3.5). Moments are aware; spans hold
their start and not their end.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

_DAY: Final = timedelta(days=1)


class Every(StrEnum):
    DAY = "day"
    WEEK = "week"


_DAYS: Final = {Every.DAY: 1, Every.WEEK: 7}


@dataclass(frozen=True)
class Pattern:
    """When shifts change: every day or week at the local time `at` of `zone`. `anchor` is a local day with a hand-over.

    Shift 0 starts on `anchor`; the one before it has the number -1, and so on without end.
    """

    every: Every
    at: time
    zone: ZoneInfo
    anchor: date


@dataclass(frozen=True)
class Override:
    """One person instead of whoever's turn it is, from `start` until `end`."""

    person: UUID
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Absence:
    """A person who is away from `start` until `end`."""

    person: UUID
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Rota:
    """People in turn. The one at `first` has shift 0. Of overrides that meet, the last one counts."""

    pattern: Pattern
    people: tuple[UUID, ...]
    first: int = 0
    overrides: tuple[Override, ...] = ()
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True)
class Watch:
    """A span with one person on duty, or None when nobody can be. `turn` is whose turn it is by the order."""

    start: datetime
    end: datetime
    person: UUID | None
    turn: UUID | None


def handover(pattern: Pattern, number: int) -> datetime:
    """Return the moment (UTC) at which shift `number` starts."""
    return _instant(pattern.anchor + number * _DAYS[pattern.every] * _DAY, pattern.at, pattern.zone)


def shift_at(pattern: Pattern, now: datetime) -> int:
    """Return the number of the shift that runs at `now`.

    Where the clocks skip a whole day, two hand-overs meet, and the shift between them has no length.
    """
    number = (now.astimezone(pattern.zone).date() - pattern.anchor).days // _DAYS[pattern.every]
    while handover(pattern, number) > now:
        number -= 1
    while handover(pattern, number + 1) <= now:
        number += 1
    return number


def last_handover_day(pattern: Pattern, weekday: int, now: datetime) -> date:
    """Return the local day of the last hand-over up to `now`; it is the anchor to take when `pattern` gets a new one.

    `weekday` counts from Monday, 0, and means something for weeks only. The anchor that `pattern` has is not looked at.
    """
    today = now.astimezone(pattern.zone).date()
    days = _DAYS[pattern.every]
    back = (today.weekday() - weekday) % days if pattern.every is Every.WEEK else 0
    day = today - back * _DAY
    return day if _instant(day, pattern.at, pattern.zone) <= now else day - days * _DAY


def absence(person: UUID, first: date, last: date, zone: ZoneInfo) -> Absence:
    """Return the absence of a person who is away from the local day `first` to the end of the local day `last`."""
    return Absence(person, _instant(first, time(0), zone), _instant(last + _DAY, time(0), zone))


def turn_at(rota: Rota, now: datetime) -> int | None:
    """Return the place in `people` whose turn it is at `now`, or None in a rota without people."""
    return (rota.first + shift_at(rota.pattern, now)) % len(rota.people) if rota.people else None


def on_duty(rota: Rota, now: datetime, unfit: Collection[UUID] = ()) -> UUID | None:
    """Return who is on duty at `now`: the override, else whose turn it is, else the next in order; None when nobody can.

    Whoever is away, or in `unfit`, is passed over, also in an override.
    """
    away = {one.person for one in rota.absences if one.start <= now < one.end}
    turn = turn_at(rota, now) or 0
    called = [one.person for one in reversed(rota.overrides) if one.start <= now < one.end]
    called += [*rota.people[turn:], *rota.people[:turn]]
    return next((person for person in called if person not in away and person not in unfit), None)


def watches(rota: Rota, start: datetime, end: datetime, unfit: Collection[UUID] = ()) -> list[Watch]:
    """Return who is on duty from `start` to `end`, span by span; together they cover that time exactly."""
    found: list[Watch] = []
    for since, until in pairwise(_changes(rota, start, end)):
        place = turn_at(rota, since)
        watch = Watch(since, until, on_duty(rota, since, unfit), None if place is None else rota.people[place])
        if found and (found[-1].person, found[-1].turn) == (watch.person, watch.turn):
            watch = Watch(found.pop().start, until, watch.person, watch.turn)
        found.append(watch)
    return found


def _changes(rota: Rota, start: datetime, end: datetime) -> list[datetime]:
    """Return every moment from `start` to `end` at which somebody else may come on duty, both included, in UTC."""
    spans: tuple[Override | Absence, ...] = (*rota.overrides, *rota.absences)
    moments = {moment for one in spans for moment in (one.start, one.end)}
    number = shift_at(rota.pattern, start) + 1
    while (moment := handover(rota.pattern, number)) < end:
        moments.add(moment)
        number += 1
    within = {moment.astimezone(UTC) for moment in moments if start < moment < end}
    return sorted(within | {start.astimezone(UTC), end.astimezone(UTC)})


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    # The first of two readings (fold 0) is also the one with the offset from before a change.
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)
