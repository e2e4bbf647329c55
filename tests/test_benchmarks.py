"""The measurements stay able to run, and a broken promise shows."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks import drips, flooding, measures, papers, posting, rows, run, scale, searching, trust
from incidentdesk.records import sealing


@pytest.mark.parametrize("many, kept", [(15.0, True), (15.1, False)])
def test_a_promise_is_kept_up_to_its_limit(many: float, kept: bool) -> None:  # noqa: FBT001
    few_line, many_line, ratio = run._pair("a page", [10.0, many])
    assert (few_line.kept, many_line.kept, ratio.kept) == (None, None, kept)
    assert f"{few_line.what} {few_line.figure}" == "a page: 1,000 10.0 ms"


@pytest.mark.parametrize("ratio, kept", [(1.1, True), (1.11, False)])
def test_what_makes_a_request_dearer_is_held_against_its_promise(ratio: float, kept: bool) -> None:  # noqa: FBT001
    _, line = run._costs({"a note: chain": ratio})
    assert (line.what, line.kept) == ("  a note: chain", kept)


async def test_each_page_and_each_write_is_measured_with_and_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, number in {"TURNS": 2, "WRITES": 2, "FILLED": 2, "NOTES": 1}.items():
        monkeypatch.setattr(trust, name, number)
    found = await asyncio.to_thread(trust.costs, tmp_path)
    pages, writes = (trust.QUEUE, trust.INCIDENT), (trust.REPORT, trust.NOTE)
    parts = {f"{one}: sealing" for one in (*pages, *writes)} | {f"{one}: chain" for one in writes}
    assert found.keys() == parts
    # Whoever measures leaves everything as it was.
    assert "benchmarks" not in f"{sealing.close_values.__module__} {sealing.open_values.__module__}"


async def test_a_search_is_measured_beside_the_bare_opening(tmp_path: Path) -> None:
    assert min(await asyncio.to_thread(searching.searches, tmp_path, 20)) > 0


async def test_a_sweep_is_measured_with_few_and_with_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "BATCH", 10)
    desks = [await asyncio.to_thread(measures.filled, measures.inside(tmp_path, f"{n}"), n) for n in (10, 30)]
    few, many = await asyncio.to_thread(measures.sweeps, desks)
    assert min(few, many) > 0


@pytest.mark.parametrize("late, failed, kept", [(30.0, 0, True), (30.1, 0, False), (30.0, 1, False)])
def test_honest_people_wait_no_longer_than_promised_and_nobody_is_refused(late: float, failed: int, kept: bool) -> None:  # noqa: FBT001
    *_, line = run._slow("here", drips.Waits(5, 10, 0), drips.Waits(5, late, failed))
    assert line.kept == kept


async def test_honest_requests_are_measured_beside_those_who_drip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, number in {"DRIPS": 25, "VISITS": 1}.items():
        monkeypatch.setattr(drips, name, number)
    found = await asyncio.to_thread(drips.honest, tmp_path, behind_proxy=False)
    assert found is not None
    assert [waits.failed for waits in found] == [0, 0]


async def test_mails_and_alerts_are_measured_beside_a_bare_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "SOON", timedelta(seconds=1))
    monkeypatch.setattr(measures, "REPORTS", 8)
    with posting.sink(0) as sink, scale._running(tmp_path, sink.settings, 1) as servers:
        settings = servers[0].settings
        figures = [
            await asyncio.to_thread(posting.bare, sink, 2),
            await asyncio.to_thread(posting.rate, settings, sink, 2),
        ]
        figures += await asyncio.to_thread(posting.waits, settings, 2)
        figures += [await asyncio.to_thread(measures.reports_to, servers), *(server.megabytes for server in servers)]
    assert min(figures) > 0


async def test_honest_reports_are_looked_for_in_a_flood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flooding, "FLOOD", 4)
    monkeypatch.setattr(flooding, "REST_SECONDS", 0.1)
    lines = await asyncio.to_thread(lambda: list(flooding.measured(tmp_path)))
    _, _waited, on_top, mails = (line.kept for line in lines)
    assert (on_top, mails) == (True, True)


def test_an_unknown_part_is_refused_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["scales"]) == 2
    assert "one of scale, flood may follow" in capsys.readouterr().err


@pytest.mark.parametrize("full, kept", [(0.99, True), (1.0, False)])
def test_a_paper_is_there_within_a_second(full: float, kept: bool) -> None:  # noqa: FBT001
    _, line, _ = run._papers(full, 0.01)
    assert line.kept == kept


async def test_a_full_draft_is_set_beside_a_page_of_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "TURNS", 1)
    full, least = await asyncio.to_thread(papers.seconds)
    assert full > least > 0
