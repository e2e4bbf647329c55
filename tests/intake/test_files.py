"""Files that a reporter adds: behind the code, within limits, given back as they were, and news to the desk."""

import shutil
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.intake import actions, file_pages
from incidentdesk.mail import content, letters
from incidentdesk.mail.addressee import Addressee
from incidentdesk.records.attachments import MOST, NoMoreFiles
from incidentdesk.rules.lifecycle import Outcome, Status, Verdict
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Attachment, HistoryEntry, Incident, OutboxMail
from incidentdesk.web.pages import Desk
from incidentdesk.web.uploads import MAX_FILE
from tests.intake.visitor import Visitor, code_in, send
from tests.opened import opened
from tests.people import Sit

PHOTO = ("photo.jpg", b"\xff\xd8\xff" + b"light" * 1000, "image/jpeg")


@pytest.fixture
async def reporter(sit: Sit) -> Visitor:
    """Somebody who reported, with the confirmation before them."""
    return await send(await sit(), what="Somebody took my laptop")


async def add(reporter: Visitor, *sent: Any, code: str = "") -> httpx.Response:
    """Send files with the form that is made for it."""
    fields = {"code": code or code_in(reporter.html), "lang": "en"}
    return await reporter.seat.client.post("/r/files", data=fields, files=[("files", file) for file in sent])


async def rows(desk: Desk, table: type[Any] = Attachment) -> list[Any]:
    async with desk.database.read() as session:
        return await opened(session, select(table).order_by(table.id))


async def incident_of(desk: Desk) -> Incident:
    return cast("Incident", (await rows(desk, Incident))[0])


def on_disk(desk: Desk) -> list[bytes]:
    folder = desk.settings.files
    return [path.read_bytes() for path in folder.iterdir()] if folder.exists() else []


async def back(reporter: Visitor, file_id: UUID | str, code: str = "") -> httpx.Response:
    return await reporter.seat.post("/r/files/content", code=code or code_in(reporter.html), file=str(file_id))


async def test_a_file_is_kept_and_given_back_as_it_was(reporter: Visitor, desk: Desk) -> None:
    answer = await add(reporter, PHOTO)
    assert "Your files are with the desk." in answer.text
    (row,) = await rows(desk)
    assert (row.name, row.kind, row.size, row.report_id is None) == ("photo.jpg", "image/jpeg", 5003, False)
    assert (await back(reporter, row.id)).content == PHOTO[1]
    assert PHOTO[1][3:30] not in b"".join(on_disk(desk))


async def test_the_page_leads_to_a_page_of_its_own_for_files(reporter: Visitor) -> None:
    code = code_in(reporter.html)
    page = await reporter.submit("/r", code=code)
    assert "Add photos or files" in page.text
    page = await reporter.submit("/r/files/new")
    assert 'enctype="multipart/form-data"' in page.text
    # The fields come first: whoever sends is known before the first byte of a file is read.
    form = page.text.partition('action="/r/files"')[2]
    assert form.index('name="code"') < form.index('type="file"')


async def test_a_new_file_is_news_to_the_desk_like_a_message(reporter: Visitor, desk: Desk) -> None:
    async with desk.database.write() as session:
        done = {"status": Status.CLOSED, "verdict": Verdict.NOT_AN_INCIDENT, "outcome": Outcome.TEST}
        await session.execute(update(Incident).values(**done, closed_at=Incident.received_at))
    await add(reporter, PHOTO, ("letter.txt", b"Dear", "text/plain"))
    incident = await incident_of(desk)
    assert (incident.unread_reply, incident.status, incident.closed_at) == (True, Status.HANDLING, None)
    entry = (await rows(desk, HistoryEntry))[-1]
    assert (entry.action, entry.actor) == ("report.files_added", "reporter")
    assert entry.after["files"].split() == [str(row.id) for row in await rows(desk)]
    noted = dict(zip(entry.touched[1::3], entry.touched[2::3], strict=True))
    assert set(noted) >= {str(row.id) for row in await rows(desk)}


