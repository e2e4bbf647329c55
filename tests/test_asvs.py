"""The checklist of the security standard says what the tests show: what it names exists, and its figures are its rows'."""

import ast
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "security" / "asvs.md"
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
LINK = re.compile(r"\[[^\]]+\]\(([\w./-]+)#([\w-]+)\)")
STATES = {"met", "partly", "not met", "n/a"}


@dataclass(frozen=True)
class Row:
    """One requirement: its number, level, state, and what shows it or is missing."""

    chapter: str
    number: str
    level: str
    subject: str
    state: str
    shown: str


def lines() -> list[str]:
    return PAGE.read_text(encoding="utf-8").splitlines()


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def rows() -> list[Row]:
    """Every row of a chapter's table; a row that is no row fails here."""
    found, chapter = [], ""
    for line in lines():
        chapter = line.removeprefix("## V").split()[0] if line.startswith("## V") else chapter
        if chapter and re.match(r"\| *\d", line):
            found.append(Row(chapter, *cells(line)))
    return found


@cache
def functions_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@cache
def headings_in(page: Path) -> set[str]:
    """Return the headings as links name them."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


ROWS = rows()


def test_every_requirement_stands_there_once_and_in_its_chapter() -> None:
    numbers = [tuple(map(int, row.number.split("."))) for row in ROWS]
    assert numbers == sorted(set(numbers))
    assert [row.number for row in ROWS if row.number.split(".")[0] != row.chapter or row.level not in {"1", "2"}] == []


def test_a_row_names_what_shows_it_or_says_what_is_missing() -> None:
    assert {row.state for row in ROWS} == STATES
    assert [row.number for row in ROWS if not (row.subject and is_whole(row))] == []


def is_whole(row: Row) -> bool:
    """Say whether a row that is met names tests or headings and nothing else, and another one says why it is not."""
    named = TEST.findall(row.shown) + LINK.findall(row.shown)
    rest = LINK.sub("", TEST.sub("", row.shown)).strip(", ")
    return bool(named) and not rest if row.state == "met" else bool(rest)


def test_every_test_it_names_is_there() -> None:
    named = {found for row in ROWS for found in TEST.findall(row.shown)}
    assert len(named) > len(ROWS) // 4
    assert [f"{path}::{name}" for path, name in sorted(named) if not (ROOT / path).exists()] == []
    assert [f"{path}::{name}" for path, name in sorted(named) if name not in functions_in(path)] == []
    assert {name for _, name in named if not name.startswith("test_")} == set()


def test_every_heading_it_names_is_there() -> None:
    named = {found for row in ROWS for found in LINK.findall(row.shown)}
    assert [found for found in named if found[1] not in headings_in((PAGE.parent / found[0]).resolve())] == []


def test_its_figures_are_those_of_its_rows() -> None:
    head = lines().index("| level | all | applicable | met | partly | not met |")
    said = [[int(cell) for cell in cells(line)] for line in lines()[head + 2 : head + 4]]
    states = {level: Counter(row.state for row in ROWS if row.level == str(level)) for level in (1, 2)}
    counted = [
        [level, found.total(), found.total() - found["n/a"], found["met"], found["partly"], found["not met"]]
        for level, found in states.items()
    ]
    assert said == counted
