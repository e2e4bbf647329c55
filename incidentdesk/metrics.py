"""What this process has counted since it started, for a program that watches it.

Each desk has a registry of its own. Nothing here knows a request, a row or a person: a label is the template of a route or a
word from a short list of ours, never what somebody sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

PREFIX = "incidentdesk"
MEDIA_TYPE = "text/plain; version=0.0.4"
# A page takes tens of milliseconds; an upload as long as its sender's line.
REQUEST_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)
SWEEP_SECONDS = (0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0)
# When each counter began is told by none: it doubles the answer, and the process begins with them.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library says nothing of it
METHODS = frozenset({"GET", "HEAD", "POST"})
LOOKS = ("done", "failed")
# What the database says at the moment somebody asks.
GAUGES = {
    "database_up": "1 when the database answered this question, else 0 and the figures below are missing.",
    "incidents_late": "Open incidents with a clock past its deadline, counted to 1000.",
    "incidents_late_legal": "Those among them whose clock of the law is past its deadline.",
    "mails_waiting": "Mails that have not left, counted to 1000.",
    "mails_dead": "Mails to the staff that were given up in the last seven days, counted to 1000.",
    "mail_overdue_seconds": "For how long the oldest mail should have been tried; 0 when none is due.",
    "checkpoint_age_seconds": "Age of the newest checkpoint; it grows while nothing is written.",
    "checkpoint_due": "1 when something was written a minute ago or longer and no checkpoint holds it, else 0.",
}


@dataclass(frozen=True)
class Metrics:
    """The counters of one desk in one process."""

    registry: CollectorRegistry
    requests: Counter
    request_seconds: Histogram
    faults: Counter
    reports: Counter
    files: Counter
    refusals: Counter
    mails: Counter
    clocks: Counter
    sweep_seconds: Histogram
    # Finding a counter by its labels costs more than counting.
    known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = field(default_factory=dict)

    def answered(self, route: str, method: str, *, status: int, seconds: float) -> None:
        """Count one answer. A method can be any word, so those nobody serves share one."""
        key = (route, method if method in METHODS else "other", status // 100)
        if key not in self.known:
            count = self.requests.labels(route, key[1], f"{key[2]}xx")
            self.known[key] = (count, self.request_seconds.labels(route))
        count, lasting = self.known[key]
        count.inc()
        lasting.observe(seconds)


def new_metrics(limits: Iterable[str] = ()) -> Metrics:
    """Return counters that stand at zero; also those an alarm waits for: what appears with its first event was never zero."""
    made = _metrics(CollectorRegistry())
    for limit in limits:
        made.refusals.labels(limit)
    for result in LOOKS:
        made.clocks.labels(result)
    return made


def _metrics(registry: CollectorRegistry) -> Metrics:
    return Metrics(
        registry=registry,
        requests=_counter(registry, "requests", "Answers.", "route", "method", "status"),
        request_seconds=_histogram(registry, "request_seconds", "Until an answer was sent.", REQUEST_SECONDS, "route"),
        faults=_counter(registry, "faults", "Requests that met a fault of ours: each has its line in the log."),
        reports=_counter(registry, "reports", "Reports taken in and stored."),
        files=_counter(registry, "files", "Files taken in and stored."),
        refusals=_counter(registry, "refusals", "Refusals because a limit was reached.", "limit"),
        mails=_counter(registry, "mails", "Mails handed to the relay, by what became of it.", "outcome"),
        clocks=_counter(registry, "clocks", "Clocks looked at because they were due.", "result"),
        sweep_seconds=_histogram(registry, "sweep_seconds", "One look for clocks that are due.", SWEEP_SECONDS),
    )


def _counter(registry: CollectorRegistry, name: str, words: str, *labels: str) -> Counter:
    return Counter(name, words, labels, namespace=PREFIX, registry=registry)


def _histogram(registry: CollectorRegistry, name: str, words: str, bounds: Sequence[float], *labels: str) -> Histogram:
    return Histogram(name, words, labels, namespace=PREFIX, registry=registry, buckets=bounds)


def written(metrics: Metrics, figures: Mapping[str, float]) -> bytes:
    """Return all of it as Prometheus reads it: what was counted, and these figures of `GAUGES`."""
    now = CollectorRegistry()
    for name, value in figures.items():
        Gauge(name, GAUGES[name], namespace=PREFIX, registry=now).set(value)
    return generate_latest(metrics.registry) + generate_latest(now)
