"""`incidentdesk alerts verify`: what the operator is told, and the status that a script goes by."""

import asyncio
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.cli.alerts import WORDS
from incidentdesk.intake.actions import submit_report
from incidentdesk.mail.addressee import NO_ADDRESS
from incidentdesk.mail.claims import GAVE_UP, PERSON_LEFT, STOOD_DOWN, STRANGER
from incidentdesk.mail.content import NOT_NEEDED
from incidentdesk.mail.outbox import TOGETHER
from incidentdesk.mail.smtp import Outcome
from incidentdesk.records import steadiness
from incidentdesk.rules.settling import AMISS, Word
from incidentdesk.web.pages import Desk
from tests.intake.test_actions import sent
from tests.mail.scene import set_scene
from tests.test_cli import call
from tests.test_documents import rows


@pytest.fixture
async def filled(desk: Desk) -> Desk:
    """A desk without a relay, with one report."""
    await set_scene(desk)
    async with desk.database.write() as session:
        await submit_report(session, sent(people="yes"), now=clock.now())
    return desk


async def verify(folder: Path, url: str, *words: str) -> tuple[int, str]:
    given = {"INCIDENTDESK_DATA_DIR": str(folder), "INCIDENTDESK_DATABASE_URL": url}
    result = await asyncio.to_thread(call, given, "alerts", "verify", *words)
    return result.exit_code, result.output


async def test_a_settled_desk_is_said_in_figures(filled: Desk, tmp_path: Path, database_url: str) -> None:
    status, said = await verify(tmp_path, database_url)
    assert (status, said.splitlines()) == (
        0,
        [
            "reports 1: alerted 0, with a reason 1 (no_relay 1), unexplained 0",
            "steps due 0: told 0, with a reason 0, unexplained 0",
            "mails 1: sent 0, with a reason 1 (no_relay 1), unexplained 0",
            "Settled: nothing is unexplained.",
        ],
    )


async def test_it_goes_by_the_databases_clock_whatever_the_machine_says(
    filled: Desk, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.machine()

    async def moment(_session: AsyncSession) -> datetime:
        return now

    monkeypatch.setattr(steadiness, "moment", moment)
    monkeypatch.setattr(clock, "machine", lambda: now + timedelta(days=1))
    status, said = await verify(tmp_path, database_url)
    assert (status, said.splitlines()[-1]) == (0, "Settled: nothing is unexplained.")


async def test_a_loss_is_named_and_ends_with_a_status(filled: Desk, tmp_path: Path, database_url: str) -> None:
    async with filled.database.write() as session:
        await session.execute(text("DELETE FROM outbox_mail"))
        reference = await session.scalar(text("SELECT reference FROM incident"))
    status, said = await verify(tmp_path, database_url)
    assert status == 1
    assert said.splitlines()[-2:] == [
        "NOT settled, findings 1:",
        f"  report of {reference}: a mail that told of it is not in the outbox any more",
    ]
    status, answer = await verify(tmp_path, database_url, "--json")
    shown = json.loads(answer)
    assert (status, shown["reports"]) == (1, {"total": 1, "told": 0, "reasons": {}, "unexplained": 1})
    assert [one["what"] for one in shown["findings"]] == ["mail_gone"]


def test_everything_that_may_be_amiss_is_said_in_words() -> None:
    assert set(WORDS) == AMISS


def test_every_reason_is_explained_to_the_operator() -> None:
    explained = {word for row in rows("docs/operations.md", "reason") for word in re.findall(r"`(\w+)`", row[0])}
    outbox = {
        STOOD_DOWN,
        NOT_NEEDED,
        NO_ADDRESS,
        PERSON_LEFT,
        STRANGER,
        TOGETHER,
        GAVE_UP,
        Outcome.REFUSED,
        Outcome.CONTENT_REFUSED,
    }
    assert explained == (set(Word) - AMISS - {Word.SENT}) | outbox
