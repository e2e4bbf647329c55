"""Every table, by noun. `from incidentdesk.tables import Incident` is the way in."""

from incidentdesk.tables.base import Base, JsonObject, new_id
from incidentdesk.tables.clocks import Awareness, Clock, Filing, LadderStep, Notice, SignedDecision
from incidentdesk.tables.incidents import HistoryEntry, Incident, Message, Note, Report
from incidentdesk.tables.mail import MailState, OutboxMail
from incidentdesk.tables.people import Hit, Member, MemberSession, PostHolder, WelcomeLink

__all__ = [
    "Awareness",
    "Base",
    "Clock",
    "Filing",
    "HistoryEntry",
    "Hit",
    "Incident",
    "JsonObject",
    "LadderStep",
    "MailState",
    "Member",
    "MemberSession",
    "Message",
    "Note",
    "Notice",
    "OutboxMail",
    "PostHolder",
    "Report",
    "SignedDecision",
    "WelcomeLink",
    "new_id",
]
