"""One line of an example's story, done through the action a person would have used."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.breach.awareness.actions import write_stamp
from incidentdesk.breach.awareness.forms import Stamped
from incidentdesk.breach.awareness.queries import bench_of
from incidentdesk.breach.clock import actions as breach
from incidentdesk.breach.clock import queries
from incidentdesk.breach.clock.forms import Aware, Decided, Filed
from incidentdesk.intake import actions as intake
from incidentdesk.intake.queries import report_of_form
from incidentdesk.rules.awareness import Kind
from incidentdesk.rules.deadline import policy_in_force
from incidentdesk.rules.lifecycle import Outcome, Verdict
from incidentdesk.rules.next_step import Duty
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import Clock, Incident, Member
from incidentdesk.triage import actions as triage
from incidentdesk.triage import decisions
from incidentdesk.triage.forms import Change, Closure, Decision, Writing
from incidentdesk.triage.stale import text_of


@dataclass(frozen=True)
class Act:
    """What happens to which incident and when. `key` is its one-time id, `row` the line of the file."""

    reference: str
    key: str
    received_at: datetime
    at: datetime
    row: Mapping[str, Any]

    def writing(self, *, asks: bool = False, seen_reply: str = "") -> Writing:
        """Return the line's text as a page would send it."""
        return Writing(self.row.get("body", ""), self.key, asks, seen_reply)


async def perform(session: AsyncSession, act: Act, member: Member) -> None:
    """Let a member do it."""
    if act.row["do"] in _LEGAL:
        await _LEGAL[act.row["do"]](session, act, member)
        return
    incident = await find_incident(session, act.reference, by=member, to_change=True)
    await _TRIAGE[act.row["do"]](session, incident, act, member)


async def perform_reporter(session: AsyncSession, act: Act, form_hash: str) -> None:
    """Let the reporter write."""
    filed = await report_of_form(session, form_hash)
    if filed is None:
        raise LookupError(act.reference)
    await intake.hear(session, filed, act.row["body"], form_hash=act.key, now=act.at)


async def _take(session: AsyncSession, incident: Incident, act: Act, member: Member) -> None:
    await triage.take(session, incident, seen_owner=text_of(incident.owner_id), by=member, now=act.at)


async def _read(session: AsyncSession, incident: Incident, act: Act, member: Member) -> None:
    newest = await triage.newest_reply(session, incident)
    await triage.mark_read(session, incident, seen_reply=newest, by=member, now=act.at)


async def _note(session: AsyncSession, incident: Incident, act: Act, member: Member) -> None:
    await triage.add_note(session, incident, act.writing(), by=member, now=act.at)


async def _message(session: AsyncSession, incident: Incident, act: Act, member: Member) -> None:
    writing = act.writing(asks=act.row["do"] == "ask", seen_reply=await triage.newest_reply(session, incident))
    await triage.send_message(session, incident, writing, by=member, now=act.at)


async def _verdict(session: AsyncSession, incident: Incident, act: Act, member: Member) -> None:
    seen = incident.verdict.value if incident.verdict else ""
    verdict = Change(Verdict(act.row["verdict"]), seen)
    decision = Decision(verdict, _outcome(act), act.row.get("reason", ""), act.writing())
    await decisions.decide(session, incident, decision, by=member, now=act.at)


async def _close(session: AsyncSession, incident: Incident, act: Act, member: Member) -> None:
    closure = Closure(_outcome(act), incident.status.value, act.writing())
    await decisions.close(session, incident, closure, by=member, now=act.at)


def _outcome(act: Act) -> Outcome | None:
    return Outcome(act.row["outcome"]) if "outcome" in act.row else None


async def _aware(session: AsyncSession, act: Act, member: Member) -> None:
    moment = act.received_at + timedelta(hours=act.row["at"])
    policy = policy_in_force(law.policies(), Duty.AUTHORITY, moment, ZoneInfo(member.zone))
    if policy is None or policy.period is None:
        raise LookupError(Duty.AUTHORITY)
    source = act.row.get("source", "")
    value = Aware(moment, member.zone, act.row["reason"], policy.version, policy.period, source=source)
    case = await queries.case_of(session, act.reference, by=member, for_change=True)
    await breach.set_awareness(session, case, value, member=member, now=act.at)


async def _stamp(session: AsyncSession, act: Act, member: Member) -> None:
    moment = act.received_at + timedelta(hours=act.row["at"])
    value = Stamped(Kind(act.row["kind"]), moment, member.zone, act.row["reason"])
    bench = await bench_of(session, act.reference, by=member, for_change=True)
    await write_stamp(session, bench, value, member=member, now=act.at)


async def _file(session: AsyncSession, act: Act, member: Member) -> None:
    case = await queries.case_of(session, act.reference, by=member)
    wanted = select(Clock.id).where(
        Clock.incident_id == case.incident.id, Clock.duty == act.row.get("duty", Duty.AUTHORITY)
    )
    clock_id = await session.scalar(wanted)
    case = await queries.case_of(session, act.reference, by=member, for_change=True, clock_id=clock_id)
    value = Filed(act.at, act.row["reference"], act.row.get("delay"))
    await breach.record_filing(session, case, value, member=member, now=act.at)


async def _sign(session: AsyncSession, act: Act, member: Member) -> None:
    case = await queries.case_of(session, act.reference, by=member, for_change=True)
    value = Decided(act.row["decision"], act.row["reasoning"])
    await breach.sign_decision(session, case, value, member=member, now=act.at)


_LEGAL: dict[str, Callable[[AsyncSession, Act, Member], Awaitable[None]]] = {
    "aware": _aware,
    "stamp": _stamp,
    "file": _file,
    "sign": _sign,
}
_TRIAGE: dict[str, Callable[[AsyncSession, Incident, Act, Member], Awaitable[None]]] = {
    "take": _take,
    "read": _read,
    "note": _note,
    "message": _message,
    "ask": _message,
    "verdict": _verdict,
    "close": _close,
}
