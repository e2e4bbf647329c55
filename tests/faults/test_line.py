"""The line to the mail server breaks: at every byte, at once, or so that nobody is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from incidentdesk.mail import smtp
from incidentdesk.mail.smtp import Outcome
from tests.faults.proxy import Line, line_to
from tests.mail.relay import Relay, relay
from tests.mail.test_smtp import BODY, SETTINGS
from tests.thorough import some

WITHIN = timedelta(seconds=5)
SHORT = timedelta(seconds=0.3)


@asynccontextmanager
async def far_relay() -> AsyncIterator[tuple[Relay, Line]]:
    async with relay() as running, line_to(("127.0.0.1", running.port)) as line:
        yield running, line


async def send(line: Line, within: timedelta = WITHIN) -> Outcome:
    settings = replace(SETTINGS, smtp_port=line.port)
    return (await smtp.send(settings, BODY, "a@example.org", within=within)).outcome


async def whole() -> int:
    """Return how many bytes a conversation has, both ways together."""
    async with far_relay() as (_, line):
        assert await send(line) is Outcome.SENT
        return line.passed


async def test_wherever_the_line_is_cut_it_is_known_whether_the_mail_may_have_arrived() -> None:
    for byte in some(range(1, await whole()), 20):
        async with far_relay() as (running, line):
            line.cut_after = byte
            outcome = await send(line)
        if running.taken:
            assert outcome in {Outcome.UNANSWERED, Outcome.SENT}, byte
        else:
            assert outcome in {Outcome.RETRY, Outcome.UNANSWERED}, byte


@pytest.mark.parametrize("fault", ["silent", "refusing"])
async def test_a_line_without_an_answer_is_tried_again(fault: str) -> None:
    async with far_relay() as (running, line):
        setattr(line, fault, True)
        assert await send(line, SHORT) is Outcome.RETRY
        setattr(line, fault, False)
        assert await send(line) is Outcome.SENT
    assert len(running.taken) == 1


async def test_a_slow_line_is_waited_for_as_long_as_an_attempt_may_take() -> None:
    async with far_relay() as (running, line):
        line.delay = 0.02
        assert await send(line) is Outcome.SENT
        line.delay = SHORT.total_seconds()
        assert await send(line, SHORT) is Outcome.RETRY
    assert len(running.taken) == 1


async def test_a_line_that_is_reset_while_the_relay_thinks_may_have_delivered() -> None:
    async with far_relay() as (running, line):
        running.script = {"body": "silent"}
        sending = asyncio.create_task(send(line))
        await asyncio.wait_for(running.got_one.wait(), WITHIN.total_seconds())
        line.reset()
        assert await sending is Outcome.UNANSWERED
