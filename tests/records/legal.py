"""Everything people may lawfully do, at random: the desk does it as their pages would, and refuses what is not their turn."""

import random
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.breach.awareness.actions import write_stamp
from incidentdesk.breach.awareness.forms import Stamped
from incidentdesk.breach.awareness.queries import bench_of
from incidentdesk.breach.clock import actions as breach
from incidentdesk.breach.clock.forms import Aware, Decided, Filed
from incidentdesk.breach.clock.queries import case_of
from incidentdesk.errors import DeskError
from incidentdesk.intake import actions as intake
from incidentdesk.intake import queries as reports
from incidentdesk.intake.forms import SentReport
from incidentdesk.privacy.actions import Wish, erase, seek_reporter
from incidentdesk.records import attachments, files
from incidentdesk.records.attachments import Arrived, Giver
from incidentdesk.records.checkpoints import close_checkpoint
from incidentdesk.records.files import Kept
from incidentdesk.records.ledger import ledger_in
from incidentdesk.rules.awareness import Kind
from incidentdesk.rules.deadline import Period, Unit
from incidentdesk.rules.erasure import Extent
from incidentdesk.rules.lifecycle import Outcome, Verdict
from incidentdesk.rules.permissions import Role
from incidentdesk.staff import actions as staff
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import Incident, Member
from incidentdesk.triage import access, actions, decisions
from incidentdesk.triage.access_forms import Access
from incidentdesk.triage.forms import Change, Closure, Decision, Reopening, Writing
from incidentdesk.web.pages import Desk
from tests.opened import held
from tests.people import member

ALWAYS_OPEN = 25


class NeverMindError(Exception):
    """Something else failed after the act: nothing of it may stay."""


@dataclass
class World:
    """A desk at work: its people, the codes of its reporters, and a clock that only goes forward."""

    desk: Desk
    chance: random.Random
    now: datetime
    people: list[Member] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    done: int = 0
    refused: int = 0

    @property
    def words(self) -> str:
        return f"{self.chance.choice(('Encrypted', 'A call', 'Ünicode 🎈', 'x' * 300))} {self.chance.random()}"

    def writing(self) -> Writing:
        return Writing(self.words, secrets.token_hex(8), asks=self.chance.random() < 0.3)


async def settle(desk: Desk, seed: int, *, now: datetime) -> World:
    """Let people come to work."""
    world = World(desk, random.Random(seed), now)  # noqa: S311 - repeatable on purpose
    world.people = [member(role, now=now) for role in (Role.DPO, Role.RESPONDER, Role.ADMINISTRATOR)]
    async with desk.database.write() as session:
        session.add_all(world.people)
    return world


async def live(world: World) -> None:
    """Let one thing happen; now and then it fails at the very end, or a checkpoint is due."""
    world.now += timedelta(seconds=world.chance.randrange(1, 200))
    if world.chance.random() < 0.01:
        async with world.desk.database.write() as session:
            await close_checkpoint(session, world.desk.vault, now=world.now)
    deed = world.chance.choice(DEEDS) if len(world.codes) > ALWAYS_OPEN else report
    with suppress(NeverMindError):
        try:
            async with world.desk.database.write() as session:
                await deed(world, session)
                if deed is not report and world.chance.random() < 0.03:
                    raise NeverMindError
            world.done += 1
        except DeskError:
            world.refused += 1


async def report(world: World, session: AsyncSession) -> None:
    code = secrets.token_hex(8)
    vault = world.desk.vault
    sent = SentReport(
        answers={"what": world.words, "people": world.chance.choice(["yes", "no"]), "email": "nel@example.org"},
        language="en",
        form_hash=vault.hash("form", code),
        code_hash=vault.hash("code", code),
        zone=world.desk.settings.zone,
    )
    filed = await intake.submit_report(session, sent, now=world.now)
    world.codes[filed.incident.reference] = code


Deed = Callable[[World, AsyncSession], Awaitable[None]]
DEEDS: list[Deed] = [report]


def of_the_reporter(verb: Callable[[World, AsyncSession, reports.Filed], Awaitable[None]]) -> None:
    """Let a reporter do it on their page."""

    async def deed(world: World, session: AsyncSession) -> None:
        code = world.chance.choice(list(world.codes.values()))
        filed = await reports.report_of_code(session, world.desk.vault.hash("code", code), to_change=True)
        if filed is not None:
            await verb(world, session, filed)

    DEEDS.append(deed)


def of_the_desk(verb: Callable[[World, AsyncSession, Incident, Member], Awaitable[None]]) -> None:
    """Let somebody of the desk do it to an incident."""

    async def deed(world: World, session: AsyncSession) -> None:
        reference, by = world.chance.choice(list(world.codes)), world.chance.choice(world.people)
        await verb(world, session, await find_incident(session, reference, by=by, to_change=True), by)

    DEEDS.append(deed)


