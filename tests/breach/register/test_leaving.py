"""What leaves the desk of the register: a sheet and a paper that say what is not in them, and a note of who took it."""

import csv
import io
from datetime import datetime

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from incidentdesk import i18n
from incidentdesk.breach.register.export import HEAD
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import HistoryEntry, RegisterEntry
from incidentdesk.web.pages import Desk
from tests.breach.conftest import AMSTERDAM, REFERENCE
from tests.breach.signing import BASE, LINE, decide_breach, done, sign_off
from tests.opened import opened
from tests.people import Seat, Sit
from tests.web.papers import amiss


async def sheet(seat: Seat, query: str = "") -> list[dict[str, str]]:
    answer = await seat.get(f"/desk/register.csv{query}")
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


async def words_of(seat: Seat) -> str:
    answer = await seat.get("/desk/register.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert amiss(answer.content) == []
    reader = PdfReader(io.BytesIO(answer.content))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture
async def written(seat: Seat, now: datetime) -> Seat:
    """A DPO before a closed entry that was corrected, in words a spreadsheet would compute."""
    await decide_breach(seat)
    await sign_off(seat, now)
    await done(seat, "assessment", "assessment-decision", kind="register", reasoning="Deleted at once")
    await done(seat, "register", "register-line", **LINE, closing="yes")
    corrected = {**LINE, "measures": '=HYPERLINK("http://evil.example")'}
    await done(seat, "register", "register-line", **corrected, why="The supplier told more")
    return seat


async def restrict(seat: Seat) -> None:
    answer = await seat.post(f"{BASE}/access", open_to="members", seen_access="desk")
    assert answer.status_code == 303


async def test_the_sheet_has_a_row_for_every_line_and_computes_nothing(written: Seat) -> None:
    first, second, left_out = await sheet(written)
    assert tuple(first) == HEAD
    assert (first["reference"], first["kind"], second["kind"], second["why"]) == (
        REFERENCE,
        "closed",
        "corrected",
        "The supplier told more",
    )
    assert first["measures"] == LINE["measures"]
    assert second["measures"].startswith("'=HYPERLINK")
    assert first["written_by"] == "Dipo Officer"
    assert len(first["hash"]) == 64
    assert left_out["reference"] == "No entry is withheld from this copy."


async def test_the_paper_says_what_the_page_says(written: Seat, now: datetime) -> None:
    text = await words_of(written)
    for words in (REFERENCE, "180 employees", "A risk is unlikely", "The supplier told more", "Nothing missing"):
        assert words in text
    assert "Hash of what was signed" in text
    # The decision was signed before anybody had answered what the assessment asks.
    page = (await written.get(f"{BASE}/register")).text
    for place in (text, page.partition('id="now-title"')[2], page.partition('id="lines-title"')[2]):
        assert "Not answered when the" in place
        assert "Who has it now?" in place
    at = i18n.moment(now, AMSTERDAM, "en")
    assert f"As it stood on {at}." in text
    assert f" · {at} " in text


async def test_the_paper_names_what_is_missing_as_missing(seat: Seat) -> None:
    await decide_breach(seat)
    assert "Missing nobody fixed when we became aware" in await words_of(seat)


async def test_an_empty_register_is_a_paper_too(seat: Seat) -> None:
    assert "No entries" in await words_of(seat)


async def test_who_may_not_see_a_breach_has_it_in_no_copy(written: Seat, sit: Sit) -> None:
    await restrict(written)
    for role in (Role.DPO, Role.ADMINISTRATOR, Role.RESPONDER, Role.READER):
        other = await sit(role, name=f"O{role} Ther")
        assert REFERENCE not in (await other.get("/desk/register")).text
        assert (await other.get(f"{BASE}/register")).status_code == 404
        (left_out,) = await sheet(other)
        paper = await words_of(other)
        knows = role in {Role.DPO, Role.ADMINISTRATOR}
        said = "1 entry of the register is not in this copy" if knows else "are not in it, if there are any"
        assert said in left_out["reference"]
        assert said in paper
        assert REFERENCE not in paper
    assert len(await sheet(written)) == 3


async def test_no_year_in_the_list_tells_of_a_breach_that_its_reader_may_not_see(
    desk: Desk, written: Seat, sit: Sit, now: datetime
) -> None:
    await restrict(written)
    async with desk.database.write() as session:
        await session.execute(update(RegisterEntry).values(aware_at=now.replace(year=now.year - 3, day=1)))
    offered = f"year={now.year - 3}"
    assert offered in (await written.get("/desk/register")).text
    for role in (Role.DPO, Role.READER):
        assert offered not in (await (await sit(role, name=f"O{role} Ther")).get("/desk/register")).text


async def test_whoever_takes_it_out_is_written_down_once_an_hour(desk: Desk, written: Seat) -> None:
    for query in ("", "", "?view=open"):
        await sheet(written, query)
    async with desk.database.read() as session:
        noted = await opened(session, select(HistoryEntry).where(HistoryEntry.action == "register.exported"))
    assert [entry.after for entry in noted] == [{"kind": "csv", "view": "all"}, {"kind": "csv", "view": "open"}]
    assert {entry.actor for entry in noted} == {f"member:{written.member.id}" if written.member else ""}