async def test_whoever_is_told_of_replies_is_mailed_about_it(reporter: Visitor, desk: Desk, sit: Sit) -> None:
    await sit(Role.ADMINISTRATOR)
    await add(reporter, PHOTO)
    (mail,) = [mail for mail in await rows(desk, OutboxMail) if mail.letter == "new_reply"]
    (file,) = await rows(desk)
    async with desk.database.read() as session:
        to = await content.find_addressee(session, mail, desk.settings)
        assert isinstance(to, Addressee)
        values = await content.gather(session, mail, to, now=file.added_at)
    assert isinstance(values, dict)
    assert values["written_at"] == file.added_at
    written = letters.write(replace(desk.settings, mail_from="d@e.example"), mail, to, values, now=file.added_at)
    assert b"the reporter has sent files" in written
    assert b"photo" not in written, "no name of a file leaves the desk"


async def test_the_same_file_sent_twice_is_one(reporter: Visitor, desk: Desk) -> None:
    for _ in range(2):
        assert (await add(reporter, PHOTO, PHOTO)).status_code == 200
    assert (len(await rows(desk)), len(on_disk(desk))) == (1, 1)
    assert [entry.action for entry in await rows(desk, HistoryEntry)].count("report.files_added") == 1
    await add(reporter, ("other.jpg", *PHOTO[1:]))
    assert len(await rows(desk)) == 2


async def refused(reporter: Visitor, desk: Desk, *sent: Any, words: str, status: int) -> None:
    before = len(await rows(desk))
    answer = await add(reporter, *sent)
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert (len(await rows(desk)), len(on_disk(desk))) == (before, before)
    assert "unread_reply" not in answer.text


async def test_what_is_too_large_empty_or_missing_is_refused_in_words(reporter: Visitor, desk: Desk) -> None:
    large = ("film.mp4", bytes(MAX_FILE + 1), "video/mp4")
    await refused(reporter, desk, large, words="larger than 25 MB", status=413)
    await refused(reporter, desk, PHOTO, large, words="larger than 25 MB", status=413)
    await refused(reporter, desk, PHOTO, ("empty.txt", b"", "text/plain"), words="nothing in one of", status=422)
    await refused(reporter, desk, ("", b"", "text/plain"), words="Choose a file first", status=422)
    assert not (await incident_of(desk)).unread_reply


async def test_the_largest_file_is_taken(reporter: Visitor, desk: Desk) -> None:
    assert (await add(reporter, ("film.mp4", bytes(MAX_FILE), "video/mp4"))).status_code == 200
    assert (await rows(desk))[0].size == MAX_FILE


async def assert_words_go_on(reporter: Visitor) -> None:
    fields = {"code": code_in(reporter.html), "body": "Then in words"}
    page = await Visitor(reporter.seat, await reporter.seat.post("/r", **fields)).submit("/r/messages", **fields)
    assert "Your message is with the desk." in page.text


async def test_ten_files_are_taken_and_no_more(reporter: Visitor, desk: Desk) -> None:
    many = [(f"{number}.txt", b"%d" % number, "text/plain") for number in range(MOST + 2)]
    await refused(reporter, desk, *many[: MOST + 1], words="more files than we can take", status=422)
    assert (await add(reporter, *many[: MOST - 1])).status_code == 200
    await refused(reporter, desk, *many[MOST - 1 : MOST + 1], words="more files than we can take", status=422)
    assert (await add(reporter, many[MOST - 1])).status_code == 200
    await refused(reporter, desk, many[MOST], words="more files than we can take", status=422)
    assert (
        "as many files as we can take" in (await reporter.seat.post("/r/files/new", code=code_in(reporter.html))).text
    )


