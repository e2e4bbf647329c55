"""Which way a mail goes: the first relay; while that one is away, a second one for alerts, and then a word to an address.

A mail goes another way only when the first way did not get it, so changing the way makes no copy.
"""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import cache

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import outward
from incidentdesk.mail import answers, claims, signs, smtp
from incidentdesk.mail.addressee import Addressee
from incidentdesk.mail.outbox import ALERTS, Letter
from incidentdesk.mail.smtp import Channel, Line, Outcome, Result
from incidentdesk.settings import Settings
from incidentdesk.tables import Clock, MailState, Notice, OutboxMail

# One after the other they fit into one attempt.
KNOCK_WITHIN = timedelta(seconds=20)
SECOND_WITHIN = timedelta(seconds=30)
WEBHOOK_WITHIN = timedelta(seconds=10)
# After these the first relay does not have the mail, and may have it later.
NOT_TAKEN = frozenset({Outcome.RETRY, Outcome.CONFIGURATION})
Word = dict[str, str | None]
log = logging.getLogger(__name__)


class Way(StrEnum):
    """What is tried: FIRST as always; KNOCK: the first relay again, and another way when it is still away; AROUND it."""

    FIRST = "first"
    KNOCK = "knock"
    AROUND = "around"


@dataclass(frozen=True)
class Taken:
    """A mail that was taken up, and the way it goes."""

    mail: OutboxMail
    way: Way


async def way_now(session: AsyncSession, settings: Settings) -> Way:
    """Return which way mails go now."""
    if not settings.has_second_channel or not await signs.is_relay_away(session):
        return Way.FIRST
    return Way.KNOCK if await signs.is_time_to_knock(session) else Way.AROUND


@cache
def takeable(way: Way, *, has_second_relay: bool) -> ColumnElement[bool]:
    """Match the mails whose turn it is. An alert that the first relay put off need not wait for another way."""
    if way is Way.FIRST:
        return claims.DUE
    is_alert = OutboxMail.letter.in_(sorted(ALERTS))
    by_first = or_(OutboxMail.channel.is_(None), OutboxMail.channel == Channel.RELAY)
    ready = or_(claims.DUE, and_(is_alert, OutboxMail.attempts > 0, by_first))
    if way is Way.KNOCK:
        return ready
    # Where there is no other relay, a mail of which the address was told has nothing to do but wait for the first one.
    is_open = true() if has_second_relay else OutboxMail.webhook_at.is_(None)
    return and_(is_alert, ready, is_open)


async def is_blocked(session: AsyncSession) -> bool:
    """Say whether an alert waits that found no way around a relay that is away."""
    stuck = select(OutboxMail.id).where(
        OutboxMail.state == MailState.WAITING,
        OutboxMail.channel.in_((Channel.SECOND_RELAY, Channel.WEBHOOK)),
        OutboxMail.webhook_at.is_(None),
    )
    return await signs.is_relay_away(session) and await session.scalar(stuck.limit(1)) is not None


async def word_of(session: AsyncSession, mail: OutboxMail, to: Addressee) -> Word:
    """Return what the address for alarms is told: which incident, which step, until when, and nothing of its content.

    Of a restricted incident not even that it exists. `id` is the same for everybody who is told of one step.
    """
    notice = await session.get(Notice, mail.notice_id) if mail.notice_id else None
    clock = await session.get(Clock, notice.clock_id) if notice else None
    is_open = to.incident is not None and not to.incident.restricted
    reference = to.incident.reference if to.incident and is_open else None
    is_practice = to.incident is not None and to.incident.practice
    whom = "nobody any more" if mail.letter == Letter.STAND_DOWN else "you"
    more = {"practice": "yes"} if is_practice else {}
    return {
        **more,
        "id": str(notice.id if notice else mail.id),
        "letter": mail.letter,
        "reference": reference,
        "step": notice.step if notice and is_open else None,
        "due": f"{clock.deadline_at:%Y-%m-%dT%H:%M:%SZ}" if clock and is_open else None,
        "text": f"{'PRACTICE: ' if is_practice else ''}{reference or 'The incident desk'} needs {whom}: {mail.letter}",
    }


@dataclass(frozen=True)
class Parcel:
    """A mail that was written, for whom, and what is said of it where no mail can be handed over."""

    mail: OutboxMail
    message: bytes
    to: Addressee
    word: Word


async def hand_over(settings: Settings, parcel: Parcel, *, way: Way, line: Line | None = None) -> Result:
    """Try once, this way; `line` is one to the first relay."""
    first = None
    if way is not Way.AROUND:
        is_last = way is Way.FIRST and not (settings.has_second_channel and _is_tried_in_vain(parcel.mail))
        within = claims.SEND_WITHIN if is_last else KNOCK_WITHIN
        first = await smtp.send(settings, parcel.message, parcel.to.email, within=within, line=line)
        if is_last or parcel.mail.letter not in ALERTS or first.outcome not in NOT_TAKEN:
            return first
    result = await _around(settings, parcel, first)
    return replace(result, let_in=first.let_in if first else None)


def _is_tried_in_vain(mail: OutboxMail) -> bool:
    """Say whether a relay that lets us in puts this mail off for so long that it is as good as away."""
    first, last = mail.first_claimed_at, mail.last_claimed_at
    return first is not None and last is not None and last - first >= signs.RELAY_AFTER


async def _around(settings: Settings, parcel: Parcel, first: Result | None) -> Result:
    result = first or Result(Outcome.RETRY, "")
    if settings.smtp2_host:
        second = await smtp.send(settings.by_second_relay, parcel.message, parcel.to.email, within=SECOND_WITHIN)
        result = replace(second, channel=Channel.SECOND_RELAY)
        if result.outcome in {Outcome.SENT, Outcome.UNANSWERED}:
            return result
    if not settings.alarm_webhook or parcel.mail.webhook_at is not None:
        return result
    trouble = await outward.tell(settings.alarm_webhook, within=WEBHOOK_WITHIN, said=parcel.word)
    if trouble:
        log.error("the address for alarms did not take the word: %s", trouble)
    channel = result.channel if settings.smtp2_host else Channel.WEBHOOK
    answer = "; ".join(filter(None, (result.answer, f"webhook: {trouble or 'taken'}")))
    return replace(result, channel=channel, answer=answer[: answers.ANSWER_LENGTH], is_told=not trouble)
