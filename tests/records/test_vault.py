"""The desk's key is made once, kept by its owner alone, and never replaced in silence."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from incidentdesk import clock
from incidentdesk.records.vault import KeyFileError, Vault, open_vault
from incidentdesk.rules.reference import tidy_code


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return open_vault(tmp_path, may_create=True)


def test_the_key_is_made_once_and_opened_again(tmp_path: Path) -> None:
    first = open_vault(tmp_path / "keys", may_create=True)
    again = open_vault(tmp_path / "keys", may_create=False)
    assert first.hash("code", "x") == again.hash("code", "x")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    epoch, master = sorted((tmp_path / "keys").iterdir())
    assert (epoch.name, master.name) == (f"epoch-{clock.now():%Y%m%d}.key", "master.key")
    assert {path.stat().st_mode & 0o777 for path in (epoch, master)} == {0o600}


def test_two_desks_have_two_keys(tmp_path: Path) -> None:
    one, other = (open_vault(tmp_path / name, may_create=True) for name in ("one", "other"))
    assert one.hash("code", "x") != other.hash("code", "x")
    assert one.code_for("form") != other.code_for("form")


def test_many_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: open_vault(tmp_path / "keys", may_create=True), range(8)))
    assert len({vault.hash("code", "x") for vault in vaults}) == 1


def test_a_lost_key_is_not_replaced_while_data_needs_it(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="restore the key"):
        open_vault(tmp_path, may_create=False)
    assert list(tmp_path.iterdir()) == []


def readable_by_others(path: Path) -> None:
    path.chmod(0o640)


def a_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:31])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def somebody_elses(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(path, 12_345, -1)


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


@pytest.mark.parametrize("spoil", [readable_by_others, a_link, cut_short, emptied, somebody_elses, a_pipe])
def test_a_key_that_cannot_be_trusted_is_refused(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    open_vault(tmp_path, may_create=True)
    spoil(tmp_path / "master.key")
    with pytest.raises(KeyFileError, match=r"master\.key"):
        open_vault(tmp_path, may_create=True)


def test_a_folder_in_which_others_can_put_keys_is_refused(tmp_path: Path) -> None:
    open_vault(tmp_path / "keys", may_create=True)
    (tmp_path / "keys").chmod(0o777)
    with pytest.raises(KeyFileError, match="others can change the folder"):
        open_vault(tmp_path / "keys", may_create=False)


def test_a_private_code_belongs_to_its_form(vault: Vault) -> None:
    code = vault.code_for("form-1")
    assert code == vault.code_for("form-1")
    assert code != vault.code_for("form-2")
    assert tidy_code(code) == code


def test_the_uses_of_a_hash_are_kept_apart(vault: Vault) -> None:
    assert vault.hash("code", "x") != vault.hash("form", "x")
    assert len(vault.hash("code", "é\U0001f600")) == 64


def test_what_was_signed_here_is_known_again(vault: Vault) -> None:
    signed = vault.signed("form", "2026.11.24")
    assert vault.verified("form", signed) == "2026.11.24"


@pytest.mark.parametrize("change", [lambda text: text[:-1], lambda text: "1" + text, lambda text: text + "é"])
def test_what_was_changed_on_the_way_is_not_believed(vault: Vault, change: Callable[[str], str]) -> None:
    assert vault.verified("form", change(vault.signed("form", "2026"))) is None


def test_what_was_signed_for_another_use_or_not_at_all_is_not_believed(vault: Vault) -> None:
    assert vault.verified("form", vault.signed("code", "2026")) is None
    assert vault.verified("form", "2026") is None
    assert vault.verified("form", "") is None
    assert vault.verified("form", vault.signed("form", "")) is None


def test_the_key_is_not_shown(tmp_path: Path, vault: Vault) -> None:
    assert repr(vault) == "Vault()"
    assert str((tmp_path / "master.key").read_bytes()) not in repr(vault)
