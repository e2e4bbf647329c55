"""What is practised: ready scenarios as answers of the report form. Their words stand in `templates/triage/_scenarios.html`."""

from collections.abc import Mapping
from typing import Final

from incidentdesk.tables import JsonObject
from incidentdesk.triage.forms import Errors
from incidentdesk.web.forms import Form, one

SCENARIOS: Final[Mapping[str, JsonObject]] = {
    "wrong_recipient": {
        "kind": "mail",
        "m_who": "stranger",
        "m_undo": ["asked"],
        "people": "yes",
        "p_many": "hundreds",
    },
    "ransom": {
        "kind": "systems",
        "ongoing": "yes",
        "s_sign": ["locked", "ransom"],
        "s_wide": "all",
        "people": "unknown",
    },
    "lost_laptop": {
        "kind": "lost",
        "l_item": "laptop",
        "l_lock": "unknown",
        "people": "yes",
        "p_types": ["contact", "health"],
    },
    "phishing": {"kind": "phish", "ongoing": "unknown", "p_did": ["clicked", "password"], "people": "unknown"},
    "hoax": {"kind": "phish", "ongoing": "no", "p_did": ["looked"], "people": "no"},
}


def read_practice(form: Form) -> tuple[str, Errors]:
    """Read which scenario is practised. Mails really go out, so somebody says that they know."""
    scenario = one(form, "scenario")
    errors = {} if scenario in SCENARIOS else {"scenario": "scenario_missing"}
    if one(form, "sure") != "yes":
        errors["sure"] = "sure_missing"
    return scenario, errors
