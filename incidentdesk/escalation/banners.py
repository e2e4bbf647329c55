"""What stands on top of every staff page until somebody mends it: alerts that would not arrive."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.escalation import gaps, queries
from incidentdesk.escalation.forms import number_of
from incidentdesk.escalation.gaps import Flaw
from incidentdesk.mail import channels, signs
from incidentdesk.mail.smtp import Outcome
from incidentdesk.records import steadiness
from incidentdesk.records.audit.daily import last_verification
from incidentdesk.records.untold import with_untold_customers
from incidentdesk.rules.escalation import Kind, Post
from incidentdesk.rules.permissions import Role
from incidentdesk.rules.reach import Gap
from incidentdesk.settings import SecondChannel, Settings
from incidentdesk.tables import Clock, MailHold, MailState, Member, OutboxMail
from incidentdesk.web.pages import environment
from incidentdesk.web.room import is_low

# A mail or a clock that nobody picked up for so long tells that no worker runs.
PICKED_UP_WITHIN = timedelta(minutes=3)
# One failed try is everyday life; so many in a row are not.
FAILING_AFTER = 3
# A mail that did not arrive is news for a week; after that it stands on its incident and on the mail page only.
NEWS_FOR = timedelta(days=7)
# The index knows when the last try was due; a worker that stood still gave up that much later.
STOOD_STILL = timedelta(days=30)
# Told by banners of their own; and what nobody can prove where no mail leaves.
TOLD, PROOFS = frozenset({Gap.REFUSED, Gap.NO_RELAY, Gap.HELD}), frozenset({Gap.UNPROVEN, Gap.OLD_PROOF})
FOUND = "/desk/reach#found"
MAIL, PEOPLE, ESCALATION, AUDIT = "/desk/mail", "/desk/people", "/desk/escalation", "/desk/audit"
ROTAS, CLOCK = "/desk/escalation/rotas", "/desk/clock"


@dataclass(frozen=True)
class Banner:
    """One line. `kind` is its tone, `href` leads to where it can be mended; empty when that is not in the desk."""

    kind: str
    text: str
    href: str


async def banners(
    session: AsyncSession, settings: Settings, *, me: Member, now: datetime, language: str = ""
) -> list[Banner]:
    """Return what is wrong with evidence and alerting now, the worst first, in the language of the page or else the reader's."""
    words: Any = environment(language or me.language).get_template("escalation/_banners.html").module
    found = await _about_evidence(session, words) + await _about_room(settings, words)
    found += await _about_mail(session, settings, words, me=me, now=now)
    found += await _about_hold_and_clock(session, words, now=now) + await _about_people(session, words, now=now)
    found += _about_channel(settings, words, me)
    found += await _about_gaps(session, settings, words, me=me, now=now)
    if untold := await with_untold_customers(session, me=me, now=now):
        found.append(Banner("bad", words.untold(untold), f"/desk/incidents/{untold[0]}/customer-notices"))
    if lost := await _lost(session, me, now=now):
        found.append(Banner("warn", words.lost(lost), f"{MAIL}?state=dead"))
    if await session.scalar(select(Clock.id).where(Clock.failures > 0, Clock.next_check_at.is_not(None)).limit(1)):
        found.append(Banner("bad", words.clocks_fail(), ESCALATION))
    return found


async def _about_evidence(session: AsyncSession, words: Any) -> list[Banner]:  # noqa: ANN401 - a template's macros
    verified = await last_verification(session)
    return [Banner("bad", words.altered(), AUDIT)] if verified and verified.findings else []


async def _about_room(settings: Settings, words: Any) -> list[Banner]:  # noqa: ANN401 - a template's macros
    return [Banner("bad", words.full(), "")] if await asyncio.to_thread(is_low, settings) else []


async def _about_mail(
    session: AsyncSession,
    settings: Settings,
    words: Any,  # noqa: ANN401 - a template's macros
    *,
    me: Member,
    now: datetime,
) -> list[Banner]:
    found = []
    if await signs.silence(session) >= signs.MISSED_AFTER:
        found.append(Banner("bad", words.silent(), MAIL))
    if not settings.can_mail:
        found.append(Banner("bad", words.no_relay(await queries.count_mails(session, MailState.WAITING, me=me)), MAIL))
    elif settings.has_second_channel and await signs.is_relay_away(session):
        blocked = await channels.is_blocked(session)
        found.append(Banner("bad", words.blocked(), MAIL) if blocked else Banner("warn", words.around(), MAIL))
    elif failing := await _failing(session, me):
        found.append(Banner("bad", words.failing(failing.answer or ""), MAIL))
    elif not found and await _left_lying(session, now=now):
        found.append(Banner("bad", words.no_worker(), MAIL))
    return found


