"""What people change about alerting: posts, the ladder, a test mail, one more try."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Conflict, Missing
from incidentdesk.escalation import queries
from incidentdesk.escalation.forms import Posts
from incidentdesk.mail import claims, outbox
from incidentdesk.mail.notices import Change, announce_change
from incidentdesk.records import history
from incidentdesk.rules.escalation import Kind, Named, Post, Step, step_to_json
from incidentdesk.tables import (
    CustomerNotice,
    Incident,
    JsonObject,
    LadderStep,
    MailState,
    Member,
    OutboxMail,
    PostHolder,
    PostRota,
    Telling,
)


async def save_posts(session: AsyncSession, wanted: Posts, *, by: Member, now: datetime) -> None:
    """Put these people and rotas on their posts, from the next alert on."""
    people = await session.scalars(select(PostHolder).order_by(PostHolder.post, PostHolder.member_id).with_for_update())
    rotas = await session.scalars(select(PostRota).order_by(PostRota.post, PostRota.rota_id).with_for_update())
    before = _by_post([(row.post, row.member_id) for row in people], [(row.post, row.rota_id) for row in rotas])
    await session.execute(delete(PostHolder))
    await session.execute(delete(PostRota))
    holders = [(post, one) for post, chosen in wanted.holders.items() for one in sorted(chosen)]
    filling = [(post, one) for post, chosen in wanted.rotas.items() for one in sorted(chosen)]
    session.add_all([PostHolder(post=post, member_id=one) for post, one in holders])
    session.add_all([PostRota(post=post, rota_id=one) for post, one in filling])
    after = _by_post(holders, filling)
    actor = history.actor_of(by)
    history.record(session, None, "posts.changed", actor=actor, now=now, before=before, after=after)
    await announce_change(session, Change.POSTS, by=by, now=now)


def _by_post(people: Iterable[tuple[Post, UUID]], rotas: Iterable[tuple[Post, UUID]]) -> dict[str, list[str]]:
    """Return what a history entry keeps: who stands where, people by id and rotas as steps name them."""
    found: dict[str, list[str]] = {}
    for post, member_id in people:
        found.setdefault(post.value, []).append(str(member_id))
    for post, rota_id in rotas:
        found.setdefault(post.value, []).append(str(Named(Kind.ROTA, str(rota_id))))
    return found


async def save_ladder(session: AsyncSession, steps: Mapping[str, Step], *, by: Member, now: datetime) -> None:
    """Change the ladder for clocks that start from now on; a running clock keeps the copy it has."""
    before: JsonObject = {}
    after: JsonObject = {}
    for row in await session.scalars(select(LadderStep).with_for_update()):
        name = f"{row.duty}.{row.key}"
        if name not in steps:
            raise Conflict
        new = step_to_json(steps[name])
        if row.step != new:
            before[name], after[name] = row.step["after_minutes"], new["after_minutes"]
            row.step = new
    actor = history.actor_of(by)
    history.record(session, None, "ladder.changed", actor=actor, now=now, before=before, after=after)
    await announce_change(session, Change.LADDER, by=by, now=now)


async def send_test(session: AsyncSession, member: Member, *, now: datetime) -> None:
    """Queue a test mail to this person; pressing twice within a minute is one mail."""
    about: outbox.About = {"member_id": member.id}
    dedupe = f"test:{member.id}:{now:%Y%m%dT%H%M}"
    if await outbox.put(session, letter=outbox.Letter.TEST, dedupe=dedupe, now=now, **about):
        history.record(session, None, "mail.tested", actor=history.actor_of(member), now=now)


async def _is_made_good(session: AsyncSession, mail: OutboxMail) -> bool:
    """Say whether the customer of a notice that was given up was told since, or has another one: nobody is written to twice."""
    mine = select(CustomerNotice).where(CustomerNotice.mail_id == mail.id)
    notice = await session.scalar(mine) if mail.letter == outbox.Letter.CUSTOMER_NOTICE else None
    if notice is None:
        return False
    later = select(CustomerNotice.id).where(CustomerNotice.clock_id == notice.clock_id, CustomerNotice.id > notice.id)
    told = select(Telling.id).where(Telling.clock_id == notice.clock_id)
    since = later.where(CustomerNotice.signed_at >= mail.settled_at)
    return any([await session.scalar(query.limit(1)) is not None for query in (since, told)])


async def retry_mail(session: AsyncSession, mail_id: UUID, *, by: Member, now: datetime) -> None:
    """Try a mail again at once, also one that was given up."""
    wanted = select(OutboxMail).where(OutboxMail.id == mail_id, queries.may_list(by))
    mail = await session.scalar(wanted.with_for_update())
    if mail is None:
        raise Missing
    # A mail that is on its way, or settled for good, is not touched.
    if mail.lease is not None or mail.state not in {MailState.DEAD, MailState.WAITING}:
        raise Conflict
    if mail.state is MailState.DEAD and await _is_made_good(session, mail):
        raise Conflict
    before = {"mail": str(mail.id), "state": mail.state.value, "outcome": mail.outcome}
    claims.revive(mail, now=now)
    incident = await session.get(Incident, mail.incident_id) if mail.incident_id else None
    history.record(session, incident, "mail.retried", actor=history.actor_of(by), now=now, before=before)
