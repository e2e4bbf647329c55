"""What every route of staff asks for, written by hand. Whoever opens a new one says so here, or a test fails.

By permission. With a star: shows or changes one incident, so whoever may not see that one is told it does not exist.
With an exclamation mark: answers 403 itself to what nobody began. With a plus: matters so much that it asks once more who is there.
"""

from dataclasses import dataclass

from incidentdesk.rules.permissions import Permission

EXPECTED: dict[Permission, str] = {
    Permission.READ: """
        GET /desk
        GET /desk/address/{link:str}
        GET /desk/authenticator +
        GET /desk/clock
        GET /desk/confirmation
        GET /desk/escalation
        GET /desk/escalation/rotas
        GET /desk/escalation/rotas/{rota_id:uuid}
        GET /desk/incidents/{ref:str} *
        GET /desk/incidents/{ref:str}/escalations *
        GET /desk/incidents/{ref:str}/escalations.csv *
        GET /desk/incidents/{ref:str}/files/{number:uuid} *
        GET /desk/incidents/{reference:str}/awareness *
        GET /desk/incidents/{reference:str}/assessment *
        GET /desk/customers
        GET /desk/customers/{customer_id:uuid}
        GET /desk/incidents/{reference:str}/clock *
        GET /desk/incidents/{reference:str}/people *
        GET /desk/incidents/{reference:str}/register *
        GET /desk/incidents/{reference:str}/notification *
        GET /desk/incidents/{reference:str}/notification/versions/{version:int} *
        GET /desk/incidents/{reference:str}/notification/versions/{version:int}/json *
        GET /desk/incidents/{reference:str}/notification/versions/{version:int}/pdf *
        GET /desk/incidents/{reference:str}/customer-notices *
        GET /desk/incidents/{reference:str}/duties *
        GET /desk/incidents/{reference:str}/duties/{clock_id:uuid} *
        GET /desk/law
        GET /desk/passkeys/new +
        GET /desk/practices
        GET /desk/incidents/{ref:str}/practice *
        GET /desk/profile
        GET /desk/profile/away
        GET /desk/profile/sso +
        GET /desk/profile/sso/back
        GET /desk/profile/ways
        GET /desk/reach
        GET /desk/register
        GET /desk/register.csv
        GET /desk/register.pdf
        GET /desk/search
        GET /desk/second-factor
        POST /desk/address/{link:str}
        POST /desk/authenticator +
        POST /desk/confirmation +
        POST /desk/passkeys +
        POST /desk/passkeys/{passkey_id:uuid}/removal +
        POST /desk/profile
        POST /desk/profile/away +
        POST /desk/profile/away/{away_id:uuid}/removal +
        POST /desk/profile/address
        POST /desk/profile/calendar +
        POST /desk/profile/calendar/removal +
        POST /desk/profile/password
        POST /desk/profile/sso !+
        POST /desk/profile/sso/removal +
        POST /desk/recovery-codes +
        POST /desk/search
        POST /desk/second-factor
        POST /desk/sessions/others/end +
        POST /desk/sessions/{session_id:uuid}/end +
        POST /desk/sign-out
    """,
    Permission.TRIAGE: """
        GET /desk/incidents/{ref:str}/closure *
        GET /desk/incidents/{ref:str}/files *
        GET /desk/incidents/{ref:str}/merging *
        GET /desk/incidents/{ref:str}/verdict *
        POST /desk/practices
        POST /desk/incidents/{ref:str}/closure *
        POST /desk/incidents/{ref:str}/files *
        POST /desk/incidents/{ref:str}/links *
        POST /desk/incidents/{ref:str}/links/removal *
        POST /desk/incidents/{ref:str}/merging *
        POST /desk/incidents/{ref:str}/messages *
        POST /desk/incidents/{ref:str}/notes *
        POST /desk/incidents/{ref:str}/owner *
        POST /desk/incidents/{ref:str}/practice/end *
        POST /desk/incidents/{ref:str}/reading *
        POST /desk/incidents/{ref:str}/reopening *
        POST /desk/incidents/{ref:str}/separation *
        POST /desk/incidents/{ref:str}/severity *
        POST /desk/incidents/{ref:str}/taking *
        POST /desk/incidents/{ref:str}/title *
        POST /desk/incidents/{ref:str}/verdict *
        POST /desk/incidents/{reference:str}/inquiry *
        POST /desk/incidents/{reference:str}/assessment *
        POST /desk/incidents/{reference:str}/assessment-confirmation *
        POST /desk/incidents/{reference:str}/assessment-preview *
    """,
    Permission.REVEAL: """
        POST /desk/incidents/{ref:str}/identity *
    """,
    Permission.LEGAL: """
        GET /desk/incidents/{reference:str}/notification/copy *
        GET /desk/incidents/{reference:str}/notification/sections/{section:str} *
        POST /desk/incidents/{reference:str}/notification/amendment *
        POST /desk/incidents/{reference:str}/notification/checks *
        POST /desk/incidents/{reference:str}/notification/choice *
        POST /desk/incidents/{reference:str}/notification/copies *
        POST /desk/incidents/{reference:str}/notification/filings *
        POST /desk/incidents/{reference:str}/notification/later *
        POST /desk/incidents/{reference:str}/notification/proofs *
        POST /desk/incidents/{reference:str}/notification/sections/{section:str} *
        POST /desk/incidents/{reference:str}/notification/signature *
        POST /desk/incidents/{reference:str}/notification/withdrawal *
        POST /desk/incidents/{reference:str}/assessment-decision *
        POST /desk/incidents/{reference:str}/awareness *
        POST /desk/incidents/{reference:str}/clock-decision *
        GET /desk/customers/import
        POST /desk/customers +
        POST /desk/customers/import +
        POST /desk/customers/{customer_id:uuid} +
        POST /desk/incidents/{reference:str}/clock-reopening *
        POST /desk/incidents/{reference:str}/customer-notices *+
        POST /desk/incidents/{reference:str}/duties/{clock_id:uuid}/decision *
        POST /desk/incidents/{reference:str}/duties/{clock_id:uuid}/filing *
        POST /desk/incidents/{reference:str}/duties/{clock_id:uuid}/reopening *
        POST /desk/incidents/{reference:str}/duties/{clock_id:uuid}/telling *
        POST /desk/incidents/{reference:str}/duty-moments *
        POST /desk/incidents/{reference:str}/roles *
        POST /desk/incidents/{reference:str}/roles/{role_id:uuid}/ending *
        POST /desk/incidents/{reference:str}/filings *
        POST /desk/incidents/{reference:str}/filings/{filing_id:uuid}/taking-over *
        POST /desk/incidents/{reference:str}/duties/{clock_id:uuid}/filings/{filing_id:uuid}/taking-over *
        POST /desk/incidents/{reference:str}/stamps *
        POST /desk/incidents/{reference:str}/people-decision *
        POST /desk/incidents/{reference:str}/people-text *
        POST /desk/incidents/{reference:str}/people-told *
        POST /desk/incidents/{reference:str}/register-line *
    """,
    Permission.RESTRICT: """
        GET /desk/incidents/{ref:str}/access *
        POST /desk/incidents/{ref:str}/access *
    """,
    Permission.ERASE: """
        GET /desk/incidents/{ref:str}/erasure *
        GET /desk/incidents/{ref:str}/erasure.json *
        POST /desk/incidents/{ref:str}/erasure *+
        GET /desk/reporters
        POST /desk/reporters
    """,
    Permission.MAIL: """
        GET /desk/mail
        POST /desk/mail/test
        POST /desk/mail/{mail_id:uuid}/retry *
    """,
    Permission.AUDIT: """
        GET /desk/audit
    """,
    Permission.LADDER: """
        GET /desk/escalation/new-rota
        GET /desk/escalation/new-step
        GET /desk/escalation/rotas/{rota_id:uuid}/plan
        GET /desk/escalation/steps/{step:str}
        POST /desk/clock/confirmation +
        POST /desk/escalation/new-rota +
        POST /desk/escalation/new-step +
        POST /desk/escalation/posts +
        POST /desk/escalation/rotas/{rota_id:uuid}/closing +
        POST /desk/escalation/rotas/{rota_id:uuid}/overrides +
        POST /desk/escalation/rotas/{rota_id:uuid}/overrides/{override_id:uuid}/removal +
        POST /desk/escalation/rotas/{rota_id:uuid}/plan +
        POST /desk/escalation/steps +
        POST /desk/escalation/steps/{step:str} +
        POST /desk/escalation/steps/{step:str}/removal +
    """,
    Permission.PEOPLE: """
        GET /desk/people
        POST /desk/people +
        POST /desk/people/{member_id:uuid}/disabling +
        POST /desk/people/{member_id:uuid}/factor-removal +
        POST /desk/people/{member_id:uuid}/link +
        POST /desk/people/{member_id:uuid}/role +
        POST /desk/people/{member_id:uuid}/signing-out +
    """,
}
# By the names of PARTS; a route with another one says there what stands for it.
INCIDENT, MAIL, FILE, STEP = "incident", "mail", "file", "step"
VERSION, SECTION = "the first version of a draft", "one of its sections"
INCIDENT, MAIL, FILE, STEP, CLOCK = "incident", "mail", "file", "step", "clock of the authority"
SPARE, SESSION = "spare person", "somebody else’s session"
PARTS = {
    "ref": INCIDENT,
    "reference": INCIDENT,
    "mail_id": MAIL,
    "number": FILE,
    "step": STEP,
    "version": VERSION,
    "section": SECTION,
    # There is no rota, stand-in or absence with a person's id.
    "rota_id": SPARE,
    "override_id": SPARE,
    "away_id": SPARE,
    "member_id": SPARE,
    "clock_id": CLOCK,
    # Nor is there a role or a customer.
    "role_id": SPARE,
    "filing_id": SPARE,
    "customer_id": SPARE,
    "session_id": SESSION,
    # There is none with a person's id.
    "passkey_id": SPARE,
    # Nor a link.
    "link": SPARE,
}


@dataclass(frozen=True)
class Rule:
    """What a route asks for."""

    needs: Permission
    marks: str = ""


def rules() -> dict[str, Rule]:
    """Return the table by route."""
    lines = [(needs, line.split()) for needs, text in EXPECTED.items() for line in text.strip().splitlines()]
    return {f"{method} {path}": Rule(needs, "".join(marks)) for needs, (method, path, *marks) in lines}


RULES = rules()
