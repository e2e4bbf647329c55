"""What a passkey must answer, and every answer that proves nothing."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from webauthn.helpers import bytes_to_base64url

from incidentdesk.errors import Conflict, Malformed, Missing
from incidentdesk.settings import Settings
from incidentdesk.staff import factors, passkeys
from incidentdesk.staff.passkeys import LastFactor, Place, TooManyPasskeys, place_of
from incidentdesk.tables import HistoryEntry, Member, Passkey
from tests.staff.passkeys.device import HOST, PRESENT, VERIFIED, Device, challenge_in
from tests.staff.passkeys.table import Table


async def test_a_passkey_is_made_and_proven(keyed: Table) -> None:
    for _ in range(2):
        assert await keyed.is_given(keyed.device.prove(await keyed.how_to_prove()))
    (row,) = await keyed.known()
    assert (row.name, row.sign_count, row.used_at) == ("Laptop", 2, keyed.turn.at)
    async with keyed.desk.database.read() as session:
        assert "member.passkey" in list(await session.scalars(select(HistoryEntry.action)))


async def test_a_passkey_that_counts_nothing_is_taken_too(keyed: Table) -> None:
    for _ in range(2):
        assert await keyed.is_given(keyed.device.prove(await keyed.how_to_prove(), step=0))


async def test_the_device_is_told_whom_and_what_to_ask(keyed: Table) -> None:
    made, proven = json.loads(await keyed.how_to_make()), json.loads(await keyed.how_to_prove())
    assert made["rp"]["id"] == proven["rpId"] == HOST
    assert made["authenticatorSelection"]["userVerification"] == proven["userVerification"] == "required"
    assert made["attestation"] == "none"
    named = bytes_to_base64url(keyed.device.credential)
    assert [one["id"] for one in made["excludeCredentials"]] == [named]
    assert [one["id"] for one in proven["allowCredentials"]] == [named]
    assert made["challenge"] != json.loads(await keyed.how_to_make())["challenge"]


async def test_whoever_has_none_is_not_asked_for_one(table: Table) -> None:
    assert await table.how_to_prove() == ""
    assert not await table.is_given(table.device.prove(await table.how_to_make()))


LIES: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://desk.test.evil.example"},
    "the same origin over http": {"origin": "http://desk.test"},
    "another port": {"origin": "https://desk.test:8443"},
    "another host": {"host": "evil.example"},
    "nobody verified": {"flags": PRESENT},
    "nobody present": {"flags": VERIFIED},
    "the other ceremony": {"type": "webauthn.other"},
    "a challenge made up": {"challenge": bytes_to_base64url(b"x.9999999999.00000000000000000000000000000000")},
    "no challenge": {"challenge": ""},
    "no text": {"challenge": bytes_to_base64url(b"\xff\xfe")},
    "another credential": {"credential": b"x" * 32},
    "no client data": {"clientDataJSON": b"{}"},
    "a list for client data": {"clientDataJSON": b"[]"},
}
PROVING = LIES | {
    "the client data of another origin": {"clientDataJSON": b'{"type":"webauthn.get"}'},
    "short data": {"authenticatorData": b"x" * 10},
    "no signature": {"signature": b""},
    "another signature": {"signature": b"x" * 70},
    "a count that stands still": {"step": 0},
    "a count that goes back": {"step": -1},
}
# What a new passkey is called outside the attestation says nothing.
MAKING = {name: lie for name, lie in LIES.items() if "credential" not in lie} | {
    "no attestation": {"attestationObject": b""},
    "an attestation that is none": {"attestationObject": b"\xa0"},
    "junk": {"attestationObject": b"\xff" * 50},
}


async def test_an_answer_that_is_not_right_in_everything_proves_nothing(keyed: Table) -> None:
    keyed.device.count = 5
    assert await keyed.is_given(keyed.device.prove(await keyed.how_to_prove()))
    for name, lie in PROVING.items():
        liar = replace(keyed.device)
        assert not await keyed.is_given(liar.prove(await keyed.how_to_prove(), **lie)), name
    assert await keyed.is_given(keyed.device.prove(await keyed.how_to_prove()))


async def test_a_passkey_made_elsewhere_is_not_kept(table: Table) -> None:
    for name, lie in MAKING.items():
        with pytest.raises(Malformed):
            await table.keep(table.device.make(await table.how_to_make(), **lie), name)
    assert await table.known() == []


@pytest.mark.parametrize("answer", ["", "x", "[]", "{}", "null", '{"id": 1}', '{"response": {}}', "[" * 20_000])
async def test_what_is_no_answer_is_none(keyed: Table, answer: str) -> None:
    assert not await keyed.is_given(answer)
    with pytest.raises(Malformed):
        await keyed.keep(answer)


async def test_an_answer_is_good_once(keyed: Table) -> None:
    answer = keyed.device.prove(await keyed.how_to_prove(), step=0)
    assert await keyed.is_given(answer)
    assert not await keyed.is_given(answer)


async def test_of_the_same_answer_at_the_same_moment_one_counts(keyed: Table) -> None:
    answer = keyed.device.prove(await keyed.how_to_prove(), step=0)
    assert sorted(await asyncio.gather(*(keyed.is_given(answer) for _ in range(4)))) == [False] * 3 + [True]


async def test_a_second_factor_that_is_taken_away_takes_the_passkeys_along(keyed: Table) -> None:
    answer, member = keyed.device.prove(await keyed.how_to_prove()), keyed.turn.member
    async with keyed.desk.database.write() as session:
        assert await factors.has_factor(session, member.id)
        await factors.take_away(session, member)
        assert not await factors.has_factor(session, member.id)
    assert not await keyed.is_given(answer)


async def test_an_answer_is_good_for_five_minutes(keyed: Table) -> None:
    answer = keyed.device.prove(await keyed.how_to_prove())
    later = replace(keyed, turn=replace(keyed.turn, at=keyed.turn.at + passkeys.VALID))
    assert not await later.is_given(answer)
    assert await keyed.is_given(answer)


async def test_what_was_asked_for_one_thing_is_no_answer_to_the_other(keyed: Table) -> None:
    assert not await keyed.is_given(keyed.device.prove(await keyed.how_to_make()))
    with pytest.raises(Malformed):
        await keyed.keep(Device().make(await keyed.how_to_prove()))


async def test_nobody_proves_themselves_with_the_passkey_or_the_question_of_another(keyed: Table, ada: Member) -> None:
    adas = Table(keyed.desk, replace(keyed.turn, member=ada), Device())
    await adas.keep(adas.device.make(await adas.how_to_make()))
    question, other = await keyed.how_to_prove(), await adas.how_to_prove()
    assert not await keyed.is_given(adas.device.prove(question))
    assert not await keyed.is_given(adas.device.prove(other))
    assert not await keyed.is_given(keyed.device.prove(other))
    assert not await adas.is_given(keyed.device.prove(other))
    with pytest.raises(Conflict):
        await adas.keep(keyed.device.make(await adas.how_to_make()))
    assert challenge_in(keyed.device.prove(question)) != challenge_in(adas.device.prove(other))


async def remove(table: Table, row: Passkey, *, may_be_last: bool) -> None:
    async with table.desk.database.write() as session:
        await passkeys.remove(session, table.turn, row.id, may_be_last=may_be_last)


async def test_a_passkey_that_was_removed_proves_nothing(keyed: Table, ada: Member) -> None:
    answer, (row,) = keyed.device.prove(await keyed.how_to_prove()), await keyed.known()
    with pytest.raises(LastFactor):
        await remove(keyed, row, may_be_last=False)
    with pytest.raises(Missing):
        await remove(replace(keyed, turn=replace(keyed.turn, member=ada)), row, may_be_last=True)
    await remove(keyed, row, may_be_last=True)
    assert not await keyed.is_given(answer)
    assert await keyed.how_to_prove() == ""


async def test_twenty_are_enough(keyed: Table) -> None:
    for _ in range(19):
        await keyed.keep(Device().make(await keyed.how_to_make()))
    with pytest.raises(TooManyPasskeys):
        await keyed.keep(Device().make(await keyed.how_to_make()))


@pytest.mark.parametrize(
    "address, place",
    [
        ("https://desk.example.org", Place("desk.example.org", "https://desk.example.org")),
        ("https://Desk.Example.org:443/", Place("desk.example.org", "https://desk.example.org")),
        ("https://desk.example.org:8443", Place("desk.example.org", "https://desk.example.org:8443")),
        ("http://localhost:8000", Place("localhost", "http://localhost:8000")),
        ("http://localhost", Place("localhost", "http://localhost")),
        ("http://desk.example.org", None),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.1", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_a_passkey_belongs_to_the_public_address(address: str, place: Place | None) -> None:
    assert place_of(Settings(public_url=address)) == place
