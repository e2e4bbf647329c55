"""What people send about themselves: a value, or a word per field."""

import pytest

from incidentdesk.rules.permissions import Role
from incidentdesk.staff.forms import password_error, raw, read_person, read_profile, read_sign_in

ZONE = "Europe/Lisbon"


def person(**fields: str) -> dict[str, list[str]]:
    given = {"name": "Ada Min", "email": "ada@example.org", "role": "dpo", **fields}
    return {name: [value] for name, value in given.items()}


def test_a_person_is_read_and_starts_in_the_desks_zone_and_language() -> None:
    read = read_person(person(name=" Ada \n Min ", email=" Ada@Example.ORG "), zone=ZONE, language="nl")
    assert (read.name, read.email, read.role) == ("Ada Min", "ada@example.org", Role.DPO)
    assert (read.zone, read.language) == (ZONE, "nl")
    assert read.errors == {}


def test_an_empty_form_names_every_field() -> None:
    read = read_person({}, zone=ZONE, language="nl")
    assert read.errors == {"name": "name_missing", "email": "email_invalid", "role": "role_missing"}
    assert read.role is Role.READER


@pytest.mark.parametrize(
    "email",
    [
        "ada",
        "ada@example",
        "@example.org",
        "ada@example.org,eve@example.org",
        "Ada <ada@example.org>",
        '"ada"@example.org',
        "ada@example.org\\nbcc",
        "ada@[127.0.0.1]",
        "adä@example.org",
        # The desk could never write to these.
        "ada..min@example.org",
        ".ada@example.org",
        "ada@-example.org",
        f"{'a' * 65}@example.org",
        f"ada@{'a.' * 124}com",
        "=?utf-8?q?=0d=0aBcc?=@example.org",
    ],
)
def test_only_one_plain_mailbox_is_an_address(email: str) -> None:
    assert read_person(person(email=email), zone=ZONE, language="nl").errors == {"email": "email_invalid"}


@pytest.mark.parametrize("email", ["a@b.nl", "o'neil+desk@mail.example.org", f"{'a' * 64}@{'a.' * 93}com"])
def test_unusual_addresses_are_addresses(email: str) -> None:
    assert read_person(person(email=email), zone=ZONE, language="nl").errors == {}


def test_nobody_is_given_a_role_that_does_not_exist() -> None:
    assert read_person(person(role="king"), zone=ZONE, language="nl").errors == {"role": "role_missing"}


@pytest.mark.parametrize(
    "password, error",
    [
        ("eleven char", "password_short"),
        ("twelve chars", None),
        ("x1y2" * 50, None),
        ("x1y2" * 50 + "z", "password_long"),
        ("ADA@example.org", "password_weak"),
        ("Administrator Ada", "password_weak"),
        ("abcabcabcabc", "password_weak"),
        ("1qaz2wsx3edc", "password_common"),
        ("1QAZ2wsx3edc4rfv", "password_common"),
        ("1qaz2wsx3edc and a horse", None),
        ("пароль надежный", None),
        ("!!??//..--++", None),
    ],
)
def test_a_password_is_measured_by_its_length(password: str, error: str | None) -> None:
    assert password_error(password, about=("administrator ada", "ada@example.org")) == error


@pytest.mark.parametrize(
    "password, error",
    [
        ("Bakery-Zoet-2026", "password_weak"),
        ("IncidentDesk!!2026", "password_weak"),
        ("wachtwoord 1234", "password_weak"),
        ("ada@bakery-zoet", "password_weak"),
        ("zoet as a horse battery", None),
        ("bakery 8302 7715 4460", None),
        ("correct horse battery", None),
    ],
)
def test_words_that_lie_near_are_not_enough_for_a_password(password: str, error: str | None) -> None:
    assert password_error(password, about=("Ada Min", "ada@example.org", "Bakery Zoet")) == error


def test_a_password_is_taken_as_typed() -> None:
    assert raw({"password": ["  two  spaces "]}, "password") == "  two  spaces "
    assert raw({}, "password") == ""
    assert len(raw({"password": ["x" * 1000]}, "password")) == 201


def test_signing_in_reads_the_address_without_its_capitals() -> None:
    asked = read_sign_in({"email": [" ADA@example.org "], "password": [" p "]})
    assert (asked.email, asked.password, asked.onward) == ("ada@example.org", " p ", "/desk")


@pytest.mark.parametrize(
    "onward, expected",
    [
        ("/desk/incidents/IR-26-7KQ4MX", "/desk/incidents/IR-26-7KQ4MX"),
        ("/desk?view=mine", "/desk?view=mine"),
        ("https://elsewhere.test/desk", "/desk"),
        ("//elsewhere.test/desk", "/desk"),
        ("/desk//elsewhere.test", "/desk"),
        ("/desk\\elsewhere.test", "/desk"),
        ("/report", "/desk"),
        ("", "/desk"),
    ],
)
def test_after_signing_in_the_way_leads_to_the_desk_only(onward: str, expected: str) -> None:
    assert read_sign_in({"onward": [onward]}).onward == expected


def profile(**fields: str) -> dict[str, list[str]]:
    given = {"language": "nl", "zone": "Asia/Tokyo", "theme": "dark", "shortcuts": "on", **fields}
    return {name: [value] for name, value in given.items()}


def test_a_profile_is_read() -> None:
    read = read_profile(profile())
    assert (read.language, read.zone, read.theme, read.shortcuts) == ("nl", "Asia/Tokyo", "dark", True)
    assert read.errors == {}


@pytest.mark.parametrize("name, value", [("language", "tlh"), ("zone", "Mars/Base"), ("theme", "pink")])
def test_a_profile_takes_what_is_on_the_list(name: str, value: str) -> None:
    assert read_profile(profile(**{name: value})).errors == {name: f"{name}_unknown"}


def test_an_unticked_box_is_not_sent() -> None:
    assert read_profile({"language": ["nl"]}).shortcuts is False
