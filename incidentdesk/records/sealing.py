"""Seals rows before they are stored and opens them again, with the keys of their incident.

`tables.fetch_keys` puts the keys of some incidents into the session; after it, the sealed values of every row of these
incidents that the session loads can be read, also when the session is over.
"""

import contextlib
import logging
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from incidentdesk.database import Database, upsert
from incidentdesk.errors import Erased, Unreadable
from incidentdesk.records.chain import digest_of
from incidentdesk.records.vault import KEY_BYTES, KeyFileError, Vault
from incidentdesk.tables import (
    DESK_SCOPE,
    FROM_THE_START,
    Closed,
    DataKey,
    HistoryEntry,
    Incident,
    KeyCheck,
    Report,
    Seal,
    Sealed,
    fetch_keys,
)

VERSION = 1
NONCE = 12
STEP = 256
Keys = dict[tuple[UUID, Seal], bytes]
Values = dict[str, Any]
# Of which incident, which row, its blob and its revision; ids as text.
SealedRow = tuple[str, str, bytes | None, int]
_KEY = DataKey.__table__.c
# Every page and every act asks this: put together once, and no objects are made of its rows.
KEYS = select(_KEY.scope, _KEY.seal, _KEY.epoch, _KEY.wrapped).where(
    _KEY.scope.in_(bindparam("scopes", expanding=True)), _KEY.seal.in_(bindparam("seals", expanding=True))
)
log = logging.getLogger(__name__)


class Damaged(ValueError):
    """A blob that this key did not close in this place: moved, mixed up, rolled back or broken."""


