"""Measures, prints a table with machine and versions, and exits with 1 when a promise is broken."""

import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks import drips, flooding, measures, papers, scale, searching, trust
from benchmarks.drips import Waits
from benchmarks.lines import Line

FEW, MANY = 1_000, 100_000
AT_MOST = 1.5
# Of the processor time of a request: what sealing may add, and what the chain of evidence may.
DEARER = 1.1
SEARCHED, SEARCH_AT_MOST = 20_000, 8.0
# How much longer honest people may wait while hundreds drip.
DRIPPED_AT_MOST = 3.0
# Whoever waits for a paper waits no longer.
PAPER_SECONDS = 1.0
PACKAGES = ("incidentdesk", "litestar", "sqlalchemy", "uvicorn")


def main(words: Sequence[str] = ()) -> int:
    """Measure what is asked for, without a word the usual, and print it."""
    parts: dict[str, Callable[[Path], Iterator[Line]]] = {
        "": measured,
        "scale": scale.measured,
        "flood": flooding.measured,
    }
    wanted = " ".join(words)
    if wanted not in parts:
        print(f"one of {', '.join(filter(None, parts))} may follow, not {wanted!r}", file=sys.stderr)
        return 2
    print(machine())
    lines = []
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as folder:
        for line in parts[wanted](Path(folder)):
            print(line, flush=True)
            lines.append(line)
    return 1 if any(line.kept is False for line in lines) else 0


def measured(folder: Path) -> Iterator[Line]:
    """Yield every figure as soon as it is there."""
    yield from _reports(measures.inside(folder, "reports"))
    desks = [measures.filled(measures.inside(folder, f"filled-{number}"), number) for number in (FEW, MANY)]
    yield from _pair("queue page, open incidents", measures.queue_pages(desks))
    yield from _pair("sweep with ten due, open clocks", measures.sweeps(desks))
    yield from _costs(trust.costs(measures.inside(folder, "trust")))
    for behind_proxy in (False, True):
        name = "behind the proxy" if behind_proxy else "without a proxy"
        waits = drips.honest(measures.inside(folder, f"slow-{behind_proxy}"), behind_proxy=behind_proxy)
        yield from _slow(name, *waits) if waits else [Line(f"slow senders {name}", "no nginx here")]
    yield from _search(*searching.searches(measures.inside(folder, "search"), SEARCHED))
    yield from _papers(*papers.seconds())


def _reports(folder: Path) -> Iterator[Line]:
    before = measures.bare_commits(folder)
    rate, first_page = measures.reports(folder)
    # The better of two: what slowed only the bare commits must not make the desk look good.
    bare = max(before, measures.bare_commits(folder))
    yield Line("bare one-row commit, synchronous=FULL", f"{bare:.0f} /s")
    yield Line("reports accepted by the real server", f"{rate:.0f} /s")
    yield Line("  ratio to the bare commit", f"{rate / bare:.3f}")
    yield Line("start to first page, with an empty database", f"{first_page:.2f} s")


def _pair(what: str, figures: list[float]) -> Iterator[Line]:
    for number, figure in zip((FEW, MANY), figures, strict=True):
        yield Line(f"{what}: {number:,}", f"{figure:.1f} ms")
    ratio = figures[1] / figures[0]
    yield Line(f"  ratio (promise: at most {AT_MOST})", f"{ratio:.2f}", ratio <= AT_MOST)


def _costs(costs: Mapping[str, float]) -> Iterator[Line]:
    yield Line(f"processor time with it, without it 1 (promise: at most {DEARER})", "")
    for what, ratio in costs.items():
        yield Line(f"  {what}", f"{ratio:.3f}", ratio <= DEARER)


def _slow(way: str, quiet: Waits, dripped: Waits) -> Iterator[Line]:
    for what, waits in ((f"form {way}", quiet), (f"  with {drips.DRIPS} who drip", dripped)):
        yield Line(f"{what}: half, 99 of 100", f"{waits.half:.0f}, {waits.nearly_all:.0f} ms")
    ratio = dripped.nearly_all / quiet.nearly_all
    kept = ratio <= DRIPPED_AT_MOST and not quiet.failed + dripped.failed
    yield Line(f"  ratio (promise: at most {DRIPPED_AT_MOST}, nobody refused)", f"{ratio:.2f}, {dripped.failed}", kept)


def _search(whole: float, bare: float) -> Iterator[Line]:
    yield Line(f"search through {SEARCHED:,} incidents, processor time", f"{whole:.2f} s")
    yield Line("opening what it opens, and nothing else", f"{bare:.2f} s")
    yield Line(f"  ratio (promise: at most {SEARCH_AT_MOST})", f"{whole / bare:.2f}", whole / bare <= SEARCH_AT_MOST)


def _papers(full: float, least: float) -> Iterator[Line]:
    yield Line("one line as PDF, processor time", f"{least:.3f} s")
    yield Line(
        f"a full draft, some 25 pages, as PDF, processor time (promise: under {PAPER_SECONDS:.0f} s)",
        f"{full:.3f} s",
        full < PAPER_SECONDS,
    )
    yield Line("  ratio", f"{full / least:.1f}")


def machine() -> str:
    """Return what the figures were measured on."""
    known = [f"{os.cpu_count()} cores", platform.platform(), f"Python {platform.python_version()}"]
    known.append(f"SQLite {sqlite3.sqlite_version}")
    known += [f"{name} {_version(name)}" for name in PACKAGES]
    return " · ".join(known)


def _version(name: str) -> str:
    try:
        return version(name)
    except ImportError:
        return "from the checkout"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
