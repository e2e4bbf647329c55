"""What the room about telling the people says, in the words of an authority's form. That room is its home; here it is looked at once more."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from incidentdesk.breach.notification.sheet import Given, Source
from incidentdesk.breach.people.queries import Case
from incidentdesk.rules.notification import Answer
from incidentdesk.rules.people_notice import Choice, Standing, Telling
from incidentdesk.tables import PeopleTold
from incidentdesk.web.pages import environment

CONDITIONS = {
    Choice.UNINTELLIGIBLE: ("34_3_a",),
    Choice.MEASURES_TAKEN: ("34_3_b",),
    Choice.DISPROPORTIONATE: ("34_3_c",),
    # The authority's word names no condition.
    Choice.RELEASED: (),
}
STANDINGS = {Standing.TO_TELL: "planned", Standing.TOLD: "told", Standing.NO_HIGH_RISK: "no_high_risk"}
WAYS = {Telling.DIRECT: "individual", Telling.PUBLIC: "public"}


def from_people(case: Case, *, language: str, zone: ZoneInfo) -> Iterator[tuple[str, Given]]:
    """Yield what was signed and done there; while nobody has decided, nothing."""
    if not case.decisions:
        return
    decision, standing = case.decisions[-1], case.course.standing
    told = [row for row in case.told if not row.damaged]
    day = told[-1].told_at.astimezone(zone).date().isoformat() if told and standing is Standing.TOLD else ""
    yield "subjects_told", _given(STANDINGS.get(standing, "exception"), text=day)
    if standing not in STANDINGS:
        reasoning = "" if decision.damaged else decision.reasoning
        yield "subjects_exception", _given(*CONDITIONS.get(decision.choice, ()), text=reasoning)
    if told:
        yield "subjects_told_how", _given(WAYS[told[-1].telling], text=_way(told[-1], language))
        yield "subjects_told_text", _given(text=told[-1].words)


def _way(told: PeopleTold, language: str) -> str:
    words = environment(language).get_template("breach/_people_words.html").module
    channel = words.channels.get(told.channel, told.channel)  # type: ignore[attr-defined]  # a template's own name
    return ": ".join(part for part in (str(channel), told.place or str(told.people or "")) if part)


def _given(*chosen: str, text: str = "") -> Given:
    return Given(Answer(chosen, text), Source.PEOPLE)
