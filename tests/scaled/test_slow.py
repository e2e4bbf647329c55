"""Hundreds who send drop by drop keep nobody out, with the proxy and without it. How long people wait: `./desk bench`."""

from pathlib import Path

import pytest

from benchmarks.drips import BEGUN, dripping
from incidentdesk.web.wire import MOST_CONNECTIONS
from tests.scaled.stage import Replica, Stage, at_check

HEAD, FORM, FILE = BEGUN


async def report(stage: Stage, url: str, what: str) -> str:
    async with stage.browser(url, comes_from="198.51.100.20" if url else "") as client:
        return (await (await at_check(client, what)).press("send")).text


@pytest.mark.parametrize("begun", BEGUN, ids=["heads", "forms", "files"])
async def test_a_report_gets_through_when_every_place_is_held_by_somebody_slow(stage: Stage, begun: str) -> None:
    url, host = stage.replicas[0].url, stage.proxy.removeprefix("http://")
    async with dripping(url, begun, host=host, number=MOST_CONNECTIONS + 5):
        assert "Thank you" in await report(stage, url, "past slow senders")


async def test_slow_senders_wait_at_the_proxy_and_not_at_the_desks(stage: Stage) -> None:
    async with dripping(stage.proxy, FORM, number=MOST_CONNECTIONS + 5):
        assert "Thank you" in await report(stage, "", "past slow senders")
        assert sum(map(lines_to, stage.replicas)) < 50


def lines_to(replica: Replica) -> int:
    """Count the connections that a desk has just now."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    own = f":{replica.port:04X}"
    return sum(words[1].endswith(own) and words[3] == "01" for words in map(str.split, lines))
