"""`/metrics`: for whoever shows the token, with figures whose cost does not grow and labels that say nothing of anybody."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from litestar import Litestar
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from incidentdesk import metrics
from incidentdesk.errors import Limit
from incidentdesk.insight import queries
from incidentdesk.insight.queries import figures
from incidentdesk.records.checkpoints import close_checkpoint
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.tables import MailState, Member, OutboxMail
from incidentdesk.web.pages import Desk
from tests.intake.test_files import PHOTO, add
from tests.intake.visitor import visit
from tests.mail.relay import relay
from tests.mail.scene import NOW as SCENE_BEGINS
from tests.mail.scene import add_incident, set_scene, with_relay
from tests.people import Seat, Sit, member
from tests.triage.reports import Told, file
from tests.web.asgi import HOST, call
from tests.web.test_headers import Broken

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TOKEN = "a-token-of-twenty-signs-and-more"
LABELS = {"route", "method", "status", "limit", "outcome", "result", "le"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, metrics_token=TOKEN)


async def read(seat: Seat) -> dict[str, Metric]:
    answer = await seat.client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {family.name: family for family in text_string_to_metric_families(answer.text)}


def values(read: dict[str, Metric], name: str) -> dict[str, float]:
    """Return what a counter has counted, by its labels; a zero is left out."""
    samples = read[f"incidentdesk_{name}"].samples
    return {" ".join(one.labels.values()): one.value for one in samples if one.value}


async def test_without_a_token_there_is_no_such_page(sit: Sit, desk: Desk, app: Litestar) -> None:
    seat = await sit(Role.ADMINISTRATOR)
    app.state.desk = replace(desk, settings=replace(desk.settings, metrics_token=""))
    for given in ("", "Bearer ", f"Bearer {TOKEN}"):
        asked = [await seat.client.get(path, headers={"authorization": given}) for path in ("/metrics", "/nowhere")]
        assert [answer.status_code for answer in asked] == [404, 404]
        shown = [re.sub(r"\d\d:\d\d:\d\d\.\d+", "", answer.text) for answer in asked]
        assert shown[0] == shown[1].replace("/nowhere", "/metrics")


async def test_whoever_does_not_show_the_token_is_refused(sit: Sit, app: Litestar) -> None:
    seat = await sit(Role.ADMINISTRATOR)
    assert (await seat.get("/metrics")).status_code == 403
    for given in (TOKEN, "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é"):
        answer = await call(app, "GET", "/metrics", headers=(HOST, (b"authorization", given.encode())))
        assert answer.status == 403, given
        assert b"incidentdesk_" not in answer.body


async def test_answers_are_counted_by_route_and_no_label_holds_what_was_sent(sit: Sit) -> None:
    seat = await sit(Role.READER)
    for path in ("/healthz", "/healthz?q=zqx7", "/zqx7", "/desk/incidents/IR-26-7KQ4MX"):
        await seat.client.get(path)
    await seat.client.head("/healthz")
    await seat.client.request("ZQX7", "/healthz")
    await seat.client.get("/healthz", headers={"host": "zqx7.test"})
    found = await read(seat)
    assert values(found, "requests") == {
        "GET /healthz 2xx": 3,
        "HEAD /healthz 2xx": 1,
        "other none 4xx": 1,
        "GET none 4xx": 1,
        "GET /desk/incidents/{ref} 4xx": 1,
    }
    everything = [sample for family in found.values() for sample in family.samples]
    assert {name for sample in everything for name in sample.labels} <= LABELS
    assert not [sample for sample in everything if "zqx7" in str(sample.labels).lower() or "7KQ4MX" in str(sample)]


async def test_a_report_counts_once_and_so_do_files_and_limits(sit: Sit) -> None:
    seat = await sit()
    visitor = await visit(seat)
    await visitor.press("now", what="I lost my badge")
    sheet = visitor.answer
    for _ in range(2):
        visitor.answer = sheet
        assert (await visitor.press("send")).status_code == 200
    assert (await add(visitor, PHOTO, ("b.txt", b"b", "text/plain"))).status_code == 200
    for _ in range(12):
        await seat.post("/r", code="1" * 25)
    found = await read(seat)
    assert (values(found, "reports"), values(found, "files")) == ({"": 1}, {"": 2})
    assert values(found, "refusals") == {"codes": 2}


async def test_the_worker_counts_what_it_does(sit: Sit, desk: Desk) -> None:
    seat = await sit()
    async with relay() as post:
        scene = await set_scene(with_relay(desk, post.port))
        await add_incident(scene.desk)
        for hours in (0, 1):
            await scene.work(SCENE_BEGINS + hours * HOUR)
        sent = len(post.taken)
    found = await read(seat)
    assert sent > 0
    assert values(found, "mails") == {"sent": sent}
    assert values(found, "clocks")["done"] > 0
    assert [one.value for one in found["incidentdesk_sweep_seconds"].samples if one.name.endswith("count")] == [2]


@pytest.fixture
async def _scene(desk: Desk) -> None:
    """Three incidents late, one of them by law; mails in every state; all evidence under a checkpoint."""
    for people, days in (("yes", 4), ("no", 4), ("yes", 1)):
        await file(desk, Told(people=people), now=NOW - days * DAY)
    await file(desk, now=NOW)
    rosa = member(Role.RESPONDER, now=NOW)
    async with desk.database.write() as session:
        session.add(rosa)
        await session.flush()
        session.add_all(mails(rosa))
        await close_checkpoint(session, desk.vault, now=NOW - HOUR)


def mails(rosa: Member) -> Iterator[OutboxMail]:
    """Yield two that wait, one of them due; of the dead one to the staff of yesterday, and others; one that left."""
    states = ((MailState.WAITING, HOUR), (MailState.WAITING, -HOUR), (MailState.SENT, DAY), (MailState.DEAD, DAY))
    for number, (state, ago) in enumerate((*states, (MailState.DEAD, 8 * DAY), (MailState.DEAD, DAY))):
        yield OutboxMail(
            dedupe=str(number),
            letter="act",
            member_id=rosa.id if number < 5 else None,
            created_at=NOW - ago,
            due_at=NOW - ago,
            settled_at=None if state is MailState.WAITING else NOW - ago,
            give_up_at=NOW + DAY,
            state=state,
            message_id=str(number),
        )


@pytest.mark.usefixtures("_scene")
async def test_what_is_late_or_waits_is_told(desk: Desk) -> None:
    async with desk.database.read() as session:
        found = await figures(session, now=NOW)
    assert set(found) == set(metrics.GAUGES)
    assert found == {
        "database_up": 1,
        "incidents_late": 3,
        "incidents_late_legal": 1,
        "mails_waiting": 2,
        "mails_dead": 1,
        "mail_overdue_seconds": 3600,
        "checkpoint_age_seconds": 3600,
        "checkpoint_due": 0,
    }


async def test_an_empty_desk_has_nothing_late_and_no_checkpoint(desk: Desk) -> None:
    async with desk.database.read() as session:
        found = await figures(session, now=NOW)
    assert {name for name, value in found.items() if value} == {"database_up"}
    assert set(metrics.GAUGES) - set(found) == {"checkpoint_age_seconds"}


@pytest.mark.usefixtures("_scene")
async def test_evidence_that_no_checkpoint_holds_is_told(desk: Desk) -> None:
    await file(desk, now=NOW)
    async with desk.database.read() as session:
        assert (await figures(session, now=NOW))["checkpoint_due"] == 1


@pytest.mark.usefixtures("_scene")
async def test_each_figure_is_counted_to_a_bound(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST", 1)
    async with desk.database.read() as session:
        found = await figures(session, now=NOW)
    assert {name: found[name] for name in ("incidents_late", "mails_waiting")} == {
        "incidents_late": 1,
        "mails_waiting": 1,
    }
    assert max(found["incidents_late_legal"], found["mails_dead"]) <= 1


async def test_a_database_that_is_away_is_told_with_all_that_was_counted(sit: Sit, desk: Desk, app: Litestar) -> None:
    seat = await sit()
    await seat.get("/healthz")
    away = OperationalError("", {}, OSError())
    app.state.desk = replace(desk, database=Broken(desk.database.writer, desk.database.reader, error=away))
    found = await read(seat)
    assert [one.value for one in found["incidentdesk_database_up"].samples] == [0]
    assert values(found, "requests") == {"GET /healthz 2xx": 1}


async def test_what_an_alarm_waits_for_is_there_as_a_zero(sit: Sit, desk: Desk, app: Litestar) -> None:
    seat = await sit()
    found = await read(seat)
    zeros = {
        (one.name.removeprefix("incidentdesk_"), *one.labels.values())
        for family in found.values()
        for one in family.samples
        if not one.value
    }
    assert zeros >= {("faults_total",), ("clocks_total", "failed"), ("sweep_seconds_count",)}
    assert zeros >= {("refusals_total", limit.value) for limit in Limit}
    app.state.desk = replace(desk, database=Broken(desk.database.writer, desk.database.reader, error=RuntimeError()))
    assert (await seat.post("/r", code="1" * 25)).status_code == 500
    app.state.desk = desk
    assert values(await read(seat), "faults") == {"": 1}


async def test_two_desks_in_one_process_count_alone(sit: Sit, desk: Desk, app: Litestar) -> None:
    seat = await sit()
    await seat.get("/healthz")
    app.state.desk = Desk(desk.settings, desk.database, desk.vault)
    assert values(await read(seat), "requests") == {}
