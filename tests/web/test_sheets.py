"""A sheet is read back as it was written, and no spreadsheet finds a formula in it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentdesk.web.sheets import give_sheet, harmless, sheet

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
anything = st.text() | st.tuples(st.sampled_from(BEGINNINGS), st.text()).map("".join)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@given(st.lists(st.tuples(anything, anything)))
def test_no_cell_begins_like_a_formula_and_everything_else_comes_back(rows: list[tuple[str, str]]) -> None:
    head, *back = read(sheet(("one", "two"), rows))
    assert head == ["one", "two"]
    cells = [cell for row in back for cell in row]
    written = [cell for row in rows for cell in row]
    assert [cell for cell in cells if cell.startswith(BEGINNINGS)] == []
    assert cells == [f"'{cell}" if cell.startswith(BEGINNINGS) else cell for cell in written]


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_formula_stands_behind_an_apostrophe(beginning: str) -> None:
    assert harmless(f"{beginning}1+1") == f"'{beginning}1+1"


def test_every_cell_is_quoted_and_every_line_ended_as_the_standard_says() -> None:
    assert sheet(("a", "b"), [(1, None), ('say "x"', "two\nlines")]) == (
        '"a","b"\r\n"1",""\r\n"say ""x""","two\nlines"\r\n'
    )


def test_it_is_handed_out_to_be_saved() -> None:
    answer = give_sheet("IR-26-7KQ4MX-escalations", ("a",), [])
    assert answer.headers["content-disposition"].startswith('attachment; filename="IR-26-7KQ4MX-escalations.csv"')
