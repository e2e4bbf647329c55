"""Adding customers, changing them and taking in a whole list: all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.breach.customers.forms import Card, folded
from incidentdesk.errors import Conflict, Missing
from incidentdesk.records import history
from incidentdesk.tables import DESK_SCOPE, Customer, JsonObject, Member, fetch_keys, keyed_hash

NAME = "customer name"


@dataclass(frozen=True)
class Done:
    """One action for history: its name and what it changed."""

    action: str
    before: JsonObject


async def add_customer(session: AsyncSession, card: Card, *, by: Member, now: datetime) -> Customer:
    """Add one; Conflict when one of this name is there."""
    await fetch_keys(session, [DESK_SCOPE])
    customer = Customer(
        name=card.name,
        email=card.email,
        name_hash=name_hash(session, card.name),
        language=card.language,
        contract_hours=card.contract_hours,
        created_at=now,
        closed_at=None if card.is_active else now,
        revision=0,
    )
    session.add(customer)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict from error
    _note(session, customer, Done("customer.added", {}), by=by, now=now)
    return customer


async def change_customer(session: AsyncSession, customer: Customer, card: Card, *, by: Member, now: datetime) -> bool:
    """Change one, and say whether anything was; Conflict when another one has this name. What runs keeps its hours."""
    before = _facts(customer)
    if (before, customer.email) == (_facts_of(card), card.email):
        return False
    # All are written together: the row is sealed anew, and the history notes it as it is now.
    customer.name, customer.email = card.name, card.email
    customer.name_hash = name_hash(session, card.name)
    customer.language, customer.contract_hours = card.language, card.contract_hours
    customer.closed_at = None if card.is_active else customer.closed_at or now
    customer.revision += 1
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict from error
    _note(session, customer, Done("customer.changed", before), by=by, now=now)
    return True


async def find_customer(session: AsyncSession, number: UUID, *, to_change: bool = False) -> Customer:
    """Return a customer, or raise Missing."""
    await fetch_keys(session, [DESK_SCOPE])
    wanted = select(Customer).where(Customer.id == number)
    customer: Customer | None = await session.scalar(wanted.with_for_update() if to_change else wanted)
    if customer is None:
        raise Missing
    return customer


async def take_in(session: AsyncSession, cards: Sequence[Card], *, by: Member, now: datetime) -> Mapping[str, int]:
    """Add what is new and change what is known by its name, in this one transaction; say how many of each there were."""
    known = await by_name(session)
    counts = {"added": 0, "changed": 0, "same": 0}
    for card in cards:
        customer = known.get(name_hash(session, card.name))
        if customer is None:
            await add_customer(session, card, by=by, now=now)
            counts["added"] += 1
        else:
            is_changed = await change_customer(session, customer, card, by=by, now=now)
            counts["changed" if is_changed else "same"] += 1
    return counts


async def by_name(session: AsyncSession) -> dict[str, Customer]:
    """Return every customer by the hash of its name."""
    await fetch_keys(session, [DESK_SCOPE])
    return {one.name_hash: one for one in await session.scalars(select(Customer))}


def name_hash(session: AsyncSession, name: str) -> str:
    """Return what tells customers apart without telling their names."""
    return keyed_hash(session, NAME, folded(name))


def differs(customer: Customer, card: Card) -> bool:
    """Say whether the card would change anything."""
    return (_facts(customer), customer.email) != (_facts_of(card), card.email)


def _facts(customer: Customer) -> JsonObject:
    known = {"language": customer.language, "contract_hours": customer.contract_hours}
    return {"name": customer.name, **known, "active": customer.closed_at is None}


def _facts_of(card: Card) -> JsonObject:
    known = {"language": card.language, "contract_hours": card.contract_hours}
    return {"name": card.name, **known, "active": card.is_active}


def _note(session: AsyncSession, customer: Customer, done: Done, *, by: Member, now: datetime) -> None:
    """Write it down without the address: whose mailbox it was must not outlast them in the history."""
    after = {"customer": str(customer.id), **_facts(customer)}
    history.record(session, None, done.action, actor=history.actor_of(by), now=now, before=done.before, after=after)
