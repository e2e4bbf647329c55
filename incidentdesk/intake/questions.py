"""The questions of the form as data: on which page, how they are answered, and when they are asked.

The words stand in `templates/_words.html` and `templates/intake/`, under the same ids.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from incidentdesk.i18n import LANGUAGES

Answers = dict[str, str | list[str]]

# The notice people can read before they send; the version they saw is stored with the report.
PRIVACY_VERSION: Final = "1.0"
PRIVACY_DATE: Final = date(2026, 11, 23)

LONG: Final = 10_000
SHORT: Final = 300


class Step(StrEnum):
    """The pages of the form, in order."""

    WHAT = "what"
    MORE = "more"
    PEOPLE = "people"
    YOU = "you"
    CHECK = "check"


class Shape(StrEnum):
    """How a question is answered: one line, several lines, a day, an e-mail address, one option, or some options."""

    LINE = "line"
    BLOCK = "block"
    DAY = "day"
    EMAIL = "email"
    ONE = "one"
    SOME = "some"


@dataclass(frozen=True)
class Question:
    """One question. `when` names the question and the answers it hangs on; otherwise it is dropped."""

    id: str
    step: Step
    shape: Shape
    options: tuple[str, ...] = ()
    when: tuple[str, frozenset[str]] | None = None

    @property
    def longest(self) -> int:
        """How many characters an answer may have."""
        return LONG if self.shape is Shape.BLOCK else SHORT


def _one(name: str, step: Step, options: str, when: str = "") -> Question:
    return Question(name, step, Shape.ONE, tuple(options.split()), _condition(when))


def _some(name: str, step: Step, options: str, when: str = "") -> Question:
    return Question(name, step, Shape.SOME, tuple(options.split()), _condition(when))


def _text(name: str, step: Step, when: str = "", shape: Shape = Shape.LINE) -> Question:
    return Question(name, step, shape, (), _condition(when))


def _condition(when: str) -> tuple[str, frozenset[str]] | None:
    """Read `kind=lost` or `reach=email phone`."""
    name, _, answers = when.partition("=")
    return (name, frozenset(answers.split())) if name else None


QUESTIONS: Final = (
    _text("what", Step.WHAT, shape=Shape.BLOCK),
    _one("kind", Step.WHAT, "mail phish lost access systems privacy weakness else"),
    _one("ongoing", Step.WHAT, "yes no unknown"),
    _one("m_who", Step.MORE, "inside known stranger unknown", "kind=mail"),
    _some("m_undo", Step.MORE, "recalled asked deleted nothing", "kind=mail"),
    _some("p_did", Step.MORE, "clicked attachment password code paid looked", "kind=phish"),
    _one("p_have", Step.MORE, "yes no", "kind=phish"),
    _one("l_item", Step.MORE, "laptop phone usb paper key other", "kind=lost"),
    _one("l_lock", Step.MORE, "yes no unknown", "kind=lost"),
    _text("l_where", Step.MORE, "kind=lost"),
    _one("a_what", Step.MORE, "account share system room unknown", "kind=access"),
    _one("a_who", Step.MORE, "colleague former outside unknown", "kind=access"),
    _some("s_sign", Step.MORE, "locked ransom changed sign_in missing slow other", "kind=systems"),
    _one("s_wide", Step.MORE, "me team all unknown", "kind=systems"),
    _one("v_about", Step.MORE, "mine other both many", "kind=privacy"),
    _text("v_where", Step.MORE, "kind=privacy"),
    _text("w_where", Step.MORE, "kind=weakness"),
    _text("w_how", Step.MORE, "kind=weakness", Shape.BLOCK),
    _one("w_public", Step.MORE, "undecided planned already", "kind=weakness"),
    _text("w_when", Step.MORE, "w_public=planned"),
    _text("w_credit", Step.MORE, "kind=weakness"),
    _one("people", Step.PEOPLE, "yes no unknown"),
    _some(
        "p_types",
        Step.PEOPLE,
        "contact money id health passwords location images records belief criminal unknown",
        "people=yes",
    ),
    _some(
        "p_whose",
        Step.PEOPLE,
        "customers colleagues children patients students vulnerable others unknown",
        "people=yes",
    ),
    _one("p_many", Step.PEOPLE, "one few tens hundreds more unknown", "people=yes"),
    _one("noticed", Step.PEOPLE, "now today yesterday earlier unknown"),
    _text("noticed_on", Step.PEOPLE, "noticed=earlier", Shape.DAY),
    _one("began", Step.PEOPLE, "same earlier unknown"),
    _text("began_about", Step.PEOPLE, "began=earlier"),
    _one("reach", Step.YOU, "code email phone"),
    _text("email", Step.YOU, "reach=email", Shape.EMAIL),
    _text("phone", Step.YOU, "reach=phone"),
    _text("when_ok", Step.YOU, "reach=phone"),
    _text("name", Step.YOU),
    _one("share", Step.YOU, "yes desk"),
    _one("role", Step.YOU, "colleague customer supplier researcher other"),
    _some("told", Step.YOU, "manager it police bank receiver nobody"),
    _one("answer_lang", Step.YOU, " ".join(LANGUAGES)),
)
BY_ID: Final = {question.id: question for question in QUESTIONS}

# Who the reporter is and how to reach them: kept apart from the answers, so that it can be erased alone.
IDENTITY: Final = ("reach", "email", "phone", "when_ok", "name", "share")
CONTACT: Final = ("reach", "email", "phone", "when_ok")


def is_asked(question: Question, answers: Answers) -> bool:
    """Say whether the question belongs to these answers; ask in the table's order, so that what hangs on a dropped one is dropped."""
    if question.id == "share":
        return any(answers.get(name) for name in ("name", "email", "phone"))
    return question.when is None or answers.get(question.when[0], "") in tuple(question.when[1])


def asked_first(step: Step, answers: Answers) -> tuple[Question, ...]:
    """Return the questions a page starts with; those that hang on an answer of the same page are revealed below it."""
    return tuple(
        question
        for question in QUESTIONS
        if question.step is step
        and (question.when is None or (_parent(question).step is not step and is_asked(question, answers)))
    )


def revealed_by(name: str, value: str) -> tuple[Question, ...]:
    """Return the questions that one answer reveals on its own page."""
    return tuple(
        question
        for question in QUESTIONS
        if question.when
        and question.when[0] == name
        and value in question.when[1]
        and BY_ID[name].step is question.step
    )


def _parent(question: Question) -> Question:
    return BY_ID[question.when[0]] if question.when else question


def steps_for(answers: Answers) -> tuple[Step, ...]:
    """Return the pages these answers lead through; a page without a question is left out."""
    return tuple(step for step in Step if step is Step.CHECK or asked_first(step, answers))
