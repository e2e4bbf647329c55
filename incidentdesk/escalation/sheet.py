"""The account of an incident's escalation as a sheet: words of the program, moments in UTC, rounds and repeats from 1."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from incidentdesk.escalation.ledger import Account, Line
from incidentdesk.rules.escalation import Named, Step, Target

Names = Mapping[Target, str]


def rows_of(account: Account) -> Iterator[list[object]]:
    """Return a row for each line, with a cell for each of HEAD."""
    cells = columns(account.names).values()
    return ([account.incident.reference, *(cell(line) for cell in cells)] for line in account.lines)


def columns(names: Names) -> Mapping[str, Callable[[Line], object]]:
    """Return what stands in each column; `names` are those of the people and rotas that steps name."""
    return {
        "duty": lambda line: line.clock.duty,
        "clock_started_at": lambda line: _utc(line.clock.started_at),
        "step": lambda line: line.key,
        "round": lambda line: _from_one(line.round),
        "repeat": lambda line: _from_one(line.occurrence),
        "due_at": lambda line: _utc(line.due_at),
        "hour": lambda line: line.hour[0],
        "minute": lambda line: line.hour[1],
        "posts": lambda line: _called(line.step, names) if line.step else "",
        "person": lambda line: line.person,
        "in_place_of_another": lambda line: _yes(line.stands_in),
        "state": lambda line: line.state,
        "why": lambda line: line.why,
        "noticed_at": lambda line: _utc(line.notice.noticed_at if line.notice else None),
        "first_claimed_at": lambda line: _utc(line.mail.first_claimed_at if line.mail else None),
        "last_tried_at": lambda line: _utc(line.tried_at),
        "sent_at": lambda line: _utc(line.sent_at),
        "attempts": lambda line: line.attempts if line.mail else None,
        "answer": lambda line: line.mail.answer if line.mail else None,
        "message_id": lambda line: line.message_id,
        "channel": lambda line: line.mail.channel if line.mail else None,
        "webhook_at": lambda line: _utc(line.mail.webhook_at if line.mail else None),
        "maybe_twice": lambda line: _yes(line.mail is not None and line.mail.maybe_duplicate),
    }


def _called(step: Step, names: Names) -> str:
    """Return posts as words, and what else is called with its kind, such as `on_call; rota:Nights`."""
    return "; ".join(f"{one.kind}:{names.get(one, one.name)}" if isinstance(one, Named) else one for one in step.posts)


def _utc(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _from_one(number: int | None) -> int | None:
    return None if number is None else number + 1


def _yes(is_so: bool) -> str:  # noqa: FBT001 - it reads as a word
    return "yes" if is_so else "no"


HEAD: Final = ("incident", *columns({}))
