"""A small OpenID Connect provider on this machine: a real server with real signatures, which can be told to misbehave."""

import asyncio
import base64
import hashlib
import json
import secrets
import socket
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

import uvicorn
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from incidentdesk import clock

CLIENT, SECRET = "desk:1", "s3cret %&"
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
KEYS: dict[str, RSAKey | ECKey | OKPKey] = {
    "RS256": RSA,
    "ES256": ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}),
    "Ed25519": OKPKey.generate_key("Ed25519", {"kid": "ed", "use": "sig"}),
}
Claims = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]


def signed(claims: Claims, *, alg: str = "RS256", key: Any = None, **header: object) -> str:
    """A token as an honest provider makes it."""
    used = key or KEYS[alg]
    head = {"alg": alg, "kid": used.kid or "", **header}
    with warnings.catch_warnings():
        # The old name of Ed25519.
        warnings.simplefilter("ignore", SecurityWarning)
        return jws.serialize_compact(head, json.dumps(claims), used, algorithms=[alg])


@dataclass
class IdentityProvider:
    """Signs in whoever comes as `who`, and remembers what it was asked."""

    issuer: str
    who: Claims = field(default_factory=lambda: {"sub": "248", "email": "rosa@example.org", "email_verified": True})
    token: Callable[[Claims], str] = signed
    keys: list[Any] = field(default_factory=lambda: list(KEYS.values()))
    document: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    names_itself: bool = True
    is_careless: bool = False

    def forget(self) -> None:
        """Begin again, as an honest one."""
        vars(self).update(vars(IdentityProvider(self.issuer)))

    def answer(self, path: str, query: str, headers: dict[str, str], body: bytes) -> Answer:
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        if path == "/authorize":
            return self._authorize(dict(parse_qsl(query)))
        if path == "/token":
            return self._trade(headers.get("authorization", ""), dict(parse_qsl(body.decode())))
        return _json(self._published(path))

    def _published(self, path: str) -> dict[str, Any]:
        if path == "/keys":
            return KeySet(self.keys).as_dict(private=False)  # type: ignore[return-value]
        names = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        places = {name: self.issuer + place for name, place in names.items()}
        return {"issuer": self.issuer, **places, **self.document}

    def _authorize(self, asked: dict[str, str]) -> Answer:
        code = secrets.token_urlsafe(24)
        self.codes[code] = asked
        named = {"iss": self.issuer} if self.names_itself else {}
        back = urlencode({"code": code, "state": asked["state"], **named})
        return 303, {"location": f"{asked['redirect_uri']}?{back}"}, b""

    def _trade(self, authorization: str, sent: dict[str, str]) -> Answer:
        asked = self.codes.get(sent["code"])
        if not self.is_careless:
            # A code is good once.
            self.codes.pop(sent["code"], None)
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        if authorization != basic(CLIENT, SECRET) or asked is None:
            return 400, {}, b"{}"
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {}, b"{}"
        now = int(clock.now().timestamp())
        fresh = {"auth_time": now} if "max_age" in asked else {}
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
            **fresh,
            **self.who,
        }
        return _json({"access_token": "x", "token_type": "Bearer", "id_token": self.token(claims)})


def basic(name: str, secret: str) -> str:
    pair = ":".join(urlencode({"": text})[1:] for text in (name, secret))
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _json(value: object) -> Answer:
    return 200, {"content-type": "application/json"}, json.dumps(value).encode()


@asynccontextmanager
async def provider_at(listening: socket.socket) -> AsyncIterator[IdentityProvider]:
    """Serve until the block ends."""
    provider = IdentityProvider(f"http://127.0.0.1:{listening.getsockname()[1]}")

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        body = (await receive()).get("body", b"")
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status, more, content = provider.answer(scope["path"], scope["query_string"].decode(), headers, body)
        sent = [(name.encode(), value.encode()) for name, value in more.items()]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": content})

    server = uvicorn.Server(uvicorn.Config(cast("Any", app), lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield provider
    finally:
        server.should_exit = True
        await serving