def close_values(key: bytes, values: dict[str, Any], *, place: bytes) -> bytes:
    """Return `values` sealed with AES-256-GCM under `key` and bound to `place`; the length tells 256-byte steps only."""
    packed = msgspec.msgpack.encode(values)
    framed = len(packed).to_bytes(4) + packed
    nonce = secrets.token_bytes(NONCE)
    padded = framed.ljust(-(-len(framed) // STEP) * STEP, b"\0")
    return bytes([VERSION]) + nonce + AESGCM(key).encrypt(nonce, padded, place)


def open_values(key: bytes, blob: bytes, *, place: bytes) -> dict[str, Any]:
    """Return what `close_values` sealed, or raise `Damaged`."""
    if len(blob) <= NONCE or blob[0] != VERSION:
        raise Damaged
    try:
        padded = AESGCM(key).decrypt(blob[1 : 1 + NONCE], blob[1 + NONCE :], place)
    except InvalidTag as error:
        raise Damaged from error
    values: dict[str, Any] = msgspec.msgpack.decode(padded[4 : 4 + int.from_bytes(padded[:4])])
    return values


def place_of(row: Sealed, seal: Seal) -> bytes:
    """Return what a blob is bound to."""
    return _place(row.__tablename__, row.sealed_for, seal, row_id=row.id, revision=row.sealed_revision)


def _place(table: str, scope: UUID | str, seal: Seal, *, row_id: UUID | str, revision: int) -> bytes:
    return f"{VERSION}|{table}|{scope}|{row_id}|{seal}|{revision}".encode()


def content_key(session: AsyncSession, scope: str, epoch: str | None, wrapped: bytes) -> bytes | None:
    """Open the key of an incident's content; for whoever reads many keys at once and keeps none."""
    # An erased incident has none, and nobody looks for its epoch in the folder.
    if epoch is None:
        return None
    return _vault(session.sync_session).unwrap(epoch, wrapped, place=label_of(scope, Seal.CONTENT))


def contents(table: str, rows: Iterable[SealedRow], keys: Mapping[str, bytes]) -> Iterator[tuple[str, Values]]:
    """Open many rows of a table without making objects of them; one that cannot be opened is left out."""
    for scope, row_id, blob, revision in rows:
        if scope in keys and blob:
            place = _place(table, scope, Seal.CONTENT, row_id=row_id, revision=revision)
            try:
                yield scope, open_values(keys[scope], blob, place=place)
            except Damaged:
                continue


def lend(database: Database, vault: Vault) -> None:
    """Let every session of this database seal and open."""
    database.info.update(vault=vault, open=_open, fetch=_fetch, hash=vault.hash)


def _fetch(session: Session, scopes: set[UUID], seals: Collection[Seal] = tuple(Seal)) -> None:
    keys = _keys(session)
    fetched: set[tuple[UUID, Seal]] = session.info.setdefault("fetched", set())
    needed = {(scope, seal) for scope in scopes for seal in seals} - keys.keys()
    # A name's key that was erased is not asked for again and again.
    wanted = {scope for scope, seal in needed if seal is Seal.CONTENT or (scope, seal) not in fetched}
    if not wanted:
        return
    fetched |= needed
    with session.no_autoflush:
        vault, asked = _vault(session), {"scopes": wanted, "seals": seals}
        for scope, seal, epoch, wrapped in session.execute(KEYS, asked):
            key = vault.unwrap(epoch, wrapped, place=label_of(scope, seal))
            if key is not None:
                keys[scope, seal] = key
        lost = {scope for scope in wanted if (scope, Seal.CONTENT) not in keys}
        if lost:
            # A key that is gone for any other reason is a damage, and never looks like an erasure.
            gone = select(Incident.id).where(Incident.id.in_(lost), Incident.erased_at.is_not(None))
            erased = set(session.scalars(gone))
            session.info.setdefault("erased", set()).update(erased)
            _lose(session, lost - erased - {DESK_SCOPE})


def _lose(session: Session, scopes: set[UUID]) -> None:
    """Remember whose key is not there, so that the rest of the desk goes on without it."""
    session.info.setdefault("lost", set()).update(scopes)
    for scope in scopes:
        log.error("the key of incident %s is missing or does not open", scope, extra={"incident": scope})


async def make_desk_keys(session: AsyncSession) -> None:
    """Give the desk itself its keys, once, and remember whose they are; many processes may start at the same moment."""
    await _insist_on_own_keys(session)
    await fetch_keys(session, [DESK_SCOPE])
    if (DESK_SCOPE, Seal.CONTENT) in _keys(session.sync_session):
        return
    for seal in FROM_THE_START:
        row = DataKey(scope=DESK_SCOPE, seal=seal)
        epoch, wrapped = _vault(session.sync_session).wrap(
            secrets.token_bytes(KEY_BYTES), place=label_of(row.scope, row.seal)
        )
        values = {"scope": DESK_SCOPE, "seal": seal, "epoch": epoch, "wrapped": wrapped}
        await session.execute(upsert(session, DataKey).values(values).on_conflict_do_nothing())
    await fetch_keys(session, [DESK_SCOPE])
    if (DESK_SCOPE, Seal.CONTENT) not in _keys(session.sync_session):
        msg = "the epoch key that closes this desk's own records is not among the keys: restore it from your copy"
        raise KeyFileError(msg)


async def _insist_on_own_keys(session: AsyncSession) -> None:
    """Refuse a folder of keys that another desk was filled under, before anything is written with them."""
    own = _vault(session.sync_session).public_key
    await session.execute(upsert(session, KeyCheck).values(public_key=own).on_conflict_do_nothing())
    if await session.scalar(select(func.count()).select_from(KeyCheck)) != 1:
        msg = "the master key is another desk's, this database was filled under another one: restore the right folder"
        raise KeyFileError(msg)


def label_of(scope: UUID | str, seal: Seal) -> bytes:
    """Return what a key of an incident is bound to."""
    return f"key|{VERSION}|{scope}|{seal}".encode()


def _vault(session: Session) -> Vault:
    vault: Vault = session.info["vault"]
    return vault


def _keys(session: Session) -> Keys:
    keys: Keys = session.info.setdefault("keys", {})
    return keys


def derived_key(session: Session, scope: UUID, label: bytes) -> bytes:
    """Return a key of its own for what `label` names, which dies with the incident's key; needs `fetch_keys` before."""
    key = _keys(session).get((scope, Seal.CONTENT))
    if key is None:
        raise _missing(session, scope)
    return HKDF(SHA256(), length=KEY_BYTES, salt=None, info=label).derive(key)


def _missing(session: Session, scope: UUID) -> Exception:
    """Say why a key is not at hand: gone on purpose, gone by accident, or never fetched, which is a mistake of ours."""
    if scope in session.info.get("erased", ()):
        return Erased()
    return Unreadable() if scope in session.info.get("lost", ()) else Closed()


def _open(info: dict[str, Any], row: Sealed, seal: Seal) -> Values | None:
    """Open a blob; nothing is in it once it was erased, and None says that it is damaged."""
    scope = row.sealed_for
    key = info.get("keys", {}).get((scope, seal))
    if key is None and scope in info.get("erased", ()):
        return {}
    if key is None and (scope, seal) not in info.get("fetched", ()):
        raise Closed
    with contextlib.suppress(Damaged):
        if key is not None:
            return open_values(key, getattr(row, row.COLUMNS[seal]), place=place_of(row, seal))
    log.error("%s %s is damaged", row.__tablename__, row.id, extra={"incident": scope})
    return None


async def make_register_key(session: AsyncSession, incident: Incident) -> None:
    """Give the incident the key of its register entry, when it has none yet; the caller holds the incident."""
    await fetch_keys(session, [incident.id])
    if (incident.id, Seal.REGISTER) not in _keys(session.sync_session):
        if await session.get(DataKey, (incident.id, Seal.REGISTER)) is not None:
            raise Unreadable
        _make_keys(session.sync_session, incident.id, (Seal.REGISTER,))


def _make_keys(session: Session, scope: UUID, seals: Collection[Seal] = FROM_THE_START) -> None:
    """Give an incident keys; a new one gets one for the content and one for who reported it."""
    for seal in seals:
        key = secrets.token_bytes(KEY_BYTES)
        row = DataKey(scope=scope, seal=seal)
        row.epoch, row.wrapped = _vault(session).wrap(key, place=label_of(row.scope, row.seal))
        session.add(row)
        _keys(session)[scope, seal] = key


def seal_rows(session: Session) -> None:
    """Seal every row whose sealed values changed; part of each flush."""
    changed = [row for row in (*session.new, *session.dirty) if isinstance(row, Sealed) and row.take_changed()]
    for row in session.new:
        if isinstance(row, Incident):
            _make_keys(session, row.id)
    _fetch(session, {row.sealed_for for row in changed})
    for row in changed:
        if isinstance(row, Report):
            _index(session, row)
        _close(session, row)
        note(session, row)


def _close(session: Session, row: Sealed) -> None:
    """Seal all blobs of the row anew: they share its revision."""
    for seal, column in row.COLUMNS.items():
        key = _keys(session).get((row.sealed_for, seal))
        # What happens to an erased incident is still written down: who and what, without the values. So it is when the
        # key was lost, or nobody could be woken for that incident any more.
        if (values := row.opened(seal)) and not _is_past(session, row):
            if key is None:
                raise _missing(session, row.sealed_for)
            setattr(row, column, close_values(key, values, place=place_of(row, seal)))


def _index(session: Session, row: Report) -> None:
    """Keep the keyed hash of the reporter's address beside the report."""
    email = row.opened(Seal.IDENTITY).get("identity", {}).get("email")
    row.email_hash = _vault(session).email_hash(email) if email else None


def _is_past(session: Session, row: Sealed) -> bool:
    gone = row.sealed_for in session.info.get("erased", ()) or row.sealed_for in session.info.get("lost", ())
    return isinstance(row, HistoryEntry) and gone


def note(session: Session, row: Sealed) -> None:
    """Remember which rows were sealed, for the history entry of the same action."""
    if not isinstance(row, HistoryEntry):
        digest = digest_of(row.evidence)
        touched: dict[UUID, list[str]] = session.info.setdefault("touched", {})
        touched.setdefault(row.noted_for, []).extend((row.__tablename__, str(row.id), digest))
