"""An honest report among a flood of others reaches a human. INCIDENTDESK_TEST_FLOOD=10000 sends as many; it takes a while."""

import os
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network

import pytest
from sqlalchemy import func, select

from benchmarks.flooding import flood
from incidentdesk import clock, worker
from incidentdesk.escalation.sweep import FEW
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.tables import Clock, Incident, MailState, Notice, OutboxMail
from incidentdesk.web.pages import Desk
from tests.mail.relay import Relay
from tests.mail.scene import Scene, set_scene, with_relay
from tests.people import Sit

SENT = int(os.environ.get("INCIDENTDESK_TEST_FLOOD", "120"))
HONEST = "All our files are locked"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, trusted_proxies=(ip_network("127.0.0.1/32"),), reports_per_minute=1)


@pytest.fixture
async def scene(desk: Desk, sit: Sit, post: Relay) -> Scene:
    """A desk with people on their posts and a relay, to which a flood came."""
    found = await set_scene(with_relay(desk, post.port))
    seat = await sit()
    assert set(await flood(seat.client, desk.vault, SENT)) == {200}
    return found


async def work(scene: Scene, *, now: datetime) -> None:
    """Sweep and deliver until nothing is due."""
    while await worker.sweep_clocks(scene.desk, now=now):
        pass
    while await worker.deliver_next(scene.desk, now=now):
        pass


async def sent(scene: Scene) -> Counter[str]:
    """Count what each of three people got, as `name letter`."""
    names = {one.id: one.name.split()[0] for one in (scene.rosa, scene.bodil, scene.dipo)}
    mails = await scene.mails(state=MailState.SENT)
    return Counter(f"{names[mail.member_id]} {mail.letter}" for mail in mails if mail.member_id)


async def the_honest_one(scene: Scene) -> Incident:
    async with scene.desk.database.read() as session:
        return (await session.scalars(select(Incident).where(Incident.severity == 1))).one()


async def test_the_first_mail_names_the_honest_report_and_its_own_alert_follows(scene: Scene, post: Relay) -> None:
    honest, now = await the_honest_one(scene), clock.now()
    await work(scene, now=now)
    first = post.taken[0].decode()
    assert first.index(honest.reference) < first.index("severity 3")
    await work(scene, now=honest.received_at + 15 * MINUTE)
    # A flood that lasts longer is told again every ten minutes.
    windows = 2 + (now - honest.received_at) // (5 * MINUTE)
    told = await sent(scene)
    assert (set(told), told["Rosa act"]) == ({"Rosa new_reports", "Rosa act"}, 1)
    assert told["Rosa new_reports"] <= windows
    assert honest.reference in post.taken[-1].decode()


async def test_the_honest_report_stands_on_top_of_the_queue_and_nobody_is_shut_out(scene: Scene, sit: Sit) -> None:
    seat = await sit(Role.RESPONDER, name="Rosalind Late")
    page = (await seat.get("/desk")).text
    first, second = page.split("<tr data-row")[1:3]
    assert HONEST in first
    assert HONEST not in second
    assert "Came in together with very many others" in page
    outside = await sit()
    assert (await outside.get("/report")).status_code == 200


async def test_the_deadlines_of_a_flood_are_few_mails_and_each_step_says_why(scene: Scene, post: Relay) -> None:
    await work(scene, now=clock.now())
    now = clock.now() + 24 * HOUR + MINUTE
    await work(scene, now=now)
    deadlines = await scene.mails(letter="deadline", member_id=scene.dipo.id)
    # All of the little ones up to a few, and the critical one by itself, are told one by one.
    assert Counter(mail.outcome for mail in deadlines) == {"sent": FEW + 1, "together": SENT - FEW - 1}
    assert (await sent(scene))["Dipo alarms"] == 1
    many = [mail.decode() for mail in post.taken if b"[ACT]" in mail and b"need somebody" in mail]
    assert len(many) == len(await scene.mails(letter="alarms"))
    reference = (await the_honest_one(scene)).reference
    assert all(mail.index(reference) < mail.index("severity 3") for mail in many)
    async with scene.desk.database.read() as session:
        unsaid = select(Notice).join(Clock).where(~select(OutboxMail).where(OutboxMail.notice_id == Notice.id).exists())
        assert list(await session.scalars(unsaid.where(Notice.superseded.is_(False)))) == []
        assert await session.scalar(select(func.count()).where(Clock.failures > 0)) == 0
