"""The form: what is kept, what is dropped, what is refused, and which page comes next."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from incidentdesk.intake.forms import (
    SentReport,
    Turn,
    carried,
    errors_on,
    read_answers,
    read_contact,
    read_reply,
    suspicion,
    turn,
)
from incidentdesk.intake.questions import LONG, Step

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def form(**fields: str | list[str]) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else value for name, value in fields.items()}


def going(**fields: str | list[str]) -> Turn:
    posted = form(**fields)
    return turn(posted, read_answers(posted), today=TODAY)


def test_answers_of_a_branch_not_taken_are_dropped() -> None:
    posted = form(
        what="x", kind="mail", p_did=["password"], w_public="planned", w_when="June", people="no", p_many="more"
    )
    assert read_answers(posted) == {"what": "x", "kind": "mail", "people": "no"}


def test_answers_of_the_branch_taken_are_kept() -> None:
    posted = form(what="x\ny", kind="weakness", w_public="planned", w_when=" in  June ", p_types=["id", "no such"])
    assert read_answers(posted) == {"what": "x\ny", "kind": "weakness", "w_public": "planned", "w_when": "in June"}


def test_several_options_come_in_the_order_of_the_form_and_unknown_ones_never() -> None:
    posted = form(what="x", kind="phish", p_did=["paid", "clicked", "clicked", "drop table"], ongoing="perhaps")
    assert read_answers(posted) == {"what": "x", "kind": "phish", "p_did": ["clicked", "paid"]}


def test_sharing_is_asked_of_those_who_gave_a_name() -> None:
    assert "share" not in read_answers(form(share="yes"))
    assert read_answers(form(name="Jo", share="yes"))["share"] == "yes"


@pytest.mark.parametrize(
    "fields, errors",
    [
        ({"page": "what"}, {"what": "what_missing"}),
        ({"page": "what", "what": "x" * (LONG + 1)}, {"what": "too_long"}),
        ({"page": "what", "what": "x" * LONG}, {}),
        ({"page": "people", "noticed": "earlier", "noticed_on": "soon"}, {"noticed_on": "day_unclear"}),
        ({"page": "people", "noticed": "earlier", "noticed_on": "25 11 2026"}, {"noticed_on": "day_future"}),
        ({"page": "people", "noticed": "earlier", "noticed_on": "20 11 2026"}, {}),
        ({"page": "people", "noticed": "earlier"}, {}),
        ({"page": "people", "people": "yes", "p_types": ["id"]}, {}),
        ({"page": "you", "reach": "email"}, {"email": "email_missing"}),
        ({"page": "you", "reach": "email", "email": "jo@example"}, {"email": "email_wrong"}),
        ({"page": "you", "reach": "email", "email": "jo@example.org"}, {}),
        ({"page": "you", "reach": "phone", "phone": "12"}, {"phone": "phone_wrong"}),
        ({"page": "you", "reach": "phone", "phone": "+31 6 1234"}, {}),
        ({"page": "you", "name": "x" * 301}, {"name": "too_long"}),
        ({"page": "you"}, {}),
    ],
)
def test_only_what_cannot_be_used_is_refused(fields: dict[str, Any], errors: dict[str, str]) -> None:
    posted = form(**fields)
    assert errors_on(Step(fields["page"]), read_answers(posted), today=TODAY) == errors


@pytest.mark.parametrize(
    "fields, step",
    [
        ({"page": "what", "go": "continue", "what": "x", "kind": "phish"}, Step.MORE),
        ({"page": "what", "go": "continue", "what": "x"}, Step.PEOPLE),
        ({"page": "what", "go": "now", "what": "x", "kind": "phish"}, Step.CHECK),
        ({"page": "people", "go": "back", "what": "x"}, Step.WHAT),
        ({"page": "people", "go": "back", "what": "x", "kind": "phish"}, Step.MORE),
        ({"page": "what", "go": "back"}, Step.WHAT),
        ({"page": "check", "go": "change:you", "what": "x"}, Step.YOU),
        ({"page": "check", "go": "change:more", "what": "x"}, Step.WHAT),
        ({"page": "check", "go": "change:nonsense", "what": "x"}, Step.WHAT),
        ({"page": "you", "go": "continue", "then": "check", "what": "x"}, Step.CHECK),
        ({"page": "what", "go": "continue", "then": "check", "what": "x"}, Step.CHECK),
        ({"page": "what", "go": "continue", "then": "check", "what": "x", "kind": "phish"}, Step.MORE),
        (
            {"page": "what", "go": "continue", "then": "check", "what": "x", "kind": "phish", "p_have": "yes"},
            Step.CHECK,
        ),
        ({"page": "people", "go": "", "what": ""}, Step.PEOPLE),
        ({"page": "nonsense"}, Step.WHAT),
    ],
)
def test_every_button_leads_somewhere(fields: dict[str, Any], step: Step) -> None:
    assert going(**fields) == Turn(step, {})


def test_an_error_keeps_the_page() -> None:
    assert going(page="what", go="continue") == Turn(Step.WHAT, {"what": "what_missing"})
    assert going(page="what", go="now") == Turn(Step.WHAT, {"what": "what_missing"})


def test_sending_looks_at_every_page_again() -> None:
    assert going(page="check", go="send", what="x") == Turn(Step.CHECK, {}, sent=True)
    assert going(page="check", go="send") == Turn(Step.WHAT, {"what": "what_missing"})
    assert going(page="check", go="send", what="x", reach="email", email="?") == Turn(
        Step.YOU, {"email": "email_wrong"}
    )


def test_a_page_carries_what_the_others_asked() -> None:
    answers: dict[str, str | list[str]] = {"what": "x", "kind": "phish", "p_did": ["clicked", "paid"]}
    assert carried(answers, without=Step.WHAT) == [("p_did", "clicked"), ("p_did", "paid")]
    assert ("what", "x") in carried(answers)


def test_a_robot_is_suspected_and_nobody_else() -> None:
    assert suspicion("x", issued=NOW, now=NOW, fill_seconds=0) == "honeypot"
    assert suspicion("", issued=NOW, now=NOW + timedelta(seconds=2), fill_seconds=3) == "too_fast"
    assert suspicion("", issued=NOW, now=NOW + timedelta(seconds=3), fill_seconds=3) is None


def sent(**answers: str | list[str]) -> SentReport:
    return SentReport(answers=dict(answers), language="en", form_hash="f", code_hash="c", zone=ZoneInfo("UTC"))


def test_who_and_what_are_kept_apart() -> None:
    report = sent(what="x", name="Jo", reach="code", answer_lang="nl", role="other")
    assert report.told == {"what": "x", "role": "other"}
    assert report.identity == {"name": "Jo", "reach": "code"}


def test_the_first_mark_stays() -> None:
    assert sent(what="x").marked("flood").suspicious == "flood"
    assert sent(what="x").marked("honeypot").marked("flood").suspicious == "honeypot"


@pytest.mark.parametrize(
    "body, errors", [("hello", {}), (" ", {"body": "body_missing"}), ("x" * (LONG + 1), {"body": "too_long"})]
)
def test_a_message_has_a_text(body: str, errors: dict[str, str]) -> None:
    assert read_reply(form(body=body)).errors == errors


def test_another_way_to_be_reached() -> None:
    assert read_contact(form(reach="phone", phone="020 123 4567", email="a@b.c", name="Jo")) == (
        {"reach": "phone", "phone": "020 123 4567"},
        {},
    )
    assert read_contact(form(reach="email"))[1] == {"email": "email_missing"}
