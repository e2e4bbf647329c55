"""What `./desk soak` goes by: each kind of loss is one that its oracle finds."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from incidentdesk import clock
from incidentdesk.intake.actions import submit_report
from incidentdesk.intake.forms import SentReport
from incidentdesk.tables import MailState, OutboxMail
from incidentdesk.web.pages import Desk
from tests.faults.soak.history import CANARY, Fault, Filed, History, Taken
from tests.faults.soak.oracle import Verdict, judge
from tests.mail.scene import Scene, set_scene

WORDS = f"{CANARY}1"


@pytest.fixture
async def scene(desk: Desk) -> Scene:
    return await set_scene(desk)


@pytest.fixture
async def filed(scene: Scene) -> Filed:
    """A report as its reporter knows it, and as the desk has it."""
    vault = scene.desk.vault
    told: dict[str, str | list[str]] = {"what": WORDS, "name": WORDS, "email": f"{WORDS}@example.net", "reach": "email"}
    hashes = {"form_hash": vault.hash("form", "one"), "code_hash": "one"}
    sent = SentReport(answers=told, language="en", zone=ZoneInfo("Europe/Amsterdam"), **hashes)
    async with scene.desk.database.write() as session:
        reference = (await submit_report(session, sent, now=clock.now())).incident.reference
    return Filed(WORDS, form=vault.signed("form", "one"), receipts={reference})


async def lost(scene: Scene, tmp_path: Path, history: History) -> list[str]:
    verdict = await judge(scene.desk, history, [tmp_path])
    return verdict.lost


def taken(number: str = "<a@b>", *, at: float = 0, is_answered: bool = True) -> Taken:
    return Taken(number, "worker", at, at + 1, is_answered)


async def test_what_was_acknowledged_and_is_there_is_not_lost(scene: Scene, filed: Filed, tmp_path: Path) -> None:
    assert await lost(scene, tmp_path, History(filed=[filed])) == []


async def test_a_report_that_is_gone_cut_or_doubled_is_lost(scene: Scene, filed: Filed, tmp_path: Path) -> None:
    (reference,) = filed.receipts
    gone = Filed(WORDS, form=scene.desk.vault.signed("form", "two"), receipts={"IR-26-AAAAAA"})
    cut = Filed(f"{CANARY}2", form=filed.form, receipts={reference})
    twice = Filed(WORDS, form=filed.form, receipts={reference, "IR-26-AAAAAA"})
    unheard = Filed(WORDS, form=filed.form, receipts={reference}, said=["and more"])
    assert await lost(scene, tmp_path, History(filed=[gone, cut, twice, unheard])) == [
        "the report ['IR-26-AAAAAA'] is not there",
        f"the report ['{reference}'] is not what was told",
        f"the report {sorted(twice.receipts)} is {reference} here",
        f"a message about ['{reference}'] is there 0 times",
    ]


async def test_a_mail_that_only_one_side_knows_is_lost(scene: Scene, filed: Filed, tmp_path: Path) -> None:
    async with scene.desk.database.write() as session:
        settled = {"state": MailState.SENT, "outcome": "sent", "settled_at": clock.now()}
        await session.execute(update(OutboxMail).values(message_id=OutboxMail.dedupe, **settled))
    found = await lost(scene, tmp_path, History(taken=[taken()]))
    assert sum("is called sent, and the relay never took it" in line for line in found) == 2
    assert found[-1] == "the relay took <a@b>, and the desk does not know it"


@pytest.mark.parametrize(
    "faults,copies,beyond",
    [
        ([], [taken()], 0),
        ([], [taken(), taken(at=5)], 1),
        ([], [taken(is_answered=False), taken(at=5)], 0),
        ([Fault("kill", "worker", 2, 2)], [taken(), taken(at=50)], 0),
        ([Fault("kill", "another", 2, 2)], [taken(), taken(at=50)], 1),
        ([Fault("kill", "worker", 30, 30)], [taken(), taken(at=50)], 1),
        ([Fault("lock", "database", 0, 9)], [taken(), taken(at=50)], 0),
        ([Fault("relay", "worker", 0, 9)], [taken(), taken(at=50), taken(at=60)], 2),
    ],
    ids=["once", "without", "unanswered", "killed", "another killed", "killed later", "locked", "relay"],
)
async def test_a_copy_needs_an_excuse(
    scene: Scene, tmp_path: Path, faults: list[Fault], copies: list[Taken], beyond: int
) -> None:
    verdict: Verdict = await judge(scene.desk, History(faults=faults, taken=copies), [tmp_path])
    assert (verdict.copies, verdict.beyond) == (len(copies) - 1, beyond)


async def test_words_in_clear_and_mails_that_wait_for_ever_are_found(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "left.log").write_text(f"somebody wrote {WORDS}", encoding="utf-8")
    assert await lost(scene, tmp_path, History(left=3)) == [
        "in clear: left.log",
        "3 mails still waited long after all was whole again",
    ]
