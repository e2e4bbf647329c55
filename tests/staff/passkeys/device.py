"""A device with passkeys, as far as the desk can see it: keys, counters, and every wrong answer it can be made to give."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40
ORIGIN, HOST = "https://desk.test", "desk.test"


@dataclass
class Device:
    """Makes one passkey and answers with it. `lie` says what it gets wrong."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0

    def make(self, options: str, **lie: Any) -> str:
        """Answer to `how_to_make`."""
        told = self._told("webauthn.create", options, lie)
        body = bytes(16) + len(self.credential).to_bytes(2) + self.credential + self._public_key()
        data = self._data(NEW, lie) + body
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": told, "attestationObject": attestation}, lie)

    def prove(self, options: str, **lie: Any) -> str:
        """Answer to `how_to_prove`."""
        self.count += lie.get("step", 1)
        told, data = self._told("webauthn.get", options, lie), self._data(0, lie)
        signature = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"clientDataJSON": told, "authenticatorData": data, "signature": signature}, lie)

    def _told(self, kind: str, options: str, lie: dict[str, Any]) -> bytes:
        challenge = lie.get("challenge", json.loads(options)["challenge"])
        return json.dumps(
            {"type": lie.get("type", kind), "challenge": challenge, "origin": lie.get("origin", ORIGIN)}
        ).encode()

    def _data(self, extra: int, lie: dict[str, Any]) -> bytes:
        flags = lie.get("flags", PRESENT | VERIFIED) | extra
        return hashlib.sha256(lie.get("host", HOST).encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _public_key(self) -> bytes:
        point = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})

    def _answer(self, response: dict[str, bytes], lie: dict[str, Any]) -> str:
        named = bytes_to_base64url(lie.get("credential", self.credential))
        packed = {name: bytes_to_base64url(lie.get(name, value)) for name, value in response.items()}
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": packed})


def challenge_in(answer: str) -> bytes:
    """What an answer answers."""
    told = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
    return base64url_to_bytes(told["challenge"])
