"""From what was posted to answers, errors by field, and the page that comes next. No report is refused for being odd."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from incidentdesk.intake.questions import (
    BY_ID,
    CONTACT,
    IDENTITY,
    LONG,
    QUESTIONS,
    Answers,
    Question,
    Shape,
    Step,
    asked_first,
    is_asked,
    steps_for,
)
from incidentdesk.mail.addresses import is_address
from incidentdesk.rules.days import read_day
from incidentdesk.web.forms import MAX_BODY, Form, block, one

Errors = dict[str, str]

# A line that people do not see. Robots fill in everything.
HONEYPOT = "homepage"
FEWEST_DIGITS = 5


@dataclass(frozen=True, kw_only=True)
class SentReport:
    """What a reporter sent, ready to be stored. The hashes come from the vault; the code itself goes nowhere."""

    answers: Answers
    language: str
    form_hash: str
    code_hash: str
    zone: ZoneInfo
    suspicious: str | None = None

    def marked(self, why: str) -> "SentReport":
        """Return the same report with a mark, unless it has one."""
        return self if self.suspicious else replace(self, suspicious=why)

    def changed_since(self, stored: Answers) -> Answers:
        """Return what differs from what was stored of this form before; an answer taken away is empty."""
        mine = {"answer_lang": self.language, **self.answers}
        return {name: mine.get(name, "") for name in BY_ID if mine.get(name, "") != stored.get(name, "")}

    @property
    def told(self) -> Answers:
        """What happened, without who says so."""
        return {name: value for name, value in self.answers.items() if name not in (*IDENTITY, "answer_lang")}

    @property
    def identity(self) -> Answers:
        """Who says so, as far as they want us to know."""
        return {name: value for name, value in self.answers.items() if name in IDENTITY}


@dataclass(frozen=True)
class Turn:
    """Where the form goes after a button: the page to show, or `sent`; with the errors that keep it there."""

    step: Step
    errors: Errors
    sent: bool = False


def read_answers(form: Form) -> Answers:
    """Return the answers that were given and belong to the branch taken, as typed; the rest is dropped."""
    answers: Answers = {}
    for question in QUESTIONS:
        value = _read(question, form) if is_asked(question, answers) else ""
        if value:
            answers[question.id] = value
    return answers


def _read(question: Question, form: Form) -> str | list[str]:
    if question.shape is Shape.SOME:
        return [option for option in question.options if option in form.get(question.id, ())]
    if question.shape is Shape.BLOCK:
        return block(form, question.id, longest=MAX_BODY)
    value = one(form, question.id, longest=MAX_BODY)
    return value if not question.options or value in question.options else ""


def read_step(form: Form) -> Step:
    """Return the page the form says it comes from; the first one when it does not say."""
    return _step(one(form, "page"))


def _step(name: str) -> Step:
    return Step(name) if name in set(Step) else Step.WHAT


def turn(form: Form, answers: Answers, *, today: date) -> Turn:
    """Decide what the pressed button leads to. Without a button (a change of language) the page stays as it is."""
    here, go = _open(read_step(form), answers), one(form, "go")
    if go == "send":
        return _send(answers, today=today)
    if go.startswith("change:"):
        return Turn(_open(_step(go.removeprefix("change:")), answers), {})
    if go == "back":
        return Turn(_neighbour(here, answers, by=-1), {})
    if go not in {"continue", "now"}:
        return Turn(here, {})
    errors = errors_on(here, answers, today=today)
    return Turn(here if errors else _onward(form, here, answers), errors)


def _open(step: Step, answers: Answers) -> Step:
    return step if step in steps_for(answers) else Step.WHAT


def _send(answers: Answers, *, today: date) -> Turn:
    for step in steps_for(answers):
        errors = errors_on(step, answers, today=today)
        if errors:
            return Turn(step, errors)
    return Turn(Step.CHECK, {}, sent=True)


def _onward(form: Form, here: Step, answers: Answers) -> Step:
    """Go to the check page when the reporter said so or came from there, unless a new branch was opened on the way."""
    if one(form, "go") == "now":
        return Step.CHECK
    new_branch = asked_first(Step.MORE, answers) if here is Step.WHAT else ()
    opened = bool(new_branch) and not any(question.id in answers for question in new_branch)
    if one(form, "then") == Step.CHECK and not opened:
        return Step.CHECK
    return _neighbour(here, answers, by=1)


def _neighbour(here: Step, answers: Answers, *, by: int) -> Step:
    order = list(Step)
    wanted = order[order.index(here) :: by][1:]
    return next((step for step in wanted if step in steps_for(answers)), here)


def errors_on(step: Step, answers: Answers, *, today: date) -> Errors:
    """Return what has to be mended on one page: question id to the word of the sentence that says how."""
    found = {name: _error(BY_ID[name], answers, today=today) for name in BY_ID if BY_ID[name].step is step}
    return {name: word for name, word in found.items() if word}


def _error(question: Question, answers: Answers, *, today: date) -> str:
    value = answers.get(question.id, "")
    if len(value) > question.longest:
        return "too_long"
    if question.id == "what":
        return "" if value else "what_missing"
    if isinstance(value, list) or not is_asked(question, answers):
        return ""
    return _detail_error(question, value, today=today)


def _detail_error(question: Question, value: str, *, today: date) -> str:
    if question.shape is Shape.DAY and value:
        day = read_day(value, today=today)
        return "day_unclear" if day is None else "day_future" if day > today + timedelta(days=1) else ""
    if question.shape is Shape.EMAIL:
        return "" if is_address(value) else "email_wrong" if value else "email_missing"
    if question.id == "phone":
        return "" if sum(map(str.isdigit, value)) >= FEWEST_DIGITS else "phone_wrong"
    return ""


def carried(answers: Answers, *, without: Step | None = None) -> list[tuple[str, str]]:
    """Return the answers as hidden fields, except those that the page itself asks."""
    pairs: list[tuple[str, str]] = []
    for name, value in answers.items():
        if BY_ID[name].step is not without:
            pairs.extend((name, one_value) for one_value in ([value] if isinstance(value, str) else value))
    return pairs


def suspicion(honey: str, *, issued: datetime, now: datetime, fill_seconds: int) -> str | None:
    """Return why a report looks like a robot's, or None. It is marked, never dropped."""
    if honey:
        return "honeypot"
    return "too_fast" if now - issued < timedelta(seconds=fill_seconds) else None


@dataclass(frozen=True)
class Reply:
    """A message of the reporter, as typed, with its error."""

    body: str
    errors: Errors


def read_reply(form: Form) -> Reply:
    """Read what the reporter writes to the desk."""
    body = block(form, "body", longest=MAX_BODY)
    word = "body_missing" if not body else "too_long" if len(body) > LONG else ""
    return Reply(body, {"body": word} if word else {})


def read_contact(form: Form) -> tuple[Answers, Errors]:
    """Read how the reporter wants to be reached from now on."""
    chosen: Mapping[str, list[str]] = {name: form.get(name, []) for name in CONTACT}
    contact = {name: value for name, value in read_answers(chosen).items() if name in CONTACT}
    return contact, errors_on(Step.YOU, contact, today=date.min)
