"""Text to value, and a word per field that is wrong."""

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest

from incidentdesk.rules.lifecycle import Outcome, Verdict
from incidentdesk.triage import forms
from incidentdesk.triage.forms import Change, Position, Search, View

MOMENT = datetime(2026, 11, 23, 16, 12, 3, 4567, tzinfo=UTC)
NUMBER = UUID("019abcde-0000-7000-8000-000000000001")


def form(**fields: str) -> dict[str, list[str]]:
    return {name: [value] for name, value in fields.items()}


def test_the_address_says_everything_about_a_view() -> None:
    word = forms.write_position(Position(MOMENT, 2, NUMBER))
    asked = form(
        view="clock", kind="phish", severity="1", owner="me", people="yes", q=" IR-26-7KQ4MX ", after=word, other="x"
    )
    search = forms.read_search(asked)
    assert search == Search(View.CLOCK, "phish", "1", "me", "yes", "IR-26-7KQ4MX", Position(MOMENT, 2, NUMBER))
    again = form(view=search.view.value, after=word, **search.filters)
    assert forms.read_search(again) == search


def test_what_the_address_does_not_know_is_left_out() -> None:
    asked = form(view="mine'", kind="x", severity="5", owner="you", people="perhaps", after="???")
    assert forms.read_search(asked) == Search() == forms.read_search({})
    assert Search().filters == {}


@pytest.mark.parametrize(
    "word", ["", "é", "AAAA", "_" * 7, base64.urlsafe_b64encode(b"2026-13-01T00:00:00~1~" + b"0" * 32).decode()]
)
def test_a_position_that_is_not_ours_is_none(word: str) -> None:
    assert forms.read_position(word) is None


def test_a_reference_may_be_written_in_full_or_by_its_end() -> None:
    assert forms.references("Re: [ACT] ir-26-7kq4mx", year=2026) == ("IR-26-7KQ4MX",)
    assert forms.references("7kq4mx", year=2020) == ("IR-20-7KQ4MX", "IR-21-7KQ4MX")
    assert forms.references("7kq4mu", year=2026) == forms.references("lapt", year=2026) == ()


def test_a_severity_is_one_to_four() -> None:
    assert forms.read_severity(form(severity="3", seen_severity="2")) == (Change(3, "2"), {})
    assert forms.read_severity(form(severity="5")) == (None, {"severity": "severity_missing"})


def test_an_owner_is_a_person_or_nobody() -> None:
    assert forms.read_owner(form(owner=str(NUMBER), seen_owner="")) == (Change(NUMBER, ""), {})
    assert forms.read_owner(form(owner="none", seen_owner=str(NUMBER))) == (Change(None, str(NUMBER)), {})
    assert forms.read_owner({}) == (None, {"owner": "owner_missing"})


def test_a_title_is_one_line() -> None:
    assert forms.read_title(form(title=" A \n title ", seen_title="B")) == (Change("A title", "B"), {})
    assert forms.read_title(form(title=" "))[1] == {"title": "title_missing"}
    assert forms.read_title(form(title="x" * 121))[1] == {"title": "title_long"}


def test_messages_and_notes_need_words() -> None:
    message, errors = forms.read_message(form(message=" Hi\nyou ", form_id="f", intent="ask", seen_reply="r"))
    assert (message.body, message.form_id, message.asks, message.seen_reply, errors) == ("Hi\nyou", "f", True, "r", {})
    assert forms.read_message({})[1] == {"message": "message_missing"}
    assert forms.read_note(form(note="n"))[0].body == "n"
    assert forms.read_note({})[1] == {"note": "note_missing"}
    assert forms.read_note(form(note="n" * 10_001))[1] == {"note": "text_long"}


def test_a_decision_against_a_breach_needs_its_reason_and_outcome() -> None:
    assert forms.read_decision(form(verdict="x")) == (None, {"verdict": "verdict_missing"})
    breach, errors = forms.read_decision(form(verdict="personal_data_breach", seen_verdict=""))
    assert breach is not None
    assert (breach.verdict, breach.outcome, errors) == (Change(Verdict.PERSONAL_DATA_BREACH, ""), None, {})
    assert forms.read_decision(form(verdict="security_incident"))[1] == {"reason": "reason_missing"}
    assert set(forms.read_decision(form(verdict="not_an_incident"))[1]) == {"reason", "outcome"}
    full, errors = forms.read_decision(form(verdict="not_an_incident", reason="r", outcome="test", message="m"))
    assert full is not None
    assert (full.reason, full.outcome, full.message.body, errors) == ("r", Outcome.TEST, "m", {})


def test_a_closure_needs_its_outcome_and_a_reopening_its_reason() -> None:
    closure, errors = forms.read_closure(form(outcome="resolved", seen_status="handling", message="m", form_id="f"))
    assert (closure.outcome, closure.seen_status, closure.message.body, errors) == (
        Outcome.RESOLVED,
        "handling",
        "m",
        {},
    )
    assert forms.read_closure({})[1] == {"outcome": "outcome_missing"}
    assert forms.read_reopening({})[1] == {"reason": "reason_missing"}
    assert forms.read_reopening(form(reason="r"))[0].reason == "r"


def test_what_was_typed_is_kept_as_it_was() -> None:
    assert forms.typed(form(note=" n ", message=" ", severity="2")) == {"note": " n "}
    assert forms.leaves_theirs(form(keep="theirs"))
    assert not forms.leaves_theirs(form(keep="mine"))
