"""The register of customers: added, changed, taken in as a whole or not at all."""

import pytest
from sqlalchemy import select

from incidentdesk.breach.duties.queries import customers_of
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import DESK_SCOPE, Customer, HistoryEntry, fetch_keys
from incidentdesk.web.pages import Desk
from tests import people
from tests.people import Seat, Sit

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database

CUSTOMERS = "/desk/customers"
BAKERY = {"name": "Bakery", "email": "it@bakery.example", "language": "nl", "contract_hours": "8"}
HEAD = "name,email,language,contract_hours"


@pytest.fixture
async def seat(sit: Sit) -> Seat:
    return await sit(Role.DPO)


async def known(desk: Desk) -> dict[str, Customer]:
    async with desk.database.read() as session:
        return {customer.name: customer for customer in (await customers_of(session)).values()}


async def take_in(seat: Seat, lines: str, intent: str = "take_in") -> tuple[int, str]:
    """Look at what the lines would do, then press."""
    shown = await seat.post(f"{CUSTOMERS}/import", lines=lines, intent="look")
    if intent == "look" or shown.status_code != 200:
        return shown.status_code, shown.text
    seen = people.hidden_fields(shown.text)["seen"]
    answer = await seat.post(f"{CUSTOMERS}/import", lines=lines, intent=intent, seen=seen)
    return answer.status_code, answer.text


async def test_a_customer_is_added_changed_and_leaves(desk: Desk, seat: Seat) -> None:
    assert (await seat.post(CUSTOMERS, **BAKERY)).status_code == 303
    bakery = (await known(desk))["Bakery"]
    assert (bakery.email, bakery.language, bakery.contract_hours) == ("it@bakery.example", "nl", 8)
    place, left = f"{CUSTOMERS}/{bakery.id}", {**BAKERY, "contract_hours": "", "active": "no"}
    assert (await seat.post(place, **left, seen_revision="7")).status_code == 409
    assert (await seat.post(place, **left, seen_revision="0")).status_code == 303
    bakery = (await known(desk))["Bakery"]
    assert (bakery.contract_hours, bakery.closed_at is None) == (None, False)
    # Pressed twice it is as it is.
    assert (await seat.post(place, **left, seen_revision="0")).status_code == 303
    assert "Left" in (await seat.get(CUSTOMERS)).text


async def test_the_history_says_what_changed_and_never_the_address(desk: Desk, seat: Seat) -> None:
    await seat.post(CUSTOMERS, **BAKERY)
    async with desk.database.read() as session:
        await fetch_keys(session, [DESK_SCOPE])
        entries = select(HistoryEntry).where(HistoryEntry.action == "customer.added")
        (entry,) = (await session.scalars(entries)).all()
    assert entry.after["name"] == "Bakery"
    assert "it@bakery.example" not in str(entry.after)


@pytest.mark.parametrize(
    "changes,said",
    [
        ({"name": ""}, "Write the name"),
        ({"name": "x" * 121}, "Shorten the name"),
        ({"email": "it@bakery"}, "Give one e-mail address"),
        ({"email": "a@b.example,c@d.example"}, "Give one e-mail address"),
        # Cut somewhere it would be the address of somebody else.
        ({"email": "it@" + "bakery." * 60 + "example"}, "Give one e-mail address"),
        ({"language": "de"}, "Give the language"),
        ({"contract_hours": "0"}, "hours of the contract"),
        ({"contract_hours": "721"}, "hours of the contract"),
        ({"contract_hours": "²"}, "hours of the contract"),
    ],
)
async def test_what_is_amiss_is_said_and_kept(desk: Desk, seat: Seat, changes: dict[str, str], said: str) -> None:
    answer = await seat.post(CUSTOMERS, **{**BAKERY, **changes})
    assert answer.status_code == 422
    assert said in answer.text
    assert await known(desk) == {}


@pytest.mark.parametrize("name", ["CAF\u00c9", "Cafe\u0301", "Caf\u00e9\u200b"])
async def test_no_customer_is_there_twice_whatever_the_letters(seat: Seat, name: str) -> None:
    await seat.post(CUSTOMERS, **{**BAKERY, "name": "Caf\u00e9"})
    answer = await seat.post(CUSTOMERS, **{**BAKERY, "name": name})
    assert answer.status_code == 422
    assert "is here already" in answer.text


