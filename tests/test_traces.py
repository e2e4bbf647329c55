"""Spans where OpenTelemetry is installed: what happened and how long it took, and nothing that anybody sent."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from litestar import Litestar
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from incidentdesk.web.pages import Desk
from tests.mail.relay import relay
from tests.mail.scene import NOW, add_incident, set_scene, with_relay
from tests.people import Sit
from tests.web.test_headers import Broken

NAMES = {"http.request.method", "http.route", "http.response.status_code", "incidentdesk.request"}
WITHOUT = """
import sys
sys.modules["opentelemetry"] = None
from incidentdesk import app, traces
traces.answered("/desk", "GET", status=200, seconds=0.1)
traces.worked("deliver a mail", incident=None, result="sent", seconds=0.1)
print(traces.IS_INSTALLED)
"""


@pytest.fixture(scope="module")
def exporter() -> InMemorySpanExporter:
    """What an operator sets up once for the process."""
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    trace.set_tracer_provider(provider)
    return kept


@pytest.fixture
def told(exporter: InMemorySpanExporter) -> Iterator[InMemorySpanExporter]:
    exporter.clear()
    yield exporter
    exporter.clear()


def words(spans: Sequence[ReadableSpan]) -> str:
    return "".join(span.to_json() for span in spans).lower()


async def test_an_answer_is_a_span_by_its_route_and_holds_nothing_that_was_sent(
    sit: Sit, told: InMemorySpanExporter
) -> None:
    seat = await sit()
    sent = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "x-zqx7": "zqx7"}
    await seat.client.get("/static/zqx7?q=zqx7", headers=sent)
    await seat.client.request("ZQX7", "/zqx7", headers=sent)
    spans = told.get_finished_spans()
    assert [span.name for span in spans] == ["GET /static/{name}", "_OTHER none"]
    assert [dict(span.attributes or {})["http.response.status_code"] for span in spans] == [404, 404]
    assert {name for span in spans for name in span.attributes or {}} <= NAMES
    assert not any(span.parent for span in spans)
    assert "zqx7" not in words(spans)
    assert "a" * 32 not in words(spans)


async def test_a_fault_is_marked_and_leads_to_its_line_in_the_log(
    sit: Sit, desk: Desk, app: Litestar, told: InMemorySpanExporter
) -> None:
    seat = await sit()
    app.state.desk = replace(desk, database=Broken(desk.database.writer, desk.database.reader, error=RuntimeError()))
    answer = await seat.post("/r", code="1" * 25)
    span = told.get_finished_spans()[-1]
    assert not span.status.is_ok
    assert str((span.attributes or {})["incidentdesk.request"]) in answer.text
    assert not span.events


async def test_each_mail_and_each_clock_is_a_span(desk: Desk, told: InMemorySpanExporter) -> None:
    async with relay() as post:
        scene = await set_scene(with_relay(desk, post.port))
        incident = await add_incident(scene.desk)
        await scene.work(NOW + timedelta(hours=1))
    spans = told.get_finished_spans()
    mails = [dict(span.attributes or {}) for span in spans if span.name == "deliver a mail"]
    assert len(mails) == len(post.taken) > 0
    assert {mail["incidentdesk.result"] for mail in mails} == {"sent"}
    assert str(incident.id) in {mail.get("incidentdesk.incident") for mail in mails}
    looks = [dict(span.attributes or {}) for span in spans if span.name == "look at a clock"]
    assert looks == 2 * [{"incidentdesk.result": "done"}]
    assert scene.rosa.email not in words(spans)
    assert all((span.end_time or 0) > (span.start_time or 0) for span in spans)


def test_without_the_library_nothing_is_told_and_everything_works() -> None:
    asked = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)
    assert (asked.returncode, asked.stdout.strip()) == (0, "False"), asked.stderr
