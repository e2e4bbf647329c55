"""The measurements stay able to run, and a broken promise shows."""

import asyncio
from pathlib import Path

import pytest

from benchmarks import measures, run, searching, trust
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


async def test_a_sweep_is_measured_with_few_and_with_many(tmp_path: Path) -> None:
    few, many = await asyncio.to_thread(measures.sweeps, tmp_path, (10, 30))
    assert min(few, many) > 0
