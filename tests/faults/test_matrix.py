"""The list of faults and the tests that show them hold each other: none is named that is not there, and none is left out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "faults.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
HEAD = ["#", "fault", "brought about by", "what the desk does", "shown by"]


def lines() -> list[list[str]]:
    """Every line of every table on the page, as its cells."""
    found = (line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found]


def rows() -> list[list[str]]:
    return [cells for cells in lines() if cells != HEAD and set(cells[0]) != {"-"}]


def names_in(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name


def test_every_row_says_what_happens_and_names_a_test_that_is_there() -> None:
    assert rows()
    for cells in rows():
        assert len(cells) == len(HEAD), cells
        assert all(cells[1:]), cells
        named = NAMED.findall(cells[-1])
        assert named, f"{cells[1]}: no test"
        assert [(place, name) for place, name in named if name not in names_in(ROOT / place)] == []


def test_no_fault_is_listed_twice() -> None:
    faults = [cells[1] for cells in rows()]
    assert len(faults) == len(set(faults))


def test_every_test_of_a_fault_stands_on_the_page() -> None:
    here = Path(__file__)
    others = sorted(path for path in here.parent.glob("test_*.py") if path != here)
    there = {(str(path.relative_to(ROOT)), name) for path in others for name in names_in(path)}
    assert there - set(NAMED.findall(PAGE.read_text(encoding="utf-8"))) == set()
