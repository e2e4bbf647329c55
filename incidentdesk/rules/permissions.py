"""Who may do what: four roles, each of the first three a step wider than the one before."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    RESPONDER = "responder"
    DPO = "dpo"
    READER = "reader"


class Permission(StrEnum):
    """READ see incidents; TRIAGE severity, owner, verdict, notes, messages, closing; LEGAL awareness, filing, signed decision.

    REVEAL see who reported it, each time with a reason; RESTRICT say who may know of an incident at all.
    ERASE destroy what was told, for good.
    AUDIT see whether the evidence is in order.
    MAIL see the outbox and send a test; LADDER change who is told when; PEOPLE invite, change and remove members.
    """

    READ = "read"
    TAKE = "take"
    TRIAGE = "triage"
    LEGAL = "legal"
    REVEAL = "reveal"
    RESTRICT = "restrict"
    MAIL = "mail"
    ERASE = "erase"
    AUDIT = "audit"
    LADDER = "ladder"
    PEOPLE = "people"


_READER: Final = frozenset({Permission.READ})
_RESPONDER: Final = _READER | {Permission.TAKE, Permission.TRIAGE, Permission.REVEAL, Permission.MAIL}
_ALLOWED: Final[dict[Role, frozenset[Permission]]] = {
    Role.READER: _READER,
    Role.RESPONDER: _RESPONDER,
    Role.DPO: _RESPONDER | {Permission.LEGAL, Permission.RESTRICT, Permission.ERASE},
    Role.ADMINISTRATOR: frozenset(Permission),
}


def allows(role: Role, permission: Permission) -> bool:
    """Say whether a member with `role` may do what `permission` covers."""
    return permission in _ALLOWED[role]
