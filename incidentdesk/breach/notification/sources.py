"""What the draft proposes by itself: from the report, the assessment, the room about the people, the clock, the settings, earlier ones.

A proposal is never checked: a person does that. Only what a person stands behind elsewhere, or the desk itself wrote down, is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from incidentdesk import law
from incidentdesk.breach.assessment.queries import Assessment
from incidentdesk.breach.clock.queries import Case
from incidentdesk.breach.notification.assessed import from_assessment
from incidentdesk.breach.notification.sheet import Given, Sheet, Source
from incidentdesk.breach.notification.told import from_people
from incidentdesk.breach.people.queries import Case as PeopleCase
from incidentdesk.rules.notification import Answer, Phase
from incidentdesk.settings import Settings
from incidentdesk.tables import LOST, Member

SUBTYPES = {Phase.PRELIMINARY: "incomplete", Phase.COMPLETE: "complete", Phase.WITHDRAWAL: "withdraw"}
# What the form's answers mean on an authority's form; an answer that is not here proposes nothing.
CHOSEN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "subject_categories": {
        "p_whose": {
            "customers": "customers",
            "colleagues": "employees",
            "children": "minors",
            "patients": "patients",
            "students": "students",
            "vulnerable": "vulnerable",
            "others": "other",
        }
    },
    "data_categories": {
        "p_types": {
            "contact": "basic contact",
            "money": "economic_financial payment_means",
            "id": "identification_number official_documents",
            "health": "health",
            "passwords": "credentials",
            "location": "location",
            "criminal": "criminal",
        }
    },
    "nature_cia": {
        "kind": {
            "mail": "confidentiality",
            "phish": "confidentiality",
            "access": "confidentiality",
            "privacy": "confidentiality",
            "lost": "confidentiality availability",
        },
        "s_sign": {"locked": "availability", "missing": "availability", "changed": "integrity"},
    },
    "incident_kind": {
        "s_sign": {"ransom": "ransomware"},
        "l_item": {
            "paper": "paper_lost",
            "laptop": "device_lost_stolen",
            "phone": "device_lost_stolen",
            "usb": "device_lost_stolen",
        },
        "kind": {
            "mail": "sent_by_mistake",
            "phish": "phishing_social_engineering",
            "access": "unauthorised_access",
            "privacy": "shown_to_wrong_recipient",
        },
    },
    "cause": {
        "s_sign": {"ransom": "external_malicious"},
        "kind": {"mail": "internal_non_malicious", "phish": "external_malicious"},
    },
    "unintelligible": {"l_lock": {"yes": "could_be_broken", "no": "no"}},
    "breach_period_kind": {"ongoing": {"yes": "ongoing"}, "began": {"same": "day"}},
    "discovery": {
        "role": {
            "colleague": "controller",
            "customer": "data_subject",
            "supplier": "processor",
            "researcher": "third_party",
        }
    },
    "police": {"told": {"police": "yes"}},
}
ONE_ONLY = frozenset({"incident_kind", "cause", "unintelligible", "breach_period_kind", "discovery", "police"})
WRITTEN = {"what_happened": "what", "breach_period": "began_about"}
RANGES = {"one": "1", "few": "2-10", "tens": "11-100", "hundreds": "101-1000"}
# What an organisation says of itself is the same in each notification.
OF_US = ("org_id", "org_contact", "org_sector", "dpo", "contact_point", "eea_representative")


@dataclass(frozen=True)
class Known:
    """Everything a proposal may come from."""

    case: Case
    report: Mapping[str, Any]
    settings: Settings
    phase: Phase
    # Who would notify; nobody while somebody looks who may not.
    member: Member | None = None
    previous: str = ""
    earlier: Sheet | None = None
    assessment: Assessment | None = None
    people: PeopleCase | None = None


def proposals(known: Known) -> dict[str, Given]:
    """Return what is proposed, by field; the later source of two wins."""
    found = dict(_from_earlier(known)) | dict(_from_report(known)) | dict(_from_settings(known))
    assessed = dict(from_assessment(known.assessment)) if known.assessment else {}
    return found | assessed | dict(_told(known)) | dict(_of_ours(known))


def _told(known: Known) -> Iterator[tuple[str, Given]]:
    if known.people is not None:
        yield from from_people(known.people, language=known.settings.language, zone=_zone(known))


def _from_report(known: Known) -> Iterator[tuple[str, Given]]:
    told = known.report
    for key in CHOSEN:
        if codes := _chosen(key, told):
            yield key, Given(Answer(codes), Source.REPORT)
    for key, text in _written(known):
        yield key, Given(Answer(text=text), Source.REPORT)
    if told.get("p_many") in RANGES:
        yield "subject_count", Given(Answer(("approximate",), RANGES[told["p_many"]]), Source.REPORT)


def _chosen(key: str, told: Mapping[str, Any]) -> tuple[str, ...]:
    found = (code for name, words in CHOSEN[key].items() for code in _codes(told.get(name), words))
    codes = tuple(dict.fromkeys(found))
    return codes[:1] if key in ONE_ONLY else codes


def _written(known: Known) -> Iterator[tuple[str, str]]:
    told = known.report
    yield from ((key, str(told[name])) for key, name in WRITTEN.items() if told.get(name))
    if told.get("role") in CHOSEN["discovery"]["role"] and told["role"] != "colleague":
        yield "told_by_other_on", known.case.incident.received_at.astimezone(_zone(known)).date().isoformat()


def _codes(told: object, words: Mapping[str, str]) -> Iterator[str]:
    for one in told if isinstance(told, list) else [told]:
        yield from words.get(str(one), "").split()


def _from_settings(known: Known) -> Iterator[tuple[str, Given]]:
    settings = known.settings
    yield "org_name", Given(Answer(text=settings.organisation), Source.SETTINGS)
    yield (
        "eea_establishment",
        Given(Answer(("yes" if law.is_in_area(settings.established_in) else "no",)), Source.SETTINGS),
    )
    if settings.privacy_contact:
        yield "dpo", Given(Answer(text=settings.privacy_contact), Source.SETTINGS)


def _from_earlier(known: Known) -> Iterator[tuple[str, Given]]:
    if known.member is not None:
        yield "reporter", Given(Answer(text=f"{known.member.name}, {known.member.email}"), Source.DESK)
    for key in OF_US:
        before = (known.earlier or {}).get(key)
        if before is not None and (before.answer.text or before.answer.chosen):
            yield key, Given(Answer(before.answer.chosen, before.answer.text), Source.EARLIER)


def _of_ours(known: Known) -> Iterator[tuple[str, Given]]:
    """What the desk itself wrote down: nobody else knows better."""
    case = known.case
    yield "notification_type", _sure("follow_up" if known.previous else "new")
    yield "notification_subtype", _sure(SUBTYPES[known.phase])
    yield "internal_ref", Given(Answer(text=case.incident.reference, checked=True), Source.DESK)
    if known.previous and known.previous is not LOST:
        yield "previous_id", Given(Answer(text=known.previous, checked=True), Source.CLOCK)
    if case.clock is not None:
        zone = ZoneInfo(case.clock.zone)
        local = case.clock.started_at.astimezone(zone)
        text = f"{local:%Y-%m-%d %H:%M} {zone.key} (UTC{local:%z})"
        fixed = max(case.awareness, key=lambda row: row.set_at, default=None)
        by, at = (fixed.member_id, fixed.set_at) if fixed else (None, None)
        yield "aware_at", Given(Answer(text=text, checked=not case.clock.provisional), Source.CLOCK, by, at)


def _sure(code: str) -> Given:
    return Given(Answer((code,), checked=True), Source.DESK)


def _zone(known: Known) -> ZoneInfo:
    return ZoneInfo(known.case.clock.zone) if known.case.clock else known.settings.zone
