"""Passkeys and single sign-on in a real browser, with a device and a provider that are not there only for show."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import CDPSession, Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.journey import PASSWORD, heading
from tests.browser.served import serving
from tests.browser.ways import press
from tests.staff.sso.identity_provider import CLIENT, SECRET, IdentityProvider, provider_at

pytestmark = pytest.mark.browser
# Touched and recognised at once, like a phone in somebody's hand.
DEVICE = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
DEVICE |= {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with provider_at(listening) as served:
            served.who |= {"email": "ada@example.org"}
            yield served


@pytest.fixture
async def welcome(
    chromium_path: str, database_url: str, tmp_path: Path, provider: IdentityProvider
) -> AsyncIterator[str]:
    """The first link of a desk with a name, which browsers make passkeys for, and a provider."""
    connected = {"OIDC_ISSUER": provider.issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
    async with serving(tmp_path, DATABASE_URL=database_url, HOST="localhost", **connected) as started:
        yield started.welcome


async def with_device(page: Page) -> tuple[CDPSession, str]:
    devices: Any = await page.context.new_cdp_session(page)
    await devices.send("WebAuthn.enable")
    made = await devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return devices, made["authenticatorId"]


async def become_administrator(page: Page, link: str) -> None:
    await page.goto(link)
    await page.get_by_label("Your name").fill("Ada Min")
    await page.get_by_label("Your e-mail address").fill("ada@example.org")
    await page.get_by_label("New password").fill(PASSWORD)
    await press(page, "Continue")
    await heading(page, "Set up your second step")


async def sign_out(page: Page) -> None:
    await page.get_by_text("Ada Min").first.click()
    await press(page, "Sign out")
    await heading(page, "Sign in to the incident desk")


async def test_a_passkey_and_single_sign_on(phone: OpenPhone, welcome: str, provider: IdentityProvider) -> None:
    page, wrong = await phone(), list[str]()
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    devices, device = await with_device(page)
    await become_administrator(page, welcome)
    await page.get_by_role("link", name="Make a passkey instead").click()
    await press(page, "Make the passkey")
    await heading(page, "Your recovery codes")
    await page.get_by_role("link", name="I have them").click()
    await heading(page, "Queue")
    await page.goto(welcome.partition("/desk/")[0] + "/desk/profile/ways")
    await page.get_by_role("link", name="Link my account").click()
    await press(page, "Link this account")
    await heading(page, "Ways to sign in")
    await sign_out(page)
    # The page that was come back to sends itself on; then the desk's own second step.
    await page.get_by_role("link", name="Sign in with single sign-on").click()
    await heading(page, "Now your passkey or the code from your phone")
    await devices.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    await page.get_by_role("button", name="Use a passkey").click()
    await expect(page.get_by_role("status").filter(has_text="The device did not answer")).to_be_visible()
    await devices.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    await press(page, "Use a passkey")
    await heading(page, "Queue")
    assert wrong == []
