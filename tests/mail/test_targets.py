"""A step of the ladder calls posts, people, roles and rotas; what is empty hands over, and the mail says why."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from incidentdesk.mail import contacts
from incidentdesk.rules.escalation import Kind, Named, Post, Target
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Away, Incident, IncidentMember, Member, PostHolder, RotaOverride
from tests.mail.rotas import NINE, add_rota, by, keep, name_in_ladder, person
from tests.mail.scene import MINUTE, NOW, Scene, add_incident
from tests.mail.test_letters import sent, text_of

DAY = timedelta(days=1)
ON_CALL, BACK_UP, DPO = ["Rosa Ponder"], ["Bodil Upp"], ["Dipo Officer"]


async def told(scene: Scene, *targets: Target, now: datetime = NINE, incident: Incident | None = None) -> list[str]:
    async with scene.desk.database.read() as session:
        return [one.name for one in await contacts.people_for(session, targets, incident=incident, now=now)]


async def instead_of(scene: Scene, member: Member, now: datetime = NINE) -> list[str]:
    async with scene.desk.database.read() as session:
        return [one.name for one in await contacts.people_after(session, member.id, incident=None, now=now)]


async def change(scene: Scene, members: Iterable[Member], **values: object) -> None:
    async with scene.desk.database.write() as session:
        await session.execute(update(Member).where(Member.id.in_([one.id for one in members])).values(**values))


async def test_a_step_calls_a_person_everybody_of_a_role_and_whoever_is_on_duty(scene: Scene) -> None:
    nights = await add_rota(scene, scene.bodil, scene.dipo)
    assert await told(scene, person(scene.dipo)) == DPO
    assert set(await told(scene, Named(Kind.ROLE, "responder"))) == {"Rosa Ponder", "Bodil Upp"}
    assert await told(scene, by(nights)) == BACK_UP
    assert await told(scene, Post.ON_CALL, by(nights), person(scene.rosa)) == ON_CALL + BACK_UP


async def test_a_rota_hands_over_to_the_minute(scene: Scene) -> None:
    nights = await add_rota(scene, scene.bodil, scene.dipo)
    assert [await told(scene, by(nights), now=NINE - MINUTE), await told(scene, by(nights))] == [DPO, BACK_UP]
    assert await told(scene, by(nights), now=NINE + 7 * DAY) == DPO


async def test_a_post_is_filled_by_a_rota_beside_the_people_put_there(scene: Scene) -> None:
    await add_rota(scene, scene.dipo, scene.bodil, post=Post.ON_CALL)
    assert set(await told(scene, Post.ON_CALL)) == {"Rosa Ponder", "Dipo Officer"}
    async with scene.desk.database.write() as session:
        await session.delete(await session.get_one(PostHolder, (Post.ON_CALL, scene.rosa.id)))
    assert await told(scene, Post.ON_CALL) == DPO
    assert await told(scene, Post.ON_CALL, now=NINE + 7 * DAY) == BACK_UP


async def test_whoever_is_away_refuses_mail_or_left_is_passed_over(scene: Scene) -> None:
    nights = await add_rota(scene, scene.dipo, scene.bodil, scene.ada)
    await change(scene, [scene.dipo], mail_refused_at=NOW)
    assert await told(scene, by(nights)) == BACK_UP
    await change(scene, [scene.bodil], disabled_at=NOW)
    assert await told(scene, by(nights)) == ["Ada Min"]


async def test_days_away_are_days_of_the_persons_own_zone(scene: Scene) -> None:
    nights = await add_rota(scene, scene.dipo, scene.bodil)
    await keep(scene, Away(member_id=scene.dipo.id, first_on=date(2026, 11, 24), last_on=date(2026, 11, 24)))
    await change(scene, [scene.dipo], zone="Pacific/Auckland")
    # The 24th begins in Auckland at 11:00 UTC on the 23rd.
    eleven = datetime.fromisoformat("2026-11-23T11:00+00:00")
    moments = [eleven - MINUTE, eleven, eleven + DAY - MINUTE, eleven + DAY]
    assert [await told(scene, by(nights), now=now) for now in moments] == [DPO, BACK_UP, BACK_UP, DPO]
    await change(scene, [scene.dipo], zone="America/Los_Angeles")
    assert [await told(scene, by(nights), now=now) for now in (eleven, eleven + DAY)] == [DPO, BACK_UP]


async def test_somebody_takes_the_place_of_whoever_has_the_turn(scene: Scene) -> None:
    nights = await add_rota(scene, scene.dipo, scene.bodil)
    spans = {"start_at": NINE + DAY, "end_at": NINE + 2 * DAY}
    await keep(scene, RotaOverride(rota_id=nights.id, member_id=scene.ada.id, **spans))
    moments = [NINE + DAY - MINUTE, NINE + DAY, NINE + 2 * DAY]
    assert [await told(scene, by(nights), now=now) for now in moments] == [DPO, ["Ada Min"], DPO]


async def test_instead_of_a_stand_in_who_refuses_mail_the_rota_goes_on(scene: Scene) -> None:
    nights = await add_rota(scene, scene.dipo, scene.bodil)
    spans = {"start_at": NINE, "end_at": NINE + DAY}
    await keep(scene, RotaOverride(rota_id=nights.id, member_id=scene.ada.id, **spans))
    await change(scene, [scene.ada], mail_refused_at=NOW)
    assert await instead_of(scene, scene.ada) == DPO
    # When the day is over she is one of the desk like others.
    assert await instead_of(scene, scene.ada, NINE + DAY) == ON_CALL


async def test_whatever_is_empty_hands_over_to_on_call(scene: Scene) -> None:
    empty, closed = await add_rota(scene), await add_rota(scene, scene.dipo, closed_at=NOW)
    gone = Named(Kind.ROTA, str(UUID(int=7)))
    await keep(scene, Away(member_id=scene.bodil.id, first_on=date(2026, 11, 20), last_on=date(2026, 11, 30)))
    away = await add_rota(scene, scene.bodil)
    nobody = Named(Kind.ROLE, Role.READER.value)
    assert [await told(scene, one) for one in (by(empty), by(closed), gone, by(away), nobody)] == [ON_CALL] * 5
    await change(scene, [scene.dipo], disabled_at=NOW)
    await change(scene, [scene.rosa], mail_refused_at=NOW)
    assert await told(scene, person(scene.dipo)) == BACK_UP


async def test_of_a_restricted_incident_the_next_of_the_rota_who_may_see_it_is_told(scene: Scene) -> None:
    incident, nights = await add_incident(scene.desk), await add_rota(scene, scene.rosa, scene.bodil, scene.dipo)
    async with scene.desk.database.write() as session:
        (await session.get_one(Incident, incident.id)).restricted = True
        session.add(IncidentMember(incident_id=incident.id, member_id=scene.dipo.id))
    async with scene.desk.database.read() as session:
        kept = await session.get_one(Incident, incident.id)
    assert await told(scene, by(nights), incident=kept) == DPO
    assert await told(scene, person(scene.rosa), incident=kept) == DPO


async def test_instead_of_whoever_refuses_mail_the_next_of_the_rota_is_told(scene: Scene) -> None:
    await add_rota(scene, scene.dipo, scene.ada)
    await keep(scene, Away(member_id=scene.dipo.id, first_on=date(2026, 11, 20), last_on=date(2026, 11, 30)))
    assert await instead_of(scene, scene.ada) == ON_CALL
    async with scene.desk.database.write() as session:
        for away in await session.scalars(select(Away)):
            await session.delete(away)
    await change(scene, [scene.ada], mail_refused_at=NOW)
    assert await instead_of(scene, scene.ada, NINE + 7 * DAY) == DPO
    assert await instead_of(scene, scene.ada) == ON_CALL


async def test_what_has_nobody_is_told_apart_from_what_has_somebody(scene: Scene) -> None:
    nights, empty = await add_rota(scene, scene.bodil, post=Post.OWNER), await add_rota(scene)
    await change(scene, [scene.bodil], disabled_at=NOW)
    async with scene.desk.database.read() as session:
        filled = await contacts.filled(session)
    assert {Post.ON_CALL, Post.DPO, person(scene.ada), Named(Kind.ROLE, "responder")} <= filled
    assert not {Post.BACK_UP, Post.OWNER, by(nights), by(empty), person(scene.bodil)} & filled
    assert Named(Kind.ROLE, "reader") not in filled


async def test_the_mail_says_whom_the_step_named(scene: Scene) -> None:
    nights = await add_rota(scene, scene.bodil, scene.dipo)
    await name_in_ladder(scene, "not_taken_1", person(scene.rosa), Named(Kind.ROLE, "responder"))
    await name_in_ladder(scene, "not_taken_2", by(nights))
    await add_incident(scene.desk, now=NINE)
    since = (NINE - NOW) // MINUTE
    first = {str(mail["To"]): text_of(mail) for mail in await sent(scene, now=since + 15)}
    assert "Why you: named by the step, all with the role responder (" in first["rosa@example.org"]
    assert "Why you: all with the role responder (" in first["bodil@example.org"]
    assert "you are alerted again, Mon 09:30 CET" in first["bodil@example.org"]
    assert "If you do nothing: Bodil Upp (on duty by the rota Nights), Mon 09:30 CET" in first["rosa@example.org"]
    (second,) = await sent(scene, now=since + 30)
    assert "Why you: on duty by the rota Nights (step 2 of 3)" in text_of(second)


async def test_why_you_is_who_was_on_duty_when_the_step_called(scene: Scene) -> None:
    nights = await add_rota(scene, scene.bodil, scene.dipo)
    await name_in_ladder(scene, "not_taken_1", by(nights))
    await add_incident(scene.desk, now=NINE - 20 * MINUTE)
    await scene.work(NINE - 5 * MINUTE)
    assert await scene.told("act") == DPO
    (mail,) = await sent(scene, now=(NINE - NOW) // MINUTE + 5)
    assert mail["To"] == "dipo@example.org"
    assert "Why you: on duty by the rota Nights" in text_of(mail)


async def test_who_comes_next_is_who_will_be_on_duty_then(scene: Scene) -> None:
    nights = await add_rota(scene, scene.bodil, scene.dipo)
    await name_in_ladder(scene, "not_taken_2", by(nights))
    await add_incident(scene.desk, now=NINE - 20 * MINUTE)
    (mail,) = await sent(scene, now=(NINE - NOW) // MINUTE - 5)
    assert "If you do nothing: Bodil Upp (on duty by the rota Nights), Mon 09:10 CET" in text_of(mail)
