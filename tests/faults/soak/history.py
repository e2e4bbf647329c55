"""What happened in a run, as it looked from outside the desk."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

# The first words of everything a reporter writes here; they stand nowhere else.
CANARY = "canary"


@dataclass
class Fault:
    """Something that was broken on purpose: what, whose, and from when to when."""

    kind: str
    whose: str
    began: float
    ended: float = float("inf")


@dataclass(frozen=True)
class Taken:
    """A message the relay took, by whom it was handed over, and whether it said so."""

    message_id: str
    by: str
    began: float
    ended: float
    is_answered: bool


@dataclass
class Filed:
    """A report as its reporter knows it. `receipts` are the references that were shown for its form."""

    canary: str
    form: str = ""
    code: str = ""
    receipts: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)


@dataclass
class History:
    """Everything, in the order it happened."""

    faults: list[Fault] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    filed: list[Filed] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    acts: int = 0
    # Mails of the time of the faults that still waited when nobody wanted to wait any longer.
    left: int = 0

    @contextlib.contextmanager
    def breaking(self, kind: str, whose: str) -> Iterator[None]:
        """Write down a fault for as long as it lasts; one that could not be brought about is none."""
        fault = Fault(kind, whose, moment())
        self.faults.append(fault)
        try:
            yield
        except BaseException:
            self.faults.remove(fault)
            raise
        finally:
            fault.ended = moment()

    @property
    def kinds(self) -> Counter[str]:
        """How many faults of each kind there were."""
        return Counter(fault.kind for fault in self.faults)


def moment() -> float:
    """Return the loop's time."""
    return asyncio.get_running_loop().time()
