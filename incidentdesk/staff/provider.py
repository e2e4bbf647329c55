"""Talks to the OpenID Connect provider: its discovery document, its keys, and an ID token for a code.

The only file that asks another host. It asks the issuer that was set, and the addresses that the issuer's own document
names; it follows no redirect, waits seconds, and reads no more than a page.
"""

import asyncio
import ssl
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import KeySet

from incidentdesk.rules.id_token import Claims
from incidentdesk.setting_values import is_private
from incidentdesk.settings import Settings

# Never `none`, and never HS256: there the provider's public key would do as the secret.
ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")
SIGNATURES = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
PATIENCE_SECONDS = 5
LARGEST = 200_000
LONGEST_TOKEN = 20_000
KEEP = timedelta(hours=1)
# A token signed with a key that is not known yet makes the desk look again, but not more often than this.
LOOK_AGAIN = timedelta(minutes=1)
# Who did not answer is left alone for a moment.
TRY_AGAIN = timedelta(seconds=10)
HOW = {"scope": "openid email", "response_type": "code", "code_challenge_method": "S256"}


class Unreachable(Exception):
    """The provider does not answer, or not as OpenID Connect says."""


class BadToken(Exception):
    """The provider's answer holds no ID token signed by it."""


@dataclass(frozen=True)
class Provider:
    """What the discovery document says."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


@dataclass(frozen=True)
class _Known:
    """What was read from an address, and when; or that nothing could be read."""

    at: datetime
    value: dict[str, Any] | Unreachable = field(repr=False)


_known: dict[str, _Known] = {}
# One question at a time: anybody may press the button, and the provider must not feel it.
_turn = asyncio.Lock()


async def discover(settings: Settings, *, now: datetime) -> Provider:
    """Return the provider, as it described itself within the last hour."""
    address = settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"
    document = await _get(address, now=now, within=KEEP)
    try:
        provider = msgspec.convert(document, Provider)
    except msgspec.ValidationError as error:
        raise Unreachable("discovery document") from error
    if provider.issuer != settings.oidc_issuer:
        raise Unreachable("another issuer")
    if not all(map(is_private, (provider.authorization_endpoint, provider.token_endpoint, provider.jwks_uri))):
        raise Unreachable("an address without TLS")
    return provider


def address_of(provider: Provider, settings: Settings, *, back: str, asked: Mapping[str, str]) -> str:
    """Return where the browser goes to sign in."""
    query = urlencode({"client_id": settings.oidc_client_id, "redirect_uri": back, **HOW, **asked})
    start = provider.authorization_endpoint
    return f"{start}{'&' if urlsplit(start).query else '?'}{query}"


async def trade(provider: Provider, settings: Settings, fields: Mapping[str, str]) -> str:
    """Return the ID token that the provider gives for a code."""
    data = {"grant_type": "authorization_code", **fields}
    basic = None
    if "client_secret_basic" in provider.token_endpoint_auth_methods_supported:
        # Both are form-encoded before they are joined (RFC 6749, section 2.3.1).
        name, secret = (urlencode({"": text})[1:] for text in (settings.oidc_client_id, settings.oidc_client_secret))
        basic = httpx.BasicAuth(name, secret)
    else:
        data |= {"client_id": settings.oidc_client_id, "client_secret": settings.oidc_client_secret}
    answer = await _ask("POST", provider.token_endpoint, data=data, auth=basic)
    token = answer.get("id_token")
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        raise BadToken("no token")
    return token


async def read_token(provider: Provider, token: str, *, now: datetime) -> Claims:
    """Return the claims of a token that the provider signed."""
    try:
        return _open(token, await _keys(provider, now=now, within=KEEP))
    except BadToken:
        # The provider may have new keys since we looked.
        return _open(token, await _keys(provider, now=now, within=LOOK_AGAIN))


def _open(token: str, keys: KeySet) -> Claims:
    try:
        with warnings.catch_warnings():
            # RFC 9864 calls it Ed25519; providers still say EdDSA.
            warnings.simplefilter("ignore", SecurityWarning)
            payload = jws.deserialize_compact(token, keys, registry=SIGNATURES).payload
        return msgspec.json.decode(payload or b"", type=dict[str, Any])
    except (JoseError, ValueError, KeyError, TypeError) as error:
        # A key that is none shows only when it is used.
        raise BadToken("signature") from error


async def _keys(provider: Provider, *, now: datetime, within: timedelta) -> KeySet:
    document = await _get(provider.jwks_uri, now=now, within=within)
    try:
        with warnings.catch_warnings():
            # An RSA key of less than 2048 bits is none.
            warnings.simplefilter("error", SecurityWarning)
            return KeySet.import_key_set({"keys": [key for key in document["keys"] if key.get("use", "sig") == "sig"]})
    except (JoseError, SecurityWarning, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreachable("keys") from error


async def _get(address: str, *, now: datetime, within: timedelta) -> dict[str, Any]:
    async with _turn:
        known = _known.get(address)
        if known is None or not known.at <= now < known.at + _keep(known, within):
            known = _known[address] = _Known(now, await _try(address))
    if isinstance(known.value, Unreachable):
        raise Unreachable(*known.value.args)
    return known.value


def _keep(known: _Known, within: timedelta) -> timedelta:
    return TRY_AGAIN if isinstance(known.value, Unreachable) else within


async def _try(address: str) -> dict[str, Any] | Unreachable:
    try:
        return await _ask("GET", address)
    except Unreachable as error:
        return error


async def _ask(method: str, address: str, **sent: Any) -> dict[str, Any]:  # noqa: ANN401 - httpx's own words
    """Return the JSON object at `address`. An error says what kind it is and nothing of the answer."""
    status, body = await _fetch(method, address, **sent)
    if status == HTTPStatus.BAD_REQUEST and method == "POST":
        raise BadToken("the code was refused")
    if status != HTTPStatus.OK:
        raise Unreachable(f"status {status}")
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except ValueError as error:
        raise Unreachable("no JSON") from error


async def _fetch(method: str, address: str, **sent: Any) -> tuple[int, bytes]:  # noqa: ANN401 - the same
    body = bytearray()
    try:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            _client() as client,
            client.stream(method, address, **sent) as got,
        ):
            async for part in got.aiter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise Unreachable("too long an answer")
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise Unreachable(type(error).__name__) from error
    return got.status_code, bytes(body)


def _client() -> httpx.AsyncClient:
    # The environment's proxies are not ours to trust; settings.py alone reads the environment.
    return httpx.AsyncClient(follow_redirects=False, timeout=PATIENCE_SECONDS, trust_env=False, verify=_trust())


@cache
def _trust() -> ssl.SSLContext:
    """Trust what the system trusts; reading all its certificates takes a while."""
    return ssl.create_default_context()
