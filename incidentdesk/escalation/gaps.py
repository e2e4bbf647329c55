"""What would keep alerts from people: of whom a step calls, and of a person who is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.mail import contacts
from incidentdesk.mail.gaps import last_look
from incidentdesk.mail.shifts import on_shift
from incidentdesk.rules.escalation import Kind, Post, Target, target_from
from incidentdesk.rules.reach import Gap, Proof, proof_of
from incidentdesk.settings import Asks, SecondFactor, Settings
from incidentdesk.staff import factors
from incidentdesk.tables import Incident, MailHold, Member, PostHolder, PostRota, ProviderAccount, readers_of

_PROOFS = {Proof.NONE: Gap.UNPROVEN, Proof.OLD: Gap.OLD_PROOF}


@dataclass(frozen=True)
class Flaw:
    """One gap, and the person or the target of a step it is about."""

    gap: Gap
    member: Member | None = None
    target: Target | None = None
    # Of an incident that only its members may know of.
    reference: str = ""


@dataclass(frozen=True)
class WaysIn:
    """Who has set up what to sign in with. A person who cannot come in reads of an incident and sees nothing of it."""

    settings: Settings
    equipped: frozenset[UUID]
    linked: frozenset[UUID]


@dataclass(frozen=True)
class Found:
    """What the last look found and is still so, with the names of the people and rotas that steps call."""

    at: datetime
    flaws: list[Flaw]
    names: Mapping[Target, str]


async def last_found(session: AsyncSession, *, me: Member, now: datetime) -> Found | None:
    """Return it as far as this person may know; None before the first look."""
    last = await last_look(session, me=me, now=now)
    if last is None:
        return None
    flaws = [
        Flaw(one.gap, one.member, target_from(one.target) if one.target else None, one.reference or "")
        for one in last.gaps
    ]
    called = {flaw.target for flaw in flaws if flaw.target is not None}
    return Found(last.at, flaws, await contacts.names_of(session, called))


async def ways_in(session: AsyncSession, settings: Settings) -> WaysIn:
    """Return it of everybody: the desk has few people."""
    linked = frozenset(await session.scalars(select(ProviderAccount.member_id)))
    return WaysIn(settings, frozenset(await factors.equipped(session)), linked)


async def of_desk(session: AsyncSession, settings: Settings) -> list[Flaw]:
    """Return what keeps every mail here."""
    held = await session.scalar(select(MailHold.since).limit(1)) is not None
    found = {Gap.NO_RELAY: not settings.can_mail, Gap.HELD: held}
    return [Flaw(gap) for gap, is_so in found.items() if is_so]


async def of_targets(
    session: AsyncSession, targets: Iterable[Target], *, incident: Incident | None, now: datetime
) -> list[Flaw]:
    """Return why others than those whom these targets mean would be told at `now`."""
    readers = await readers_of(session, incident) if incident is not None else None
    found = []
    for target in targets:
        standing = await _standing(session, target, incident, now=now)
        if all(member.disabled_at is not None for member in standing):
            found.append(Flaw(Gap.EMPTY, target=target))
        found += [Flaw(gap, member, target) for member in standing for gap in _barriers(member, readers)]
    return found


def of_person(member: Member, ways: WaysIn, *, now: datetime) -> list[Gap]:
    """Return what makes it doubtful that an alert of the moment `now` brings this person to the desk."""
    # Told all the same: as the last of all, or since somebody put the mail back in line.
    found = [Gap.REFUSED] if member.mail_refused_at is not None else []
    if gap := _PROOFS.get(proof_of(member.proved_at, now, lasts=law.proof_lasts(now))):
        found.append(gap)
    is_linked = member.id in ways.linked
    if member.password_hash is None and not is_linked:
        found.append(Gap.NEVER_IN)
    elif _lacks_factor(member, ways, is_linked=is_linked):
        found.append(Gap.NO_FACTOR)
    return found


def _lacks_factor(member: Member, ways: WaysIn, *, is_linked: bool) -> bool:
    """Say whether the person must set up a second step before they see anything."""
    elsewhere = is_linked and ways.settings.oidc_second_factor is Asks.PROVIDER
    matters = ways.settings.second_factor is SecondFactor.REQUIRED and not elsewhere
    return matters and member.id not in ways.equipped


async def _standing(session: AsyncSession, target: Target, incident: Incident | None, *, now: datetime) -> list[Member]:
    """Return who is meant by a target, whether or not they can be told, and also those whose access was closed."""
    if target is Post.OWNER:
        owner = await session.get(Member, incident.owner_id) if incident and incident.owner_id else None
        return [owner] if owner else []
    if isinstance(target, Post):
        query = select(Member).join(PostHolder, PostHolder.member_id == Member.id).where(PostHolder.post == target)
        rotas = await session.scalars(select(PostRota.rota_id).where(PostRota.post == target))
        by_rota = [await _on_shift(session, rota_id, now=now) for rota_id in rotas]
        return list(dict.fromkeys([*await session.scalars(query.order_by(Member.id)), *chain(*by_rota)]))
    if target.kind is Kind.ROTA:
        return await _on_shift(session, UUID(target.name), now=now)
    # Whoever left has no role any more.
    role = (Member.role == target.name, Member.disabled_at.is_(None))
    meant = [Member.id == UUID(target.name)] if target.kind is Kind.PERSON else role
    return list(await session.scalars(select(Member).where(*meant).order_by(Member.id)))


async def _on_shift(session: AsyncSession, rota_id: UUID, *, now: datetime) -> list[Member]:
    person = await on_shift(session, rota_id, now=now, is_fit=lambda _: True)
    return [person] if person else []


def _barriers(member: Member, readers: set[UUID] | None) -> list[Gap]:
    if member.disabled_at is not None:
        return [Gap.CLOSED]
    may_not = readers is not None and member.id not in readers
    found = {Gap.REFUSED: member.mail_refused_at is not None, Gap.STRANGER: may_not}
    return [gap for gap, is_so in found.items() if is_so]
