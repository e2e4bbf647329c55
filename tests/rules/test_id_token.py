"""What an ID token must say."""

import math

import pytest

from incidentdesk.rules.id_token import Expected, Wrong, is_strong, proven_address, wrong_in

NOW = 1_795_000_000.0
EXPECTED = Expected("https://id.test", "desk", "n-1")
GOOD = {"iss": "https://id.test", "aud": "desk", "nonce": "n-1", "sub": "248", "exp": NOW + 300, "iat": NOW}
NOTHING = object()


def wrong(**changed: object) -> Wrong | None:
    claims = {name: value for name, value in {**GOOD, **changed}.items() if value is not NOTHING}
    return wrong_in(claims, EXPECTED, now=NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"aud": ["desk"]},
        {"aud": ["desk", "other"], "azp": "desk"},
        {"azp": "desk"},
        {"exp": NOW - 59},
        {"iat": NOW + 60},
        {"iat": NOW - 600, "nbf": NOW + 60},
        {"iat": int(NOW)},
    ],
)
def test_what_is_good(changed: dict[str, object]) -> None:
    assert wrong(**changed) is None


@pytest.mark.parametrize("value", [NOTHING, None, "", "https://id.test/", "https://ID.test", "http://id.test", 1, []])
def test_another_issuer(value: object) -> None:
    assert wrong(iss=value) is Wrong.ISSUER


@pytest.mark.parametrize(
    "audience, party",
    [
        (NOTHING, NOTHING),
        ("other", NOTHING),
        ("other", "desk"),
        ([], "desk"),
        (["other"], "desk"),
        (["desk", "other"], NOTHING),
        (["desk", "other"], "other"),
        (["desk", "desk"], NOTHING),
        ("desk", "other"),
        ("desk", ""),
        (["desk"], "other"),
        ({"desk": 1}, NOTHING),
        ("desk desk", NOTHING),
        (True, NOTHING),
    ],
)
def test_a_token_for_somebody_else(audience: object, party: object) -> None:
    assert wrong(aud=audience, azp=party) is Wrong.AUDIENCE


@pytest.mark.parametrize("value", [NOTHING, None, "", "n-2", "N-1", ["n-1"], 1])
def test_another_nonce(value: object) -> None:
    assert wrong(nonce=value) is Wrong.NONCE


@pytest.mark.parametrize("value", [NOTHING, None, "", 248, ["248"], "x" * 256])
def test_nobody_in_particular(value: object) -> None:
    assert wrong(sub=value) is Wrong.SUBJECT


@pytest.mark.parametrize("value", [NOTHING, None, NOW - 60, 0, -1, "9999999999", True, math.nan, math.inf, 10**400])
def test_a_token_that_ended(value: object) -> None:
    assert wrong(exp=value) is Wrong.EXPIRED


@pytest.mark.parametrize(
    "changed, reason",
    [
        ({"iat": NOTHING}, Wrong.EXPIRED),
        ({"iat": math.nan}, Wrong.EXPIRED),
        ({"iat": NOW + 61}, Wrong.TOO_EARLY),
        ({"nbf": NOW + 61}, Wrong.TOO_EARLY),
        ({"nbf": "later"}, Wrong.TOO_EARLY),
        ({"iat": NOW - 601}, Wrong.TOO_OLD),
    ],
)
def test_a_token_not_of_this_moment(changed: dict[str, object], reason: Wrong) -> None:
    assert wrong(**changed) is reason


@pytest.mark.parametrize(
    "claims, strong",
    [
        ({"amr": ["pwd", "otp"]}, True),
        ({"amr": ["mfa"]}, True),
        ({"amr": ["hwk"]}, True),
        ({"acr": "phr"}, True),
        ({}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": ["sms", "swk", "pwd"]}, False),
        ({"amr": "mfa"}, False),
        ({"amr": [["mfa"], 1, None]}, False),
        ({"acr": "1"}, False),
        ({"acr": ["phr"]}, False),
        ({"acr": None, "amr": None}, False),
    ],
)
def test_only_a_named_second_factor_counts(claims: dict[str, object], *, strong: bool) -> None:
    assert is_strong({"auth_time": NOW, **claims}, now=NOW) is strong


@pytest.mark.parametrize(
    "asked, strong", [(NOW - 660, True), (NOW - 661, False), (NOTHING, False), (None, False), (str(NOW), False)]
)
def test_a_second_factor_counts_when_it_was_asked_for_just_now(asked: object, *, strong: bool) -> None:
    claims = {"amr": ["mfa"]} if asked is NOTHING else {"amr": ["mfa"], "auth_time": asked}
    assert is_strong(claims, now=NOW) is strong


@pytest.mark.parametrize(
    "claims, address",
    [
        ({"email": " Ada@Example.org", "email_verified": True}, "ada@example.org"),
        ({"email": "ada@example.org"}, None),
        ({"email": "ada@example.org", "email_verified": False}, None),
        ({"email": "ada@example.org", "email_verified": "true"}, None),
        ({"email": "ada@example.org", "email_verified": 1}, None),
        ({"email_verified": True}, None),
        ({"email": ["ada@example.org"], "email_verified": True}, None),
    ],
)
def test_an_address_counts_when_the_provider_has_checked_it(claims: dict[str, object], address: str | None) -> None:
    assert proven_address(claims) == address
