"""What a person may do to the draft: keep, check, put off, sign, record as filed, amend, withdraw. Versions are only ever added."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.breach.clock import actions as clock_actions
from incidentdesk.breach.clock.forms import Filed
from incidentdesk.breach.notification import sheet as sheets
from incidentdesk.breach.notification.paper import digest_of
from incidentdesk.breach.notification.queries import Draft
from incidentdesk.breach.notification.sheet import Given, Sheet, Source
from incidentdesk.breach.notification.sources import SUBTYPES
from incidentdesk.errors import Conflict
from incidentdesk.mail import signatures
from incidentdesk.mail.signatures import Paper
from incidentdesk.records import attachments, clocks, history
from incidentdesk.records.attachments import Arrived, NoMoreFiles
from incidentdesk.rules import notification as rules
from incidentdesk.rules.notification import Answer, Phase, Stage, State
from incidentdesk.tables import (
    Attachment,
    FiledVersion,
    Filing,
    FilingProof,
    JsonObject,
    Member,
    NotificationCopy,
    NotificationSignature,
    NotificationVersion,
)

AMENDED = "notification.amended"


@dataclass(frozen=True)
class Who:
    """Who acts, and when."""

    member: Member
    now: datetime


async def save_answers(session: AsyncSession, draft: Draft, given: Mapping[str, Given], *, who: Who) -> None:
    """Keep what a person wrote or checked as a new version."""
    _insist(draft, Stage.DRAFTED, Stage.SIGNED)
    await _keep(session, draft, {**draft.sheet, **given}, "notification.saved", who=who)


async def check_all(session: AsyncSession, draft: Draft, *, who: Who) -> None:
    """Vouch for everything that nobody has checked. What the clock's page decides stays open until it is decided there."""
    _insist(draft, Stage.DRAFTED, Stage.SIGNED)
    waiting = rules.keys_in(draft.states, State.TO_CHECK)
    seen = {
        key: sheets.checked(draft.sheet[key], by=who.member.id, at=who.now)
        for key in waiting
        if not draft.field(key).derived
    }
    await _keep(session, draft, {**draft.sheet, **seen}, "notification.checked", who=who)


async def put_off_the_rest(session: AsyncSession, draft: Draft, *, who: Who) -> None:
    """Say of everything missing that may be so that it is not yet known (Art. 33(4) GDPR)."""
    _insist(draft, Stage.DRAFTED, Stage.SIGNED)
    answers = sheets.answers_in(draft.sheet)
    waiting = rules.may_wait(draft.edition, answers, replace(draft.situation, phase=Phase.PRELIMINARY))
    put_off = {key: sheets.postponed(draft.sheet.get(key, sheets.EMPTY)) for key in waiting}
    await _keep(session, draft, {**draft.sheet, **put_off}, "notification.put_off", who=who)


async def choose(session: AsyncSession, draft: Draft, form: str, phase: Phase, *, who: Who) -> None:
    """Write for another authority's form, or for another phase."""
    _insist(draft, Stage.DRAFTED, Stage.SIGNED)
    chosen = replace(draft, situation=replace(draft.situation, form=form, phase=phase))
    # A withdrawal that is none after all leaves no reason behind.
    sheet = {key: given for key, given in draft.sheet.items() if key != "withdrawal_reason"}
    await _keep(session, chosen, sheet, "notification.chosen", who=who)


async def amend(session: AsyncSession, draft: Draft, *, who: Who) -> None:
    """Begin the next version of what was filed; that one stays as it is."""
    _insist(draft, Stage.FILED)
    follow_up, sheet = _follow_up(draft, Phase.COMPLETE)
    await _keep(session, follow_up, sheet, AMENDED, who=who)


async def withdraw(session: AsyncSession, draft: Draft, reason: str, *, who: Who) -> None:
    """Begin the withdrawal of what was filed, with its reason. It is signed and filed like every other version."""
    if not draft.is_withdrawable:
        raise Conflict
    back, sheet = _follow_up(draft, Phase.WITHDRAWAL)
    sheet["withdrawal_reason"] = Given(Answer(text=reason, checked=True), Source.MEMBER, who.member.id, who.now)
    await _keep(session, back, sheet, "notification.withdrawn", who=who)


