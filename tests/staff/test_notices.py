"""What an account that is not its owner's would be used for is mailed to every administrator; and a lost phone is no end."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from uuid import UUID

import pytest
from sqlalchemy import select

from incidentdesk import clock, worker
from incidentdesk.escalation import ladder
from incidentdesk.rules.permissions import Role
from incidentdesk.rules.rota import Every
from incidentdesk.settings import Settings
from incidentdesk.tables import Away, HistoryEntry, Member, MemberSession, Rota, RotaOverride, RotaSeat
from incidentdesk.web.pages import Desk
from tests import people
from tests.mail.relay import Relay, mailing
from tests.people import Seat, Sit, hidden_fields
from tests.staff.conftest import CHEAP, PASSWORD
from tests.staff.phone import enrolled
from tests.staff.test_gate import DOORS

Told = Callable[[], Awaitable[dict[str, str]]]
PEOPLE = "/desk/people"
SAID = {
    "added": "Ada Min let Nova Join in.",
    "link": "Ada Min made a new one-time link for Rosa Ponder.",
    "role": "Ada Min gave Rosa Ponder another role.",
    "closed": "Ada Min closed the access of Rosa Ponder.",
    "signed_out": "Ada Min signed Rosa Ponder out everywhere.",
    "factor": "Ada Min took the second step of Rosa Ponder away.",
    "posts": "Ada Min changed who stands on which post.",
    "step": "Ada Min changed the steps of the escalation, or whom they call.",
    "added step": "Ada Min changed the steps of the escalation, or whom they call.",
    "removed step": "Ada Min changed the steps of the escalation, or whom they call.",
    "new rota": "Ada Min changed the rota Days: who is on duty when.",
    "rota": "Ada Min changed the rota Weekends: who is on duty when.",
    "rota closed": "Ada Min ended the rota Nights.",
    "stand-in": "Ada Min changed when Rosa Ponder stands in for others in a rota.",
    "stand-in ended": "Ada Min changed when Rosa Ponder stands in for others in a rota.",
    "away": "Ada Min changed the days on which they are away.",
    "back": "Ada Min changed the days on which they are away.",
    "steps": "Ada Min changed how long the steps of the escalation wait.",
}
# Who is told beside the administrators.
ALSO = {
    name: {"rosa@example.org"}
    for name in (
        "link",
        "role",
        "signed_out",
        "factor",
        "new rota",
        "rota",
        "rota closed",
        "stand-in",
        "stand-in ended",
    )
}
ROTA, STAND_IN, DAYS = (UUID(int=number) for number in (1, 2, 3))


@pytest.fixture
def settings(settings: Settings, post: Relay) -> Settings:
    return mailing(settings, post.port)


@pytest.fixture
async def _otto(desk: Desk, now: datetime) -> None:
    """A second administrator."""
    person = people.member(Role.ADMINISTRATOR, now=now, name="Otto Other")
    person.password_hash = CHEAP.hash(PASSWORD)
    async with desk.database.write() as session:
        session.add(person)
        await ladder.seed(session)


@pytest.fixture
async def _nights(desk: Desk, ada: Member, rosa: Member, now: datetime) -> None:
    """A rota of Rosa's and Ada's, in which Rosa stands in for a day, and days on which Ada is away."""
    async with desk.database.write() as session:
        usual = {"zone": "UTC", "every": Every.WEEK, "minute": 0, "anchor": now.date()}
        session.add(Rota(id=ROTA, name="Nights", **usual))
        await session.flush()
        session.add_all(
            [RotaSeat(rota_id=ROTA, position=place, member_id=one.id) for place, one in enumerate((rosa, ada))]
        )
        span = {"start_at": now, "end_at": now + timedelta(days=1)}
        session.add(RotaOverride(id=STAND_IN, rota_id=ROTA, member_id=rosa.id, **span))
        session.add(Away(id=DAYS, member_id=ada.id, first_on=now.date(), last_on=now.date()))


async def seen_of(seat: Seat) -> str:
    return hidden_fields((await seat.get(f"/desk/escalation/rotas/{ROTA}/plan")).text)["seen"]


def rota_acts(rosa: Member, now: datetime, seen: str) -> dict[str, tuple[str, dict[str, str]]]:
    """What the pages of rotas send."""
    plan = {
        "zone": "UTC",
        "every": "day",
        "weekday": "0",
        "at": "09:00",
        "turn": "",
        "person": str(rosa.id),
        "seen": seen,
    }
    start, end = (f"{now + timedelta(days=day):%Y-%m-%dT%H:%M}" for day in (1, 2))
    nights, away = f"/desk/escalation/rotas/{ROTA}", "/desk/profile/away"
    return {
        "new rota": ("/desk/escalation/new-rota", {**plan, "name": "Days"}),
        "rota": (f"{nights}/plan", {**plan, "name": "Weekends"}),
        "rota closed": (f"{nights}/closing", {}),
        "stand-in": (f"{nights}/overrides", {"person": str(rosa.id), "start": start, "end": end}),
        "stand-in ended": (f"{nights}/overrides/{STAND_IN}/removal", {}),
        "away": (away, {"first": start[:10], "last": end[:10]}),
        "back": (f"{away}/{DAYS}/removal", {}),
    }


async def change(seat: Seat, what: str, rosa: Member) -> None:
    """Change one thing as its page would."""
    hers = f"{PEOPLE}/{rosa.id}"
    seen = hidden_fields((await seat.get("/desk/escalation")).text)["seen"]
    numbers = dict(pair.split("=") for pair in seen.split())
    first = "decision.not_taken_1"
    step = f"/desk/escalation/steps/{first}"
    shown = hidden_fields((await seat.get(step)).text)["seen"]
    called = {"to": "role:administrator", "severity": "2", "seen": shown}
    acts = {
        **rota_acts(rosa, clock.now(), await seen_of(seat)),
        "added": (PEOPLE, {"name": "Nova Join", "email": "nova@example.org", "role": "reader"}),
        "link": (f"{hers}/link", {}),
        "role": (f"{hers}/role", {"role": "reader"}),
        "closed": (f"{hers}/disabling", {}),
        "signed_out": (f"{hers}/signing-out", {}),
        "factor": (f"{hers}/factor-removal", {}),
        "posts": ("/desk/escalation/posts", {"on_call": str(rosa.id)}),
        "step": (step, called),
        "added step": ("/desk/escalation/new-step", {**called, "duty": "decision", "when": "before", "number": "3"}),
        "removed step": (f"{step}/removal", {"seen": shown}),
        "steps": ("/desk/escalation/steps", {**numbers, first: "3", "seen": seen}),
    }
    where, fields = acts[what]
    assert (await seat.post(where, **fields)).status_code in {200, 303}, what


@pytest.fixture
def told(desk: Desk, post: Relay) -> Told:
    """Let the worker run, and return what each person was told about a change."""

    async def deliver() -> dict[str, str]:
        while await worker.deliver_next(desk, now=clock.now()):
            pass
        read = [message_from_bytes(raw, policy=policy.default) for raw in post.taken]
        about = [letter for letter in read if "changed people or alerts" in letter["Subject"]]
        return {str(letter["To"]): str(body.get_content()) for letter in about if (body := letter.get_body(("plain",)))}

    return deliver


@pytest.mark.usefixtures("_otto", "_nights")
@pytest.mark.parametrize("what", SAID)
async def test_every_administrator_is_told_whoever_did_it(
    sit: Sit, told: Told, ada: Member, rosa: Member, what: str
) -> None:
    await change(await sit(ada), what, rosa)
    letters = await told()
    assert set(letters) == {ada.email, "otto@example.org"} | ALSO.get(what, set())
    assert [text for text in letters.values() if SAID[what] not in text] == []


def test_nothing_that_changes_people_or_alerts_is_left_out() -> None:
    # Below an incident, "people" are those whom a breach is about.
    about = re.compile("/people|/escalation|/away")
    doors = [door.path for door in DOORS if door.method == "POST" and about.search(door.path)]
    doors = [path for path in doors if not path.startswith("/desk/incidents/")]
    assert len(doors) == len(SAID)


async def test_whoever_lost_phone_and_codes_sets_up_new_ones_and_the_old_are_worth_nothing(
    desk: Desk, sit: Sit, ada: Member, rosa: Member, now: datetime
) -> None:
    phone, codes = await enrolled(desk, rosa, now=now)
    seat, hers = await sit(ada), await sit(rosa)
    assert "Lost phone and codes" in (await seat.get(PEOPLE)).text
    assert (await seat.post(f"{PEOPLE}/{rosa.id}/factor-removal")).status_code == 303
    assert "Lost phone and codes" not in (await seat.get(PEOPLE)).text
    assert (await hers.get("/desk")).status_code == 303
    again = await sit()
    answer = await again.client.post("/desk/sign-in", data={"email": rosa.email, "password": PASSWORD})
    assert answer.headers["location"].startswith("/desk/authenticator")
    csrf = hidden_fields((await again.get("/desk/authenticator")).text)["csrf"]
    for code in (phone.code(now), codes[0]):
        tried = await again.client.post("/desk/second-factor", data={"code": code, "csrf": csrf})
        assert tried.status_code == 401


async def test_nobody_takes_away_their_own_or_that_of_somebody_shut_out(
    desk: Desk, sit: Sit, ada: Member, rosa: Member, now: datetime
) -> None:
    seat = await sit(ada)
    assert (await seat.post(f"{PEOPLE}/{ada.id}/factor-removal")).status_code == 409
    await seat.post(f"{PEOPLE}/{rosa.id}/disabling")
    assert (await seat.post(f"{PEOPLE}/{rosa.id}/factor-removal")).status_code == 404
    async with desk.database.read() as session:
        assert "member.factor_reset" not in set(await session.scalars(select(HistoryEntry.action)))
        assert len(list(await session.scalars(select(MemberSession)))) == 1
