"""From what was written to customers to a value, or to one error code per field."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from incidentdesk.breach.moments import Reading, words
from incidentdesk.i18n import LANGUAGES
from incidentdesk.web.forms import Form


@dataclass(frozen=True)
class Written:
    """What is sent, by language, and for which duties."""

    clocks: tuple[UUID, ...]
    bodies: Mapping[str, str]


def notices(form: Form, languages: Mapping[UUID, str]) -> Reading[Written]:
    """Read it. `languages` names those that can be told, by their clock; each language that is needed needs its words."""
    chosen = tuple(number for number in languages if str(number) in (form.get("clock") or ()))
    needed = {languages[number] for number in chosen}
    bodies: dict[str, str] = {}
    errors: dict[str, str] = {}
    for language in LANGUAGES:
        missing = "body_missing" if language in needed else ""
        bodies[language], wrong = words(form, f"body_{language}", missing=missing)
        errors |= wrong
    if not chosen:
        errors["clock"] = "customer_missing"
    return Reading(None if errors else Written(chosen, bodies), errors)