async def _about_hold_and_clock(session: AsyncSession, words: Any, *, now: datetime) -> list[Banner]:  # noqa: ANN401 - a template's macros
    """Ask both at once: each question more would be one on every page."""
    asked = select(select(MailHold.since).exists(), steadiness.is_unsettled(now))
    is_held, has_jumped = (await session.execute(asked)).one()
    found = [Banner("bad", words.held(), MAIL)] if is_held else []
    return found + ([Banner("bad", words.jumped(), CLOCK)] if has_jumped else [])


def _about_channel(settings: Settings, words: Any, me: Member) -> list[Banner]:  # noqa: ANN401 - the same
    """Tell administrators, calmly, of what is only missing."""
    is_one_way = settings.can_mail and not settings.has_second_channel
    is_told = me.role is Role.ADMINISTRATOR and settings.second_channel is SecondChannel.WANTED
    return [Banner("info", words.one_way(), "")] if is_one_way and is_told else []


async def _about_people(
    session: AsyncSession,
    words: Any,  # noqa: ANN401 - a template's macros
    *,
    now: datetime,
) -> list[Banner]:
    query = select(Member.name).where(Member.mail_refused_at.is_not(None), Member.disabled_at.is_(None))
    refused = list(await session.scalars(query.order_by(Member.name)))
    found = [Banner("bad", words.refused(refused), PEOPLE)] if refused else []
    gaps = await queries.gaps(session, now=now)
    if gaps.posts:
        found.append(Banner("warn", words.empty(gaps.posts), ESCALATION))
    if gaps.steps:
        found.append(Banner("bad", words.empty_steps([(step, number_of(step)) for step in gaps.steps]), ESCALATION))
    if gaps.rotas:
        found.append(Banner("warn", words.empty_rotas(gaps.rotas), ROTAS))
    return found


async def _about_gaps(
    session: AsyncSession,
    settings: Settings,
    words: Any,  # noqa: ANN401 - a template's macros
    *,
    me: Member,
    now: datetime,
) -> list[Banner]:
    """Return what the last look for gaps found, without what a banner of its own tells as of now."""
    last = await gaps.last_found(session, me=me, now=now)
    told = TOLD if settings.can_mail else TOLD | PROOFS
    flaws = [flaw for flaw in last.flaws if flaw.gap not in told and not _is_told_empty(flaw)] if last else []
    if last is None or not flaws:
        return []
    flaws = list(dict.fromkeys(replace(flaw, target=None) if flaw.gap is Gap.NOBODY else flaw for flaw in flaws))
    is_grave = any(flaw.gap in {Gap.NOBODY, Gap.UNREACHED} for flaw in flaws)
    return [Banner("bad" if is_grave else "warn", words.gaps(flaws, last.names), FOUND)]


def _is_told_empty(flaw: Flaw) -> bool:
    """Say whether a banner of its own tells that nobody is there: of a post and of a rota."""
    target = flaw.target
    return flaw.gap is Gap.EMPTY and target is not None and (isinstance(target, Post) or target.kind is Kind.ROTA)


async def _failing(session: AsyncSession, me: Member) -> OutboxMail | None:
    """Return a mail that the relay keeps refusing, or refuses for a reason that meets every mail."""
    query = select(OutboxMail).where(OutboxMail.state == MailState.WAITING, queries.may_list(me))
    query = query.where((OutboxMail.outcome == Outcome.CONFIGURATION) | (OutboxMail.attempts >= FAILING_AFTER))
    return (await session.scalars(query.limit(1))).first()


async def _left_lying(session: AsyncSession, *, now: datetime) -> bool:
    """Say whether a mail or a clock should have been picked up long ago; a worker that died holding a mail counts too."""
    long_ago = now - PICKED_UP_WITHIN
    free = OutboxMail.lease.is_(None) | (OutboxMail.lease_until < long_ago)
    mail = select(OutboxMail.id).where(OutboxMail.state == MailState.WAITING, OutboxMail.due_at < long_ago, free)
    clock = select(Clock.id).where(Clock.next_check_at < long_ago)
    return await session.scalar(mail.limit(1)) is not None or await session.scalar(clock.limit(1)) is not None


async def _lost(session: AsyncSession, me: Member, *, now: datetime) -> int:
    """Count the mails to our own people that were given up lately. A reporter's mistyped address alarms nobody."""
    some = select(OutboxMail.id).where(
        OutboxMail.state == MailState.DEAD,
        OutboxMail.due_at > now - NEWS_FOR - STOOD_STILL,
        OutboxMail.settled_at > now - NEWS_FOR,
        OutboxMail.member_id.is_not(None),
        queries.may_list(me),
    )
    return await session.scalar(select(func.count()).select_from(some.limit(queries.MOST_COUNTED).subquery())) or 0
