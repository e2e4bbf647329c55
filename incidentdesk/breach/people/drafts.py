"""The first words of a text to the people, from what is known of the breach; a person checks and changes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import law
from incidentdesk.breach.notification import paper
from incidentdesk.breach.notification import sheet as sheets
from incidentdesk.breach.register.entries import entries_of
from incidentdesk.rules.people_notice import PARTS
from incidentdesk.settings import Settings
from incidentdesk.tables import LOST, Incident, NotificationVersion, PeopleText
from incidentdesk.web.pages import environment

# Which answers of the notification say what the register's words say, too.
ANSWERS = {
    "data": ("data_categories",),
    "effects": ("consequences_c", "consequences_i", "consequences_a", "impact_kinds"),
    "measures": ("measures_taken", "measures_prevent"),
    "contact": ("contact_point", "dpo"),
}
# The one contact is enough; of the rest each says something of its own.
ONE_OF = frozenset({"contact"})
FED_BY = {"nature": "data", "consequences": "effects", "measures": "measures", "contact": "contact"}


@dataclass(frozen=True)
class Facts:
    """What the text says: kind of thing, since when we know, and the words that the notification or the register holds."""

    kind: str
    received_at: datetime
    words: Mapping[str, str]
    # The number of the notification's version that these words are from; the rest is the register's.
    version: int = 0
    notified: frozenset[str] = frozenset()

    def source_of(self, part: str) -> str:
        """Return what feeds a part of the text: the notification, the register, the settings, or the desk's own words."""
        name = FED_BY.get(part, "")
        if name in self.notified:
            return "notification"
        return "settings" if name == "contact" else "register" if self.words.get(name) else "desk"


async def facts_of(session: AsyncSession, incident: Incident, *, language: str) -> Facts:
    """Return what is known: from the notification, where it says it, else from the register, and before that the assessment."""
    (entry,) = await entries_of(session, [incident], language=language)
    known = {name: "" if text is LOST else text for name, text in entry.texts.items()}
    newest = select(NotificationVersion).where(NotificationVersion.incident_id == incident.id)
    version = await session.scalar(newest.order_by(NotificationVersion.number.desc()).limit(1))
    said = _notified(version, language) if version else {}
    number = version.number if version else 0
    return Facts(incident.kind, incident.received_at, {**known, **said}, number, frozenset(said))


def _notified(version: NotificationVersion, language: str) -> dict[str, str]:
    """Return what a version says, in words of `language`; what somebody typed stays as they typed it."""
    sheet, words = sheets.from_json(version.values), law.words_of(version.edition)
    fields = {field.key: field for field in law.edition(version.edition).fields}
    found: dict[str, str] = {}
    for name, keys in ANSWERS.items():
        answers = [paper.value_of(fields[key], sheet[key], words, language) for key in keys if key in sheet]
        texts = [text for text in answers if text]
        if texts:
            found[name] = "\n".join(texts[:1] if name in ONE_OF else texts)
    return found


def draft(facts: Facts, settings: Settings, language: str) -> dict[str, str]:
    """Return the parts of a text in `language`."""
    template = environment(language).get_template("breach/_people_draft.txt")
    known = {
        "facts": facts,
        "organisation": settings.organisation,
        "phone": settings.phone,
        "contact": facts.words.get("contact") or settings.privacy_contact,
        "zone": settings.zone,
    }
    return {part: template.render(known, part=part).strip() for part in PARTS}


def changed_since(text: PeopleText | None, drafted: Mapping[str, str]) -> dict[str, str]:
    """Return the parts whose sources say something else than when the text was kept, with what they would say now."""
    before = text.drafted if text else {}
    return {
        part: words
        for part, words in drafted.items()
        if text is not None and words not in {before.get(part, words), text.parts.get(part)}
    }


def whole(parts: Mapping[str, str]) -> str:
    """Return the parts as one text, to be sent or copied."""
    return "\n\n".join(parts[part] for part in PARTS if parts.get(part))
