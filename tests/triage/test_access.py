"""Restricted incidents: for whoever need not know of one, it does not exist."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from itertools import combinations, product
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from incidentdesk.mail import contacts
from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Incident, IncidentMember, Member, PostHolder, readers_of, visible_to
from incidentdesk.web.pages import Desk
from tests import people
from tests.people import Seat, Sit
from tests.triage.reports import Told, done, file
from tests.triage.test_pages import at

SECRET = "The laptop of the board"
UNKNOWN = "IR-26-000000"
VIEWS = ("needs_decision", "mine", "clock", "waiting", "open", "closed")


@dataclass(frozen=True)
class Circle:
    """An incident that Dipo, a DPO, keeps to himself and Rosa. Otto responds and Ada administers, and need not know."""

    desk: Desk
    sit: Sit
    incident: Incident
    rosa: Member
    dipo: Member
    otto: Member
    ada: Member

    async def close_access(self, *members: Member) -> None:
        for member in members:
            await change(self.desk, Member, member.id, disabled_at=member.created_at)

    async def told(self, post: Post) -> set[str]:
        async with self.desk.database.read() as session:
            row = await session.get_one(Incident, self.incident.id)
            people = await contacts.people_for(session, [post], incident=row, now=row.received_at)
            return {member.name for member in people}


@pytest.fixture
async def circle(desk: Desk, sit: Sit, now: datetime) -> Circle:
    rosa, dipo = people.member(Role.RESPONDER, now=now), people.member(Role.DPO, now=now)
    otto, ada = people.member(Role.RESPONDER, now=now, name="Otto Other"), people.member(Role.ADMINISTRATOR, now=now)
    async with desk.database.write() as session:
        session.add_all([rosa, dipo, otto, ada])
    incident = await file(desk, Told(SECRET), now=now)
    assert await choose(await sit(dipo), incident, rosa) == 303
    return Circle(desk, sit, incident, rosa, dipo, otto, ada)


async def choose(seat: Seat, incident: Incident, *members: Member, seen: str = "desk") -> int:
    chosen = [str(member.id) for member in members]
    answer = await seat.post(at(incident, "access"), open_to="members", member=chosen, seen_access=seen)
    return answer.status_code


async def change(desk: Desk, table: Any, row_id: Any, **values: Any) -> None:
    async with desk.database.write() as session:
        await session.execute(update(table).where(table.id == row_id).values(**values))


async def members(desk: Desk, incident: Incident) -> set[Any]:
    async with desk.database.read() as session:
        found = select(IncidentMember.member_id).where(IncidentMember.incident_id == incident.id)
        return set(await session.scalars(found))


async def test_whoever_is_not_chosen_meets_it_nowhere(circle: Circle) -> None:
    seat, reference = await circle.sit(circle.otto), circle.incident.reference
    for view in VIEWS:
        queue = (await seat.get(f"/desk?view={view}")).text
        assert queue.count('class="count">0<') == len(VIEWS)
        assert SECRET not in queue
        assert reference not in queue
    assert SECRET not in (await seat.get(f"/desk?q={reference}")).text
    for noun in ("", "clock", "verdict", "closure"):
        hidden, none = [await seat.get(f"/desk/incidents/{one}/{noun}") for one in (reference, UNKNOWN)]
        assert hidden.status_code == 404
        assert hidden.text.partition("<main")[2] == none.text.partition("<main")[2]


async def test_whoever_is_chosen_sees_it_and_that_others_do_not(circle: Circle) -> None:
    seat = await circle.sit(circle.rosa)
    queue, page = (await seat.get("/desk")).text, (await seat.get(at(circle.incident))).text
    assert SECRET in queue
    assert "Restricted" in queue
    assert "Dipo Officer, Rosa Ponder" in page
    assert "Changed who may see it" in page
    assert (await seat.get(at(circle.incident, "clock"))).status_code == 200


async def test_an_administrator_has_no_way_round_it(circle: Circle) -> None:
    seat = await circle.sit(circle.ada)
    assert (await seat.get(at(circle.incident))).status_code == 404
    assert await choose(seat, circle.incident, circle.ada) == 404


async def test_a_circle_of_what_names_nobody_lets_nobody_in(circle: Circle) -> None:
    seat, seen = await circle.sit(circle.dipo), ",".join(sorted(str(one.id) for one in (circle.rosa, circle.dipo)))
    chosen = ["", "Otto Other", f"{circle.otto.id}x", str(circle.rosa.id)]
    answer = await seat.post(at(circle.incident, "access"), open_to="members", member=chosen, seen_access=seen)
    assert answer.status_code == 303
    assert await members(circle.desk, circle.incident) == {circle.rosa.id, circle.dipo.id}


async def test_whoever_restricts_and_the_owner_always_stay(circle: Circle, now: datetime) -> None:
    incident = await file(circle.desk, now=now)
    await change(circle.desk, Incident, incident.id, owner_id=circle.rosa.id)
    assert await choose(await circle.sit(circle.dipo), incident) == 303
    assert await members(circle.desk, incident) == {circle.rosa.id, circle.dipo.id}


async def test_it_is_given_only_to_somebody_who_may_see_it(circle: Circle) -> None:
    seat = await circle.sit(circle.rosa)
    page = (await seat.get(at(circle.incident))).text
    offered = page[page.index('<select id="owner"') :]
    assert "Otto Other" not in offered[: offered.index("</select>")]
    for member, code in ((circle.otto, 422), (circle.dipo, 303)):
        answer = await seat.post(at(circle.incident, "owner"), owner=str(member.id), seen_owner="")
        assert answer.status_code == code


async def test_a_responder_or_reader_cannot_choose(circle: Circle, now: datetime) -> None:
    incident = await file(circle.desk, now=now)
    for who in (circle.rosa, Role.READER):
        seat = await circle.sit(who)
        assert (await seat.get(at(incident, "access"))).status_code == 403
        assert await choose(seat, incident, circle.rosa) == 403
    assert await done(circle.desk, incident) == []


async def test_opening_it_again_is_one_entry_and_forgets_the_circle(circle: Circle) -> None:
    seat, path = await circle.sit(circle.dipo), at(circle.incident, "access")
    stamp = people.hidden_fields((await seat.get(path)).text)["seen_access"]
    for _ in range(2):
        assert (await seat.post(path, open_to="desk", seen_access=stamp)).status_code == 303
    assert await members(circle.desk, circle.incident) == set()
    closed, opened = await done(circle.desk, circle.incident)
    assert (closed.action, opened.action) == ("access.set", "access.set")
    assert closed.after == opened.before
    assert (await (await circle.sit(circle.otto)).get(at(circle.incident))).status_code == 200


async def test_two_who_choose_at_once_do_not_overwrite_each_other(circle: Circle) -> None:
    seat, otto = await circle.sit(circle.dipo), str(circle.otto.id)
    late = await seat.post(at(circle.incident, "access"), open_to="members", member=otto, seen_access="desk")
    assert late.status_code == 409
    assert "Somebody changed this since you opened the page" in unescape(late.text)
    assert circle.otto.id not in await members(circle.desk, circle.incident)


async def test_when_nobody_is_left_those_who_choose_see_it_again(circle: Circle) -> None:
    ada, otto = await circle.sit(circle.ada), await circle.sit(circle.otto)
    await circle.close_access(circle.dipo)
    assert (await ada.get(at(circle.incident))).status_code == 404
    await circle.close_access(circle.rosa)
    assert (await ada.get(at(circle.incident))).status_code == 200
    assert (await otto.get(at(circle.incident))).status_code == 404


async def test_both_ways_of_asking_agree_whoever_is_chosen_and_whoever_has_left(circle: Circle, now: datetime) -> None:
    everybody = {member.name: member for member in (circle.rosa, circle.dipo, circle.ada)}
    async with circle.desk.database.write() as session:
        incident = await session.get_one(Incident, circle.incident.id)
        for chosen, gone in product(subsets(everybody), subsets(everybody)):
            await session.execute(delete(IncidentMember))
            session.add_all(IncidentMember(incident_id=incident.id, member_id=everybody[one].id) for one in chosen)
            for name, member in everybody.items():
                await session.execute(
                    update(Member).where(Member.id == member.id).values(disabled_at=now if name in gone else None)
                )
            readers = await readers_of(session, incident) or set()
            for name, member in everybody.items():
                seen = await session.scalar(select(Incident.id).where(visible_to(member))) is not None
                # All three can work on it; only Rosa cannot choose.
                wanted = name in chosen or (member is not circle.rosa and not chosen - gone)
                assert (seen, member.id in readers) == (wanted, wanted), (name, chosen, gone)


def subsets(names: Iterable[str]) -> list[set[str]]:
    listed = list(names)
    return [set(chosen) for size in range(len(listed) + 1) for chosen in combinations(listed, size)]


async def test_an_alert_goes_past_whoever_may_not_see_it(circle: Circle) -> None:
    posts = [(Post.ON_CALL, circle.otto), (Post.ON_CALL, circle.rosa), (Post.BACK_UP, circle.ada)]
    async with circle.desk.database.write() as session:
        session.add_all([PostHolder(post=post, member_id=member.id) for post, member in posts])
    assert await circle.told(Post.ON_CALL) == {"Rosa Ponder"}
    # Nobody on it or behind it may see it, so those are told who may.
    assert await circle.told(Post.BACK_UP) == {"Dipo Officer", "Rosa Ponder"}


async def test_an_alert_that_would_reach_nobody_goes_to_somebody_else(circle: Circle, now: datetime) -> None:
    for member in (circle.rosa, circle.dipo):
        await change(circle.desk, Member, member.id, mail_refused_at=now)
    assert await circle.told(Post.ON_CALL) == {"Ada Min", "Otto Other"}
