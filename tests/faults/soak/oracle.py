"""What must be true once everything is whole again."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from incidentdesk import clock
from incidentdesk.escalation.settled import Account, settle
from incidentdesk.records import audit, rollback
from incidentdesk.records.audit import Outside
from incidentdesk.tables import Incident, MailState, Message, OutboxMail, Report
from incidentdesk.web.pages import Desk
from tests.faults.settled import in_clear
from tests.faults.soak.history import CANARY, Fault, Filed, History, Taken
from tests.opened import opened

# A mail that was taken is written down at once, unless its process or the database is just then in the way.
WRITTEN_DOWN_SECONDS = 10.0


@dataclass
class Verdict:
    """What was lost, in sentences, and the figures."""

    lost: list[str] = field(default_factory=list)
    sent: int = 0
    copies: int = 0
    beyond: int = 0
    account: Account = field(default_factory=Account)


async def judge(desk: Desk, history: History, folders: Sequence[Path]) -> Verdict:
    """Compare what people and the relay saw with what the desk holds."""
    verdict = Verdict()
    verdict.lost += [line async for line in _about_reports(desk, history)]
    await _about_mails(desk, history, verdict)
    _about_copies(history, verdict)
    async with desk.database.read() as session:
        verdict.account = await settle(session, desk.settings, now=clock.now())
    verdict.lost += [f"{one.where}: {one.what}" for one in verdict.account.findings]
    async with desk.database.read() as session:
        noted = rollback.noted(desk.settings.keys_dir)
        outside = Outside((noted,) if noted else (), files=desk.settings.files)
        found = await audit.verify(session, desk.vault, now=clock.now(), outside=outside)
    verdict.lost += [f"evidence: {one.where}: {one.what}" for one in found.findings]
    verdict.lost += [f"in clear: {name}" for folder in folders for name, _ in in_clear(folder, [CANARY])]
    if history.left:
        verdict.lost.append(f"{history.left} mails still waited long after all was whole again")
    return verdict


async def _about_reports(desk: Desk, history: History) -> AsyncIterator[str]:
    async with desk.database.read() as session:
        rows = await opened(session, select(Report))
        named = await session.execute(select(Incident.id, Incident.reference))
        references = {number: name for number, name in named}  # noqa: C416 - rows are no pairs
        messages = Counter(row.body for row in await opened(session, select(Message)))
    reports = {row.form_hash: row for row in rows}
    for filed in history.filed:
        row = reports.get(desk.vault.hash("form", desk.vault.verified("form", filed.form) or ""))
        if flaw := _flaw_of(row, references[row.incident_id] if row else "", filed):
            yield f"the report {sorted(filed.receipts)} {flaw}"
        for words in filed.said:
            if messages[words] != 1:
                yield f"a message about {sorted(filed.receipts)} is there {messages[words]} times"
    told = Counter(str(row.answers["what"]) for row in rows)
    for words in (words for words, count in told.items() if count > 1):
        yield f"one form became {told[words]} reports: {words}"


def _flaw_of(row: Report | None, reference: str, filed: Filed) -> str:
    """Say what is wrong with the report as the desk has it, compared with what its reporter knows."""
    if row is None:
        return "is not there"
    if filed.receipts != {reference}:
        return f"is {reference} here"
    return "" if _is_whole(row, filed) else "is not what was told"


def _is_whole(row: Report, filed: Filed) -> bool:
    words = (str(row.answers["what"]), str(row.identity["name"]), str(row.identity["email"]))
    return all(filed.canary in one for one in words)


async def _about_mails(desk: Desk, history: History, verdict: Verdict) -> None:
    """What the desk calls sent was taken, and what was taken is one of its mails."""
    taken = {one.message_id for one in history.taken}
    async with desk.database.read() as session:
        mails = (await session.execute(select(OutboxMail.message_id, OutboxMail.state))).all()
    sent = {mail.message_id for mail in mails if mail.state is MailState.SENT}
    verdict.sent = len(sent)
    verdict.lost += [
        f"the mail {number} is called sent, and the relay never took it" for number in sorted(sent - taken)
    ]
    unknown = taken - {mail.message_id for mail in mails}
    verdict.lost += [f"the relay took {number}, and the desk does not know it" for number in sorted(unknown)]


def _about_copies(history: History, verdict: Verdict) -> None:
    """A copy is lawful after a message that was not answered, or whose end somebody was kept from writing down."""
    by_number: dict[str, list[Taken]] = defaultdict(list)
    for one in history.taken:
        by_number[one.message_id].append(one)
    for number, copies in by_number.items():
        verdict.copies += len(copies) - 1
        excused = sum(not one.is_answered or _was_disturbed(one, history.faults) for one in copies)
        if len(copies) > 1 + excused:
            verdict.beyond += len(copies) - 1 - excused
            verdict.lost.append(f"{number} was sent {len(copies)} times, and {excused} have an excuse")


def _was_disturbed(one: Taken, faults: Iterable[Fault]) -> bool:
    """Say whether its process or the database was broken while it was sent or written down."""
    return any(
        fault.began <= one.ended + WRITTEN_DOWN_SECONDS and fault.ended >= one.began
        for fault in faults
        if fault.kind != "relay" and fault.whose in {one.by, "database"}
    )
