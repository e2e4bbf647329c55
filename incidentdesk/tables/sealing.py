"""Columns a stolen database must not tell: their values live together in one sealed blob of the row.

A feature reads and writes `incident.title` as if it were a column. What is in the blob is opened on first use with the
incident's key, which `records.sealing` put beside the row, and sealed again before the row is stored.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Generic, Self, TypeVar, overload
from uuid import UUID

from sqlalchemy import LargeBinary, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, QueryContext, mapped_column

from incidentdesk.errors import Unreadable
from incidentdesk.tables.base import new_id

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The scope of what belongs to no incident: who signed in, what an administrator changed.
DESK_SCOPE = UUID(int=0)
Values = dict[str, Any]
# None: what lies there is not what was stored, or its key is gone though nobody erased it.
Opener = Callable[[dict[str, Any], "Sealed", "Seal"], Values | None]


class Seal(StrEnum):
    """The keys an incident has. Who reported it has a key of its own, so that a name can go and the case stay.

    So has its entry in the register of breaches, which stays when all that was told goes (Art. 17(3)(b), (e) GDPR).
    """

    CONTENT = "content"
    IDENTITY = "identity"
    REGISTER = "register"


# The keys every incident has from its first moment; the register's is made with the first line of its entry.
FROM_THE_START = (Seal.CONTENT, Seal.IDENTITY)


class Closed(LookupError):
    """A sealed value was asked for, and its key was not fetched."""


class Lost(str):
    """What stands in the place of a text that is damaged; pages say so in the reader's language."""

    __slots__ = ()


LOST = Lost("⟨?⟩")


class Secret(Generic[T]):
    """One value inside the sealed blob of its row."""

    def __init__(self, seal: Seal = Seal.CONTENT, *, empty: Callable[[], Any] = lambda: None) -> None:
        """Say which of the incident's keys closes it, and what is read once it was erased."""
        self.seal = seal
        self.empty = empty

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...
    @overload
    def __get__(self, row: "Sealed", owner: type) -> T: ...
    def __get__(self, row: "Sealed | None", owner: type) -> Self | T:
        if row is None:
            return self
        values = row.opened(self.seal)
        # Not there when it was erased, is damaged, or was sealed before the program knew of such a value.
        value: T = values[self.name] if self.name in values else self._instead(row)
        return value

    def _instead(self, row: "Sealed") -> Any:  # noqa: ANN401 - whatever `empty` makes
        return LOST if self.empty is str and self.seal in row.damaged else self.empty()

    def __set__(self, row: "Sealed", value: T) -> None:
        row.change(self.seal, self.name, value)


