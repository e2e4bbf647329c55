"""The ladder, the posts and the mails, through the whole application."""

import re

import pytest
from sqlalchemy import select, update

from incidentdesk import clock
from incidentdesk.rules.escalation import Post, step_from_json
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import HistoryEntry, LadderStep, MailState, Member, OutboxMail, PostHolder
from tests.mail.scene import NOW, Scene, add_incident
from tests.people import Sit, hidden_fields

# What a page asks and says of what it was sent; what is stored and found is tried with the actions and the story.
pytestmark = pytest.mark.either_database


async def entries(scene: Scene) -> list[str]:
    async with scene.desk.database.read() as session:
        return list(await session.scalars(select(HistoryEntry.action)))


def typed_numbers(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input id="([^"]+)" name="[^"]+" value="(\d+)" inputmode', html))


async def test_everybody_reads_the_ladder_in_sentences(scene: Scene, sit: Sit) -> None:
    reader = await sit(Role.READER)
    text = " ".join((await reader.get("/desk/escalation")).text.split())
    assert "Severity 1 and nobody has taken it, after 15 minutes" in text
    assert "Before the deadline, 48 hours" in text
    assert "While it is late, every 4 hours" in text
    assert "Rosa Ponder" in text
    assert '<button class="button primary">' not in text


async def test_an_administrator_changes_a_step(scene: Scene, sit: Sit) -> None:
    seat = await sit(Role.ADMINISTRATOR, name="Other Admin")
    page = (await seat.get("/desk/escalation")).text
    numbers = {**typed_numbers(page), "decision.not_taken_1": "5", "gdpr_33_1_sa.late": "2"}
    answer = await seat.post("/desk/escalation/steps", seen=hidden_fields(page)["seen"], **numbers)
    assert answer.status_code == 303
    async with scene.desk.database.read() as session:
        rows = {row.key: step_from_json(row.step) for row in await session.scalars(select(LadderStep))}
    assert rows["not_taken_1"].after.total_seconds() == 300
    assert rows["late"].repeat_every == rows["late"].after
    assert await entries(scene) == ["ladder.changed"]
    stale = await seat.post("/desk/escalation/steps", seen=hidden_fields(page)["seen"], **numbers)
    assert stale.status_code == 409


async def test_a_wrong_number_is_kept_and_explained(scene: Scene, sit: Sit) -> None:
    seat = await sit(Role.ADMINISTRATOR, name="Other Admin")
    page = (await seat.get("/desk/escalation")).text
    numbers = {**typed_numbers(page), "decision.not_taken_1": "soon", "decision.not_taken_3": "20"}
    answer = await seat.post("/desk/escalation/steps", seen=hidden_fields(page)["seen"], **numbers)
    assert answer.status_code == 422
    assert 'value="soon"' in answer.text
    assert "Enter a whole number" in answer.text
    assert "must come after the one above" in answer.text
    assert await entries(scene) == []


async def test_an_administrator_changes_the_posts(scene: Scene, sit: Sit) -> None:
    seat = await sit(Role.ADMINISTRATOR, name="Other Admin")
    people = {"on_call": [str(scene.bodil.id), str(scene.dipo.id)], "dpo": [str(scene.dipo.id)]}
    assert (await seat.post("/desk/escalation/posts", **people)).status_code == 303
    async with scene.desk.database.read() as session:
        rows = {(row.post, row.member_id) for row in await session.scalars(select(PostHolder))}
    assert rows == {(Post.ON_CALL, scene.bodil.id), (Post.ON_CALL, scene.dipo.id), (Post.DPO, scene.dipo.id)}
    assert await entries(scene) == ["posts.changed"]
    assert "Nobody stands on this post" in (await seat.get("/desk/escalation")).text


async def test_somebody_must_be_on_call(scene: Scene, sit: Sit) -> None:
    seat = await sit(Role.ADMINISTRATOR, name="Other Admin")
    answer = await seat.post("/desk/escalation/posts", back_up=str(scene.bodil.id))
    assert answer.status_code == 422
    assert "Choose at least one person who is on call" in answer.text


async def test_only_an_administrator_may_change_them(scene: Scene, sit: Sit) -> None:
    seat = await sit(Role.RESPONDER, name="Other Responder")
    for path in ("/desk/escalation/posts", "/desk/escalation/steps"):
        assert (await seat.post(path)).status_code == 403
    reader, outsider = await sit(Role.READER), await sit()
    assert (await reader.get("/desk/mail")).status_code == 403
    assert (await outsider.get("/desk/mail")).status_code == 303


async def test_the_test_mail_waits_in_the_list_and_is_one(scene: Scene, sit: Sit) -> None:
    seat = await sit(Role.RESPONDER, name="Other Responder")
    for _ in range(2):
        assert (await seat.post("/desk/mail/test")).status_code == 303
    page = (await seat.get("/desk/mail")).text
    assert "No mail server is set up: nobody is alerted by mail." in page
    assert "Other Responder" in page
    assert 1 <= len(await scene.mails(letter="test")) <= 2


async def test_mails_are_paged_and_never_show_a_reporters_address(scene: Scene, sit: Sit) -> None:
    incident = await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        for number in range(60):
            session.add(a_mail(incident.id, scene.rosa.id if number else None, number))
    seat = await sit(Role.DPO, name="Other DPO")
    first = (await seat.get("/desk/mail")).text
    older = re.search(r'href="(/desk/mail\?before=[^"]+)"', first)
    assert older is not None
    last = (await seat.get(older[1])).text
    assert (first.count("<tr>"), last.count("<tr>")) == (51, 11)
    assert "The reporter" in last
    assert "reporter@example.org" not in first + last
    assert "There is no mail here." in (await seat.get("/desk/mail?state=dead")).text


async def test_a_mail_that_was_given_up_is_tried_again(scene: Scene, sit: Sit) -> None:
    incident = await add_incident(scene.desk)
    async with scene.desk.database.write() as session:
        session.add(a_mail(incident.id, scene.rosa.id, 1))
        await session.flush()
        lost = {"state": MailState.DEAD, "outcome": "gave_up", "attempts": 9}
        await session.execute(update(OutboxMail).values(settled_at=clock.now(), due_at=clock.now(), **lost))
        await session.execute(update(Member).where(Member.id == scene.rosa.id).values(mail_refused_at=NOW))
    (mail,) = await scene.mails()
    seat = await sit(Role.RESPONDER, name="Other Responder")
    page = (await seat.get("/desk/mail?state=dead")).text
    assert "1 mail to the staff could not be delivered" in page
    assert "Mail to these people was refused" in page
    assert (await seat.post(f"/desk/mail/{mail.id}/retry")).status_code == 303
    (again,) = await scene.mails()
    assert (again.state, again.attempts, again.outcome) == (MailState.WAITING, 0, None)
    assert await entries(scene) == ["mail.retried"]
    assert (await seat.post(f"/desk/mail/{incident.id}/retry")).status_code == 404


def a_mail(incident_id: object, member_id: object, number: int) -> OutboxMail:
    return OutboxMail(
        dedupe=f"mail:{number}",
        letter="act",
        incident_id=incident_id,
        member_id=member_id,
        created_at=NOW,
        due_at=NOW,
        give_up_at=NOW,
        message_id=f"{number}",
    )
