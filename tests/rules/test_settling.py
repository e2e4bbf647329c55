"""What became of an alert, in one word: sent, a reason, or something that nobody can account for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from incidentdesk.rules.escalation import DueStep
from incidentdesk.rules.settling import (
    AMISS,
    LATE_AFTER,
    Around,
    Posted,
    Watched,
    Word,
    word_of_alerts,
    word_of_mail,
    word_of_silence,
    words_of_clock,
)
from incidentdesk.rules.silence import Silence
from tests.rules.test_escalation import CALLS, FACTS, HOUR, MILESTONES, MINUTE, T0

WELL = Around(can_mail=True, is_held=False, is_relay_away=False)
WAITING = Posted("waiting", None, T0, attempts=0, lease_until=None, must_reach=True)
REFUSED = replace(WAITING, state="dead", outcome="refused")
CLOCK = Watched(next_look=T0, legal=True, regraded=False)
CALL = DueStep(CALLS[0], FACTS.arm, 0, T0)


@pytest.mark.parametrize(
    "mail,around,word",
    [
        (replace(WAITING, state="sent", outcome="sent"), WELL, Word.SENT),
        (WAITING, WELL, Word.DUE_NOW),
        (replace(WAITING, due_at=T0 + MINUTE), WELL, Word.TO_COME),
        (replace(WAITING, due_at=T0 + MINUTE, attempts=1), WELL, Word.RETRY),
        (replace(WAITING, due_at=T0 - HOUR), WELL, Word.LEFT_LYING),
        (replace(WAITING, due_at=T0 - HOUR), replace(WELL, is_relay_away=True), Word.RELAY_AWAY),
        (replace(WAITING, due_at=T0 - HOUR), replace(WELL, can_mail=False), Word.NO_RELAY),
        (replace(WAITING, due_at=T0 - HOUR), replace(WELL, can_mail=False, is_held=True), Word.HELD),
        (replace(WAITING, due_at=T0 - HOUR, lease_until=T0 + MINUTE), WELL, Word.IN_HAND),
        (replace(WAITING, due_at=T0 - HOUR, lease_until=T0 - LATE_AFTER - MINUTE), WELL, Word.LEASE_OVER),
        (replace(REFUSED, outcome=None), WELL, Word.NO_REASON),
        (replace(REFUSED, outcome="gave_up"), WELL, "gave_up"),
        (replace(REFUSED, must_reach=False), WELL, "refused"),
        (replace(REFUSED, told_instead=True), WELL, Word.PASSED_ON),
        (REFUSED, WELL, Word.NOT_PASSED_ON),
        (replace(REFUSED, others=False), WELL, Word.NOBODY_ELSE),
        (replace(REFUSED, state="skipped", outcome="stranger"), WELL, Word.NOT_PASSED_ON),
        (replace(REFUSED, state="skipped", outcome="taken"), WELL, "taken"),
    ],
)
def test_a_mail_is_sent_or_says_why_not(mail: Posted, around: Around, word: str) -> None:
    assert word_of_mail(mail, around, T0) == word


@pytest.mark.parametrize(
    "noted,words,word",
    [
        (["a", "b"], {"a": "refused", "b": "sent"}, Word.SENT),
        (["a"], {"a": "refused", "c": "sent"}, Word.SENT),
        (["a"], {"a": "retry"}, Word.RETRY),
        (["a", "b"], {"a": "sent"}, Word.MAIL_GONE),
        ([], {}, Word.NOBODY_TOLD),
        (None, {}, Word.EARLIER),
        (None, {"a": "retry"}, Word.RETRY),
        (None, {"a": "retry", "b": "sent"}, Word.SENT),
    ],
)
def test_a_report_or_a_step_was_told_when_one_of_its_mails_was(
    noted: list[str] | None, words: dict[str, str], word: str
) -> None:
    assert word_of_alerts(noted, words, none=Word.NOBODY_TOLD) == word


@pytest.mark.parametrize(
    "why,word",
    [
        (Silence.TO_COME, None),
        (Silence.SEVERITY, None),
        (Silence.ENDED, None),
        (Silence.OVERTAKEN, Word.OVERTAKEN),
        (Silence.OVERDUE, Word.OVERDUE),
    ],
)
def test_only_what_came_due_needs_a_word(why: Silence, word: str | None) -> None:
    assert word_of_silence(CALL, why, FACTS, replace(CLOCK, next_look=None), T0 + HOUR) == word


def test_a_clock_that_was_moved_just_now_is_given_time_to_be_looked_at() -> None:
    long_due = replace(CALL, due_at=T0 - HOUR)
    for next_look, word in ((T0, Word.DUE_NOW), (T0 - HOUR, Word.OVERDUE), (T0 + HOUR, Word.OVERDUE)):
        clock = replace(CLOCK, next_look=next_look)
        assert word_of_silence(long_due, Silence.OVERDUE, FACTS, clock, T0) == word


@pytest.mark.parametrize(
    "ended_after,revision,word",
    [(HOUR, 0, Word.MISSED), (LATE_AFTER, 0, Word.ENDED), (HOUR, 1, Word.ENDED)],
)
def test_a_step_was_missed_when_it_is_certain_that_there_was_time_for_it(
    ended_after: timedelta, revision: int, word: str
) -> None:
    due = DueStep(MILESTONES[0], revision, 0, T0)
    facts = replace(FACTS, revision=revision, ended_at=T0 + ended_after)
    # A milestone speaks whatever the severity is.
    for clock in (CLOCK, replace(CLOCK, regraded=True)):
        assert word_of_silence(due, Silence.MISSED, facts, clock, T0 + HOUR) == word


def test_nobody_can_tell_when_a_step_for_the_severe_was_due_once_the_severity_was_changed() -> None:
    facts = replace(FACTS, arm=0, ended_at=T0 + HOUR)
    for regraded, word in ((False, Word.MISSED), (True, Word.ENDED)):
        clock = replace(CLOCK, regraded=regraded)
        assert word_of_silence(replace(CALL, round=0), Silence.MISSED, facts, clock, T0 + HOUR) == word


def test_a_clock_must_be_looked_at_in_time_and_a_legal_one_needs_a_ladder() -> None:
    def found(clock: Watched, *, has_ladder: bool = True, ended: bool = False) -> list[str]:
        facts = replace(FACTS, ended_at=T0 if ended else None)
        coming = None if ended else T0 + HOUR
        return words_of_clock(facts, clock, has_ladder=has_ladder, coming=coming, now=T0)

    assert found(CLOCK) == []
    assert found(replace(CLOCK, next_look=None)) == [Word.ASLEEP]
    assert found(replace(CLOCK, next_look=T0 + 2 * HOUR)) == [Word.ASLEEP]
    assert found(replace(CLOCK, next_look=T0 - HOUR)) == [Word.NOT_LOOKED_AT]
    assert found(CLOCK, has_ladder=False) == [Word.NO_LADDER]
    assert found(replace(CLOCK, next_look=None), has_ladder=False, ended=True) == []


def test_being_sent_is_nothing_amiss() -> None:
    assert Word.SENT not in AMISS
