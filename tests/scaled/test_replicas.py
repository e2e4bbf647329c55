"""What two web processes must agree on, they find in the database."""

import re

import httpx

from tests.intake.visitor import Visitor, code_in
from tests.patience import room_in
from tests.people import hidden_fields
from tests.scaled.stage import Stage, at_check

PASSWORD = "plum tractor lantern seven"


async def test_a_limit_reached_at_one_desk_holds_at_the_other(stage: Stage) -> None:
    urls = [replica.url for replica in stage.replicas]
    await room_in()
    guesses = [await guess(stage, urls[0]) for _ in range(8)]
    others = [await guess(stage, urls[1]) for _ in range(8)]
    # Each of them alone had taken ten.
    assert (set(guesses), set(others)) == ({422}, {422, 429})
    async with stage.browser(urls[1], comes_from="198.51.100.8") as client:
        assert (await client.post("/r", data={"code": "1" * 25})).status_code == 422


async def guess(stage: Stage, url: str) -> int:
    async with stage.browser(url, comes_from="198.51.100.7") as client:
        return (await client.post("/r", data={"code": "1" * 25})).status_code


async def test_a_form_sent_at_both_desks_is_one_report_with_one_receipt(stage: Stage) -> None:
    one, two = stage.replicas
    async with stage.browser(one.url) as here, stage.browser(two.url) as there:
        page = await at_check(here, "sent twice")
        elsewhere = Visitor(type(page.seat)(None, there), page.answer)
        receipts = [(await page.press("send")).text, (await elsewhere.press("send")).text]
    assert len({(code_in(text), *re.findall(r"IR-\d\d-\w{6}", text)) for text in receipts}) == 1


async def test_a_session_begun_at_one_desk_is_valid_at_the_other_until_it_ends_at_either(stage: Stage) -> None:
    one, two = stage.replicas
    person = {"name": "Ada Min", "email": "ada@example.org", "password": PASSWORD}
    async with stage.browser(one.url) as first, stage.browser(two.url) as second:
        paths = [link.removeprefix(stage.proxy) for link in (*one.links, *two.links)]
        assert 303 in [(await first.post(path, data=person)).status_code for path in paths]
        second.cookies = first.cookies
        assert [await status(client) for client in (first, second)] == [200, 200]
        csrf = hidden_fields((await second.get("/desk")).text)["csrf"]
        assert (await second.post("/desk/sign-out", data={"csrf": csrf})).status_code == 303
        second.cookies = first.cookies
        assert [await status(client) for client in (first, second)] == [303, 303]


async def status(client: httpx.AsyncClient) -> int:
    return (await client.get("/desk")).status_code