class Sealed:
    """A row with a blob. The blob is bound to table, incident, row and revision: nobody can move or mix it."""

    COLUMNS: ClassVar[Mapping[Seal, str]] = {Seal.CONTENT: "sealed"}
    # Clear columns that are evidence too. They never change: history notes a row when its sealed values do.
    FACTS: ClassVar[tuple[str, ...]] = ()
    # Whether the desk itself takes the values away and leaves the key.
    MAY_BE_EMPTY: ClassVar[bool] = False

    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_revision: Mapped[int]

    id: Any
    __tablename__: Any

    @property
    def sealed_for(self) -> UUID:
        """The incident whose keys close this row; the desk's own where there is none."""
        scope: UUID | None = getattr(self, "incident_id", None)
        return scope or DESK_SCOPE

    @property
    def noted_for(self) -> UUID:
        """The incident whose history notes a change of this row."""
        return self.sealed_for

    @property
    def evidence(self) -> tuple[bytes | None, ...]:
        """What history notes the digest of, as it is stored."""
        facts = [self.sealed_revision, *(_plain(getattr(self, name)) for name in self.FACTS)]
        return json.dumps(facts).encode(), *(getattr(self, column) for column in self.COLUMNS.values())

    def empty(self, seals: Collection[Seal]) -> bool:
        """Throw these blobs away for good; say whether there was one."""
        columns = {seal: self.COLUMNS[seal] for seal in seals if seal in self.COLUMNS}
        held = [seal for seal, column in columns.items() if getattr(self, column) is not None]
        for seal in held:
            setattr(self, columns[seal], None)
            self._memory().pop(seal, None)
        return bool(held)

    def opened(self, seal: Seal) -> Values:
        """Return the values in one blob, opened once; nothing when it was erased or is damaged."""
        cache = self._memory()
        if seal not in cache:
            cache[seal] = self._open(seal)
        return cache[seal] or {}

    @property
    def damaged(self) -> Collection[Seal]:
        """Which of its blobs are not what was stored. The rest of the row, and of the page, is shown all the same."""
        for seal in self.COLUMNS:
            self.opened(seal)
        return [seal for seal, values in self._memory().items() if values is None]

    def _open(self, seal: Seal) -> Values | None:
        info: dict[str, Any] = self.__dict__.get("_info", {})
        if getattr(self, self.COLUMNS[seal]) is None:
            # An erasure takes the key too: where it is still there, somebody else took the blob away.
            taken = (self.sealed_for, seal) in info.get("keys", ()) and not self.MAY_BE_EMPTY
            return None if taken else {}
        opener: Opener | None = info.get("open")
        if opener is None:
            raise Closed
        return opener(info, self, seal)

    def change(self, seal: Seal, name: str, value: object) -> None:
        """Put a value in; the row is sealed anew before it is stored."""
        # All are opened under the revision they were closed under; they share the next one. What is damaged now may be
        # whole in a backup, so nothing is written over it, and what stands for it is evidence of nothing.
        if self.damaged or _holds_lost(value):
            raise Unreadable
        self._memory()[seal] = {**self.opened(seal), name: value}
        if not self.__dict__.get("_changed"):
            self.__dict__["_changed"] = True
            self.id = self.id or new_id()
            self.sealed_revision = (self.sealed_revision or 0) + 1

    def take_changed(self) -> bool:
        """Tell once whether the row must be sealed anew."""
        return bool(self.__dict__.pop("_changed", False))

    def _memory(self) -> dict[Seal, Values | None]:
        memory: dict[Seal, Values | None] = self.__dict__.setdefault("_opened", {})
        return memory

    def __repr__(self) -> str:
        """Say nothing of the content, in a log or a traceback either."""
        return f"<{type(self).__name__} sealed>"


def _holds_lost(value: object) -> bool:
    """Say whether something in it stands for a text that is damaged."""
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return isinstance(value, Lost) or any(map(_holds_lost, parts))


def _plain(value: object) -> object:
    """Return a value as both databases and JSON know it."""
    if isinstance(value, datetime):
        return (value - EPOCH) // timedelta(microseconds=1)
    return value if value is None or isinstance(value, int) else str(value)


async def fetch_keys(session: AsyncSession, scopes: Iterable[UUID], *, seals: Collection[Seal] = tuple(Seal)) -> None:
    """Make the sealed values of these incidents readable in this session and after it; `records.sealing` knows how."""
    await session.run_sync(session.info["fetch"], set(scopes), seals)


def keyed_hash(session: AsyncSession, label: str, text: str) -> str:
    """Return what only the holder of the master key can make of a text; `records.sealing` knows how."""
    made: str = session.info["hash"](label, text)
    return made


@event.listens_for(Sealed, "load", propagate=True)
def _hand_keys(row: Sealed, context: QueryContext) -> None:
    # What the session carries, with the keys it fetched; a row is read when its session is long over.
    row.__dict__["_info"] = context.session.info


@event.listens_for(Sealed, "refresh", propagate=True)
def _forget(row: Sealed, context: QueryContext, attributes: Collection[str] | None) -> None:
    if attributes is None or not set(row.COLUMNS.values()).isdisjoint(attributes):
        row.__dict__.pop("_opened", None)
    _hand_keys(row, context)
