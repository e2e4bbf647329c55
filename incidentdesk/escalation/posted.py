"""What became of mails, many at a time."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.database import moment
from incidentdesk.mail import signs
from incidentdesk.mail.claims import PASSED_ON
from incidentdesk.mail.contacts import LAST_RESORT
from incidentdesk.rules.settling import Around, Posted, word_of_mail
from incidentdesk.settings import Settings
from incidentdesk.tables import MailHold, MailState, Member, OutboxMail, RelaySilence

BATCH = 1000
FIELDS: tuple[Any, ...] = (
    OutboxMail.id,
    OutboxMail.dedupe,
    OutboxMail.letter,
    OutboxMail.notice_id,
    OutboxMail.member_id,
    OutboxMail.due_at,
    OutboxMail.state,
    OutboxMail.attempts,
    OutboxMail.lease_until,
    OutboxMail.settled_at,
    OutboxMail.outcome,
)


@dataclass(frozen=True)
class Mails:
    """A way to ask for mails and their words. `people` are all who ever worked here."""

    session: AsyncSession
    around: Around
    people: Collection[Any]
    now: datetime

    @classmethod
    async def begin(cls, session: AsyncSession, settings: Settings, *, now: datetime) -> Self:
        """Look at what keeps mail from leaving, and at who is here."""
        held = await session.scalar(select(MailHold.since).limit(1)) is not None
        people = await session.execute(select(Member.id, Member.role, Member.created_at, Member.disabled_at))
        return cls(session, Around(settings.can_mail, held, await _is_relay_away(session)), people.all(), now)

    async def words(self, which: ColumnElement[bool]) -> dict[str, str]:
        """Return the word of each of these mails, by its id."""
        found = await self.session.execute(select(*FIELDS).where(which))
        return {str(mail.id): await self._word(mail) for mail in found.all()}

    async def words_by_notice(self, incidents: Collection[UUID]) -> Mapping[UUID, dict[str, str]]:
        """Return the words of the mails that tell of a step of these incidents, by notice, the oldest first."""
        query = select(*FIELDS).where(OutboxMail.incident_id.in_(incidents), OutboxMail.notice_id.is_not(None))
        found: dict[UUID, dict[str, str]] = defaultdict(dict)
        for mail in (await self.session.execute(query.order_by(OutboxMail.id))).all():
            found[mail.notice_id][str(mail.id)] = await self._word(mail)
        return found

    async def all(self) -> AsyncIterator[tuple[Any, str]]:
        """Yield every mail with its word."""
        query = select(*FIELDS).order_by(OutboxMail.id).limit(BATCH)
        batch = (await self.session.execute(query)).all()
        while batch:
            for mail in batch:
                yield mail, await self._word(mail)
            batch = (await self.session.execute(query.where(OutboxMail.id > batch[-1].id))).all()

    async def _word(self, mail: Any) -> str:  # noqa: ANN401 - the fields of one
        must_reach = mail.letter in PASSED_ON and mail.member_id is not None
        has_failed = must_reach and mail.state in {MailState.DEAD, MailState.SKIPPED}
        posted = Posted(
            state=mail.state.value,
            outcome=mail.outcome,
            due_at=mail.due_at,
            attempts=mail.attempts,
            lease_until=mail.lease_until,
            must_reach=must_reach,
            told_instead=has_failed and await self._is_told_instead(mail),
            others=has_failed and self._were_others(mail),
        )
        return word_of_mail(posted, self.around, self.now)

    async def _is_told_instead(self, mail: Any) -> bool:  # noqa: ANN401 - the same
        """Say whether another person has a mail about the same thing: its key differs in the person only."""
        alike = [
            mail.dedupe.replace(str(mail.member_id), str(one.id)) for one in self.people if one.id != mail.member_id
        ]
        return await self.session.scalar(select(OutboxMail.id).where(OutboxMail.dedupe.in_(alike)).limit(1)) is not None

    def _were_others(self, mail: Any) -> bool:  # noqa: ANN401 - the same
        at = mail.settled_at or self.now
        return any(
            one.id != mail.member_id and one.role in LAST_RESORT and one.created_at <= at
            for one in self.people
            if one.disabled_at is None or one.disabled_at > at
        )


async def _is_relay_away(session: AsyncSession) -> bool:
    """Say whether the last who tried were let in by nobody; unlike the alarm, from the first try on."""
    tried_at = await session.scalar(select(RelaySilence.tried_at).where(RelaySilence.id == signs.ONLY))
    return tried_at is not None and await moment(session) - tried_at <= signs.TRIED_WITHIN
