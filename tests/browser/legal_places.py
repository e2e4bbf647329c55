"""The pages of the legal side of an incident."""

from incidentdesk.rules.permissions import Role
from tests.browser.ways import Place, at, incident, then

RESPONDER, DPO, READER = Role.RESPONDER, Role.DPO, Role.READER
ASKED = "/awareness?if_day=1&if_month=9&if_year=2026&if_hour=14&if_minute=5"
LEGAL = (
    Place("clock-none", "breach/clock.html", incident("04", "/clock"), DPO),
    Place("clock-late", "breach/clock.html", incident("05", "/clock"), DPO),
    Place("clock-signed", "breach/clock.html", incident("01", "/clock"), DPO),
    Place("clock-filed", "breach/clock.html", incident("08", "/clock"), READER),
    Place("clock-error", "breach/clock.html", then(incident("02", "/clock"), "Record it"), DPO, status=422),
    Place("awareness", "breach/awareness.html", incident("10", "/awareness"), DPO),
    Place("awareness-late", "breach/awareness.html", incident("05", "/awareness"), RESPONDER),
    Place("awareness-filed", "breach/awareness.html", incident("08", "/awareness"), DPO),
    Place("awareness-asked", "breach/awareness.html", incident("02", ASKED), READER),
    Place("awareness-error", "breach/awareness.html", then(incident("10", "/awareness"), "End the"), DPO, status=422),
    Place("people-none", "breach/people.html", incident("05", "/people"), DPO),
    Place("people-reader", "breach/people.html", incident("08", "/people?text=nl"), READER),
    Place("people-error", "breach/people.html", then(incident("05", "/people"), "Record it"), DPO, status=422),
    Place("register", "breach/register_book.html", at("/desk/register"), DPO),
    Place("register-none", "breach/register_book.html", at("/desk/register?year=2018"), READER),
    Place("entry", "breach/register.html", incident("08", "/register"), DPO),
    Place("entry-none", "breach/register.html", incident("04", "/register"), READER),
    Place("entry-error", "breach/register.html", then(incident("05", "/register"), "Sign and close"), DPO, status=422),
)
