"""The draft of one incident with its versions, signatures and filings, and how far it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.breach.assessment.queries import assessment_of
from incidentdesk.breach.clock.queries import Case, case_of
from incidentdesk.breach.notification import sheet as sheets
from incidentdesk.breach.notification.sheet import Given, Sheet
from incidentdesk.breach.notification.sources import Known, proposals
from incidentdesk.breach.people.queries import signed_about
from incidentdesk.records.history import names_of
from incidentdesk.rules import notification as rules
from incidentdesk.rules.deadline import Regime
from incidentdesk.rules.notification import Edition, Fact, Field, Form, Phase, Situation, Stage, State
from incidentdesk.rules.permissions import Permission, allows
from incidentdesk.settings import Settings
from incidentdesk.tables import (
    FiledVersion,
    Filing,
    FilingProof,
    Incident,
    Member,
    NotificationCopy,
    NotificationSignature,
    NotificationVersion,
    Report,
    fetch_keys,
    visible_to,
)

LISTED = 5


@dataclass(frozen=True)
class Kept:
    """What was kept so far, oldest first; signatures by their version, versions and proofs by their filing."""

    versions: Sequence[NotificationVersion]
    signatures: Mapping[UUID, NotificationSignature]
    filed: Mapping[UUID, UUID]
    proofs: Sequence[FilingProof]
    # What was copied into an authority's own form, in the order it was said.
    copies: Sequence[NotificationCopy] = ()

    @property
    def newest(self) -> NotificationVersion | None:
        """The version that counts."""
        return self.versions[-1] if self.versions else None

    @property
    def listed(self) -> list[NotificationVersion]:
        """The versions that a page lists, newest first: the last few, and every one that was signed."""
        last = self.versions[-LISTED:]
        return [row for row in reversed(self.versions) if row in last or row.id in self.signatures]

    def is_filed(self, version: NotificationVersion) -> bool:
        """Say whether this version was handed in."""
        return version.id in self.filed.values()

    def numbered(self, number: int) -> NotificationVersion | None:
        """Return a version by its number."""
        return next((version for version in self.versions if version.number == number), None)


@dataclass(frozen=True)
class Look:
    """Who looks, under which settings, and when."""

    by: Member
    settings: Settings
    now: datetime


@dataclass(frozen=True)
class Draft:
    """The draft as it is now: what was kept, and what the sources say since."""

    case: Case
    kept: Kept
    edition: Edition
    situation: Situation
    sheet: Sheet
    proposed: Sheet
    # Of everybody who wrote, checked, signed or filed something in it.
    names: Mapping[UUID, str]

    @property
    def incident(self) -> Incident:
        """Its incident."""
        return self.case.incident

    @property
    def number(self) -> int:
        """The number of the newest version; 0 before the first one."""
        return self.kept.newest.number if self.kept.newest else 0

    @property
    def form(self) -> Form:
        """The form it is written for."""
        return next(form for form in self.edition.forms if form.code == self.situation.form)

    @cached_property
    def stage(self) -> Stage:
        """How far the newest version is. Signed is what a signature stands under as its sources are now."""
        newest = self.kept.newest
        return rules.stage_of(
            is_signed=newest is not None and newest.id in self.kept.signatures and self.overtaken is None,
            is_filed=newest is not None and self.kept.is_filed(newest),
        )

    @cached_property
    def states(self) -> dict[str, State]:
        """The state of each field that is asked, in the form's order."""
        return rules.states(self.edition, sheets.answers_in(self.sheet), self.situation)

    @cached_property
    def moved(self) -> tuple[str, ...]:
        """The fields asked for whose source says something else than the newest version; none before the first one."""
        if self.kept.newest is None:
            return ()
        stored = sheets.from_json(self.kept.newest.values)
        changes = rules.diff(sheets.answers_in(stored), sheets.answers_in(self.sheet))
        return tuple(change.key for change in changes if change.key in self.states)

    @property
    def overtaken(self) -> NotificationVersion | None:
        """The newest version, if it was signed and the sources say something else since."""
        newest = self.kept.newest
        return newest if newest is not None and newest.id in self.kept.signatures and self.moved else None

    @property
    def is_withdrawable(self) -> bool:
        """Whether something was filed that can be taken back, also while an amendment of it is being written."""
        filed = [version for version in self.kept.versions if self.kept.is_filed(version)]
        return bool(filed) and Phase.WITHDRAWAL not in {filed[-1].phase, self.situation.phase}

    @property
    def to_file(self) -> NotificationVersion | None:
        """The newest signed version, while it was not handed in."""
        signed = [version for version in self.kept.versions if version.id in self.kept.signatures]
        return signed[-1] if signed and not self.kept.is_filed(signed[-1]) else None

    @property
    def to_copy(self) -> NotificationVersion | None:
        """The version that goes into an authority's own form: the signed one, and while there is none the newest."""
        return self.to_file or self.kept.newest

    @property
    def filed_or_to_copy(self) -> list[NotificationVersion]:
        """The versions that somebody handed in or will."""
        return [row for row in self.kept.versions if self.kept.is_filed(row) or row is self.to_copy]

    @cached_property
    def stamp(self) -> str:
        """Return a word that changes with everything that could make a form stale."""
        content = rules.digest(sheets.to_json(self.sheet))
        return f"{self.number}-{len(self.kept.signatures)}-{self.case.stamp}-{content[:16]}"

    def field(self, key: str) -> Field:
        """Return a field by its key."""
        return next(field for field in self.edition.fields if field.key == key)

    @cached_property
    def newer(self) -> dict[str, Given]:
        """What the sources of checked answers say now, where that is something else than when somebody checked them."""
        pairs = {key: sheets.newer(given, self.proposed.get(key, sheets.EMPTY)) for key, given in self.sheet.items()}
        return {key: given for key, given in pairs.items() if given is not None and key in self.states}


