"""Every table, by noun. `from incidentdesk.tables import Incident` is the way in."""

from incidentdesk.tables.access import readers_of, visible_to
from incidentdesk.tables.assessments import AssessmentBlock, AssessmentConfirmation, AssessmentDecision
from incidentdesk.tables.base import Base, JsonObject, id_at, id_before, new_id
from incidentdesk.tables.cases import Merging, Relation, whole_of
from incidentdesk.tables.clocks import Awareness, Clock, Filing, LadderStep, Notice, SignedDecision, Stamp
from incidentdesk.tables.duties import Customer, CustomerNotice, RoleEnding, RoleEntry, Telling
from incidentdesk.tables.files import Attachment
from incidentdesk.tables.gaps import FoundGap, GapCheck
from incidentdesk.tables.incidents import (
    Checkpoint,
    CheckpointEntry,
    DataKey,
    HistoryEntry,
    Incident,
    IncidentMember,
    KeyCheck,
    Message,
    Note,
    Report,
)
from incidentdesk.tables.mail import MailHold, MailState, OutboxMail
from incidentdesk.tables.notifications import (
    FiledVersion,
    FilingProof,
    NotificationCopy,
    NotificationSignature,
    NotificationVersion,
)
from incidentdesk.tables.people import (
    AddressLink,
    Authenticator,
    CalendarFeed,
    Hit,
    Member,
    MemberSession,
    PostHolder,
    RecoveryCode,
    Stage,
    WelcomeLink,
)
from incidentdesk.tables.people_notice import PeopleDecision, PeopleText, PeopleTold
from incidentdesk.tables.privacy import Erasure
from incidentdesk.tables.register import RegisterEntry, RegisterLine
from incidentdesk.tables.rotas import Away, PostRota, Rota, RotaOverride, RotaSeat
from incidentdesk.tables.sealing import (
    DESK_SCOPE,
    FROM_THE_START,
    LOST,
    Closed,
    Lost,
    Seal,
    Sealed,
    fetch_keys,
    keyed_hash,
)
from incidentdesk.tables.sign_on import Passkey, ProviderAccount, Spent
from incidentdesk.tables.signs import ClockJump, Heartbeat, RelaySilence
from incidentdesk.tables.verification import Verification

__all__ = [
    "DESK_SCOPE",
    "FROM_THE_START",
    "LOST",
    "AddressLink",
    "AssessmentBlock",
    "AssessmentConfirmation",
    "AssessmentDecision",
    "Attachment",
    "Authenticator",
    "Awareness",
    "Away",
    "Base",
    "CalendarFeed",
    "Checkpoint",
    "CheckpointEntry",
    "Clock",
    "ClockJump",
    "Closed",
    "Customer",
    "CustomerNotice",
    "DataKey",
    "Erasure",
    "FiledVersion",
    "Filing",
    "FilingProof",
    "FoundGap",
    "GapCheck",
    "Heartbeat",
    "HistoryEntry",
    "Hit",
    "Incident",
    "IncidentMember",
    "JsonObject",
    "KeyCheck",
    "LadderStep",
    "Lost",
    "MailHold",
    "MailState",
    "Member",
    "MemberSession",
    "Merging",
    "Message",
    "Note",
    "Notice",
    "NotificationCopy",
    "NotificationSignature",
    "NotificationVersion",
    "OutboxMail",
    "Passkey",
    "PeopleDecision",
    "PeopleText",
    "PeopleTold",
    "PostHolder",
    "PostRota",
    "ProviderAccount",
    "RecoveryCode",
    "RegisterEntry",
    "RegisterLine",
    "Relation",
    "RelaySilence",
    "Report",
    "RoleEnding",
    "RoleEntry",
    "Rota",
    "RotaOverride",
    "RotaSeat",
    "Seal",
    "Sealed",
    "SignedDecision",
    "Spent",
    "Stage",
    "Stamp",
    "Telling",
    "Verification",
    "WelcomeLink",
    "fetch_keys",
    "id_at",
    "id_before",
    "keyed_hash",
    "new_id",
    "readers_of",
    "visible_to",
    "whole_of",
]
