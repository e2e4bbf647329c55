"""Proving who sits there, a few times a minute and a hundred times a day at most: a six-digit code can be guessed."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.errors import Limit, TooMany
from incidentdesk.staff import factors, passkeys, sessions
from incidentdesk.staff.factors import Proof
from incidentdesk.staff.passkeys import Turn, place_of
from incidentdesk.staff.passwords import LONGEST, is_right
from incidentdesk.tables import Member, MemberSession, Stage
from incidentdesk.web.limits import count
from incidentdesk.web.pages import Desk

LIMITS = {timedelta(minutes=1): 5, timedelta(days=1): 100}


async def confirm(desk: Desk, proof: Proof, row: MemberSession, *, token: str) -> bool:
    """Take the person's second factor, or their password where they have none, as a sign that they are there."""
    await limit(desk, proof.member, now=proof.at)
    by_password = row.stage is not Stage.FULL
    if by_password and not await is_right(proof.member.password_hash, proof.typed[: LONGEST + 1]):
        return False
    async with desk.database.write() as session:
        given = by_password or await give(session, desk, proof, token=token)
        if given:
            await sessions.confirm(session, row, now=proof.at)
    return given


async def give(session: AsyncSession, desk: Desk, proof: Proof, *, token: str) -> bool:
    """Tell whether the code is right, or the answer of a passkey, and use it up with what it was given for, or not at all."""
    # What ended meanwhile, by a new password or because access was closed, comes no further.
    await factors.hold(session, proof.member, token)
    if passkeys.is_answer(proof.typed):
        turn = _turn(desk, proof.member, now=proof.at)
        return turn is not None and await passkeys.is_given(session, turn, proof.typed)
    return await factors.is_given(session, desk.vault, proof)


async def question(desk: Desk, member: Member, *, now: datetime) -> str:
    """Return what a browser asks the person's passkeys, as JSON; nothing when there is none to ask."""
    turn = _turn(desk, member, now=now)
    if turn is None:
        return ""
    async with desk.database.read() as session:
        return await passkeys.how_to_prove(session, turn)


def _turn(desk: Desk, member: Member, *, now: datetime) -> Turn | None:
    place = place_of(desk.settings)
    return Turn(desk.vault, place, member, now) if place else None


async def limit(desk: Desk, member: Member, *, now: datetime) -> None:
    """Count one try, and refuse it when there were too many."""
    async with desk.database.write() as session:
        reached = [
            span
            for span, most in LIMITS.items()
            if await count(session, desk.vault.hash(f"proof {span}", str(member.id)), within=span, now=now) > most
        ]
    if reached:
        raise TooMany(int(max(reached).total_seconds()), Limit.PROOFS)