of_the_reporter(lambda w, s, filed: intake.hear(s, filed, w.words, form_hash=secrets.token_hex(8), now=w.now))
of_the_reporter(lambda w, s, filed: intake.keep_code(s, filed, now=w.now))
of_the_reporter(lambda w, s, filed: intake.change_contact(s, filed, {"reach": "email", "email": "n@x.org"}, now=w.now))
of_the_desk(lambda w, s, row, by: actions.take(s, row, seen_owner=str(row.owner_id or ""), by=by, now=w.now))
of_the_desk(lambda w, s, row, by: actions.add_note(s, row, w.writing(), by=by, now=w.now))
of_the_desk(lambda w, s, row, by: actions.send_message(s, row, w.writing(), by=by, now=w.now))
of_the_desk(lambda w, s, row, by: actions.retitle(s, row, Change(w.words, row.title), by=by, now=w.now))
of_the_desk(lambda w, s, row, by: access.reveal_reporter(s, row, w.words, by=by, now=w.now))
of_the_desk(lambda w, s, row, by: decisions.reopen(s, row, Reopening(w.words, secrets.token_hex(8)), by=by, now=w.now))


@of_the_desk
async def _assign(world: World, session: AsyncSession, row: Incident, by: Member) -> None:
    owner = Change(world.chance.choice([None, *(one.id for one in world.people)]), str(row.owner_id or ""))
    await actions.assign(session, row, owner, by=by, now=world.now)


@of_the_desk
async def _severity(world: World, session: AsyncSession, row: Incident, by: Member) -> None:
    level = Change(world.chance.randrange(1, 5), str(row.severity))
    await actions.set_severity(session, row, level, by=by, now=world.now)


@of_the_desk
async def _decide(world: World, session: AsyncSession, row: Incident, by: Member) -> None:
    verdict = Change(world.chance.choice(list(Verdict)), row.verdict or "")
    await decisions.decide(session, row, Decision(verdict, None, world.words, world.writing()), by=by, now=world.now)


@of_the_desk
async def _close(world: World, session: AsyncSession, row: Incident, by: Member) -> None:
    await actions.mark_read(session, row, seen_reply=await actions.newest_reply(session, row), by=by, now=world.now)
    await decisions.close(session, row, Closure(Outcome.RESOLVED, row.status, world.writing()), by=by, now=world.now)


@of_the_desk
async def _restrict(world: World, session: AsyncSession, row: Incident, by: Member) -> None:
    circle = await access.circle_of(session, row, by=by)
    wanted = Access(world.chance.random() < 0.5, frozenset(one.id for one in world.people), circle.stamp)
    await access.set_access(session, row, wanted, by=by, now=world.now)


@of_the_desk
async def _add_a_file(world: World, session: AsyncSession, row: Incident, by: Member) -> None:
    slot = await files.new_slot(session, row.id)
    kept = Kept(7, secrets.token_hex(32), secrets.token_hex(32))
    arrived = Arrived(world.words[:40], "text/plain", slot, kept, secrets.token_hex(32))
    await attachments.add(session, Giver(row, member=by), [arrived], now=world.now)
    await actions.finish(session, actions.begin(row, by, world.now), "files.added")


async def _erase(world: World, session: AsyncSession) -> None:
    row = await held(session, world.chance.choice(list(world.codes)))
    wish = Wish(world.chance.choice(list(Extent)), world.words, world.people[0].id)
    ledger = ledger_in(world.desk.settings.keys_dir, world.desk.vault)
    await erase(session, row, wish, ledger=ledger, now=world.now)


@of_the_desk
async def _a_moment(world: World, session: AsyncSession, row: Incident, by: Member) -> None:
    bench = await bench_of(session, row.reference, by=by, for_change=True)
    stamped = Stamped(world.chance.choice(list(Kind)), world.now, "Europe/Amsterdam", world.words)
    await write_stamp(session, bench, stamped, member=by, now=world.now)


@of_the_desk
async def _the_law(world: World, session: AsyncSession, row: Incident, by: Member) -> None:
    case = await case_of(session, row.reference, by=world.people[0], for_change=True)
    aware = Aware(world.now - timedelta(hours=1), "Europe/Amsterdam", world.words, "1", Period(72, Unit.HOUR))
    filed, decided = Filed(world.now, "AP-1", None), Decided("risk_unlikely", world.words)
    match world.chance.randrange(4):
        case 0:
            await breach.set_awareness(session, case, aware, member=by, now=world.now)
        case 1:
            await breach.record_filing(session, case, filed, member=by, now=world.now)
        case 2:
            await breach.sign_decision(session, case, decided, member=by, now=world.now)
        case _:
            await breach.reopen_duty(session, case, decided, member=by, now=world.now)


async def _of_the_desk_itself(world: World, session: AsyncSession) -> None:
    by = world.people[2]
    await staff.change_role(
        session, world.people[1].id, world.chance.choice([Role.RESPONDER, Role.DPO]), by=by, now=world.now
    )
    await seek_reporter(session, secrets.token_hex(32), by=by, now=world.now)


DEEDS += [_erase, _of_the_desk_itself]
