"""Every way of pretending to come from the provider, or to be somebody else there."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import cast
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from joserfc.jwk import RSAKey

from incidentdesk.staff import sso
from incidentdesk.tables import Member
from tests.people import Sit
from tests.staff.conftest import Travel
from tests.staff.sso.identity_provider import CLIENT, KEYS, RSA, Claims, IdentityProvider, signed
from tests.staff.sso.way import finish, leave, sign_in

# What the provider said is judged before anything is looked up.
pytestmark = pytest.mark.either_database

MINUTE = timedelta(minutes=1)
NOW = int(datetime(2026, 11, 24, 9, 0, tzinfo=UTC).timestamp())
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})
Forge = Callable[[Claims], str]


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def with_claims(**changed: object) -> Forge:
    return lambda claims: signed({**claims, **changed})


def without(name: str) -> Forge:
    return lambda claims: signed({key: value for key, value in claims.items() if key != name})


def unsigned(name: str) -> Forge:
    return lambda claims: f"{part({'alg': name})}.{part(claims)}."


def signed_with_the_public_key(key: bytes) -> Forge:
    def forge(claims: Claims) -> str:
        text = f"{part({'alg': 'HS256', 'kid': 'rsa'})}.{part(claims)}"
        proof = base64.urlsafe_b64encode(hmac.digest(key, text.encode(), hashlib.sha256)).rstrip(b"=").decode()
        return f"{text}.{proof}"

    return forge


def altered(claims: Claims) -> str:
    head, _, proof = signed({**claims, "sub": "1"}).split(".")
    return f"{head}.{part(claims)}.{proof}"


def with_own_key(claims: Claims) -> str:
    return signed(claims, key=STRANGER, jwk=STRANGER.as_dict(private=False))


FORGERIES: dict[str, Forge] = {
    "another nonce": with_claims(nonce="x"),
    "no nonce": without("nonce"),
    "another audience": with_claims(aud="other"),
    "audience beside ours": with_claims(aud=[CLIENT, "other"]),
    "made for another party": with_claims(azp="other"),
    "another issuer": with_claims(iss="https://evil.test"),
    "ended": with_claims(iat=NOW - 600, exp=NOW - 61),
    "never ends": without("exp"),
    "of tomorrow": with_claims(iat=NOW + 86_400, exp=NOW + 90_000),
    "of nobody": with_claims(sub=""),
    "alg none": unsigned("none"),
    "alg None": unsigned("None"),
    "no alg": lambda claims: f"{part({})}.{part(claims)}.",
    "HS256 with the public key": signed_with_the_public_key(RSA.as_pem(private=False)),
    "HS256 with the public key in DER": signed_with_the_public_key(RSA.as_der(private=False)),
    "HS256 with nothing": signed_with_the_public_key(b""),
    "the claims of another token": altered,
    "a stranger's key under our name": lambda claims: signed(claims, key=STRANGER),
    "a key inside the token": with_own_key,
    "a key nobody knows": lambda claims: signed(
        claims, key=RSAKey.import_key(RSA.as_dict(private=True) | {"kid": "x"})
    ),
    "encrypted": lambda _claims: "a.b.c.d.e",
    "too long": with_claims(padding="x" * 20_000),
    "a list": lambda claims: signed(cast("Claims", [claims])),
    "nothing": lambda _claims: "",
}


async def test_a_token_that_is_not_right_in_everything_opens_nothing(
    sit: Sit, idp: IdentityProvider, linked: None, travel: Travel
) -> None:
    seat = await sit()
    for name, forge in FORGERIES.items():
        idp.token = forge
        answer = await sign_in(seat)
        assert answer.status_code == 403, name
        assert "Single sign-on did not work" in answer.text
        assert "set-cookie" not in answer.headers
        travel(timedelta(seconds=5))
    assert (await seat.get("/desk")).status_code == 303
    idp.token = signed
    assert (await sign_in(seat)).status_code == 303


async def test_every_allowed_signature_is_taken(sit: Sit, idp: IdentityProvider, linked: None) -> None:
    for alg in (*KEYS, "EdDSA"):
        idp.token = partial(signed, alg=alg, key=KEYS.get(alg, KEYS["Ed25519"]))
        assert (await sign_in(await sit())).status_code == 303, alg


async def test_a_way_back_is_good_for_one_time(sit: Sit, idp: IdentityProvider, linked: None) -> None:
    idp.is_careless = True
    seat = await sit()
    back = await leave(seat)
    kept = seat.client.cookies["sso"]
    assert (await finish(seat, back)).status_code == 303
    thief = await sit()
    thief.client.cookies.set("sso", kept)
    assert (await finish(thief, back)).status_code == 403


async def test_of_two_who_come_back_at_once_one_comes_in(sit: Sit, idp: IdentityProvider, linked: None) -> None:
    idp.is_careless = True
    here, there = await sit(), await sit()
    back = await leave(here)
    there.client.cookies.set("sso", here.client.cookies["sso"])
    answers = await asyncio.gather(finish(here, back), finish(there, back))
    assert sorted(answer.status_code for answer in answers) == [303, 403]


async def test_a_code_that_was_used_elsewhere_is_refused(sit: Sit, idp: IdentityProvider, linked: None) -> None:
    seat = await sit()
    back = await leave(seat)
    idp.codes.clear()
    assert (await finish(seat, back)).status_code == 403


async def test_a_way_back_started_in_another_browser_opens_nothing_here(sit: Sit, linked: None) -> None:
    here, there = await sit(), await sit()
    mine, theirs = await leave(here), await leave(there)
    code = parse_qs(urlsplit(theirs).query)["code"][0]
    assert (await finish(await sit(), mine)).status_code == 403
    assert (await finish(here, theirs)).status_code == 403
    # Another's code behind one's own state: the provider finds that the proof key does not fit.
    assert (await finish(here, mine, code=code)).status_code == 403


async def test_a_state_somebody_made_up_is_refused(sit: Sit, linked: None) -> None:
    seat = await sit()
    for state in ("", "x", "é", "0" * 64):
        assert (await finish(seat, await leave(seat), state=state)).status_code == 403, state


async def test_what_another_provider_sends_is_refused(sit: Sit, idp: IdentityProvider, linked: None) -> None:
    seat = await sit()
    assert (await finish(seat, await leave(seat), iss="https://evil.test")).status_code == 403
    idp.names_itself = False
    assert (await sign_in(seat)).status_code == 303


async def test_a_provider_that_always_names_itself_must(
    sit: Sit, idp: IdentityProvider, linked: None, travel: Travel
) -> None:
    idp.names_itself, idp.document = False, {"authorization_response_iss_parameter_supported": True}
    travel(60 * MINUTE)
    assert (await sign_in(await sit())).status_code == 403


async def test_ten_minutes_are_enough(sit: Sit, linked: None, travel: Travel) -> None:
    seat = await sit()
    back = await leave(seat)
    travel(sso.VALID)
    answer = await finish(seat, back)
    assert answer.status_code == 403
    assert "took too long" in answer.text


async def test_a_cookie_somebody_made_up_leads_nowhere(sit: Sit, linked: None) -> None:
    seat = await sit()
    back = urlsplit(await leave(seat))
    for value in ("", "x", "%ff", "e30.x", "." * 9, "A" * 4000):
        answer = await (await sit()).client.get(f"{back.path}?{back.query}", headers={"cookie": f"sso={value}"})
        assert answer.status_code == 403, value


async def test_the_way_onward_stays_on_the_desk(sit: Sit, linked: None) -> None:
    others = ["//evil.test", "https://evil.test/desk", "/\\evil.test", "/desk/..//evil.test", "javascript:alert(1)"]
    for onward in [*others, "/report", "", "/\t/evil.test"]:
        answer = await sign_in(await sit(), f"/desk/sso?{urlencode({'onward': onward})}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk"), onward


async def test_the_provider_hears_nothing_that_is_good_elsewhere(sit: Sit, rosa: Member) -> None:
    first, second = await sit(), await sit()
    questions = [dict(parse_qsl((await one.get("/desk/sso")).headers["location"])) for one in (first, second)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({question[name] for question in questions}) == 2, name
        assert len(questions[0][name]) >= 43
    assert questions[0]["code_challenge_method"] == "S256"
    assert questions[0]["redirect_uri"] == "http://desk.test/desk/sso/back"
    cookie = first.client.cookies["sso"]
    assert not {questions[0][name] for name in ("state", "nonce")} & set(cookie.split("."))


async def test_twenty_answers_a_minute_from_one_network(sit: Sit, linked: None) -> None:
    seat = await sit()
    codes = [(await finish(seat, await leave(seat), iss="x")).status_code for _ in range(20)]
    assert codes == [403] * 19 + [429]
