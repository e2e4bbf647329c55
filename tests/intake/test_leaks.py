"""What looks like a secret: hinted at, with few false alarms."""

import pytest

from incidentdesk.intake.leaks import leaks_in


@pytest.mark.parametrize(
    "text, kind",
    [
        ("My password is Hunter22, sorry", "password"),
        ("wachtwoord: zomer!2026", "password"),
        ("It went to NL91 ABNA 0417 1643 00 by mistake", "bank"),
        ("nl91abna0417164300", "bank"),
        ("card 4111 1111 1111 1111", "bank"),
        ("BSN 111222333", "personal"),
        ("born with 1234.56.782", "personal"),
    ],
)
def test_points_at(text: str, kind: str) -> None:
    assert leaks_in({"what": text}) == [("what", kind)]


@pytest.mark.parametrize(
    "text",
    [
        "I think my password is wrong.",
        "my password was changed",
        "call 020 123 4567 or +31612345678",
        "invoice 123456789",
        "number 000000000",
        "card 4111 1111 1111 1112",
        "NL91 ABNA 0417 1643 01",
        "TR33 0006 1005 1978 6457 8413 27 İstanbul",
        "IR-26-7KQ4MX",
    ],
)
def test_lets_pass(text: str) -> None:
    assert leaks_in({"what": text}) == []


def test_looks_only_at_what_was_written_freely() -> None:
    answers: dict[str, str | list[str]] = {
        "kind": "mail",
        "p_did": ["password"],
        "phone": "111222333",
        "name": "password is a1b2c3",
    }
    assert leaks_in(answers) == [("name", "password")]
