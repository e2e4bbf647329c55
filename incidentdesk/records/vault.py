"""The desk's own keys: what is derived from them, and what they close. No key ever leaves this file."""

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from incidentdesk import clock
from incidentdesk.rules.reference import CODE_SPACE, private_code

KEY_BYTES = 32
NONCE = 12
# No link is followed, and nothing is waited for.
HELD_FAST = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class KeyFileError(RuntimeError):
    """A key file is missing, unreadable, readable by others, or of another desk."""


@dataclass(frozen=True)
class Vault:
    """The master key for hashes and proofs, and the epoch keys that close the keys of the incidents."""

    _key: bytes = field(repr=False)
    _epochs: dict[str, bytes] = field(repr=False)
    _folder: Path = field(repr=False)

    def hash(self, label: str, text: str) -> str:
        """Return a keyed hash; `label` keeps the uses apart."""
        return hmac.new(self._key, f"{label}|{text}".encode(), hashlib.sha256).hexdigest()

    def email_hash(self, address: str) -> str:
        """Return the half of a keyed hash by which the reports of one address are found; no thief can try addresses."""
        return self.hash("reporter-email", address.casefold())[:32]

    def code_for(self, form_id: str) -> str:
        """Return the private code that belongs to a form: sending twice shows the same one, and it is never stored."""
        digest = hmac.new(self._key, f"code|{form_id}".encode(), hashlib.sha512).digest()
        return private_code(int.from_bytes(digest) % CODE_SPACE)

    def signed(self, label: str, text: str) -> str:
        """Return `text` with a proof that it came from here."""
        return f"{text}.{self.hash(label, text)[:32]}"

    def verified(self, label: str, signed: str) -> str | None:
        """Return the text behind `signed`, or None when it did not come from here."""
        text, _, proof = signed.rpartition(".")
        good = hmac.compare_digest(proof.encode(), self.hash(label, text)[:32].encode())
        return text if text and good else None

    def sign(self, text: str) -> str:
        """Return an Ed25519 signature (RFC 8032) of `text`, in hexadecimal."""
        return self._signer().sign(text.encode()).hex()

    def has_signed(self, text: str, signature: str) -> bool:
        """Tell whether `sign` made this signature of `text`."""
        try:
            self._signer().public_key().verify(bytes.fromhex(signature), text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def public_key(self) -> str:
        """Return the key others check our signatures with, in hexadecimal."""
        return self._signer().public_key().public_bytes_raw().hex()

    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hmac.digest(self._key, b"signing", "sha256"))

    @property
    def epoch(self) -> str:
        """The epoch whose key closes what is new; names sort by time. Another process may have begun or ended one."""
        self._look_again()
        return max(self._epochs)

    def _look_again(self) -> None:
        paths = epochs_in(self._folder)
        for gone in self._epochs.keys() - paths.keys():
            del self._epochs[gone]
        for new in paths.keys() - self._epochs.keys():
            self._epochs[new] = read_key(paths[new])

    def wrap(self, key: bytes, *, place: bytes) -> tuple[str, bytes]:
        """Close a data key under this epoch's key, bound to `place`; return the epoch and the closed key."""
        nonce, epoch = secrets.token_bytes(NONCE), self.epoch
        return epoch, nonce + AESGCM(self._epochs[epoch]).encrypt(nonce, key, place)

    def unwrap(self, epoch: str, wrapped: bytes, *, place: bytes) -> bytes | None:
        """Open a data key again; None when its epoch was destroyed or the key was not closed for `place`."""
        if epoch not in self._epochs:
            self._look_again()
        if epoch not in self._epochs:
            return None
        try:
            return AESGCM(self._epochs[epoch]).decrypt(wrapped[:NONCE], wrapped[NONCE:], place)
        except InvalidTag:
            return None


def open_vault(folder: Path, *, may_create: bool) -> Vault:
    """Read the keys, or make them when the database is still empty. A lost key is never replaced in silence."""
    master = folder / "master.key"
    if may_create:
        make_key(master)
        if not epochs_in(folder):
            make_key(folder / f"epoch-{clock.now():%Y%m%d}.key")
    elif not master.exists() or not epochs_in(folder):
        msg = f"a key in {folder} is missing, but the database has data that needs it: restore the key from your copy"
        raise KeyFileError(msg)
    return Vault(read_key(master), {name: read_key(path) for name, path in epochs_in(folder).items()}, folder)


def epochs_in(folder: Path) -> dict[str, Path]:
    """Return the files of the epoch keys by the epoch's name."""
    return {path.stem.removeprefix("epoch-"): path for path in sorted(folder.glob("epoch-*.key"))}


def read_key(path: Path) -> bytes:
    """Return a key from a file that nobody else can read, change or put in its place; or raise KeyFileError."""
    _insist_on_folder(path.parent)
    if path.is_symlink():
        raise _untrusted(path)
    with os.fdopen(os.open(path, os.O_RDONLY | HELD_FAST), "rb") as file:
        # The open file is looked at, not its name: nobody can exchange it between the two.
        if not _is_ours_alone(os.fstat(file.fileno())):
            raise _untrusted(path)
        key = file.read()
    if len(key) != KEY_BYTES:
        msg = f"{path} holds {len(key)} bytes instead of {KEY_BYTES}: restore the key from your copy"
        raise KeyFileError(msg)
    return key


def _untrusted(path: Path) -> KeyFileError:
    msg = f"{path} must be a plain file of the desk's own user that nobody else can read (chown, chmod 600)"
    return KeyFileError(msg)


def _insist_on_folder(folder: Path) -> None:
    if os.name == "posix" and folder.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        msg = f"others can change the folder {folder}: chmod 700"
        raise KeyFileError(msg)


def _is_ours_alone(facts: os.stat_result) -> bool:
    if os.name != "posix":
        return stat.S_ISREG(facts.st_mode)
    is_private = not facts.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    return stat.S_ISREG(facts.st_mode) and is_private and facts.st_uid == os.geteuid()


def make_key(path: Path) -> None:
    """Write a new key beside its place and move it there whole; a key that is there stays."""
    if path.exists() or path.is_symlink():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{secrets.token_hex(8)}.key")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # Another process that starts now may have been first; then its key is the one.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
    remember(path.parent)


def remember(folder: Path) -> None:
    """Make the new name itself survive a power cut; Windows has no such call."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
