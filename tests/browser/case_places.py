"""Places that show incidents which belong together, and a practice."""

from incidentdesk.rules.permissions import Role
from tests.browser.ways import Place, at, then

RESPONDER, DPO = Role.RESPONDER, Role.DPO
MERGING = at("/desk/incidents/%(alike)s/merging")
INTO = at("/desk/incidents/%(alike)s/merging?into=%(whole)s")

CASES = (
    Place("merging", "triage/merging.html", MERGING, RESPONDER),
    Place("merging-error", "triage/merging.html", then(MERGING, "See what will follow"), RESPONDER, status=422),
    Place(
        "merging-outlook", "triage/merging.html", then(INTO, "See what will follow", reason="The same mail"), RESPONDER
    ),
    Place("incident-whole", "triage/incident.html", at("/desk/incidents/%(whole)s"), RESPONDER),
    Place("incident-part", "triage/incident.html", at("/desk/incidents/%(part)s"), DPO),
    Place("practice-result", "triage/practice.html", at("/desk/incidents/%(practice)s/practice"), DPO),
    Place("practices", "triage/practices.html", at("/desk/practices"), RESPONDER),
    Place("practice", "triage/incident.html", at("/desk/incidents/%(practice)s"), RESPONDER),
    Place("practice-clock", "breach/clock.html", at("/desk/incidents/%(practice)s/clock"), DPO),
    Place("queue-practice", "triage/queue.html", at("/desk?view=practice"), RESPONDER),
)
