"""A provider that is away, slow, endless or odd: the desk says so, and the password works."""

import asyncio
import socket
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from incidentdesk.settings import SettingError, Settings, read
from incidentdesk.staff import provider
from incidentdesk.tables import Member
from incidentdesk.web.pages import Desk
from tests.patience import WITHIN
from tests.people import Seat, Sit
from tests.staff.conftest import PASSWORD, Travel
from tests.staff.sso.identity_provider import CLIENT, RSA, SECRET, Answer, IdentityProvider, signed
from tests.staff.sso.way import sign_in

# What happens outside of any database.
pytestmark = pytest.mark.either_database

DISCOVERY = "/.well-known/openid-configuration"
HOUR = timedelta(hours=1)
SAID = "does not answer at the moment. Your password works as always."


async def with_password(seat: Seat, who: Member) -> int:
    return (await seat.client.post("/desk/sign-in", data={"email": who.email, "password": PASSWORD})).status_code


@pytest.mark.parametrize(
    "path, answer",
    [
        (DISCOVERY, (500, {}, b"oops")),
        (DISCOVERY, (200, {}, b"<html>")),
        (DISCOVERY, (200, {}, b"[]")),
        (DISCOVERY, (200, {}, b"{}")),
        (DISCOVERY, (200, {}, b"x" * 200_001)),
        (DISCOVERY, (302, {"location": "/elsewhere"}, b"")),
        (DISCOVERY, (200, {"content-encoding": "gzip"}, b"no gzip")),
        ("/token", (500, {}, b"oops")),
        ("/token", (200, {}, b"null")),
        ("/keys", (404, {}, b"")),
        ("/keys", (200, {}, b'{"keys": []}')),
        ("/keys", (200, {}, b'{"keys": [{"kty": []}]}')),
        ("/keys", (200, {}, b'{"keys": 1}')),
        ("/keys", (200, {}, b'{"keys": [{"kty": "RSA", "e": "AQAB", "n": "uvdYMLHcMBzWPLSsiFTWKQ"}]}')),
        ("/keys", (200, {}, b'{"keys": [{"kty": "RSA", "use": "sig"}]}')),
    ],
)
async def test_whatever_it_answers_the_page_is_calm(
    sit: Sit, idp: IdentityProvider, rosa: Member, path: str, answer: tuple[int, dict[str, str], bytes]
) -> None:
    idp.answers[path] = answer
    seat = await sit()
    page = await seat.get("/desk/sso") if path == DISCOVERY else await sign_in(seat)
    assert page.status_code == 503
    assert SAID in page.text
    assert await with_password(seat, rosa) == 303
    assert "/elsewhere" not in idp.asked


async def test_a_code_for_which_there_is_no_token(sit: Sit, idp: IdentityProvider, rosa: Member) -> None:
    idp.answers["/token"] = (200, {}, b'{"id_token": 1}')
    assert (await sign_in(await sit())).status_code == 403


async def test_nobody_is_there(sit: Sit, desk: Desk, app: Any, rosa: Member) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    seat = await sit()
    app.state.desk = replace(desk, settings=replace(desk.settings, oidc_issuer=address))
    assert SAID in (await seat.get("/desk/sso")).text
    assert await with_password(seat, rosa) == 303


async def test_a_provider_that_never_ends_its_answer_is_left(
    sit: Sit, desk: Desk, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "PATIENCE_SECONDS", 0.3)

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 999999\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.05)

    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        seat = await sit()
        app.state.desk = replace(desk, settings=replace(desk.settings, oidc_issuer=address))
        async with asyncio.timeout(WITHIN):
            assert SAID in (await seat.get("/desk/sso")).text


