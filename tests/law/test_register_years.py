"""For how long an entry of the register is kept: dated data, and a wrong row stops the start."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from incidentdesk import law
from incidentdesk.law.reading import LawError
from incidentdesk.law.register_rows import keeping_at, read_keeping

ROW: dict[str, Any] = {
    "version": "1",
    "effective_from": "2020-01-01",
    "effective_to": "2020-12-31",
    "source": "House",
    "kept_years": 3,
}


def written(*rows: dict[str, Any]) -> str:
    return json.dumps({"register": rows})


def test_five_years_are_the_default() -> None:
    assert law.register_kept_years(datetime(2026, 11, 26, tzinfo=UTC)) == 5


def test_the_newest_row_of_the_day_holds() -> None:
    known = read_keeping(written(ROW, {**ROW, "version": "2", "effective_from": "2020-06-01", "kept_years": 7}))
    assert keeping_at(known, datetime(2020, 5, 31, tzinfo=UTC)).kept_years == 3
    assert keeping_at(known, datetime(2020, 6, 1, tzinfo=UTC)).kept_years == 7
    with pytest.raises(LawError, match="no row is valid on 2021-01-01"):
        keeping_at(known, datetime(2021, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("years", [0, -1, 101, 2.5, "5", True, None])
def test_a_number_that_is_none_is_refused(years: object) -> None:
    with pytest.raises(LawError, match="kept_years must be a whole number from 1 to 100"):
        read_keeping(written({**ROW, "kept_years": years}))


def test_a_misspelt_key_is_refused() -> None:
    with pytest.raises(LawError, match="keeps_years unknown"):
        read_keeping(written({**ROW, "keeps_years": 5}))
