"""A form has the fields it has: what is sent beyond them, whatever it is called, reaches no row."""

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from sqlalchemy import select

from incidentdesk.tables import Base, Sealed
from incidentdesk.web.forms import MAX_FIELDS
from incidentdesk.web.pages import Desk
from tests.opened import opened
from tests.people import Sit
from tests.thorough import THOROUGH
from tests.web.asgi import FORM, HOST, call
from tests.web.attack import COLUMNS, Attack
from tests.web.test_bad_input import prepared

# What a form takes is decided before anything is stored.
pytestmark = pytest.mark.either_database

WORDS, MOMENT = "mass assigned", "2099-09-09T09:09:09+00:00"
# One for each kind of column, which takes no other; words for every other kind.
MARKS = {UUID: "deadbeef-dead-7ead-8ead-deadbeefdead", int: "987654321", object: MOMENT, date: MOMENT}
SEEN = ("mass assigned", "deadbeef", "987654321", "2099, 9, 9", "2099-09-09")
EXAMPLES = 300 if THOROUGH else 20
NAME = st.one_of(st.sampled_from([*COLUMNS, "csrf", "what", "go", "code", "form", "page"]), st.text(max_size=20))
FIELDS = st.lists(st.tuples(NAME, st.text(max_size=200)), max_size=20)


async def stored(desk: Desk) -> list[str]:
    """Every row of every table, opened."""
    rows = []
    async with desk.database.read() as session:
        for mapper in Base.registry.mappers:
            for row in await opened(session, select(mapper.class_)):
                columns = {name: value for name, value in vars(row).items() if not name.startswith("_")}
                values = [row.opened(seal) for seal in row.COLUMNS] if isinstance(row, Sealed) else []
                rows.append(f"{type(row).__name__} {columns!r} {values!r}")
    return rows


def marks_of(name: str) -> list[str]:
    """Return what the columns of this name would take."""
    columns = (table.columns[name] for table in Base.metadata.sorted_tables if name in table.columns)
    return sorted({MARKS.get(column.type.python_type, WORDS) for column in columns})


async def post_all(attack: Attack, marks: dict[str, str]) -> int:
    """Press every button there is with its own fields, and with every other name a row knows."""
    done = 0
    for route in (route for route in attack.doors if route.method == "POST" and not route.path.endswith("sign-out")):
        own = attack.known.get(route.address(**attack.real), {})
        fields = {name: values[-1] or "a few words" for name, values in own.items()} | {
            "csrf": attack.seat.csrf,
            "code": attack.code,
        }
        foreign = [pair for pair in marks.items() if pair[0] not in fields]
        for first in range(0, len(foreign), MAX_FIELDS - len(fields)):
            some = foreign[first : first + MAX_FIELDS - len(fields)]
            body = urlencode([*some, *fields.items()]).encode()
            answer = await call(attack.app, "POST", route.address(**attack.real), headers=attack._headers(), body=body)
            done += answer.status in {200, 303}
    return done


async def test_names_of_columns_that_are_no_fields_change_nothing(desk: Desk, sit: Sit, app: Litestar) -> None:
    attack = await prepared(desk, sit, app, 0)
    assert await post_all(attack, {name: marks_of(name)[0] for name in COLUMNS}) > 10
    assert await post_all(attack, {name: marks_of(name)[1] for name in COLUMNS if len(marks_of(name)) > 1}) > 10
    rows = await stored(desk)
    assert len(rows) > 20
    assert [row for row in rows if any(mark in row for mark in SEEN)] == []


async def test_a_mark_would_be_found(desk: Desk, sit: Sit, app: Litestar) -> None:
    attack = await prepared(desk, sit, app, 0)
    notes = f"/desk/incidents/{attack.real['ref']}/notes"
    fields = {name: values[0] for name, values in attack.known[notes].items()} | {"note": WORDS}
    body = urlencode({**fields, "csrf": attack.seat.csrf}).encode()
    assert (await call(app, "POST", notes, headers=attack._headers(), body=body)).status == 303
    assert [row for row in await stored(desk) if WORDS in row] != []


@pytest.fixture
async def attack(desk: Desk, sit: Sit, app: Litestar) -> Attack:
    return await prepared(desk, sit, app, 0)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=FIELDS, door=st.integers(0, 200))
async def test_no_form_at_all_is_a_fault(attack: Attack, fields: list[tuple[str, str]], door: int) -> None:
    doors = [route for route in attack.doors if route.method == "POST" and not route.path.endswith("sign-out")]
    target = doors[door % len(doors)].address(**attack.real)
    for headers, own in ((attack._headers(), [("csrf", attack.seat.csrf), ("code", attack.code)]), ([HOST, FORM], [])):
        body = urlencode([*own, *fields], errors="surrogatepass").encode()
        assert (await call(attack.app, "POST", target, headers=headers, body=body)).status < 500
