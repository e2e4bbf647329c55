"""What a signature under an assessment rests on, as it is kept beside it: the proposal, the facts, and what nobody knew or checked."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from incidentdesk.breach.assessment.blocks import KEYS, Block
from incidentdesk.breach.assessment.keys import name_of
from incidentdesk.rules.assessment import Proposal
from incidentdesk.tables import JsonObject

_LENGTH = 16


def kept(proposal: Proposal, facts: Mapping[str, Any], checked: Iterable[Block]) -> JsonObject:
    """Return it as plain values."""
    unchecked = [block.value for block in Block if block not in set(checked)]
    return {
        "document": proposal.document.value,
        "authority": proposal.authority.value,
        "people": proposal.people.value,
        "score": [proposal.score.low, proposal.score.high],
        "bands": list(proposal.bands),
        "flags": [flag.value for flag in proposal.flags],
        "reasons": [[reason.code, reason.raises, reason.sure] for reason in proposal.reasons],
        "missing": list(dict.fromkeys(map(name_of, proposal.missing))),
        # Keys without an answer, whether or not they could change the proposal.
        "unknown": [name for names in KEYS.values() for name in names if facts.get(name) is None],
        "unchecked": unchecked,
        "facts": digest(facts),
    }


def digest(value: Any) -> str:  # noqa: ANN401 - plain values of any depth
    """Return a short word that changes with what is in it. Values that are lost are told by their kind."""
    text = json.dumps(value, sort_keys=True, default=lambda other: type(other).__name__)
    return sha256(text.encode()).hexdigest()[:_LENGTH]
