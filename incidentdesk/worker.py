"""The loops behind the pages: look at the clocks that came due, and deliver mail. Safe to run in many processes."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock, pulse, traces, upkeep
from incidentdesk.database import moment
from incidentdesk.escalation import sweep
from incidentdesk.mail import channels, claims, content, letters, signs
from incidentdesk.mail.addressee import Skip
from incidentdesk.mail.addresses import domain_of
from incidentdesk.mail.channels import Parcel, Taken, Way
from incidentdesk.mail.smtp import Channel, Line, Outcome, Result
from incidentdesk.pulse import Sweeps
from incidentdesk.rules.steadiness import has_jumped
from incidentdesk.settings import Settings
from incidentdesk.tables import OutboxMail, new_id
from incidentdesk.web.pages import Desk

REST_SECONDS = 1.0
# A checkpoint is due once a minute; looking more often than this finds nothing that could not wait.
CHECKPOINT_REST_SECONDS = 5.0
# What happens once a day may wait this long.
DAILY_REST_SECONDS = 60.0
# What a killed process left in the folder of files is a day old before it is looked at.
ORPHAN_REST_SECONDS = 3600.0
BACKUP_REST_SECONDS = 60.0
# Until then a duty shows as running whose customer was told.
PROOF_REST_SECONDS = 2.0
ROOM_REST_SECONDS = 5.0
# No pass takes this long unless a line went dead; then a new one is better than waiting for the old.
PASS_SECONDS = 300.0
# A database that another process keeps busy answers after five seconds: so often still fits into the lease.
WRITE_TRIES = 8
log = logging.getLogger(__name__)


@dataclass
class Sender:
    """Who sends one mail after the other, over a line that is kept.

    The next mail is taken up by the transaction that writes down what became of the last one: one commit for a mail instead
    of two, and never more than one in hand. Once `stop` is set none is taken up any more.
    """

    stop: asyncio.Event
    line: Line = field(default_factory=Line)
    taken: Taken | None = None

    @classmethod
    def of_one(cls) -> Self:
        """Return one who sends a single mail."""
        stop = asyncio.Event()
        stop.set()
        return cls(stop, Line(is_kept=False))

    def take(self) -> Taken | None:
        """Return the mail that is in hand already, if any: whoever has it sends it."""
        taken, self.taken = self.taken, None
        return taken


@dataclass(frozen=True)
class Tried:
    """What became of one try, and how long it took."""

    result: Result | Skip
    took: timedelta


async def run(desk: Desk, stop: asyncio.Event) -> None:
    """Work until told to stop; the mail in hand is finished first."""
    sweeps = Sweeps(clock.ticks())
    await asyncio.gather(
        repeat(desk, stop, _heart(), rest=signs.BEAT_EVERY.total_seconds()),
        repeat(desk, stop, _sweeper(sweeps)),
        _ping(desk, stop, sweeps),
        *(send(desk, stop) for _ in range(desk.settings.smtp_lines)),
        repeat(desk, stop, upkeep.scrub_erased),
        repeat(desk, stop, upkeep.erasure_finisher(), rest=DAILY_REST_SECONDS),
        repeat(desk, stop, upkeep.prove_notices, rest=PROOF_REST_SECONDS),
        repeat(desk, stop, upkeep.close_checkpoints, rest=CHECKPOINT_REST_SECONDS),
        repeat(desk, stop, upkeep.verify_evidence, rest=DAILY_REST_SECONDS),
        repeat(desk, stop, pulse.say_alive, rest=DAILY_REST_SECONDS),
        repeat(desk, stop, upkeep.look_for_gaps, rest=DAILY_REST_SECONDS),
        repeat(desk, stop, upkeep.forget_orphans, rest=ORPHAN_REST_SECONDS),
        repeat(desk, stop, upkeep.expire_backups, rest=BACKUP_REST_SECONDS),
        repeat(desk, stop, upkeep.room_keeper(), rest=ROOM_REST_SECONDS),
    )
    # What was written in the last minute would else wait for the next start, and an audit until then miss its checkpoint.
    await attempt(desk, upkeep.close_last_checkpoint)


async def _ping(desk: Desk, stop: asyncio.Event, sweeps: Sweeps) -> None:
    if desk.settings.ping_url:
        await repeat(desk, stop, pulse.pinger(sweeps), rest=desk.settings.ping_seconds)


def _sweeper(sweeps: Sweeps) -> Callable[..., Awaitable[bool]]:
    """Return what looks at the clocks, and notes that it did."""

    async def sweep_and_note(desk: Desk, *, now: datetime) -> bool:
        has_more = await sweep_clocks(desk, now=now)
        sweeps.last = clock.ticks()
        return has_more

    return sweep_and_note


async def send(desk: Desk, stop: asyncio.Event) -> None:
    """Deliver one mail after the other over a line that is kept as long as there is more to send."""
    sender = Sender(stop)

    async def deliver(desk: Desk, *, now: datetime) -> bool:
        await deliver_next(desk, now=now, sender=sender)
        if sender.taken is None:
            await sender.line.hang_up()
        return sender.taken is not None

    await repeat(desk, stop, deliver)
    if sender.taken:
        # It was told to stop just after it had taken up one more.
        await attempt(desk, deliver)
    await sender.line.hang_up()


def _heart() -> Callable[..., Awaitable[bool]]:
    """Return what says that this worker is alive, under an id of its own."""
    number = new_id()

    async def beat(desk: Desk, **_moment: datetime) -> bool:
        async with desk.database.write() as session:
            # Whoever has not seen yet that the clock jumped must not vouch for what it says.
            if not has_jumped(await moment(session) - clock.now()):
                await signs.beat(session, number)
        return False

    return beat


async def repeat(
    desk: Desk, stop: asyncio.Event, work: Callable[..., Awaitable[bool]], *, rest: float | None = None
) -> None:
    """Call `work` again at once as long as it finds something to do, else after a short rest."""
    while not stop.is_set():
        if not await attempt(desk, work):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), rest or REST_SECONDS)


async def attempt(desk: Desk, work: Callable[..., Awaitable[bool]]) -> bool:
    """Let one pass go wrong without ending the loop; False when it did, or had nothing to do."""
    try:
        async with asyncio.timeout(PASS_SECONDS):
            return await work(desk, now=clock.now())
    except Exception as error:  # noqa: BLE001 - a database that is away must not end the loop
        log.error("%s failed: %s", work.__name__, type(error).__name__)  # noqa: TRY400 - its text may hold content
        return False


async def sweep_clocks(desk: Desk, *, now: datetime) -> bool:
    """Look at a batch of due clocks, each in its own transaction; False when none was due."""
    with desk.metrics.sweep_seconds.time():
        async with desk.database.read() as session:
            due = await sweep.due_clocks(session, now=now)
        for clock_id in due:
            began = clock.ticks()
            result = "done" if await _look_at(desk, clock_id, now=now) else "failed"
            desk.metrics.clocks.labels(result).inc()
            traces.worked("look at a clock", incident=None, result=result, seconds=clock.ticks() - began)
    return len(due) == sweep.BATCH


async def _look_at(desk: Desk, clock_id: UUID, *, now: datetime) -> bool:
    try:
        async with desk.database.write() as session:
            await sweep.look_at(session, clock_id, now=now)
    except Exception as error:  # noqa: BLE001 - one bad row must not silence the others
        log.error("clock %s cannot be looked at: %s", clock_id, type(error).__name__)  # noqa: TRY400 - the same
        async with desk.database.write() as session:
            await sweep.push_ahead(session, clock_id, type(error).__name__, now=now)
        return False
    return True


async def deliver_next(desk: Desk, *, now: datetime, sender: Sender | None = None) -> bool:
    """Deliver the mail that is due longest; False when there was none, or there is no relay to hand it to."""
    if not desk.settings.can_mail:
        return False
    sender = sender or Sender.of_one()
    if (taken := sender.take()) is None:
        async with desk.database.write() as session:
            taken = await _claim(session, desk.settings, now=now)
    if taken is not None:
        await _deliver(desk, taken, now=now, sender=sender)
    return taken is not None


async def _deliver(desk: Desk, taken: Taken, *, now: datetime, sender: Sender) -> None:
    mail, way, began = taken.mail, taken.way, clock.ticks()
    try:
        result = await _attempt(desk, taken, now=now, line=sender.line)
    except Exception as error:  # noqa: BLE001 - one bad mail must not silence the others
        log.error("mail %s cannot be sent: %s", mail.id, type(error).__name__, extra=_about(mail))  # noqa: TRY400 - the same
        # Not the first relay where it was not asked: another way would be tried again at once, and again.
        channel = Channel.RELAY if way is Way.FIRST else Channel.SECOND_RELAY
        result = Result(Outcome.RETRY, type(error).__name__, channel=channel)
    seconds = clock.ticks() - began
    outcome = "skipped" if isinstance(result, Skip) else result.outcome.value
    desk.metrics.mails.labels(outcome).inc()
    await _write_down(desk, mail, Tried(result, timedelta(seconds=seconds)), now=now, sender=sender)
    traces.worked("deliver a mail", incident=mail.incident_id, result=outcome, seconds=seconds)


async def _claim(session: AsyncSession, settings: Settings, *, now: datetime) -> Taken | None:
    way = await channels.way_now(session, settings)
    among = channels.takeable(way, has_second_relay=bool(settings.smtp2_host))
    mail = await claims.claim(session, domain=domain_of(settings.mail_from), now=now, among=among)
    if mail is not None and way is Way.KNOCK:
        # Noted before, so that of several processes one knocks.
        await signs.note_relay(session, let_in=False)
    return Taken(mail, way) if mail else None


async def _attempt(desk: Desk, taken: Taken, *, now: datetime, line: Line) -> Result | Skip:
    """Write the letter from what is true now and hand it over. No transaction is open while the relay is spoken to."""
    mail = taken.mail
    async with desk.database.read() as session:
        to = await content.find_addressee(session, mail, desk.settings)
        if isinstance(to, Skip):
            return to
        try:
            values = await content.gather(session, mail, to, now=now)
            if isinstance(values, Skip):
                return values
            refused = mail.outcome == Outcome.CONTENT_REFUSED and mail.letter not in letters.WHOLE
            message = letters.write(desk.settings, mail, to, values, now=now) if not refused else None
        except Exception as error:
            if mail.letter in letters.WHOLE:
                raise
            log.error("mail %s cannot be written: %s", mail.id, type(error).__name__, extra=_about(mail))  # noqa: TRY400 - the same
            message = None
        word = await channels.word_of(session, mail, to) if desk.settings.alarm_webhook else {}
    message = message or letters.write_plainly(desk.settings, mail, to, now=now)
    return await channels.hand_over(desk.settings, Parcel(mail, message, to, word), way=taken.way, line=line)


async def _write_down(desk: Desk, mail: OutboxMail, tried: Tried, *, now: datetime, sender: Sender) -> None:
    """Write down what became of a mail, stubbornly: until then only we know that the relay has it."""
    takes_next = True
    for left in reversed(range(WRITE_TRIES)):
        try:
            async with desk.database.write() as session:
                await _settle(session, mail, tried, now=now)
                is_last = not takes_next or sender.stop.is_set()
                taken = None if is_last else await _claim(session, desk.settings, now=clock.now())
        except Exception as error:
            kind, about = type(error).__name__, _about(mail)
            log.error("mail %s cannot be written down: %s", mail.id, kind, extra=about)  # noqa: TRY400 - the same
            if not left:
                raise
            # Nothing but this is tried again, so that nothing else can be in its way.
            takes_next = False
            await asyncio.sleep(REST_SECONDS)
        else:
            sender.taken = taken
            return


async def _settle(session: AsyncSession, mail: OutboxMail, tried: Tried, *, now: datetime) -> None:
    result = tried.result
    if isinstance(result, Skip):
        await claims.skip(session, mail, result.reason, now=now)
        return
    if not await claims.settle(session, mail, result, now=now):
        log.warning("mail %s took longer than its lease", mail.id, extra=_about(mail))
    if result.let_in is None:
        return
    if await signs.note_relay(session, let_in=result.let_in, took=tried.took):
        await claims.hurry(session, after=mail, now=now)


def _about(mail: OutboxMail) -> dict[str, UUID | None]:
    """Return which incident a line about this mail is about."""
    return {"incident": mail.incident_id}
