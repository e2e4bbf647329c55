"""References and private codes, written and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentdesk.rules.reference import (
    CODE_SPACE,
    REFERENCE_SPACE,
    grouped,
    is_reference,
    private_code,
    reference,
    tidy_code,
    tidy_reference,
)

CODE = "4821093755012345678900007"


@pytest.mark.parametrize(
    "year,number,expected", [(2026, 0, "IR-26-000000"), (2100, 31, "IR-00-00000Z"), (2007, 32**6 - 1, "IR-07-ZZZZZZ")]
)
def test_reference_has_year_and_six_characters(year: int, number: int, expected: str) -> None:
    assert reference(year, number) == expected


@pytest.mark.parametrize("number", [-1, REFERENCE_SPACE])
def test_reference_refuses_a_number_outside_its_space(number: int) -> None:
    with pytest.raises(ValueError, match="number must be"):
        reference(2026, number)


@pytest.mark.parametrize("number", [-1, CODE_SPACE])
def test_code_refuses_a_number_outside_its_space(number: int) -> None:
    with pytest.raises(ValueError, match="number must be"):
        private_code(number)


@given(st.integers(2000, 2099), st.integers(0, REFERENCE_SPACE - 1))
def test_a_reference_is_found_as_people_write_it(year: int, number: int) -> None:
    issued = reference(year, number)
    for written in (
        issued,
        issued.lower(),
        issued.replace("-", " "),
        issued.replace("-", ""),
        f"(re: {issued}, thanks)",
    ):
        assert tidy_reference(written) == issued


@pytest.mark.parametrize(
    "text,expected",
    [
        ("ir-26-oil0l1", "IR-26-011011"),
        ("IR‑26‑7KQ4MX", "IR-26-7KQ4MX"),
        ("IR-26-7KQ4M", None),
        ("IR-26-7KQ4MXX", None),
        ("IR-26-7KQ4MU", None),
        ("FIR-26-7KQ4MX", None),
        ("", None),
    ],
)
def test_reference_is_mended_or_refused(text: str, expected: str | None) -> None:
    assert tidy_reference(text) == expected


@given(st.integers(0, CODE_SPACE - 1))
def test_a_code_survives_being_grouped(number: int) -> None:
    code = private_code(number)
    assert tidy_code(grouped(code)) == code


@pytest.mark.parametrize(
    "text,expected",
    [
        (CODE, CODE),
        (f"my code: {grouped(CODE).replace(' ', '-')}, from 2026", CODE),
        (f"in 2026: {CODE}", CODE),
        (f" {CODE[:5]}\n{CODE[5:]}\u00a0", CODE),
        (CODE[:-1], None),
        (CODE + "1", None),
        ("٤" * 25, "4" * 25),
        (CODE.translate({48 + digit: 0xFF10 + digit for digit in range(10)}), CODE),
        ("\u200f\ufeff" + "\u200b".join(CODE), CODE),
        (f"IR-26-7KQ123 {grouped(CODE)}", CODE),
        (f"{grouped(CODE)} 2026", CODE),
        (f"26 {CODE} 11", CODE),
        ("²" * 25, None),
        (f"{grouped(CODE)}1", None),
        ("", None),
    ],
)
def test_code_is_found_among_words_or_refused(text: str, expected: str | None) -> None:
    assert tidy_code(text) == expected


def test_groups_have_five_digits() -> None:
    assert grouped(CODE) == "48210 93755 01234 56789 00007"


@pytest.mark.parametrize(
    "text,expected", [("IR-26-7KQ4MX", True), ("ir-26-7kq4mx", False), ("IR-26-7KQ4MX\0", False), ("", False)]
)
def test_only_what_was_issued_is_looked_up(text: str, expected: bool) -> None:  # noqa: FBT001
    assert is_reference(text) is expected
