"""A backup or a restore in a process of its own, killed at the step it is told."""

import os
import resource
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from incidentdesk import backup, copies
from incidentdesk.settings import Settings

NOW = datetime(2026, 11, 26, 13, 2, tzinfo=UTC)
# What is done in place of a piece of work: nothing any more, or nothing after it.
BEFORE: dict[str, list[tuple[Any, str]]] = {
    "copied": [(backup, "pack")],
    "sealed": [(backup, "_open")],
    "before": [(copies, "put_in_place"), (copies, "copy_in")],
}
AFTER: dict[str, list[tuple[Any, str]]] = {"after": BEFORE["before"]}


def die(*_: object, **_more: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(work: Callable[..., None]) -> Callable[..., None]:
    def whole(*given: object) -> None:
        work(*given)
        die()

    return whole


def main(folder: str, url: str, path: str, step: str) -> None:
    for module, name in BEFORE.get(step, ()):
        setattr(module, name, die)
    for module, name in AFTER.get(step, ()):
        setattr(module, name, then_die(getattr(module, name)))
    settings = Settings(data_dir=Path(folder), database_url=url)
    if step == "full":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
    if step in {"copied", "sealed", "full"}:
        backup.make(settings, Path(path), now=NOW)
    else:
        backup.restore(settings, Path(path), now=NOW)


if __name__ == "__main__":
    main(*sys.argv[1:])