async def sign(session: AsyncSession, draft: Draft, *, who: Who) -> None:
    """Vouch for exactly this version, by its hash. What its sources said since the last save becomes part of it."""
    _insist(draft, Stage.DRAFTED)
    if rules.hindrances(draft.edition, sheets.answers_in(draft.sheet), draft.situation):
        raise Conflict
    version, kept = _version(draft, draft.sheet, who=who), draft.kept.newest
    if kept is not None and _said(kept) == _said(version):
        version = kept
    else:
        session.add(version)
        await session.flush()
    digest = digest_of(draft.incident, version)
    session.add(
        NotificationSignature(
            incident_id=draft.incident.id,
            version_id=version.id,
            digest=digest,
            member_id=who.member.id,
            signed_at=who.now,
        )
    )
    after: JsonObject = {"version": version.number, "sha256": digest}
    await _finish(session, draft, "notification.signed", after, who=who)


async def record_filed(
    session: AsyncSession, draft: Draft, value: Filed, proofs: Sequence[Attachment], *, who: Who
) -> None:
    """Record that the signed version was handed in; the clock's own action says so first."""
    version = draft.to_file
    if version is None:
        raise Conflict
    await clock_actions.record_filing(session, draft.case, value, member=who.member, now=who.now)
    newest = select(Filing).where(Filing.incident_id == draft.incident.id).order_by(Filing.id.desc()).limit(1)
    filing = (await session.scalars(newest)).one()
    digest = _handed_in(draft, version)
    session.add(
        FiledVersion(
            incident_id=draft.incident.id,
            filing_id=filing.id,
            version_id=version.id,
            digest=digest,
            member_id=who.member.id,
        )
    )
    after: JsonObject = {"version": version.number, "sha256": digest, **_prove(session, draft, filing.id, proofs, who)}
    await _finish(session, draft, "notification.filed", after, who=who)


async def take_in(
    session: AsyncSession, draft: Draft, arrived: Sequence[Arrived], *, who: Who
) -> tuple[list[Attachment], list[Attachment]]:
    """Make rows of files that were sent as proof: those that are new, and all of them. One sent before is what it was."""
    giver = attachments.Giver(draft.incident, member=who.member)
    added = await attachments.admit(session, giver, arrived, now=who.now)
    known = {file.content_hash: file for file in await attachments.files_of(session, draft.incident)}
    return added, [known[file.content_hash] for file in arrived]


async def note_copied(session: AsyncSession, draft: Draft, keys: Sequence[str], *, back: bool, who: Who) -> None:
    """Write down which answers somebody copied into the authority's own form, or did not after all."""
    version = draft.to_copy
    if version is None:
        raise Conflict
    digest = digest_of(draft.incident, version)
    about = {"incident_id": draft.incident.id, "version_id": version.id, "member_id": who.member.id}
    session.add(NotificationCopy(**about, fields=list(keys), digest=digest, taken_back=back, copied_at=who.now))
    after: JsonObject = {"version": version.number, "sha256": digest, "fields": list(keys)}
    await _finish(session, draft, "notification.not_copied" if back else "notification.copied", after, who=who)


async def add_proofs(
    session: AsyncSession, draft: Draft, filing_id: UUID, proofs: Sequence[Attachment], *, who: Who
) -> None:
    """Put files beside what was filed, such as the authority's answer."""
    facts = _prove(session, draft, filing_id, proofs, who)
    if facts:
        await _finish(session, draft, "notification.proved", facts, who=who)


def _handed_in(draft: Draft, version: NotificationVersion) -> str:
    """Return the hash of what was handed in: of one that cannot be read any more, the hash that was signed."""
    return draft.kept.signatures[version.id].digest if version.damaged else digest_of(draft.incident, version)


