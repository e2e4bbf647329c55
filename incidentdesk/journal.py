"""How a line of the log is written: as text or as JSON, one line each, never with the words of an error.

A request has a number of our own. It stands on every line that is written while the request is worked on, and on the
page that tells a visitor of a fault: whoever says the number leads to the lines.
"""

import json
import logging
import secrets
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from types import TracebackType

# The request that is worked on, and its number once somebody asked for it; none for the worker.
request: ContextVar[list[str] | None] = ContextVar("request", default=None)
OURS = "incidentdesk"
HOME = Path(__file__).resolve().parent.parent
# Of a deep fall the end tells most.
MOST_FRAMES = 25


class Fault(Exception):
    """What the log may keep of an error: its kind and where it happened."""

    def __init__(self, error: BaseException) -> None:
        """Take the class's name and the traceback, and leave the words: they may hold what a reporter wrote."""
        super().__init__(type(error).__name__)
        self.kind = type(error).__name__
        self.__traceback__ = error.__traceback__


def request_number() -> str:
    """Return the number of the request that is worked on; nothing outside of one.

    It is drawn by us, at the first line that needs it: most requests leave none. Digits can be said on the phone.
    """
    held = request.get()
    if held is None:
        return ""
    if not held:
        drawn = f"{secrets.randbelow(10**12):012}"
        held.append(f"{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}")
    return held[0]


class TextLine(logging.Formatter):
    """When, how grave, where, what; in brackets which request, which incident, and where a fault happened."""

    def __init__(self) -> None:
        """Write times with their zone."""
        super().__init__(datefmt="%Y-%m-%dT%H:%M:%S%z")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        head = f"{self.formatTime(record, self.datefmt)} {record.levelname} {record.name} {_message(record)}"
        more = [f"{name} {value}" for name, value in _more(record).items()]
        if fallen := list(_fallen(record)):
            more.append(" < ".join(reversed(fallen)))
        return _one_line(f"{head} [{', '.join(more)}]" if more else head)


class JsonLine(logging.Formatter):
    """The same as one JSON object, in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).astimezone().isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **_more(record),
        }
        if fallen := list(_fallen(record)):
            told["trace"] = fallen
        return json.dumps(told)


def _message(record: logging.LogRecord) -> str:
    """Return what our own lines say whole; of a library's only the first line: what follows may print values."""
    said = record.getMessage()
    is_ours = record.name.split(".")[0] == OURS
    return said if is_ours else (said.splitlines() or [""])[0]


def _more(record: logging.LogRecord) -> dict[str, str]:
    """Return which request and which incident a line is about; `extra={"incident": …}` names the incident."""
    about = {"request": request_number(), "incident": str(getattr(record, "incident", None) or "")}
    return {name: value for name, value in about.items() if value}


def _fallen(record: logging.LogRecord) -> Iterator[str]:
    """Yield the way to a fault, outermost call first, and its kind; no values, and no words of the error."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        yield from _frames(error.__traceback__)
        yield error.kind if isinstance(error, Fault) else type(error).__name__


def _frames(trace: TracebackType | None) -> list[str]:
    last = list(walk_tb(trace))[-MOST_FRAMES:]
    return [f"{_place(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}" for frame, line in last]


def _place(path: str) -> str:
    """Return a file as seen from our own folder or the libraries'; where they lie is nobody's business."""
    return path.rpartition("site-packages/")[2].removeprefix(f"{HOME}/")


def _one_line(text: str) -> str:
    """Write out whatever would end a line, hide in it or turn it around."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
