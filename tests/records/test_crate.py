"""A sealed file of files opens whole and with its own key, or not at all."""

import secrets
from pathlib import Path

import pytest

from incidentdesk.records.crate import HEAD, PIECE, DamagedCrate, pack, unpack

KEY = bytes(32)
SIZES = [0, 1, PIECE - 512, PIECE, 3 * PIECE + 1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "contents"
    made.mkdir()
    for number, size in enumerate(SIZES):
        (made / f"{number}").write_bytes(secrets.token_bytes(size))
    return made


def opened(crate: Path, place: Path, key: bytes = KEY) -> dict[str, bytes]:
    place.mkdir()
    unpack(crate, place, key)
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def test_what_goes_in_comes_out_and_nothing_of_it_is_seen(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"Strandbal" * 40)
    crate = tmp_path / "crate.desk"
    pack(folder, crate, KEY, also=[("files/ab", other)])
    given = {path.name: path.read_bytes() for path in folder.iterdir()} | {"files/ab": other.read_bytes()}
    assert opened(crate, tmp_path / "out") == given
    assert b"Strandbal" not in crate.read_bytes()
    assert crate.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["contents", "crate.desk", "other", "out"]


def test_a_full_disk_leaves_no_half_of_one(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "crate.part").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        pack(folder, tmp_path / "crate.desk", KEY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["contents"]


def test_another_key_opens_nothing(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "crate", KEY)
    with pytest.raises(DamagedCrate):
        opened(tmp_path / "crate", tmp_path / "out", bytes([1]) * 32)


def spoilt(whole: bytes) -> dict[str, bytes]:
    start, step = len(HEAD) + 7, PIECE + 16
    pieces = [whole[at : at + step] for at in range(start, len(whole), step)]
    head = whole[:start]
    return {
        "empty": b"",
        "head only": head,
        "cut in the middle": whole[: len(whole) // 2],
        "without the last piece": head + b"".join(pieces[:-1]),
        "without the first piece": head + b"".join(pieces[1:]),
        "two pieces exchanged": head + b"".join([pieces[1], pieces[0], *pieces[2:]]),
        "one piece twice": head + b"".join([*pieces, pieces[-1]]),
        "a byte more": whole + b"x",
        "a byte changed": whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:],
        "another prefix": HEAD + bytes(7) + whole[start:],
    }


@pytest.mark.parametrize("name", list(spoilt(bytes(2 * PIECE))))
def test_nothing_that_was_spoilt_opens(folder: Path, tmp_path: Path, name: str) -> None:
    crate = tmp_path / "crate"
    pack(folder, crate, KEY)
    crate.write_bytes(spoilt(crate.read_bytes())[name])
    with pytest.raises(DamagedCrate):
        opened(crate, tmp_path / "out")
