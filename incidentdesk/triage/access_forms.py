"""What the pages about access send: text to value."""

from dataclasses import dataclass
from uuid import UUID

from incidentdesk.web.forms import Form, one


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


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
