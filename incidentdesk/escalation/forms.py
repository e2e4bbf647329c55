"""From posted text to people on posts and moments on the ladder. Pure; words for errors stand in the templates."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from incidentdesk.escalation.ladder import Rung
from incidentdesk.rules.deadline import Ambiguous, local_moment
from incidentdesk.rules.deadline import Missing as Nowhen
from incidentdesk.rules.escalation import Kind, Named, Post, Step, Trigger
from incidentdesk.tables import MailState
from incidentdesk.web.forms import clean, one

# Far enough for every ladder.
FURTHEST = timedelta(days=366)
Form = Mapping[str, list[str]]
HELD = (Post.ON_CALL, Post.BACK_UP, Post.DPO)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MOST = {MINUTE: 10_080, HOUR: 240}


@dataclass(frozen=True)
class Posts:
    """Who shall stand on which post, and which rotas shall fill it."""

    holders: Mapping[Post, tuple[UUID, ...]]
    rotas: Mapping[Post, tuple[UUID, ...]]
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ladder:
    """The steps as they shall be, by field name, and what was typed."""

    steps: Mapping[str, Step]
    typed: Mapping[str, str]
    errors: Mapping[str, str]


@dataclass(frozen=True)
class MailSearch:
    """Which mails to list: of one state, older than one."""

    state: MailState | None = None
    before: UUID | None = None


@dataclass(frozen=True)
class Prospecting:
    """Of which incident, or of how severe a new report, somebody asks whom it would reach, and from when on."""

    reference: str
    severity: int
    at: datetime
    typed_at: str
    errors: Mapping[str, str] = field(default_factory=dict)


def read_prospecting(asked: Form, *, zone: ZoneInfo, now: datetime) -> Prospecting:
    """Return it; without a moment it is this one. A local time that happens twice is the first of the two."""
    reference, severity, typed = (clean(one(asked, name)) for name in ("incident", "severity", "at"))
    at, error = _moment(typed, zone=zone, now=now)
    typed = typed if error else f"{at.astimezone(zone):%Y-%m-%dT%H:%M}"
    level = int(severity) if severity in {"1", "2", "3", "4"} else 1
    return Prospecting(reference.upper(), level, at, typed, {"at": error} if error else {})


def _moment(typed: str, *, zone: ZoneInfo, now: datetime) -> tuple[datetime, str]:
    if not typed:
        return now, ""
    try:
        wall = datetime.fromisoformat(typed)
        found = local_moment(wall, zone)
    except (ValueError, OverflowError):
        return now, "moment_unreadable"
    if isinstance(found, Nowhen):
        return now, "never_existed"
    at = found.first if isinstance(found, Ambiguous) else found.instant
    if not now.replace(second=0, microsecond=0) <= at <= now + FURTHEST:
        return now, "out_of_range"
    # The field knows no seconds: this minute is now.
    return max(at, now), ""


def read_posts(form: Form, known: Collection[UUID], rotas: Mapping[UUID, bool]) -> Posts:
    """Return the people and rotas ticked for each post. `known` work here; `rotas` says of each whether it has people."""
    people = {str(member_id): member_id for member_id in known}
    by_text = {str(Named(Kind.ROTA, str(rota_id))): rota_id for rota_id in rotas}
    ticked = {post: list(dict.fromkeys(form.get(post.value, []))) for post in HELD}
    holders = {post: tuple(people[text] for text in texts if text in people) for post, texts in ticked.items()}
    filling = {post: tuple(by_text[text] for text in texts if text in by_text) for post, texts in ticked.items()}
    # Nobody at all would mean that every alert goes to everybody, for ever: that must not happen by a slip.
    is_somebody = holders[Post.ON_CALL] or any(rotas[rota_id] for rota_id in filling[Post.ON_CALL])
    return Posts(holders, filling, {} if is_somebody else {Post.ON_CALL.value: "nobody_on_call"})


def unit_of(step: Step) -> timedelta | None:
    """Return in which unit people set a step: minutes after a report, hours around a deadline; None when it is fixed."""
    if step.trigger is Trigger.NOT_TAKEN:
        return MINUTE
    return HOUR if step.after else None


def number_of(step: Step) -> int:
    """Return the number people see for a step: always positive, in its unit."""
    return abs(step.after) // (unit_of(step) or HOUR)


def read_ladder(form: Form, rungs: Sequence[Rung]) -> Ladder:
    """Return the ladder with the numbers that were typed; every step must stay behind the one before it."""
    typed = {rung.field: _typed(form, rung) for rung in rungs if unit_of(rung.step)}
    steps = {rung.field: _moved(rung.step, typed.get(rung.field, "")) for rung in rungs}
    errors = {name: "number_needed" for name, step in steps.items() if step is None}
    good = {name: step for name, step in steps.items() if step is not None}
    errors |= dict.fromkeys(_out_of_order(rungs, good), "out_of_order")
    return Ladder(good, typed, errors)


def read_mail_search(query: Form) -> MailSearch:
    """Return what the address asks for; what makes no sense is left out."""
    state, before = (query.get(name, [""])[0] for name in ("state", "before"))
    return MailSearch(MailState(state) if state in set(MailState) else None, _uuid(before))


def _typed(form: Form, rung: Rung) -> str:
    return (form.get(rung.field) or [""])[0].strip()[:10]


def _moved(step: Step, text: str) -> Step | None:
    unit = unit_of(step)
    if unit is None:
        return step
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST[unit]:
        return None
    span = int(text) * unit
    if step.repeat_every is not None:
        return replace(step, after=span, repeat_every=span)
    return replace(step, after=-span if step.after < timedelta(0) else span)


def _out_of_order(rungs: Sequence[Rung], steps: Mapping[str, Step]) -> list[str]:
    wrong = []
    for former, later in pairwise(rungs):
        first, second = steps.get(former.field), steps.get(later.field)
        if first is None or second is None or former.duty != later.duty:
            continue
        if first.trigger is second.trigger and first.after >= second.after:
            wrong.append(later.field)
    return wrong


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
