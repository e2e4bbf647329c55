"""Files at the desk: for whoever may see the incident, handed out to be saved and in no other way."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import httpx
import pytest
from markupsafe import escape
from sqlalchemy import delete, select, update

from incidentdesk import clock, upkeep
from incidentdesk.records.attachments import MOST
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Attachment, HistoryEntry, Incident, IncidentMember, Member, MemberSession
from incidentdesk.web.edge import HEADERS
from incidentdesk.web.pages import Desk
from tests.intake.visitor import code_in, send, visit
from tests.opened import opened
from tests.people import Seat, Sit
from tests.triage.reports import attach, done, file, fresh, letters, reply, rows
from tests.triage.test_pages import at

# Forty kinds: what they begin with, and what a browser or a mail program would do with them if it were let.
KINDS = {
    "page.html": (b"<!doctype html><script>alert(1)</script>", "text/html"),
    "page.htm": (b"<html><body onload=alert(1)>", "text/html"),
    "page.xhtml": (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "application/xhtml+xml"),
    "picture.svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "image/svg+xml"),
    "packed.svgz": (b"\x1f\x8b\x08", "image/svg+xml"),
    "feed.xml": (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>', "text/xml"),
    "style.xsl": (b'<?xml version="1.0"?><xsl:stylesheet/>', "text/xsl"),
    "code.js": (b"alert(1)", "text/javascript"),
    "module.mjs": (b"export default 1", "text/javascript"),
    "style.css": (b"*{}", "text/css"),
    "data.json": (b"{}", "application/json"),
    "mail.eml": (b"From: a@example.org\r\n\r\n<script>", "message/rfc822"),
    "page.mht": (b"MIME-Version: 1.0", "multipart/related"),
    "notes.txt": (b"words", "text/plain"),
    "table.csv": (b"=cmd()", "text/csv"),
    "paper.pdf": (b"%PDF-1.7", "application/pdf"),
    "photo.jpg": (b"\xff\xd8\xff", "image/jpeg"),
    "photo.png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "photo.gif": (b"GIF89a", "image/gif"),
    "photo.webp": (b"RIFF\0\0\0\0WEBP", "image/webp"),
    "photo.heic": (b"\0\0\0\x18ftypheic", "image/heic"),
    "photo.ico": (b"\0\0\1\0", "image/x-icon"),
    "film.mp4": (b"\0\0\0\x18ftypmp42", "video/mp4"),
    "film.webm": (b"\x1a\x45\xdf\xa3", "video/webm"),
    "sound.mp3": (b"ID3", "audio/mpeg"),
    "sound.wav": (b"RIFF\0\0\0\0WAVE", "audio/wav"),
    "packed.zip": (b"PK\x03\x04", "application/zip"),
    "packed.gz": (b"\x1f\x8b", "application/gzip"),
    "packed.7z": (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    "letter.docx": (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "macro.docm": (b"PK\x03\x04", "application/vnd.ms-word.document.macroEnabled.12"),
    "sheet.xls": (b"\xd0\xcf\x11\xe0", "application/vnd.ms-excel"),
    "program.exe": (b"MZ", "application/x-msdownload"),
    "program.elf": (b"\x7fELF", "application/x-executable"),
    "script.sh": (b"#!/bin/sh", "application/x-sh"),
    "link.lnk": (b"L\0\0\0", "application/x-ms-shortcut"),
    "applet.jar": (b"PK\x03\x04", "application/java-archive"),
    "film.swf": (b"FWS", "application/x-shockwave-flash"),
    "app.wasm": (b"\0asm", "application/wasm"),
    "strange": (b"\0\1\2", "a/b; charset=utf-7"),
}
AS_A_FILE = {
    "content-type": "application/octet-stream",
    "content-security-policy": "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "accept-ranges": "none",
    "cache-control": "no-store",
}
NAMES = (
    "<img src=x onerror=alert(1)>.png",
    '"><script>alert(1)</script>.txt',
    "' onmouseover='alert(1)",
    "{{7*7}}.txt",
    "javascript:alert(1)",
    "a\u202egpj.exe",
    "naïve 名前.pdf",
)


@dataclass(frozen=True)
class Scene:
    """A responder at a desk with one report."""

    desk: Desk
    rosa: Seat
    incident: Incident

    @property
    def me(self) -> Member:
        return cast("Member", self.rosa.member)


@pytest.fixture
async def scene(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> Scene:
    return Scene(desk, await sit(rosa), await file(desk, now=now))


def address(incident: Incident, row: Attachment) -> str:
    return at(incident, f"files/{row.id}")


def test_there_are_forty_kinds() -> None:
    assert len(KINDS) == 40


@pytest.mark.either_database
async def test_every_kind_is_handed_out_by_the_desk_as_bytes_to_save(scene: Scene, desk: Desk, now: datetime) -> None:
    kinds = iter(KINDS.items())
    while batch := list(itertools.islice(kinds, MOST)):
        incident = await file(desk, now=now)
        for name, (content, kind) in batch:
            row = await attach(scene.rosa, incident, (name, content, kind), desk=desk)
            answer = await scene.rosa.get(address(incident, row))
            assert_saved(answer, len(content))
            assert answer.content == content
            assert f'attachment; filename="{name}"' in answer.headers["content-disposition"]


def assert_saved(answer: httpx.Response, size: int) -> None:
    assert answer.status_code == 200
    assert {name: answer.headers.get_list(name) for name in AS_A_FILE} == {k: [v] for k, v in AS_A_FILE.items()}
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["content-length"] == str(size)
    assert answer.headers.keys() >= HEADERS.keys()


async def test_a_part_of_a_file_is_never_given(scene: Scene) -> None:
    row = await attach(scene.rosa, scene.incident, desk=scene.desk)
    for wanted in ("0-0", "5-2", "-1", ",".join(["0-1"] * 1000)):
        answer = await scene.rosa.client.get(address(scene.incident, row), headers={"range": f"bytes={wanted}"})
        assert (answer.status_code, answer.content) == (200, b"words")
        assert "content-range" not in answer.headers


async def test_a_name_is_only_ever_a_text(scene: Scene) -> None:
    added = [await attach(scene.rosa, scene.incident, (name, b"words", ""), desk=scene.desk) for name in NAMES]
    html = (await scene.rosa.get(at(scene.incident))).text
    assert [trap for trap in ("alert(1)>", "alert(1)</script>", "onmouseover='", "\u202e") if trap in html] == []
    for row in added:
        shown = html.split(f"/files/{row.id}")[1:]
        assert [f"<bdi>{escape(row.name)}</bdi>" in part[:200] for part in shown] == [True, True]
        answer = await scene.rosa.get(address(scene.incident, row))
        assert answer.headers["content-disposition"].isascii()


async def test_files_of_the_desk_are_for_the_desk(scene: Scene, sit: Sit) -> None:
    row = await attach(scene.rosa, scene.incident, desk=scene.desk)
    (entry,) = [one for one in await done(scene.desk, scene.incident) if one.action == "files.added"]
    assert entry.after["files"] == str(row.id)
    incident = await fresh(scene.desk, scene.incident)
    assert (incident.unread_reply, await letters(scene.desk, scene.incident)) == (False, [])
    html = (await scene.rosa.get(at(scene.incident))).text
    assert "opens on your own machine" in html
    assert html.count(f'href="{address(scene.incident, row)}" download') == 2


async def test_each_side_may_add_ten(scene: Scene) -> None:
    for number in range(MOST):
        await attach(scene.rosa, scene.incident, ("a.txt", b"%d" % number, ""), desk=scene.desk)
    fields, more = {"csrf": scene.rosa.csrf}, {"files": ("more.txt", b"more", "")}
    answer = await scene.rosa.client.post(at(scene.incident, "files"), data=fields, files=more)
    assert (answer.status_code, "more files than we can take" in answer.text) == (422, True)
    assert len(list(scene.desk.settings.files.iterdir())) == MOST
    assert "as many files of the desk here" in (await scene.rosa.get(at(scene.incident, "files"))).text


async def test_a_form_without_a_file_or_without_its_token_is_refused(scene: Scene) -> None:
    path, more = at(scene.incident, "files"), {"files": ("a.txt", b"a", "")}
    assert (await scene.rosa.post(path)).status_code == 422
    for token in ("", "x" * 64):
        answer = await scene.rosa.client.post(path, data={"csrf": token}, files=more)
        assert answer.status_code == 403
    fields = {"csrf": scene.rosa.csrf}
    strange = await scene.rosa.client.post(path, data=fields, files=more, headers={"sec-fetch-site": "cross-site"})
    assert strange.status_code == 403
    assert not scene.desk.settings.files.exists()


async def test_a_reader_gets_files_and_adds_none(scene: Scene, sit: Sit) -> None:
    row, reda = await attach(scene.rosa, scene.incident, desk=scene.desk), await sit(Role.READER)
    assert (await reda.get(address(scene.incident, row))).content == b"words"
    fields, more = {"csrf": reda.csrf}, {"files": ("a.txt", b"a", "")}
    assert (await reda.client.post(at(scene.incident, "files"), data=fields, files=more)).status_code == 403
    assert "Add files" not in (await reda.get(at(scene.incident))).text


async def test_no_file_is_given_to_whoever_may_not_see_its_incident(scene: Scene, sit: Sit, now: datetime) -> None:
    row = await attach(scene.rosa, scene.incident, desk=scene.desk)
    other = await file(scene.desk, now=now)
    assert (await scene.rosa.get(address(other, row))).status_code == 404
    async with scene.desk.database.write() as session:
        await session.execute(update(Incident).where(Incident.id == scene.incident.id).values(restricted=True))
        session.add(IncidentMember(incident_id=scene.incident.id, member_id=scene.me.id))
    assert (await scene.rosa.get(address(scene.incident, row))).status_code == 200
    dipo = await sit(Role.DPO)
    hidden = await dipo.get(address(scene.incident, row))
    nothing = await dipo.get(at(scene.incident, "files/00000000-0000-7000-8000-000000000000"))
    assert (hidden.status_code, nothing.status_code, len(hidden.content)) == (404, 404, len(nothing.content))
    fields, more = {"csrf": dipo.csrf}, {"files": ("a.txt", b"a", "")}
    assert (await dipo.client.post(at(scene.incident, "files"), data=fields, files=more)).status_code == 404
    assert (await (await sit()).get(address(scene.incident, row))).status_code == 303


async def test_a_session_that_ended_gets_nothing(scene: Scene) -> None:
    row = await attach(scene.rosa, scene.incident, desk=scene.desk)
    async with scene.desk.database.write() as session:
        await session.execute(delete(MemberSession))
    answer = await scene.rosa.get(address(scene.incident, row))
    assert (answer.status_code, answer.content) == (303, b"")


async def test_who_fetched_a_file_is_written_down_once_an_hour(scene: Scene) -> None:
    row = await attach(scene.rosa, scene.incident, desk=scene.desk)
    for _ in range(2):
        await scene.rosa.get(address(scene.incident, row))
    looks = [one for one in await rows(scene.desk, HistoryEntry, scene.incident) if one.action == "file.opened"]
    assert [(one.actor, one.after) for one in looks] == [(f"member:{scene.me.id}", {"file": str(row.id)})]
    assert (
        "<strong>Opened a file</strong>: <bdi>note.txt</bdi>"
        in (await scene.rosa.get(at(scene.incident) + "?show=looks")).text
    )


@pytest.fixture
async def sent(scene: Scene, sit: Sit) -> Attachment:
    """A file that a reporter sent, with its incident as the scene's."""
    reporter = await send(await sit(), what="Lost")
    fields, parts = {"code": code_in(reporter.html)}, {"files": ("a.html", b"<b>", "text/html")}
    assert (await reporter.seat.client.post("/r/files", data=fields, files=parts)).status_code == 200
    async with scene.desk.database.read() as session:
        row = (await opened(session, select(Attachment)))[-1]
    assert_saved(await reporter.seat.post("/r/files/content", **fields, file=str(row.id)), 3)
    return cast("Attachment", row)


