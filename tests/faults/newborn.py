"""The other side of the nursery: imports the program once, and for each wish forks a process that runs it.

What a process is told to do to itself stands here and not in the program: no setting and no variable can make the real one die.
"""

import ctypes
import inspect
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, TypedDict

from incidentdesk import cli


class Wish(TypedDict):
    """One process: the words behind `incidentdesk`, what its environment says of the desk, and where its words go."""

    words: list[str]
    environment: dict[str, str]
    said: str
    # "before module:name" or "after module:name": it kills itself when it comes there.
    dies: str
    # "module:name" of a span of time, or of a row of them: how many seconds it lasts here.
    spans: dict[str, float]
    # "NOFILE" or "AS": how much it may take.
    limits: dict[str, int]
    # The name of the network it lives in; empty for that of the machine.
    network: str


def main() -> None:
    signal.signal(signal.SIGCHLD, bury)
    print(flush=True)  # noqa: T201 - the nursery waits for it
    for line in sys.stdin:
        wish: Wish = json.loads(line)
        pid = os.fork()
        if pid == 0:
            live(wish)
        tell(born=pid)


def tell(**facts: int) -> None:
    os.write(1, json.dumps(facts).encode() + b"\n")


def bury(*_: object) -> None:
    """Say of each that ended how it did."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        tell(ended=pid, code=os.waitstatus_to_exitcode(status))


def live(wish: Wish) -> NoReturn:
    """Be the process. It leads a group of its own, so that one signal reaches everything of it."""
    code: str | int | None = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setpgid(0, 0)
        become(wish)
        cli.main(wish["words"])
    except SystemExit as ending:
        code = ending.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


def become(wish: Wish) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    said = os.open(wish["said"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number, end in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(number, end)
    os.environ.update(wish["environment"])
    if wish["network"]:
        move_to(wish["network"])
    for place, seconds in wish["spans"].items():
        owner, name = find(place)
        setattr(owner, name, as_usual(getattr(owner, name), seconds))
    for name, most in wish["limits"].items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
    if wish["dies"]:
        die_at(*wish["dies"].split(" "))


def move_to(network: str) -> None:
    with Path("/run/netns", network).open("rb") as there:
        # Python has a word for this from 3.12 on.
        if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), 0):
            raise OSError(ctypes.get_errno(), network)


def as_usual(usual: object, seconds: float) -> object:
    """Return so many seconds as the value there was: a number, a span, or several of them."""
    if isinstance(usual, tuple):
        return (timedelta(seconds=seconds),)
    return timedelta(seconds=seconds) if isinstance(usual, timedelta) else seconds


def find(place: str) -> tuple[Any, str]:
    module, _, path = place.partition(":")
    *way, name = path.split(".")
    return reduce(getattr, way, import_module(module)), name


def die_at(when: str, place: str) -> None:
    owner, name = find(place)
    setattr(owner, name, die if when == "before" else then_die(getattr(owner, name)))


def die(*_: object, **_more: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def then_die(usual: Callable[..., Any]) -> Callable[..., Any]:
    async def waited(*given: Any, **named: Any) -> None:
        await usual(*given, **named)
        die()

    def called(*given: Any, **named: Any) -> None:
        usual(*given, **named)
        die()

    return waited if inspect.iscoroutinefunction(usual) else called


if __name__ == "__main__":
    main()
