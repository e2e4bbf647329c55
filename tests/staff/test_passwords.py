"""Passwords are kept as argon2id, and an unknown person takes as much work as a known one."""

import asyncio
import threading

import pytest

from incidentdesk.errors import TooMany
from incidentdesk.staff import passwords
from incidentdesk.staff.passwords import hash_password, is_right


async def test_a_password_fits_its_own_hash_only() -> None:
    stored = await hash_password("correct horse battery")
    # RFC 9106, second choice: three rounds over 64 MiB.
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert "correct" not in stored
    assert await is_right(stored, "correct horse battery")
    assert not await is_right(stored, "Correct horse battery")


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
async def test_nothing_fits_where_no_password_was_chosen(stored: str | None) -> None:
    assert not await is_right(stored, "")
    assert not await is_right(stored, "x")


async def test_an_unknown_person_takes_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    nobody = passwords._NOBODY

    def verify(stored: str, _password: str) -> bool:
        seen.append(stored)
        return True

    monkeypatch.setattr(passwords, "_verify", verify)
    assert await is_right("known", "x")
    assert [await is_right(stored, "x") for stored in (None, "")] == [False, False]
    assert seen == ["known", nobody, nobody]


async def test_whoever_finds_the_line_full_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(passwords, "_verify", lambda _stored, _password: go_on.wait(10))
    waiting = [asyncio.create_task(is_right("known", "x")) for _ in range(passwords.MOST_AT_ONCE)]
    await asyncio.sleep(0)
    for late in (is_right(None, "x"), hash_password("correct horse battery")):
        with pytest.raises(TooMany) as refused:
            await late
        assert refused.value.retry_after == passwords.COME_AGAIN_SECONDS
    go_on.set()
    assert await asyncio.gather(*waiting) == [True] * passwords.MOST_AT_ONCE
    assert await is_right("known", "x")
