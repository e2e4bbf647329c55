"""Whatever somebody sends in the place of a passkey's answer, it proves nothing and breaks nothing."""

import json
from datetime import UTC, datetime
from random import Random

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from incidentdesk.errors import Conflict, Malformed
from tests.staff.passkeys.table import Table
from tests.thorough import THOROUGH

# What is no proof is refused before anything is looked up.
pytestmark = pytest.mark.either_database

ROUNDS = range(2000 if THOROUGH else 60)
JUNK: tuple[object, ...] = (None, 1, "", [], {}, True, "é", "=", "A" * 50, 1e308, "\ud800", "\0")
# Nested and announced far beyond what was sent, as CBOR.
BOMBS = (
    b"\x81" * 14_000,
    b"\x9f" * 14_000,
    b"\xa1\x01" * 7_000,
    b"\x5b" + b"\x7f" * 8,
    b"\x9b" + b"\x7f" * 8,
    b"\xd8\x1c" * 7_000,
)


def bent(draw: Random, content: bytes) -> bytes:
    """Change, take away or put in a few bytes."""
    at, span = draw.randrange(len(content)), draw.randrange(1, 20)
    put = (bytes([content[at] ^ 1 << draw.randrange(8)]), b"", draw.randbytes(span), content[at : at + span] * 2)
    return content[:at] + draw.choice(put) + content[at + draw.choice((1, span)) :]


def spoilt(draw: Random, answer: str) -> str:
    """Spoil one of the parts that count."""
    told = json.loads(answer)
    place, names = draw.choice(((told, ["id", "rawId", "type"]), (told["response"], list(told["response"]))))
    name, before = draw.choice(names), json.dumps(told)
    while json.dumps(told) == before:
        is_bytes = name in told["response"] and draw.random() < 0.7
        made = bytes_to_base64url(bent(draw, base64url_to_bytes(place[name]))) if is_bytes else draw.choice(JUNK)
        place[name] = made
    return json.dumps(told)


async def test_a_spoilt_answer_proves_nothing(keyed: Table) -> None:
    question = await keyed.how_to_prove()
    for seed in ROUNDS:
        answer = spoilt(Random(seed), keyed.device.prove(question))  # noqa: S311 - the same every time
        assert not await keyed.is_given(answer), seed
    assert await keyed.is_given(keyed.device.prove(question))


async def test_a_spoilt_passkey_is_kept_or_refused_and_breaks_nothing(table: Table) -> None:
    outcomes = set()
    for seed in ROUNDS:
        answer = spoilt(Random(seed), table.device.make(await table.how_to_make()))  # noqa: S311 - the same every time
        try:
            await table.keep(answer)
        except (Malformed, Conflict) as error:
            outcomes.add(type(error))
    assert Malformed in outcomes


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb[:2].hex())
async def test_what_unfolds_without_end_is_no_answer(keyed: Table, bomb: bytes) -> None:
    with pytest.raises(Malformed):
        await keyed.keep(keyed.device.make(await keyed.how_to_make(), attestationObject=bomb))
    assert not await keyed.is_given(keyed.device.prove(await keyed.how_to_prove(), authenticatorData=bomb))


async def test_a_certificate_of_a_kind_nobody_knows_is_refused(table: Table) -> None:
    options = await table.how_to_make()
    plain = cbor2.loads(base64url_to_bytes(json.loads(table.device.make(options))["response"]["attestationObject"]))
    vouched = {
        "fmt": "fido-u2f",
        "attStmt": {"sig": b"x", "x5c": [strange_certificate()]},
        "authData": plain["authData"],
    }
    with pytest.raises(Malformed):
        await table.keep(table.device.make(options, attestationObject=cbor2.dumps(vouched)))


def strange_certificate() -> bytes:
    """Return one whose key lies on a curve that has a number and is in no book."""
    key, name, now = ec.generate_private_key(ec.SECP256R1()), x509.Name([]), datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now).sign(key, hashes.SHA256())
    known, unknown = bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d030177")
    return made.public_bytes(Encoding.DER).replace(known, unknown)