async def incident_of(desk: Desk, row: Attachment) -> Incident:
    async with desk.database.read() as session:
        return await session.get_one(Incident, row.incident_id)


async def test_a_reporters_file_is_marked_as_read_like_a_message(scene: Scene, sent: Attachment) -> None:
    incident = await incident_of(scene.desk, sent)
    page = await visit(scene.rosa, at(incident))
    assert "There is news from the reporter." in page.html
    assert f'href="#file-{sent.id}"' in page.html
    assert f'id="file-{sent.id}"' in page.html
    await scene.rosa.post(at(incident, "reading"), seen_reply="")
    assert (await fresh(scene.desk, incident)).unread_reply, "whoever pressed saw a page without the file"
    await page.submit(at(incident, "reading"))
    assert not (await fresh(scene.desk, incident)).unread_reply


async def test_no_reporter_sees_or_gets_a_file_of_the_desk(scene: Scene, sit: Sit) -> None:
    reporter = await send(await sit(), what="Lost")
    code = code_in(reporter.html)
    async with scene.desk.database.read() as session:
        incident = (await session.scalars(select(Incident).order_by(Incident.id.desc()))).first()
    assert incident is not None
    row = await attach(scene.rosa, incident, ("own notes.txt", b"words", ""), desk=scene.desk)
    assert (await reporter.seat.post("/r/files/content", code=code, file=str(row.id))).status_code == 404
    assert "own notes" not in (await reporter.seat.post("/r", code=code)).text


async def test_of_a_message_and_a_file_the_newer_one_is_what_was_read(scene: Scene, sent: Attachment) -> None:
    incident = await incident_of(scene.desk, sent)
    message = await reply(scene.desk, incident, "And a word", now=clock.now())
    await scene.rosa.post(at(incident, "reading"), seen_reply=str(sent.id))
    assert (await fresh(scene.desk, incident)).unread_reply
    await scene.rosa.post(at(incident, "reading"), seen_reply=str(message))
    assert not (await fresh(scene.desk, incident)).unread_reply


async def test_the_worker_takes_away_what_has_no_row(scene: Scene, now: datetime) -> None:
    row = await attach(scene.rosa, scene.incident, desk=scene.desk)
    (scene.desk.settings.files / ("0" * 32)).write_bytes(b"left")
    await upkeep.forget_orphans(scene.desk, now=now + timedelta(days=2))
    assert [path.name for path in scene.desk.settings.files.iterdir()] == [row.place]
