"""A rota for the scene, which hands over at nine on Mondays in Amsterdam."""

from datetime import date, datetime
from typing import Any

from incidentdesk.rules.escalation import Kind, Named, Post, Target
from incidentdesk.rules.rota import Every
from incidentdesk.tables import Base, LadderStep, Member, PostRota, Rota, RotaSeat
from tests.mail.scene import Scene

# Monday 9:00 in Amsterdam, five hours after the scene's NOW: until then the last person of the order is on duty.
NINE = datetime.fromisoformat("2026-11-23T08:00+00:00")


async def keep(scene: Scene, *rows: Base) -> None:
    async with scene.desk.database.write() as session:
        session.add_all(rows)


async def add_rota(scene: Scene, *people: Member, post: Post | None = None, **values: Any) -> Rota:
    """Store a rota in which the first person's week starts on the Monday of the scene."""
    usual = {"name": "Nights", "zone": "Europe/Amsterdam", "every": Every.WEEK, "minute": 9 * 60}
    rota = Rota(**{**usual, "anchor": date(2026, 11, 23), "first": 0, **values})
    async with scene.desk.database.write() as session:
        session.add(rota)
        await session.flush()
        seats = [RotaSeat(rota_id=rota.id, position=place, member_id=one.id) for place, one in enumerate(people)]
        session.add_all([*seats, *([PostRota(post=post, rota_id=rota.id)] if post else [])])
    return rota


def by(rota: Rota) -> Named:
    return Named(Kind.ROTA, str(rota.id))


def person(member: Member) -> Named:
    return Named(Kind.PERSON, str(member.id))


async def name_in_ladder(scene: Scene, key: str, *targets: Target) -> None:
    """Let a step of "nobody has taken it" call these."""
    async with scene.desk.database.write() as session:
        row = await session.get_one(LadderStep, ("decision", key))
        row.step = {**row.step, "posts": [str(target) for target in targets]}
