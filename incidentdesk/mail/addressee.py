"""Who gets a letter, or why nobody does."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from incidentdesk.tables import Incident, Member, Report

NO_ADDRESS = "no_address"


@dataclass(frozen=True)
class Skip:
    """Why a mail need not be sent."""

    reason: str


@dataclass(frozen=True)
class Addressee:
    """Who gets the mail, in which words and zone. `member` is empty for a reporter or a customer, `report` for all but a reporter."""

    email: str
    language: str
    zone: ZoneInfo
    member: Member | None
    incident: Incident | None
    report: Report | None
