"""What each column holds, as whoever steals the database would find it. A column that nobody classified stops the program.

Moments, numbers, choices and ids cannot hold what a person told, so their type classifies them. Text, JSON and bytes
can, so each is named here.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Enum, Integer, Table, Uuid
from sqlalchemy.types import TypeDecorator


class Holds(StrEnum):
    """PLAIN words of ours or of the desk's own people; SEALED under a key; a HASH of what is stored nowhere or sealed."""

    PLAIN = "plain"
    SEALED = "sealed"
    HASH = "hash"


class Unclassified(TypeError):
    """A column of words of which nobody said what they are."""


WORDLESS = (Boolean, Date, DateTime, Enum, Integer, Uuid)

# The mixin of sealed rows.
SEALED_ROW = "sealed"

NAMED: dict[Holds, dict[str, str]] = {
    # Words that the program knows or somebody chose from a list; where not, it says so.
    Holds.PLAIN: {
        "address_link": "email",
        # A name in the folder of files, drawn at random.
        "attachment": "place",
        "assessment_block": "block",
        "assessment_decision": "kind",
        "awareness": "zone",
        "clock": "duty subject policy_version zone ended_by ladder failed_reason",
        "customer": "language",
        "customer_notice": "language",
        "data_key": "epoch",
        "history_entry": "actor action touched",
        # A target of a step, as the ladder names it.
        "found_gap": "target",
        # A limit by name, by id or by a keyed hash of an address.
        "hit": "key",
        "incident": "reference kind people suspicious next_duty",
        "ladder_step": "duty key step",
        # Moments, choices and ids.
        "merging": "before",
        # The desk's own people: mail must reach them, and administrators look them up.
        "member": "email name language zone theme proved_address",
        "member_session": "browser",
        # An authority's form and an edition, as the law's data name them.
        "notification_version": "form edition",
        "notice": "step stood_down_for alerts",
        # The relay's answer, without the address it was for.
        "outbox_mail": "dedupe letter context message_id outcome answer channel",
        "people_text": "language",
        "people_told": "channel",
        # The public half of a key, and what its owner and its device call it.
        "passkey": "name credential public_key",
        "report": "language privacy_version alerts",
        "rota": "name zone",
        "signed_decision": "decision",
        "stamp": "kind zone",
        "telling": "way",
        # A row's table and id, and what is wrong with it.
        "verification": "first",
        "welcome_link": "mailed_to",
    },
    Holds.SEALED: {
        "data_key": "wrapped",
        "report": "sealed_identity",
    },
    Holds.HASH: {
        "address_link": "token_hash",
        "attachment": "digest content_hash",
        "calendar_feed": "secret_hash",
        "checkpoint": "root previous hash signature",
        "checkpoint_entry": "leaf",
        "customer": "name_hash",
        "erasure": "line_hash",
        "history_entry": "previous hash",
        "incident": "chain_head",
        "key_check": "public_key",
        "member": "password_hash",
        "member_session": "token_hash",
        "message": "form_hash",
        "note": "form_hash",
        "provider_account": "account_hash",
        "recovery_code": "code_hash",
        "report": "email_hash form_hash code_hash",
        "spent": "token_hash",
        "welcome_link": "token_hash",
    },
}


def holds(column: Column[Any]) -> Holds:
    """Return what a column holds, or raise `Unclassified`."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    # A reference to another row's id holds no more than that.
    if column.foreign_keys or isinstance(kind, WORDLESS):
        return Holds.PLAIN
    if column.name == SEALED_ROW:
        return Holds.SEALED
    for answer, tables in NAMED.items():
        if column.name in tables.get(column.table.name, "").split():
            return answer
    msg = f"{column}: say in tables/columns.py whether it is plain, sealed or a hash"
    raise Unclassified(msg)


def classify(table: Table) -> dict[str, Holds]:
    """Return what each column of a table holds, or raise `Unclassified`."""
    return {column.name: holds(column) for column in table.columns}
