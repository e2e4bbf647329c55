"""The desk's own key: what is derived from it, and what is compared by it. The key never leaves this file."""

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from incidentdesk.rules.reference import CODE_SPACE, private_code

KEY_BYTES = 32


class KeyFileError(RuntimeError):
    """The key file is missing, unreadable, or readable by others."""


@dataclass(frozen=True)
class Vault:
    """Keyed hashes for things that are looked up but must not be readable in a stolen database."""

    _key: bytes = field(repr=False)

    def hash(self, label: str, text: str) -> str:
        """Return a keyed hash; `label` keeps the uses apart."""
        return hmac.new(self._key, f"{label}|{text}".encode(), hashlib.sha256).hexdigest()

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


def open_vault(folder: Path, *, may_create: bool) -> Vault:
    """Read the master key, or make it when the database is still empty. A lost key is never replaced in silence."""
    path = folder / "master.key"
    if not path.exists():
        if not may_create:
            msg = f"{path} is missing, but the database has data that needs it: restore the key from your copy"
            raise KeyFileError(msg)
        _create(path)
    if path.is_symlink() or (os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)):
        msg = f"{path} must be a plain file that only its owner can read (chmod 600)"
        raise KeyFileError(msg)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        msg = f"{path} holds {len(key)} bytes instead of {KEY_BYTES}: restore the key from your copy"
        raise KeyFileError(msg)
    return Vault(key)


def _create(path: Path) -> None:
    """Write the key beside its place and move it there whole, so that neither a crash nor a second start cuts it."""
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
