"""Whether a clock goes on as time does: what one reading foretells, and by how much the next one is off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# By so much a clock must be off to have jumped; less is a reading that took its time, or a clock that is being put right.
JUMP: Final = timedelta(seconds=30)
# A reading that took so many seconds says too little of when it was true.
TOO_SLOW: Final = 2.0
NONE: Final = timedelta(0)


@dataclass(frozen=True)
class Reading:
    """What a clock said, and between which two ticks of another one, in seconds, that only goes forward.

    The `number` is that of the last jump that was known when it was read.
    """

    moment: datetime
    asked: float
    told: float
    number: int = 0

    @property
    def took(self) -> float:
        """How many seconds the answer took."""
        return self.told - self.asked

    def foretold(self, tick: float) -> datetime:
        """Return what the clock should say at `tick`."""
        return self.moment + timedelta(seconds=tick - (self.asked + self.told) / 2)


def surprise(last: Reading, new: Reading) -> timedelta:
    """Return by how much the new reading is off from what the last one foretold, below zero when the clock went back.

    A reading is true at some tick between asking and being told. What that leaves open is no surprise.
    """
    went = new.moment - last.moment
    least, most = timedelta(seconds=new.asked - last.told), timedelta(seconds=new.told - last.asked)
    return went - min(max(went, least), most)


def has_jumped(off: timedelta) -> bool:
    """Say whether a clock that is off by so much jumped."""
    return abs(off) > JUMP
