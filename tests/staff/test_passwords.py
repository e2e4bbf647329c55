"""Passwords are kept as argon2id, and an unknown person takes as much work as a known one."""

import pytest

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
