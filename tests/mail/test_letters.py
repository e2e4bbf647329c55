"""What the letters say, to whom, and what they never say."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from incidentdesk import pulse, upkeep, worker
from incidentdesk.mail import letters, outbox, signatures
from incidentdesk.mail.addressee import Addressee
from incidentdesk.mail.notices import Change, announce_change
from incidentdesk.mail.outbox import Letter
from incidentdesk.mail.signatures import Paper
from incidentdesk.settings import Settings
from incidentdesk.staff import actions, address
from incidentdesk.tables import Clock, Incident, Member, OutboxMail, Report
from incidentdesk.web.pages import Desk
from tests.mail.noticed import ADDRESS, sign_notice
from tests.mail.relay import relay
from tests.mail.scene import MINUTE, NOW, Scene, add_incident, with_relay
from tests.opened import opened

# What a letter says.
pytestmark = pytest.mark.either_database

SECRETS = ("secret title", "secret words", "secret reply", "reporter@example.org")


async def sent(scene: Scene, *, now: int) -> list[EmailMessage]:
    """Let the worker run at a minute and return what left."""
    at = NOW + now * MINUTE
    async with relay() as running:
        desk = with_relay(scene.desk, running.port)
        await worker.sweep_clocks(desk, now=at)
        while await worker.deliver_next(desk, now=at):
            pass
    return [message_from_bytes(taken, policy=policy.default) for taken in running.taken]


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


async def test_an_alert_says_what_why_and_what_comes_next(scene: Scene) -> None:
    await add_incident(scene.desk)
    (mail,) = await sent(scene, now=15)
    assert mail["Subject"] == "[ACT] IR-26-000001 - severity 1 - 3 h 45 m left (due Mon 08:00 CET) - step 1"
    assert text_of(mail) == (
        "TLP:AMBER\n\nSEVERITY 1 – NOBODY HAS TAKEN THIS YET\n\n3 h 45 m left (when sent, Mon 04:15 CET)\n"
        "Due Mon 23 Nov 2026 08:00 CET\nTake it and decide what it is.\n\n"
        "http://desk.test/desk/incidents/IR-26-000001\n\n"
        "If you do nothing: Bodil Upp (back-up), Mon 04:30 CET\nWhy you: on call (step 1 of 3)\n"
        "Already alerted: nobody else\n\nDetails are only in the desk; this mail holds none.\nAcme\n"
    )


async def test_the_next_alert_names_who_was_told_before(scene: Scene) -> None:
    await add_incident(scene.desk)
    await sent(scene, now=15)
    (mail,) = await sent(scene, now=30)
    assert mail["To"] == "bodil@example.org"
    assert "Already alerted: Rosa Ponder Mon 04:15 CET" in text_of(mail)
    (last,) = await sent(scene, now=60)
    assert "If you do nothing: nobody else is alerted." in text_of(last)


async def test_a_deadline_that_passed_asks_for_the_reasons(scene: Scene) -> None:
    await add_incident(scene.desk, severity=2)
    first = (await sent(scene, now=24 * 60))[0]
    assert first["Subject"] == "[ACT] IR-26-000001 - severity 2 - 2 d 0 h left (due Thu 04:00 CET)"
    last = (await sent(scene, now=76 * 60))[0]
    assert last["Subject"] == "[ACT] IR-26-000001 - severity 2 - 4 h 0 m late (due Thu 04:00 CET)"
    assert "with the reasons for the delay" in text_of(last)
    assert "you are alerted again" in text_of(last) or "If you do nothing: " in text_of(last)


async def test_the_headers_of_an_alert(scene: Scene) -> None:
    await add_incident(scene.desk)
    (mail,) = await sent(scene, now=15)
    (row,) = await scene.mails(letter="act")
    expected = {
        "From": "Acme <desk@example.org>",
        "To": "rosa@example.org",
        "Message-ID": f"<{row.id.hex}@example.org>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "List-Id": "Incident alerts <alerts.desk.test>",
        "Importance": "high",
        "X-Priority": "1",
        "X-Incident-Ref": "IR-26-000001",
        "X-Incident-Severity": "1",
        "X-TLP": "TLP:AMBER",
        "Content-Language": "en",
    }
    assert {name: str(mail[name]) for name in expected} == expected
    assert mail["References"] is None
    assert mail["Precedence"] is None


async def put_all(scene: Scene, incident: Incident, report_id: UUID | None) -> None:
    async with scene.desk.database.write() as session:
        for letter in Letter:
            personal = {Letter.INVITATION, Letter.CHANGED, Letter.ADDRESS, Letter.CUSTOMER_NOTICE, Letter.SIGNATURE}
            if letter in {Letter.ACT, Letter.DEADLINE, Letter.MOVED, Letter.AUDIT, Letter.ALIVE} | personal:
                continue
            about: outbox.About = {"incident_id": incident.id}
            to_reporter = letter.startswith("reporter")
            about["report_id" if to_reporter else "member_id"] = report_id if to_reporter else scene.rosa.id
            await outbox.put(session, letter=letter, dedupe=f"x:{letter}", now=NOW, **about)
        legal = (await session.scalars(select(Clock).where(Clock.legal))).one()
        await sign_notice(session, legal, scene.ada.id, scene.ada.language, now=NOW)
        about = {"incident_id": incident.id, "member_id": scene.ada.id}
        about["context"] = {"clock": str(legal.id), "revision": 0, "again": False}
        await outbox.put(session, letter=Letter.MOVED, dedupe="x:moved", now=NOW, **about)
        await signatures.ask(session, incident, Paper.ASSESSMENT, by=scene.rosa, now=NOW)
        await actions.mail_link(session, scene.rosa, now=NOW)
        await address.ask(session, scene.rosa, now=NOW)
        await announce_change(session, Change.ROLE, by=None, of=scene.rosa, now=NOW)


def audited(desk: Desk, language: str) -> Desk:
    """Let the desk, which speaks this language, mail the state of its evidence."""
    given = replace(desk.settings, audit_mail="audit@elsewhere.test", alive_mail="administrators", language=language)
    return replace(desk, settings=given)


async def every_letter(scene: Scene, language: str) -> list[EmailMessage]:
    """Return one of each, in one language."""
    incident = await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).values(language=language))
        scene.ada.language = language
        report_id = await session.scalar(update(Report).values(language=language).returning(Report.id))
    await scene.reporter_writes(incident, "secret reply", now=NOW)
    await put_all(scene, incident, report_id)
    scene = replace(scene, desk=audited(scene.desk, language))
    await upkeep.close_checkpoints(scene.desk, now=NOW)
    await upkeep.verify_evidence(scene.desk, now=NOW)
    await pulse.say_alive(scene.desk, now=NOW + 52 * 60 * MINUTE)
    await worker.sweep_clocks(scene.desk, now=NOW + 72 * 60 * MINUTE)
    return await sent(scene, now=72 * 60)


async def test_no_name_of_a_person_is_markup_in_any_letter(scene: Scene) -> None:
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).values(name=Member.name + "<img src=x>"))
    mails = await every_letter(scene, "en")
    html = [text_of(mail, "html") for mail in mails]
    assert [one for one in html if "<img" in one] == []
    assert sum("&lt;img src=x&gt;" in one for one in html) >= 3
    assert [one for one in html if "&amp;lt;" in one] == []
    assert "Ponder<img src=x>" in "".join(map(text_of, mails))


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_every_letter_is_sound_and_holds_no_content(scene: Scene, language: str) -> None:
    mails = await every_letter(scene, language)
    assert {row.letter for row in await scene.mails()} == set(Letter)
    assert len(mails) == len(await scene.mails())
    for mail in mails:
        raw = mail.as_string()
        html = text_of(mail, "html")
        assert len(str(mail["Subject"])) <= 78
        assert max(len(line) for line in mail.as_bytes().splitlines()) < 998
        assert not any(secret in text_of(mail) + html + str(mail["Subject"]) for secret in SECRETS)
        assert "src=" not in html
        # A customer has no way into the desk.
        assert ("http://desk.test/" in html) == (mail["To"] != ADDRESS)
        assert (mail["Content-Language"], mail["Auto-Submitted"]) == (language, "auto-generated")
        assert raw.count("Message-ID") == 1


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_the_html_twin_says_all_that_the_text_says(scene: Scene, language: str) -> None:
    for mail in await every_letter(scene, language):
        words = re.sub(r"<style.*?</style>|<[^>]+>", " ", text_of(mail, "html"), flags=re.DOTALL)
        said = " ".join(unescape(words).casefold().split())
        # A link is behind the button; what stands in brackets in the text stands on a line of its own in HTML.
        lines = [line for line in text_of(mail).splitlines() if not line.startswith("http")]
        parts = [part for line in lines for part in re.split(r" \(|\)", line.casefold()) if part]
        assert [part for part in parts if part not in said] == []


async def test_a_reporter_gets_the_promise_but_no_code(scene: Scene) -> None:
    incident = await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        report_id = await session.scalar(update(Report).values(language="en").returning(Report.id))
        about: outbox.About = {"report_id": report_id, "incident_id": incident.id}
        await outbox.put(session, letter="reporter_receipt", dedupe="r", now=NOW, **about)
    (mail,) = await sent(scene, now=0)
    assert (mail["To"], mail["Subject"]) == ("reporter@example.org", "IR-26-000001 - we have your report")
    assert "A person reads it before Mon 23 Nov 2026 04:30 CET." in text_of(mail)
    assert "http://desk.test/r\n" in text_of(mail)
    assert mail["X-TLP"] is None
    assert mail["References"] == f"<{incident.id.hex}.incident@example.org>"


async def test_a_reporter_without_an_address_gets_nothing(scene: Scene) -> None:
    await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        [report] = await opened(session, select(Report))
        report.identity = {}
        await outbox.put(session, letter="reporter_answer", dedupe="r", now=NOW, report_id=report.id)
    assert await sent(scene, now=0) == []
    assert [row.outcome for row in await scene.mails()] == ["no_address"]


async def test_reports_are_announced_once_in_ten_minutes(scene: Scene) -> None:
    async def arrive(number: int, minute: int) -> None:
        at = NOW + minute * MINUTE
        incident = await add_incident(scene.desk, number=number, severity=3, now=at)
        async with scene.desk.database.write() as session:
            await outbox.announce_report(session, incident, now=at)

    await arrive(1, 1)
    (first,) = await sent(scene, now=1)
    assert first["Subject"] == "[FYI] 1 report waits for a first look - severity 3"
    for number in (2, 3, 4):
        await arrive(number, number)
    assert await sent(scene, now=9) == []
    (second,) = await sent(scene, now=10)
    assert second["Subject"] == "[FYI] 4 reports wait for a first look - severity 3"
    assert "IR-26-000004 - severity 3 - due" in text_of(second)


async def test_an_announcement_is_skipped_when_somebody_looked(scene: Scene) -> None:
    incident = await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        await outbox.announce_report(session, incident, now=NOW)
        await session.execute(update(Incident).values(read_at=NOW))
    assert await sent(scene, now=1) == []
    assert [row.outcome for row in await scene.mails()] == ["not_needed"]


async def test_an_alert_that_waited_too_long_is_skipped(scene: Scene) -> None:
    await add_incident(scene.desk)
    await worker.sweep_clocks(scene.desk, now=NOW + 15 * MINUTE)
    async with scene.desk.database.write() as session:
        await session.execute(update(OutboxMail).values(notice_id=None))
    assert await sent(scene, now=15) == []
    assert [row.outcome for row in await scene.mails()] == ["not_needed"]


def test_whatever_a_letter_says_arrives_in_short_lines_of_plain_letters() -> None:
    said = "a" * 200 + "é=\t \n.\n..\n--=_x\nFrom me\r\n\x0b–😀 \rthe end"
    whole = letters.together("alternative", letters.text_part("plain", said), letters.text_part("html", said)).whole
    message = message_from_bytes(b"MIME-Version: 1.0\r\n" + whole, policy=policy.SMTP)
    lines = (*said.replace("\r\n", "\n").replace("\r", "\n").split("\n"), "")
    expected = "\r\n".join(line.rstrip(" \t") for line in lines)
    assert [(part.get_content(), part.defects) for part in message.iter_parts()] == [(expected, [])] * 2
    assert whole.isascii()
    assert max(map(len, whole.split(b"\r\n"))) <= 76
    assert whole.count(b"\n") == whole.count(b"\r") == whole.count(b"\r\n")


def test_no_name_of_an_organisation_begins_a_header_of_its_own() -> None:
    settings = Settings(organisation="=?utf-8?q?a=0d=0aBcc:_b@example.org?= Zorg", mail_from="desk@example.org")
    to = Addressee("rosa@example.org", "en", ZoneInfo("UTC"), None, None, None)
    daily = OutboxMail(letter=Letter.ALIVE, message_id="<1@example.org>", context={})
    known = {"practice": False, "is_amiss": False, "open": 0, "late": 0, "most": 9}
    subject = letters.subject_of(daily, to, {**known, "organisation": settings.organisation})
    message = message_from_bytes(letters.write_plainly(settings, daily, to, now=NOW), policy=policy.SMTP)
    message.replace_header("Subject", subject)
    read = message_from_bytes(message.as_bytes(), policy=policy.SMTP)
    assert "Bcc" not in read
    assert "b@example.org" in read["From"]
    assert "b@example.org" in read["Subject"]
