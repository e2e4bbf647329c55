"""Spans for OpenTelemetry, where an operator installed it: one a request, one a mail, one a clock that was looked at.

What is told follows `metrics`: templates of routes, words from short lists and numbers, never what somebody sent. A span
has no parent, for a trace id that a request brings is whatever its sender says. Without the library nothing happens.
"""

from typing import Final
from uuid import UUID

from incidentdesk import clock, journal
from incidentdesk.metrics import METHODS

try:
    from opentelemetry import trace
    from opentelemetry.context import Context
except ImportError:  # it is no dependency of the desk
    IS_INSTALLED = False
else:
    IS_INSTALLED = True

NAME: Final = "incidentdesk"
NANOSECONDS: Final = 10**9
FAULTS_FROM: Final = 500
Told = dict[str, str | int]


def answered(route: str, method: str, *, status: int, seconds: float) -> None:
    """Tell of an answer that was just given, with its request's number if a line of the log has it."""
    if IS_INSTALLED:
        known = method if method in METHODS else "_OTHER"
        told: Told = {"http.request.method": known, "http.route": route, "http.response.status_code": status}
        if journal.request.get():
            told["incidentdesk.request"] = journal.request_number()
        kind, is_fault = trace.SpanKind.SERVER, status >= FAULTS_FROM
        _tell(f"{known} {route}", told, seconds=seconds, kind=kind, is_fault=is_fault)


def worked(name: str, *, incident: UUID | None, result: str, seconds: float) -> None:
    """Tell of a piece of the worker's work that just ended, and of which incident it was."""
    if IS_INSTALLED:
        told: Told = {"incidentdesk.result": result}
        if incident is not None:
            told["incidentdesk.incident"] = str(incident)
        _tell(name, told, seconds=seconds, kind=trace.SpanKind.INTERNAL, is_fault=False)


def _tell(name: str, told: Told, *, seconds: float, kind: "trace.SpanKind", is_fault: bool) -> None:
    ended = int(clock.now().timestamp() * NANOSECONDS)
    tracer = trace.get_tracer(NAME)
    began = ended - int(seconds * NANOSECONDS)
    span = tracer.start_span(name, context=Context(), kind=kind, attributes=told, start_time=began)
    if is_fault:
        span.set_status(trace.StatusCode.ERROR)
    span.end(ended)