async def draft_of(session: AsyncSession, reference: str, look: Look, *, for_change: bool = False) -> Draft:
    """Return the draft, or raise Missing. `for_change` keeps others out until the transaction ends."""
    by, settings, now = look.by, look.settings, look.now
    case = await case_of(session, reference, by=by, for_change=for_change)
    kept = await _kept(session, case.incident)
    newest = kept.newest
    edition = law.edition(newest.edition) if newest else law.edition_at(now)
    situation = Situation(
        form=newest.form if newest else _form_for(edition, settings),
        phase=newest.phase if newest else Phase.PRELIMINARY,
        facts=_facts(case, kept, now=now),
    )
    known = Known(
        case,
        await _report(session, case.incident),
        settings,
        situation.phase,
        by if allows(by.role, Permission.LEGAL) else None,
        _previous(case, kept),
        None if newest else await _earlier(session, case.incident, by=by),
        await assessment_of(session, case.incident, now=now),
        await signed_about(session, case.incident),
    )
    proposed = proposals(known)
    stored = sheets.from_json(newest.values) if newest else {}
    # What was filed stays as it was filed, whatever its sources say since.
    is_past = newest is not None and kept.is_filed(newest)
    sheet = stored if is_past else sheets.composed(edition, stored, proposed)
    names = await names_of(session, _people(case, kept, sheet))
    return Draft(case, kept, edition, situation, sheet, proposed, names)


async def _kept(session: AsyncSession, incident: Incident) -> Kept:
    of = incident.id
    versions = select(NotificationVersion).where(NotificationVersion.incident_id == of)
    signatures = await session.scalars(select(NotificationSignature).where(NotificationSignature.incident_id == of))
    filed = await session.scalars(select(FiledVersion).where(FiledVersion.incident_id == of))
    proofs = select(FilingProof).where(FilingProof.incident_id == of).order_by(FilingProof.id)
    copies = select(NotificationCopy).where(NotificationCopy.incident_id == of)
    return Kept(
        (await session.scalars(versions.order_by(NotificationVersion.number))).all(),
        {row.version_id: row for row in signatures},
        {row.filing_id: row.version_id for row in filed},
        (await session.scalars(proofs)).all(),
        (await session.scalars(copies.order_by(NotificationCopy.id))).all(),
    )


def _form_for(edition: Edition, settings: Settings) -> str:
    """Return the form of the authority where we are established; the common one where we know no other, or none leads."""
    leads = law.is_in_area(settings.established_in) or Regime.CONTROLLER not in settings.regimes
    country = settings.established_in.partition("-")[0] if leads else ""
    return next((form.code for form in edition.forms if form.country == country), edition.forms[0].code)


def _facts(case: Case, kept: Kept, *, now: datetime) -> frozenset[Fact]:
    newest = kept.newest
    facts = {Fact.WITHDRAWAL} if newest is not None and newest.phase is Phase.WITHDRAWAL else set()
    if _before(case, kept):
        return frozenset({*facts, Fact.FOLLOW_UP})
    clock, sent_at = case.clock, case.filings[0].filed_at if case.filings else now
    is_late = clock is not None and (bool(clock.late_seconds) or sent_at > clock.deadline_at)
    return frozenset({*facts, Fact.LATE} if is_late else facts)


def _before(case: Case, kept: Kept) -> list[Filing]:
    """Return what was filed before the newest version."""
    newest = kept.newest
    return [filing for filing in case.filings if newest is None or kept.filed.get(filing.id) != newest.id]


def _previous(case: Case, kept: Kept) -> str:
    before = _before(case, kept)
    return before[-1].authority_reference if before else ""


async def _report(session: AsyncSession, incident: Incident) -> Mapping[str, object]:
    """Return what the first report says; later ones are read by people."""
    first = select(Report).where(Report.incident_id == incident.id).order_by(Report.id).limit(1)
    report = await session.scalar(first)
    return report.answers if report else {}


async def _earlier(session: AsyncSession, incident: Incident, *, by: Member) -> Sheet | None:
    """Return what was filed last about another incident that this person may see; it says who we are."""
    found = (
        await session.scalars(
            select(NotificationVersion)
            .join(FiledVersion, FiledVersion.version_id == NotificationVersion.id)
            .join(Incident, Incident.id == NotificationVersion.incident_id)
            .where(
                Incident.id != incident.id, Incident.erased_at.is_(None), Incident.practice.is_(False), visible_to(by)
            )
            .order_by(FiledVersion.id.desc())
            .limit(1)
        )
    ).first()
    if found is None:
        return None
    await fetch_keys(session, [found.incident_id])
    return sheets.from_json(found.values)


def _people(case: Case, kept: Kept, sheet: Sheet) -> set[UUID]:
    people = {row.member_id for row in kept.versions} | {row.member_id for row in kept.signatures.values()}
    people |= {row.member_id for row in kept.proofs} | {row.member_id for row in case.filings}
    people |= {row.member_id for row in kept.copies}
    return people | {given.by for given in sheet.values() if given.by is not None}
