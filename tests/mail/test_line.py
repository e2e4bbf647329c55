"""One line to the relay carries several mails, and what happens to a line that was kept changes nothing for the next mail."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from incidentdesk import clock, worker
from incidentdesk.mail import outbox, smtp
from incidentdesk.mail.outbox import Letter
from incidentdesk.mail.smtp import Line, Outcome
from tests import patience
from tests.mail.relay import DROP, HELD, SILENT, Relay, listening, mailing, relay
from tests.mail.scene import Scene
from tests.mail.test_smtp import BODY, SETTINGS

WITHIN = timedelta(seconds=20)


@dataclass
class Tired(Relay):
    """Answers so when a second mail begins on a line, and as usual on a new one."""

    says: str = DROP
    begun: int = 0

    async def _answer(self, writer: asyncio.StreamWriter, word: str) -> bool:
        self.begun = {"banner": 0, "MAIL": self.begun + 1}.get(word, self.begun)
        usual, self.script = self.script, {"MAIL": self.says} if self.begun == 2 else self.script
        goes_on = await super()._answer(writer, word)
        self.script = usual
        return goes_on


async def send(running: Relay, line: Line) -> Outcome:
    settings = replace(SETTINGS, smtp_port=running.port)
    return (await smtp.send(settings, BODY, "a@example.org", within=WITHIN, line=line)).outcome


async def test_mails_that_follow_each_other_share_a_line_until_there_is_no_more_to_send() -> None:
    line = Line()
    async with relay() as running:
        assert [await send(running, line) for _ in range(3)] == [Outcome.SENT] * 3
        await line.hang_up()
    assert [word.split()[0] for word in running.said] == ["EHLO", *["MAIL", "RCPT", "DATA"] * 3, "QUIT"]
    assert len(running.taken) == 3


@pytest.mark.parametrize("says", [DROP, SILENT, "421 too long", "550 not you any more"])
async def test_a_line_that_is_dead_is_replaced_and_the_mail_goes_out_once(
    says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "KEPT_SECONDS", 0.2)
    line = Line()
    async with listening(Tired({}, says=says)) as running:
        assert [await send(running, line) for _ in range(2)] == [Outcome.SENT] * 2
        await line.hang_up()
    assert len(running.taken) == 2
    assert [word.split()[0] for word in running.said].count("EHLO") == 2


@pytest.mark.parametrize("script", [{"RCPT": "550 nobody"}, {"body": "451 later"}, {"body": "554 spam"}])
async def test_after_a_no_the_next_mail_has_a_line_of_its_own(script: dict[str, str]) -> None:
    line = Line()
    async with relay(**script) as running:
        assert Outcome.SENT not in [await send(running, line) for _ in range(2)]
        assert line.client is None
    assert [word.split()[0] for word in running.said].count("EHLO") == 2


async def test_a_line_carries_no_more_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "MAILS_A_LINE", 2)
    line = Line()
    async with relay() as running:
        for _ in range(4):
            await send(running, line)
    assert [word.split()[0] for word in running.said].count("EHLO") == 2
    assert line.client is None


async def test_a_mail_that_the_relay_is_slow_to_take_keeps_no_other_waiting(scene: Scene) -> None:
    async with relay(body=HELD) as running:
        desk = replace(scene.desk, settings=replace(mailing(scene.desk.settings, running.port), smtp_lines=2))
        async with desk.database.write() as session:
            for person in (scene.rosa, scene.bodil):
                await outbox.put(session, letter=Letter.TEST, dedupe=person.name, now=clock.now(), member_id=person.id)
        stop = asyncio.Event()
        working = asyncio.create_task(worker.run(desk, stop))
        async with asyncio.timeout(patience.WITHIN):
            while len(running.taken) < 2:  # noqa: ASYNC110 - of a relay that has both and has answered neither
                await asyncio.sleep(0.05)
        running.let_go.set()
        stop.set()
        await working
