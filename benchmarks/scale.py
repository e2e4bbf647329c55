"""What a desk carries on each database, with one process and with two: `./desk bench scale`. Takes half an hour."""

import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import measures, posting
from benchmarks.lines import Line
from benchmarks.server import Server, serving, settings_for
from tests import postgresql

SIZES = (1_000, 100_000, 1_000_000)
FLAT, TWICE = 1.5, 2.0
# A mail server that writes a mail down and looks at it before it takes it.
USUAL_SECONDS = 0.02
BESIDE_BARE = 0.8
DUE_SECONDS = 5.0
REPLICAS = (1, 2)
# What a server is told that keeps what it was given; the rest is as it comes.
SAFE = "-c listen_addresses='' -c shared_buffers=128MB -c max_connections=200"
BARE_SQL = "INSERT INTO bare (text) VALUES (repeat('x', 200));\n"
CLIENTS = (1, 8)


@dataclass
class Home:
    """Where databases are made: files in a folder, or at a server."""

    name: str
    folder: Path
    server: postgresql.Server | None = None
    made: list[str] = field(default_factory=list)

    def new(self, name: str) -> tuple[Path, dict[str, str]]:
        """Return a folder of its own for a desk, and the settings of its own database."""
        folder = measures.inside(self.folder, name)
        if self.server is None:
            return folder, {}
        self.server.run("createdb", "-h", str(self.server.folder), "-U", "postgres", name)
        return folder, {"DATABASE_URL": self.server.url(name)}


def measured(folder: Path) -> Iterator[Line]:
    """Yield every figure as soon as it is there."""
    for name in ("SQLite", "PostgreSQL"):
        with home(name, measures.inside(folder, name.lower())) as there:
            yield from _limits(there)
            for replicas in REPLICAS:
                yield from _carried(there, replicas)
            yield from _sizes(there)


@contextmanager
def home(name: str, folder: Path) -> Iterator[Home]:
    """Start what holds the databases of this kind."""
    if name == "SQLite":
        yield Home(name, folder)
        return
    server = postgresql.start(tempfile.gettempdir(), options=SAFE)
    try:
        yield Home(name, folder, server)
    finally:
        postgresql.stop(server)


def _limits(there: Home) -> Iterator[Line]:
    if there.server is None:
        yield Line(f"{there.name}: bare one-row commit", f"{measures.bare_commits(there.folder):.0f} /s")
        return
    for clients in CLIENTS:
        yield Line(f"{there.name}: pgbench, one row, clients: {clients}", f"{_pgbench(there.server, clients):.0f} /s")


def _pgbench(server: postgresql.Server, clients: int) -> float:
    """Return how many one-row transactions a second the server takes."""
    script = server.folder / "bare.sql"
    script.write_text(BARE_SQL, encoding="ascii")
    place = ["-h", str(server.folder), "-U", "postgres"]
    table = "CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, text text)"
    server.run("psql", *place, "-c", table, "postgres")
    command = [str(server.binaries / "pgbench"), *place, "-n", "-T", "5", "-c", str(clients), "-f", str(script)]
    said = subprocess.run([*command, "postgres"], capture_output=True, text=True, check=True).stdout
    return float(said.partition("tps = ")[2].split()[0])


def _carried(there: Home, replicas: int) -> Iterator[Line]:
    """Start so many processes of one desk, and give them work."""
    where = f"{there.name}, processes: {replicas}"
    folder, more = there.new(f"carried{replicas}")
    with _running(folder, more, replicas) as servers:
        idle = [server.megabytes for server in servers]
        accepted = measures.reports_to(servers)
        yield Line(f"{where}: reports", f"{accepted:.0f} /s")
        yield Line(f"{where}: memory idle, after the reports", f"{_sizes_of(idle)}, {_held(servers)} MB")
    for thinks in (0.0, USUAL_SECONDS):
        yield from _posted(there, replicas, thinks)


def _posted(there: Home, replicas: int, thinks: float) -> Iterator[Line]:
    where = f"{there.name}, processes: {replicas}, a relay that thinks for {thinks * 1000:.0f} ms"
    folder, more = there.new(f"posted{replicas}after{thinks * 1000:.0f}")
    with posting.sink(thinks) as sink, _running(folder, more | sink.settings, replicas) as servers:
        before = posting.bare(sink)
        rate = posting.rate(servers[0].settings, sink)
        ratio = rate / max(before, posting.bare(sink))
        yield Line(f"{where}: a bare loop, the desk", f"{before:.0f}, {rate:.0f} /s")
        is_promised = thinks == USUAL_SECONDS
        promise = f" (promise: at least {BESIDE_BARE})" if is_promised else ""
        yield Line(f"  ratio{promise}", f"{ratio:.2f}", ratio >= BESIDE_BARE if is_promised else None)
        if is_promised:
            half, nearly_all = posting.waits(servers[0].settings)
            figure = f"{half:.1f}, {nearly_all:.1f} s"
            promise = f"(promise: at most {DUE_SECONDS:.0f} s)"
            yield Line(f"  due until taken: half, 99 of 100 {promise}", figure, nearly_all <= DUE_SECONDS)
            yield Line("  memory", f"{_held(servers)} MB")


@contextmanager
def _running(folder: Path, more: Mapping[str, str], replicas: int) -> Iterator[list[Server]]:
    """Start equal processes; of SQLite's only one may work, and the others serve pages."""
    with ExitStack() as stack:
        servers: list[Server] = []
        for number in range(replicas):
            words = ["--no-worker"] if number and "DATABASE_URL" not in more else []
            settings = settings_for(folder, **more)
            servers.append(stack.enter_context(serving(settings, *words, more=more)))
        yield servers


def _held(servers: Sequence[Server]) -> str:
    return _sizes_of([server.megabytes for server in servers])


def _sizes_of(megabytes: Sequence[float]) -> str:
    return " + ".join(f"{one:.0f}" for one in megabytes)


def _sizes(there: Home) -> Iterator[Line]:
    """Few, many, very many: what a page and a sweep cost must not follow."""
    desks = []
    for number in SIZES:
        folder, more = there.new(f"filled{number}")
        desks.append(measures.filled(folder, number, more))
    for what, figures, at_most in (
        ("queue page, open incidents", measures.queue_pages(desks), FLAT),
        ("sweep with ten due, open clocks", measures.sweeps(desks), TWICE),
    ):
        for number, figure in zip(SIZES, figures, strict=True):
            yield Line(f"{there.name}: {what}: {number:,}", f"{figure:.1f} ms")
        ratio = max(figures[1:]) / figures[0]
        yield Line(f"  ratio (promise: at most {at_most})", f"{ratio:.2f}", ratio <= at_most)
