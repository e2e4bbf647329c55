"""What the pages about access send: text to value."""

from dataclasses import dataclass
from uuid import UUID

from incidentdesk.triage.forms import LONGEST_TEXT, Errors
from incidentdesk.web.forms import Form, block, one


@dataclass(frozen=True)
class Access:
    """Who shall see it: the desk, or some. `seen` is the circle that the form showed."""

    restricted: bool
    members: frozenset[UUID]
    seen: str


def read_access(form: Form) -> Access:
    """Read who shall see an incident; what names nobody is passed over."""
    members = frozenset(found for value in form.get("member", []) if (found := _id(value)))
    return Access(one(form, "open_to") == "members", members, one(form, "seen_access"))


def read_purpose(form: Form) -> tuple[str, Errors]:
    """Read why somebody needs to know who reported it."""
    purpose = block(form, "purpose", longest=LONGEST_TEXT + 1)
    if not purpose:
        return purpose, {"purpose": "purpose_missing"}
    return purpose, {"purpose": "text_long"} if len(purpose) > LONGEST_TEXT else {}


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
