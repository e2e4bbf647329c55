"""What the erasure page sends."""

from collections.abc import Mapping

from incidentdesk.mail.addresses import is_address
from incidentdesk.rules.erasure import Extent
from incidentdesk.web.forms import Form, block, one

Errors = Mapping[str, str]
LONGEST, LONGEST_ADDRESS = 2_000, 254


def read_address(form: Form) -> tuple[str, Errors]:
    """Return the address of the person whose data is looked for."""
    address = one(form, "email", longest=LONGEST_ADDRESS)
    return address, {} if is_address(address) else {"email": "email_wrong"}


def read_wish(form: Form, *, reference: str) -> tuple[Extent | None, str, Errors]:
    """Return what to erase and why. The incident's own reference, typed again, says that it is meant."""
    extent, reason = one(form, "extent"), block(form, "reason", longest=LONGEST + 1)
    found = {
        "extent": "" if extent in set(Extent) else "extent_missing",
        "reason": "reason_missing" if not reason else "reason_long" if len(reason) > LONGEST else "",
        "confirm": "" if one(form, "confirm").upper() == reference else "confirm_differs",
    }
    errors = {name: word for name, word in found.items() if word}
    return (Extent(extent) if "extent" not in errors else None), reason, errors
