"""From the form to the answer and back, on two phones and the real program, with and without JavaScript."""

import pytest

from tests.browser import journey
from tests.browser.conftest import OpenPhone
from tests.browser.looks import Watch
from tests.browser.served import Served
from tests.thorough import some

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", some([True, False]), ids=lambda scripts: f"scripts {scripts}")
async def test_a_report_is_made_decided_and_answered(served: Served, phone: OpenPhone, *, scripts: bool) -> None:
    reporter, responder = await phone(scripts=scripts), await phone(scripts=scripts)
    heard = [Watch(reporter), Watch(responder)]
    await journey.forget_to_say_what_happened(reporter, served.url)
    await journey.answer_the_pages(reporter)
    filed = await journey.look_once_more_and_send(reporter)
    await journey.become_administrator(responder, served.welcome)
    await journey.take_the_report(responder, filed.reference)
    await journey.decide(responder)
    await journey.come_back_and_answer(reporter, served.url, filed.code)
    await journey.read_the_answer(responder)
    assert [words for watch in heard for words in watch.heard] == []
    assert await reporter.context.cookies() == []