async def test_a_list_is_shown_before_it_is_taken_in(desk: Desk, seat: Seat) -> None:
    await seat.post(CUSTOMERS, **BAKERY)
    lines = f"{HEAD}\nBakery,it@bakery.example,nl,24\nMill,soc@mill.example,en,\n"
    status, shown = await take_in(seat, lines, "look")
    assert (status, "Take in all 2 customers" in shown) == (200, True)
    assert (await known(desk))["Bakery"].contract_hours == 8
    assert (await take_in(seat, lines))[0] == 303
    found = await known(desk)
    assert (found["Bakery"].contract_hours, found["Mill"].contract_hours) == (24, None)


async def test_the_mark_that_programs_put_before_a_file_is_no_letter_of_it(desk: Desk, seat: Seat) -> None:
    assert (await take_in(seat, f"\ufeff{HEAD}\nMill,soc@mill.example,en,4"))[0] == 303
    assert list(await known(desk)) == ["Mill"]


async def test_empty_lines_of_a_list_are_passed_over_and_still_counted(desk: Desk, seat: Seat) -> None:
    lines = f"{HEAD}\n\n , ,,\nMill,soc@mill.example,en,4\n\n"
    status, shown = await take_in(seat, f"{lines}Bakery,nobody,nl,", "look")
    assert (status, "Line 6: Give one e-mail address" in shown) == (422, True)
    assert (await take_in(seat, lines))[0] == 303
    assert list(await known(desk)) == ["Mill"]


@pytest.mark.parametrize("separator", [";", "\t"])
async def test_other_separators_and_orders_of_columns_are_read(desk: Desk, seat: Seat, separator: str) -> None:
    lines = 'email,name,contract_hours,language\nsoc@mill.example,"Mill",4,en'.replace(",", separator)
    assert (await take_in(seat, lines))[0] == 303
    assert (await known(desk))["Mill"].contract_hours == 4


@pytest.mark.parametrize(
    "lines,said",
    [
        ("", "Line 1: The first line must name"),
        (HEAD, "Line 1: There is no customer"),
        (f"{HEAD}\nMill,soc@mill.example,en", "Line 2: The first line must name"),
        (f"{HEAD}\nMill,soc@mill.example,en,4\nBakery,nobody,nl,", "Line 3: Give one e-mail address"),
        (
            f"{HEAD}\nMill,soc@mill.example,en,4\nmill,a@mill.example,en,4",
            "Line 3: This name stands in an earlier line",
        ),
        (
            f"{HEAD}\nCaf\u00e9,soc@mill.example,en,4\nCafe\u0301\u200b,a@mill.example,en,4",
            "Line 3: This name stands in an earlier line",
        ),
        (f"{HEAD}\nCaf\ufffd,soc@mill.example,en,4", "Line 2: A letter of the name cannot be read"),
        (f'{HEAD}\n"Mill,soc@mill.example,en,4', "cannot be read as CSV"),
        (f"{HEAD}\n" + "M,a@b.example,en,1\n" * 2001, "at most 2,000 lines"),
        (f"{HEAD}\n" + "x" * 300_000, "Line 1: That is too much at once"),
    ],
)
async def test_nothing_is_taken_in_by_half(desk: Desk, seat: Seat, lines: str, said: str) -> None:
    status, shown = await take_in(seat, lines)
    assert (status, said in shown) == (422, True)
    pressed = await seat.post(f"{CUSTOMERS}/import", lines=lines, intent="take_in", seen="0-0")
    assert pressed.status_code == 422
    assert await known(desk) == {}


async def test_what_is_taken_in_is_what_was_shown(desk: Desk, seat: Seat) -> None:
    lines = f"{HEAD}\nMill,soc@mill.example,en,4"
    seen = people.hidden_fields((await seat.post(f"{CUSTOMERS}/import", lines=lines, intent="look")).text)["seen"]
    other = lines.replace("soc@", "elsewhere@")
    assert (await seat.post(f"{CUSTOMERS}/import", lines=other, intent="take_in", seen=seen)).status_code == 409
    await seat.post(CUSTOMERS, **BAKERY)
    assert (await seat.post(f"{CUSTOMERS}/import", lines=lines, intent="take_in", seen=seen)).status_code == 409
    assert set(await known(desk)) == {"Bakery"}


async def test_readers_look_and_change_nothing(sit: Sit, seat: Seat) -> None:
    await seat.post(CUSTOMERS, **BAKERY)
    reader = await sit(Role.READER)
    page = (await reader.get(CUSTOMERS)).text
    assert "Bakery" in page
    assert "Add a customer" not in page
    assert (await reader.post(CUSTOMERS, **BAKERY)).status_code == 403