async def test_however_many_press_the_provider_is_asked_once(
    sit: Sit, idp: IdentityProvider, now: datetime, travel: Travel
) -> None:
    idp.answers[DISCOVERY] = (500, {}, b"oops")
    seats = [await sit() for _ in range(10)]
    answers = await asyncio.gather(*(seat.get("/desk/sso") for seat in seats))
    assert {answer.status_code for answer in answers} == {503}
    assert idp.asked == [DISCOVERY]
    idp.answers.clear()
    assert (await seats[0].get("/desk/sso")).status_code == 503
    travel(provider.TRY_AGAIN)
    assert (await seats[0].get("/desk/sso")).status_code == 303
    assert idp.asked == [DISCOVERY] * 2


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.test"},
        {"authorization_endpoint": "http://evil.test/authorize"},
        {"token_endpoint": "http://evil.test/token"},
        {"jwks_uri": "ftp://127.0.0.1/keys"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
async def test_a_document_that_points_elsewhere_is_not_followed(
    sit: Sit, idp: IdentityProvider, document: dict[str, Any]
) -> None:
    idp.document = document
    assert (await (await sit()).get("/desk/sso")).status_code == 503


async def test_what_the_provider_said_is_kept_for_an_hour(
    sit: Sit, idp: IdentityProvider, linked: None, travel: Travel
) -> None:
    await sign_in(await sit())
    assert (idp.asked.count(DISCOVERY), idp.asked.count("/keys")) == (1, 1)
    travel(HOUR)
    await sign_in(await sit())
    assert (idp.asked.count(DISCOVERY), idp.asked.count("/keys")) == (2, 2)


async def test_new_keys_of_the_provider_are_found_within_a_minute(
    sit: Sit, idp: IdentityProvider, linked: None, travel: Travel
) -> None:
    new = RSAKey.generate_key(2048, {"kid": "new"})
    idp.keys, idp.token = [RSA, new], lambda claims: signed(claims, key=new)
    assert (await sign_in(await sit())).status_code == 403
    travel(timedelta(minutes=1))
    assert (await sign_in(await sit())).status_code == 303
    idp.token = lambda claims: signed(claims, key=RSAKey.generate_key(2048, {"kid": "x"}))
    asked = idp.asked.count("/keys")
    for _ in range(3):
        await sign_in(await sit())
    assert idp.asked.count("/keys") == asked


async def test_a_provider_that_wants_the_secret_in_the_form_gets_it_there(
    sit: Sit, idp: IdentityProvider, monkeypatch: pytest.MonkeyPatch, rosa: Member
) -> None:
    seen: list[dict[str, str]] = []
    idp.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    def note(_authorization: str, sent: dict[str, str]) -> Answer:
        seen.append(sent)
        return 400, {}, b"{}"

    monkeypatch.setattr(idp, "_trade", note)
    await sign_in(await sit())
    assert (seen[0]["client_id"], seen[0]["client_secret"]) == (CLIENT, SECRET)


@pytest.fixture
def unconnected(settings: Settings) -> Settings:
    return replace(settings, oidc_issuer="")


async def test_without_a_provider_nothing_speaks_of_one(
    sit: Sit, desk: Desk, app: Any, unconnected: Settings, rosa: Member
) -> None:
    seat = await sit(rosa)
    app.state.desk = replace(desk, settings=unconnected)
    assert "/desk/sso" not in (await (await sit()).get("/desk/sign-in")).text
    for start in ("/desk/sso", "/desk/welcome/x/sso", "/desk/profile/sso"):
        assert (await seat.get(start)).headers["location"] in {"/desk/sign-in", "/desk/profile/ways"}


async def test_the_secret_is_in_no_log_line_and_no_page(
    sit: Sit, desk: Desk, idp: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    idp.answers["/token"] = (200, {}, b'{"error": "s3cret leaked by the provider"}')
    answer = await sign_in(await sit())
    assert "single sign-on failed: no token" in caplog.text
    for text in (caplog.text, answer.text, repr(desk.settings)):
        assert "s3cret" not in text


@pytest.mark.parametrize(
    "given",
    [
        {"OIDC_ISSUER": "http://id.example.org", "OIDC_CLIENT_ID": "desk", "OIDC_CLIENT_SECRET": "x"},
        {"OIDC_ISSUER": "https://user@id.example.org", "OIDC_CLIENT_ID": "desk", "OIDC_CLIENT_SECRET": "x"},
        {"OIDC_ISSUER": "https://[", "OIDC_CLIENT_ID": "desk", "OIDC_CLIENT_SECRET": "x"},
        {"OIDC_ISSUER": "https://id.example.org", "OIDC_CLIENT_ID": "desk"},
        {"OIDC_CLIENT_SECRET": "hidden"},
        {"OIDC_SECOND_FACTOR": "nobody"},
    ],
)
def test_settings_that_do_not_fit_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="INCIDENTDESK_OIDC") as refused:
        read({f"INCIDENTDESK_{name}": value for name, value in given.items()})
    assert "hidden" not in str(refused.value)
