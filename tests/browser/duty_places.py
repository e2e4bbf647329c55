"""The places of duties, of customers and of the law."""

from incidentdesk.rules.permissions import Role
from tests.browser.ways import Place, at, then

DPO, READER = Role.DPO, Role.READER
CASE = "/desk/incidents/%(02)s"

PLACES = [
    Place("duties", "breach/duties.html", at(f"{CASE}/duties"), DPO),
    Place("duties-error", "breach/duties.html", then(at(f"{CASE}/duties"), "Sign the role"), DPO, status=422),
    Place("duty-customer", "breach/duty.html", at(f"{CASE}/duties/%(told)s"), DPO),
    Place("notices", "breach/notices.html", at(f"{CASE}/customer-notices"), DPO),
    Place(
        "notices-error",
        "breach/notices.html",
        then(at(f"{CASE}/customer-notices"), "See what will be sent"),
        DPO,
        status=422,
    ),
    Place("law", "breach/law.html", at("/desk/law"), READER),
    Place("customers", "breach/customers.html", at("/desk/customers"), DPO),
    Place("customer", "breach/customer.html", at("/desk/customers/%(customer)s"), DPO),
    Place("customers-import", "breach/customers_import.html", at("/desk/customers/import"), DPO),
]