@pytest.mark.parametrize("limit", ["files_mb_per_network", "files_mb_per_day"])
async def test_a_days_quota_is_kept_to_and_text_goes_on(
    reporter: Visitor, desk: Desk, app: Litestar, limit: str
) -> None:
    app.state.desk = replace(desk, settings=replace(desk.settings, **cast("Any", {limit: 1})))
    assert (await add(reporter, ("a.bin", bytes(600_000), ""))).status_code == 200
    await refused(reporter, desk, ("b.bin", bytes(600_001), ""), words="Too many files came in today", status=429)
    assert (await add(reporter, ("c.bin", bytes(300_000), ""))).status_code == 200
    await assert_words_go_on(reporter)


async def test_a_full_disk_refuses_files_and_text_goes_on(
    reporter: Visitor, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = {"free": 499_999_999}
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(**free))
    await refused(reporter, desk, PHOTO, words="We have no room for files", status=507)
    await assert_words_go_on(reporter)
    free["free"] = 500_000_000
    assert (await add(reporter, PHOTO)).status_code == 200


async def test_nobody_adds_or_gets_a_file_without_the_code(reporter: Visitor, desk: Desk, sit: Sit) -> None:
    await add(reporter, PHOTO)
    (row,) = await rows(desk)
    other = await send(await sit(), what="Another report")
    theirs = code_in(other.html)
    for wrong in ("1" * 25, "", "x"):
        assert (await back(reporter, row.id, wrong or "0")).status_code == 422
        assert (await add(reporter, ("b.txt", b"b", ""), code=wrong or "0")).status_code == 422
    answer = await back(reporter, row.id, theirs)
    nothing = await back(reporter, UUID(int=1), theirs)
    assert (answer.status_code, nothing.status_code) == (404, 404)
    assert len(await rows(desk)) == len(on_disk(desk)) == 1


async def test_no_path_is_made_of_what_a_request_holds(reporter: Visitor) -> None:
    await add(reporter, PHOTO)
    for name in ("../keys/master.key", "/etc/passwd", "\x00", "", "CON", "0" * 32, "%2e%2e%2f", "a" * 999):
        assert (await back(reporter, name)).status_code == 404, name


async def test_a_damaged_file_is_said_to_be_so_and_the_rest_works(reporter: Visitor, desk: Desk, caplog: Any) -> None:
    await add(reporter, PHOTO, ("letter.txt", b"Dear", ""), ("short.txt", b"Cut", ""))
    harmed, whole, cut = await rows(desk)
    path = desk.settings.files / harmed.place
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    (desk.settings.files / cut.place).unlink()
    answer = await back(reporter, harmed.id)
    assert (answer.status_code, "This is damaged" in answer.text) == (424, True)
    assert f"file {harmed.id} is damaged" in caplog.text
    assert (await back(reporter, whole.id)).content == b"Dear"
    page = await reporter.submit("/r", code=code_in(reporter.html))
    assert page.text.count("Damaged") == 1


async def test_a_file_whose_row_may_be_there_is_left_for_the_worker(
    reporter: Visitor, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("commit", {}, OSError("the line broke"))

    monkeypatch.setattr(actions, "add_files", fail)
    assert (await add(reporter, PHOTO)).status_code == 503
    assert (len(await rows(desk)), len(on_disk(desk))) == (0, 1)


async def test_a_refused_transaction_leaves_no_file(
    reporter: Visitor, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_session: AsyncSession, *_: Any, **__: Any) -> None:
        raise NoMoreFiles

    monkeypatch.setattr(actions, "add_files", fail)
    assert (await add(reporter, PHOTO)).status_code == 422
    assert on_disk(desk) == []


async def test_a_fault_behind_the_commit_takes_no_file_away(
    reporter: Visitor, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(file_pages, "forget_unused", fail)
    assert (await add(reporter, PHOTO)).status_code == 503
    (row,) = await rows(desk)
    assert (await back(reporter, row.id)).content == PHOTO[1]
