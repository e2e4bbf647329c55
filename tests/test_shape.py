"""The shape of the house: what every file must keep to, whoever writes it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_lock_files_name_no_address() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        assert "://" not in lock.read_text(encoding="utf-8"), f"{lock.name} holds an address"
