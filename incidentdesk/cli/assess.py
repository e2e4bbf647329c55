"""`incidentdesk assess`: what the desk's own rule proposes for facts in a file."""

import json
import math
from pathlib import Path
from typing import Any

import click

from incidentdesk import clock, law
from incidentdesk.breach.assessment import keys
from incidentdesk.breach.assessment.certainty import Certain, certain
from incidentdesk.breach.assessment.describing import Described, describe
from incidentdesk.rules.enisa import QUARTERS
from incidentdesk.rules.facts import Facts, Span

_REFUSED = 2
_DUTIES = ("document", "notify_authority", "tell_people")
# Facts are a page or two; a device or a pipe may have no end.
_LONGEST = 5_000_000


@click.command("assess")
@click.option(
    "--json",
    "path",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="File of facts, or - for input.",
)
@click.option("--schema", "wants_schema", is_flag=True, help="Print the JSON schema of such a file instead.")
def print_assessment(path: str | None, *, wants_schema: bool) -> None:
    """Print what the rule proposes for a breach, with its score and its reasons. A person decides."""
    if wants_schema:
        _print(keys.schema())
        return
    if path is None:
        raise click.UsageError("give the facts with --json FILE, or ask for --schema")
    measures = law.measures(clock.now())
    values = _values(path)
    described = describe(values, measures)
    if described.facts is None:
        raise _Refused("\n".join(f"{name}: {why}" for name, why in described.errors.items()))
    found = certain(values, described.facts, measures, law.enisa())
    _print(_answer(described, described.facts, found))


class _Refused(click.ClickException):
    """The facts cannot be read."""

    exit_code = _REFUSED


def _values(path: str) -> dict[str, Any]:
    try:
        values = json.loads(_text(path), object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _Refused(f"{Path(path).name}: not JSON ({error})") from None
    if not isinstance(values, dict):
        raise _Refused(f"{Path(path).name}: must be one object with facts")
    if not values:
        raise _Refused(f"{Path(path).name}: no facts in it; --schema prints the keys")
    return values


def _text(path: str) -> str:
    try:
        with click.open_file(path, encoding="utf-8-sig") as file:
            text: str = file.read(_LONGEST + 1)
    except OSError as error:
        raise _Refused(f"{Path(path).name}: cannot be read ({error.strerror})") from None
    if len(text) > _LONGEST:
        raise _Refused(f"{Path(path).name}: longer than {_LONGEST} characters")
    return text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of a key that stands there twice nobody could say which one counts."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a key stands there twice")
    return values


def _no_number(word: str) -> float:
    """Refuse what Python reads as a number and JSON does not know: NaN and Infinity."""
    raise ValueError(f"{word} is no number")


def _answer(described: Described, facts: Facts, found: Certain) -> dict[str, Any]:
    proposal = found.proposal
    answers = (proposal.document, proposal.authority, proposal.people)
    missing = list(dict.fromkeys(keys.name_of(fact) for fact in proposal.missing))
    return {
        "proposal": dict(zip(_DUTIES, answers, strict=True)),
        # That nothing which is not known, or was left out, could make it stricter.
        "sure": dict(zip(_DUTIES, found.sure, strict=True)),
        "questions": {name: keys.known()[name].about for name in dict.fromkeys((*missing, *found.unconfirmed))},
        "score": _range(Span(proposal.score.low / QUARTERS, proposal.score.high / QUARTERS)),
        "band": proposal.bands[0] if len(set(proposal.bands)) == 1 else list(proposal.bands),
        "flags": list(proposal.flags),
        "reasons": [
            {"code": one.code, "speaks_for": "more" if one.raises else "less", "sure": one.sure}
            for one in proposal.reasons
        ],
        "missing": missing,
        "assumed": described.assumed,
        "people": _range(facts.people),
        "note": "A proposal. A named person decides.",
    }


def _range(span: Span) -> float | list[float | None]:
    """Return a number, or both ends of what is not exactly known; null where there is no end."""
    return span.low if span.low == span.high else [span.low, None if math.isinf(span.high) else span.high]


def _print(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
