"""What the assessment already says of a breach, in the words of the register: a proposal until a person keeps a line."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from incidentdesk import law
from incidentdesk.breach.assessment.blocks import Block
from incidentdesk.rules.register import Risk
from incidentdesk.tables import AssessmentBlock, AssessmentDecision

RANGE = 2
RISKS = {"register": Risk.UNLIKELY, "authority": Risk.RISK, "people": Risk.HIGH}


def texts_from(blocks: Iterable[AssessmentBlock], language: str) -> dict[str, str]:
    """Return what people wrote beside the newest version of each block, and whose data and which they chose."""
    newest = {block: row for block, row in {row.block: row for row in blocks}.items() if not row.damaged}
    notes = {block: newest[block].note if block in newest else "" for block in Block}
    answers = newest[Block.PEOPLE].answers if Block.PEOPLE in newest else {}
    return {
        "what": notes[Block.HAPPENED],
        "people": "\n".join(filter(None, (_number(answers.get("subjects_affected")), notes[Block.PEOPLE]))),
        "data": _kinds(answers.get("data"), language),
        "effects": notes[Block.CONSEQUENCES],
        "measures": notes[Block.PROTECTION],
    }


def risk_from(decisions: Sequence[AssessmentDecision]) -> Risk | None:
    """Return the risk that the decision which holds stands for; a preliminary one leaves it open."""
    return RISKS.get(decisions[-1].kind) if decisions else None


def _number(value: Any) -> str:  # noqa: ANN401 - a number, two of them, or words
    if isinstance(value, list) and len(value) == RANGE:
        return " – ".join(str(one) for one in value)
    return "" if value is None else str(value)


def _kinds(chosen: Any, language: str) -> str:  # noqa: ANN401 - as a form or a file left it
    names: Mapping[str, str] = {named.kind.id: named.name.get(language, "") for named in law.kinds()}
    listed = chosen if isinstance(chosen, list) else []
    return ", ".join(names.get(str(one), str(one)) or str(one) for one in listed)
