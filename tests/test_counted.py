"""What no test runs is named, and too much of it is refused."""

from typing import Any

import pytest

from tests.counted import judged

RULE, FORM, PAGE = "incidentdesk/rules/one.py", "incidentdesk/triage/access_forms.py", "incidentdesk/web/pages.py"


def ran(missing: int = 0, *, branches: int = 0) -> dict[str, Any]:
    """Return a file of a hundred lines, of which the last are missing."""
    return {
        "executed_lines": list(range(1, 101 - missing)),
        "missing_lines": list(range(101 - missing, 101)),
        "executed_branches": [],
        "missing_branches": [[line, 0] for line in range(1, 1 + branches)],
    }


def test_all_of_rules_and_forms_and_most_of_the_rest_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    assert judged({RULE: ran(), FORM: ran(), PAGE: ran(5, branches=1)}) == 0
    assert capsys.readouterr().out.splitlines() == [
        " 94.06 %  incidentdesk/web/pages.py  96 97 98 99 100 1>0",
        "counted: 98.01 % of the program, 100.00 % of its rules and forms",
    ]


@pytest.mark.parametrize("place", [RULE, FORM])
@pytest.mark.parametrize("left_out", [ran(1), ran(branches=1)])
def test_a_line_or_branch_of_rules_or_forms_is_too_much(place: str, left_out: dict[str, Any]) -> None:
    assert judged({RULE: ran(), FORM: ran(), PAGE: ran()} | {place: left_out}) == 1


def test_a_twentieth_of_all_is_the_most() -> None:
    assert judged({RULE: ran(), PAGE: ran(10)}) == 0
    assert judged({RULE: ran(), PAGE: ran(11)}) == 1


def test_where_nothing_was_counted_nothing_is_shown() -> None:
    assert judged({}) == 1
    assert judged({PAGE: ran()}) == 1
