"""What a ladder has not said, and why: every step without a notice, so that nobody has to guess from a gap."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from incidentdesk.rules.escalation import DueStep, Facts, Step, Trigger, first_due, last_noticed, occurrence_of

_MINUTE: Final = timedelta(minutes=1)


class Silence(StrEnum):
    """Why a step has no notice. OVERTAKEN: a later repeat was sent in its place; MISSED: the clock ended without it."""

    TO_COME = "to_come"
    OVERDUE = "overdue"
    OVERTAKEN = "overtaken"
    ENDED = "ended"
    MISSED = "missed"
    SEVERITY = "severity"


def silences(ladder: Iterable[Step], facts: Facts, now: datetime) -> list[tuple[DueStep, Silence]]:
    """Return every step of the present round without a notice, and why, in the order of the ladder.

    Of a step that repeats these are the repeats that were left out, and the next one while the clock runs.
    """
    return [
        (due, _why(due, facts, now))
        for step in ladder
        for due in (occurrence_of(step, facts, number) for number in _numbers(step, facts, now))
        if (step.key, due.round, due.occurrence) not in facts.noticed
    ]


def cut_short(ladder: Iterable[Step], facts: Facts, due: Mapping[tuple[str, int, int], datetime]) -> list[DueStep]:
    """Return the steps of earlier rounds of "nobody is on it" that were still to come when the round ended.

    `due` holds the moments of all in `facts.noticed`. A round without a notice is left out: nobody knows when it began.
    """
    steps = {step.key: step for step in ladder if step.trigger is Trigger.NOT_TAKEN and _speaks(step, facts)}
    began = {
        in_round: due_at - steps[key].after
        for (key, in_round, occurrence), due_at in due.items()
        if key in steps and in_round < facts.arm and not occurrence
    }
    return [
        DueStep(step, in_round, 0, armed_at + step.after)
        for in_round, armed_at in sorted(began.items())
        for step in steps.values()
        if (step.key, in_round, 0) not in due
    ]


def hour_of(moment: datetime, *, started_at: datetime) -> tuple[int, int]:
    """Return the hour and minute of a clock at `moment`, floored; the hour is below zero before the start."""
    hour, minute = divmod((moment - started_at) // _MINUTE, 60)
    return hour, minute


def _speaks(step: Step, facts: Facts) -> bool:
    return facts.severity <= step.severity_at_most


def _numbers(step: Step, facts: Facts, now: datetime) -> range:
    """Return the occurrences that count in the present round, up to the last that passed or the next to come."""
    if step.repeat_every is None or not _speaks(step, facts):
        return range(1)
    passed = ((facts.ended_at or now) - first_due(step, facts)) // step.repeat_every
    last = max(passed, last_noticed(step, facts))
    return range(max(last, 0) + 1 if facts.ended_at else last + 2)


def _why(due: DueStep, facts: Facts, now: datetime) -> Silence:
    if not _speaks(due.step, facts):
        return Silence.SEVERITY
    if due.occurrence < last_noticed(due.step, facts):
        return Silence.OVERTAKEN
    if facts.ended_at is not None:
        return Silence.ENDED if due.due_at > facts.ended_at else Silence.MISSED
    return Silence.OVERDUE if due.due_at <= now else Silence.TO_COME
