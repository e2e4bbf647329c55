"""The second step after single sign-on: the desk asks, unless it trusts the provider to, and the provider says that it did."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from litestar import Litestar

from incidentdesk.settings import Asks, SecondFactor, Settings
from incidentdesk.web.pages import Desk
from tests.people import Sit
from tests.staff.conftest import Travel
from tests.staff.sso.identity_provider import IdentityProvider
from tests.staff.sso.way import sign_in

# What a provider says of a second step; no database is asked about it.
pytestmark = pytest.mark.either_database

SET_UP, IN = "/desk/authenticator?onward=%2Fdesk", "/desk"


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return replace(settings, second_factor=SecondFactor.REQUIRED, oidc_second_factor=request.param)


@pytest.mark.parametrize(
    "settings, claims, place",
    [
        (Asks.DESK, {}, SET_UP),
        (Asks.DESK, {"amr": ["mfa"]}, SET_UP),
        (Asks.PROVIDER, {}, SET_UP),
        (Asks.PROVIDER, {"amr": ["pwd"]}, SET_UP),
        (Asks.PROVIDER, {"amr": ["pwd", "otp"]}, IN),
        (Asks.PROVIDER, {"amr": ["pwd", "otp"], "auth_time": 1}, SET_UP),
    ],
    indirect=["settings"],
)
async def test_who_asks_for_the_second_step(
    sit: Sit, idp: IdentityProvider, invited: str, claims: dict[str, Any], place: str
) -> None:
    idp.who |= claims
    seat = await sit()
    answer = await sign_in(seat, f"{invited}/sso")
    assert (answer.status_code, answer.headers["location"]) == (303, place)
    assert (await seat.get("/desk")).status_code == (200 if place == IN else 303)


@pytest.mark.parametrize("settings", [Asks.PROVIDER], indirect=True)
async def test_who_has_no_second_step_here_proves_it_at_the_provider_again(
    sit: Sit, idp: IdentityProvider, invited: str, travel: Travel
) -> None:
    idp.who |= {"amr": ["mfa"]}
    seat = await sit()
    await sign_in(seat, f"{invited}/sso")
    travel(timedelta(minutes=10))
    asked = await seat.get((await seat.get("/desk/authenticator")).headers["location"])
    assert "Sign in anew with single sign-on" in asked.text
    again = unescape(asked.text.split('href="/desk/sso')[1].split('"')[0])
    answer = await sign_in(seat, f"/desk/sso{again}")
    assert answer.headers["location"] == "/desk/authenticator"
    assert (await seat.get("/desk/authenticator")).status_code == 200


@pytest.mark.parametrize("settings", [Asks.DESK], indirect=True)
async def test_a_session_at_the_provider_that_is_old_is_no_fresh_proof(
    sit: Sit, desk: Desk, app: Litestar, idp: IdentityProvider, invited: str
) -> None:
    seat = await sit()
    await sign_in(seat, f"{invited}/sso")
    app.state.desk = replace(desk, settings=replace(desk.settings, second_factor=SecondFactor.OPTIONAL))
    times: tuple[dict[str, Any], ...] = ({}, {"auth_time": 1}, {"auth_time": None})
    for when, status in zip(times, (200, 303, 303), strict=True):
        idp.who |= when
        assert (await sign_in(seat)).headers["location"] == IN
        assert (await seat.get("/desk/authenticator")).status_code == status
    asked = await seat.get("/desk/confirmation?onward=/desk/authenticator")
    assert "Sign in anew with single sign-on" in asked.text