def _prove(session: AsyncSession, draft: Draft, filing_id: UUID, proofs: Sequence[Attachment], who: Who) -> JsonObject:
    """Add those that are not there yet; return what history says of them."""
    known = {row.attachment_id for row in draft.kept.proofs if row.filing_id == filing_id}
    new = {file.id: file for file in proofs if file.id not in known}
    # A proof may prove several filings, and is one file.
    if len({row.attachment_id for row in draft.kept.proofs} | set(new)) > attachments.MOST_PROOFS:
        raise NoMoreFiles
    session.add_all([_proof(draft, filing_id, file, who=who) for file in new.values()])
    return {"file": " ".join(map(str, new))} if new else {}


def _proof(draft: Draft, filing_id: UUID, file: Attachment, *, who: Who) -> FilingProof:
    return FilingProof(
        incident_id=draft.incident.id,
        filing_id=filing_id,
        attachment_id=file.id,
        name=file.name,
        member_id=who.member.id,
        added_at=who.now,
    )


def _insist(draft: Draft, *stages: Stage) -> None:
    if draft.stage not in stages:
        raise Conflict


def _follow_up(draft: Draft, phase: Phase) -> tuple[Draft, dict[str, Given]]:
    """Return the draft in its next phase, and its answers without those that told of the one filing they were made for."""
    sheet = {key: given for key, given in draft.sheet.items() if key not in {"delay_reason", "withdrawal_reason"}}
    sheet["notification_type"] = Given(Answer(("follow_up",), checked=True), Source.DESK)
    reference = draft.case.filings[-1].authority_reference
    sheet["previous_id"] = Given(Answer(text=reference, checked=True), Source.CLOCK)
    if "aware_at" in draft.proposed:
        sheet["aware_at"] = draft.proposed["aware_at"]
    return replace(draft, situation=replace(draft.situation, phase=phase)), sheet


async def _keep(session: AsyncSession, draft: Draft, sheet: Sheet, action: str, *, who: Who) -> None:
    """Add a version, unless it would say what the newest one says."""
    newest = draft.kept.newest
    version = _version(draft, sheet, who=who)
    if newest is not None and _said(newest) == _said(version):
        return
    session.add(version)
    before = sheets.from_json(newest.values) if newest else {}
    after = sheets.from_json(version.values)
    after_facts: JsonObject = {
        "version": version.number,
        "phase": version.phase.value,
        "form": version.form,
        "fields": list(_touched(before, after)),
    }
    await _finish(session, draft, action, after_facts, who=who)
    # What an amendment begins with was ready once, and is there to be changed.
    is_ready = not rules.hindrances(draft.edition, sheets.answers_in(sheet), draft.situation)
    if is_ready and action != AMENDED:
        await signatures.ask(session, draft.incident, Paper.NOTIFICATION, by=who.member, now=who.now)


def _said(version: NotificationVersion) -> tuple[object, ...]:
    return version.form, version.phase, version.values


def _touched(before: Sheet, after: Sheet) -> Iterable[str]:
    return (key for key in {**before, **after} if before.get(key) != after.get(key))


def _version(draft: Draft, sheet: Sheet, *, who: Who) -> NotificationVersion:
    phase = draft.situation.phase
    newest = draft.kept.newest
    before = sheets.from_json(newest.values) if newest else {}
    marked = sheets.with_origins(sheet, before, draft.proposed)
    told = {key: given for key, given in marked.items() if given != sheets.EMPTY}
    # The phase stands in a field of its own, too.
    told["notification_subtype"] = Given(Answer((SUBTYPES[phase],), checked=True), Source.DESK)
    return NotificationVersion(
        incident_id=draft.incident.id,
        number=draft.number + 1,
        phase=phase,
        form=draft.situation.form,
        edition=draft.edition.version,
        values=sheets.to_json(told),
        member_id=who.member.id,
        saved_at=who.now,
    )


async def _finish(session: AsyncSession, draft: Draft, action: str, after: JsonObject, *, who: Who) -> None:
    await clocks.acted(session, draft.incident, by=action, now=who.now)
    history.record(session, draft.incident, action, actor=history.actor_of(who.member), now=who.now, after=after)
    await clocks.refresh_agenda(session, draft.incident)
