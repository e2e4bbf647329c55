"""The measurements stay able to run, and a broken promise shows."""

import asyncio
from pathlib import Path

import pytest

from benchmarks import measures, run


@pytest.mark.parametrize("many, kept", [(15.0, True), (15.1, False)])
def test_a_promise_is_kept_up_to_its_limit(many: float, kept: bool) -> None:  # noqa: FBT001
    few_line, many_line, ratio = run._pair("a page", [10.0, many])
    assert (few_line.kept, many_line.kept, ratio.kept) == (None, None, kept)
    assert f"{few_line.what} {few_line.figure}" == "a page: 1,000 10.0 ms"


async def test_a_sweep_is_measured_with_few_and_with_many(tmp_path: Path) -> None:
    few, many = await asyncio.to_thread(measures.sweeps, tmp_path, (10, 30))
    assert min(few, many) > 0
