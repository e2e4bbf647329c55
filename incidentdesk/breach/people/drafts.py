"""The first words of a text to the people, from what is known of the breach; a person checks and changes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.breach.register.entries import entries_of
from incidentdesk.rules.people_notice import PARTS
from incidentdesk.settings import Settings
from incidentdesk.tables import LOST, Incident
from incidentdesk.web.pages import environment


@dataclass(frozen=True)
class Facts:
    """What the text says: kind of thing, since when we know, and the words the register holds."""

    kind: str
    received_at: datetime
    words: Mapping[str, str]


async def facts_of(session: AsyncSession, incident: Incident, *, language: str) -> Facts:
    """Return what is known, from the register's entry, and before it is written from the assessment."""
    (entry,) = await entries_of(session, [incident], language=language)
    known = {name: "" if text is LOST else text for name, text in entry.texts.items()}
    return Facts(incident.kind, incident.received_at, known)


def draft(facts: Facts, settings: Settings, language: str) -> dict[str, str]:
    """Return the parts of a text in `language`."""
    template = environment(language).get_template("breach/_people_draft.txt")
    known = {
        "facts": facts,
        "organisation": settings.organisation,
        "phone": settings.phone,
        "contact": settings.privacy_contact,
        "zone": settings.zone,
    }
    return {part: template.render(known, part=part).strip() for part in PARTS}


def whole(parts: Mapping[str, str]) -> str:
    """Return the parts as one text, to be sent or copied."""
    return "\n\n".join(parts[part] for part in PARTS if parts.get(part))
