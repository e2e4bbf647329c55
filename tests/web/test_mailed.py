"""What somebody writes opens nothing in a template, a header or a log; and no link in a mail does anything by itself."""

import logging
import re
from html import unescape

import pytest

from incidentdesk.settings import Settings
from incidentdesk.web.pages import TEMPLATES, Desk
from tests.mail.relay import Relay, mailing
from tests.people import Sit
from tests.staff.test_gate import everything
from tests.web.mailed import mail_everything
from tests.web.pages_read import forms_on

# What a link does is decided by its page.
pytestmark = pytest.mark.either_database

MARK = "zqx7"
LINES = [
    MARK + line + MARK
    for line in (
        *("{{7*7}}", "{% set a = 7*7 %}{{a}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{0.__class__.__mro__}", "%(organisation)s%n%s"),
        *("\r\nBcc: someone@elsewhere.test\r\n\r\nhello", "\nSubject: other", "\u2028Subject: other", "\x85To: x", "\x0bCc: x"),
        *("\x1b[2J\x1b]0;title\x07", "\x1b]8;;http://elsewhere.test\x1b\\", "\x00", "\x9b31m", "\r2026-11-24 CRITICAL root x"),
    )
]  # fmt: skip
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Headers that a letter may have.
HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    *("Auto-Submitted", "X-Auto-Response-Suppress", "References", "In-Reply-To", "Importance", "X-Priority"),
    *("X-Incident-Severity", "X-Incident-Ref", "X-TLP", "List-Id", "Content-Language"),
}  # fmt: skip
# Counted, so that guessing and trying are noticed; nothing that anybody works with.
MAY_CHANGE = {"hit"}
TIMES = 3


@pytest.fixture
def settings(settings: Settings, post: Relay) -> Settings:
    return mailing(settings, post.port)


async def test_no_words_open_anything(desk: Desk, sit: Sit, post: Relay, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    mailed = await mail_everything(desk, sit, post, LINES)
    # The daily ones are about no incident.
    assert mailed.kinds == {path.name for path in (TEMPLATES / "mail").iterdir() if path.is_dir()} - {"audit", "alive"}
    assert [text for text in mailed.texts if MARK in text] == []
    assert {name for letter in mailed.letters for name in letter} <= HEADERS
    assert [letter["To"] for letter in mailed.letters if not re.fullmatch(r"\w+@example\.org", letter["To"])] == []
    ours = [record for record in caplog.records if record.name.startswith("incidentdesk")]
    said = [logging.Formatter().format(record) for record in ours]
    assert [line for line in said if MARK in line or CONTROL.search(line)] == []
    pages = [unescape(answer.text) for _, answer in mailed.told.pages]
    assert sum(page.count(LINES[0]) for page in pages) > 100
    assert [page for page in pages if f"{MARK}49" in page or CONTROL.search(page)] == []


async def test_no_link_in_any_mail_does_anything(desk: Desk, sit: Sit, post: Relay) -> None:
    mailed = await mail_everything(desk, sit, post, [MARK])
    assert len(mailed.letters) > 10
    before, scanner = await everything(desk), await sit()
    scanner.client.follow_redirects = True
    opened = 0
    for link in sorted(mailed.links) * TIMES:
        page = await scanner.client.get(link)
        assert (await scanner.client.head(link)).status_code == page.status_code == 200, link
        assert MARK not in page.text
        opened += 1
        for form in forms_on(page.text):
            data = {name: values for name, values in form.fields.items() if name}
            assert (await scanner.client.post(form.action, data=data)).status_code < 500
    after = await everything(desk)
    assert opened >= TIMES * 4
    assert any("/desk/welcome/" in link for link in mailed.links)
    assert {name for name in before if before[name] != after[name]} <= MAY_CHANGE
