"""How sure a proposal is of being mild: what was left out, and would speak for more than was taken for granted.

A fact that is left out is read as the table of keys says. That keeps a short description useful, and proves nothing: an
answer that says less than the left-out facts could lead to is not sure, and each fact that could change it is a question.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from incidentdesk.breach.assessment import keys
from incidentdesk.breach.assessment.describing import describe
from incidentdesk.breach.assessment.keys import Shape
from incidentdesk.rules.assessment import Answer, Proposal, propose
from incidentdesk.rules.enisa import Method
from incidentdesk.rules.facts import Facts, Measures, mildest, unknowns

Values = Mapping[str, Any]
# What is no fact about the breach, or says nothing by itself: only what it leaves open is asked for.
_NO_FACT: Final = frozenset({"categories", "enisa"})
# What is taken for granted of one fact may hang on another, so both are left open together.
LEADS_TO: Final[Mapping[str, tuple[str, ...]]] = {
    "intent": ("recipients", "account_takeover"),
    "integrity": ("account_takeover", "restored_hours"),
    "availability": ("restored_hours",),
    "exfiltration": ("confidentiality", "recipients", "data"),
    "data": ("identifiability", "restored_hours"),
    "encrypted": ("data",),
    "backup": ("restored_hours",),
}


@dataclass(frozen=True)
class Certain:
    """A proposal that is sure of nothing mild that left-out facts could change, and the keys of those that could."""

    proposal: Proposal
    sure: tuple[bool, ...]
    # Left out, and could make it stricter.
    unconfirmed: tuple[str, ...]


@dataclass(frozen=True)
class _Held:
    """A description with what it leads to, and what it is held against."""

    written: Values
    facts: Facts
    proposal: Proposal
    measures: Measures
    method: Method
    left_out: tuple[str, ...]

    def opened(self, names: Collection[str]) -> Facts:
        """Return the facts with these left open, instead of what is taken for granted of them."""
        return describe({**self.written, **dict.fromkeys(names)}, self.measures).facts or Facts()

    def could(self, name: str) -> bool:
        """Say whether this one, at its gravest, leads further than what was taken for granted, at either end of the rest."""
        facts = self.opened([name, *(one for one in LEADS_TO.get(name, ()) if one in self.left_out)])
        pressed = mildest(facts, set(unknowns(facts)) - set(unknowns(self.facts)))
        return _most(self.judge(facts)) > _most(self.proposal) or _least(self.judge(pressed)) > _least(self.proposal)

    def judge(self, facts: Facts) -> Proposal:
        """Return what facts lead to."""
        return propose(facts, self.measures, self.method)


def certain(written: Values, facts: Facts, measures: Measures, method: Method) -> Certain:
    """Return what a description, read as these facts, leads to, held against what was left out of it."""
    left_out = tuple(key.name for key in keys.known().values() if key.name not in written and _is_fact(key))
    proposal = propose(facts, measures, method)
    held = _Held(written, facts, proposal, measures, method, left_out)
    whole = held.judge(held.opened(left_out))
    lowering = {reason.code for reason in whole.reasons if reason.sure and not reason.raises}
    reasons = tuple(replace(one, sure=one.sure and (one.raises or one.code in lowering)) for one in proposal.reasons)
    could = tuple(name for name in left_out if held.could(name))
    pairs = list(zip(_answers(proposal), _answers(whole), strict=True))
    return Certain(
        replace(proposal, reasons=reasons),
        # Nothing is stricter than yes; a no is sure when it holds whatever was left out.
        tuple(mine is Answer.YES or (mine is Answer.NO and other is Answer.NO) for mine, other in pairs),
        could or (left_out if _most(whole) > _most(proposal) else ()),
    )


def _is_fact(key: keys.Key) -> bool:
    return key.shape not in {Shape.TEXT, Shape.ANYTHING} and key.name not in _NO_FACT


def _answers(proposal: Proposal) -> tuple[Answer, Answer, Answer]:
    return proposal.document, proposal.authority, proposal.people


def _most(proposal: Proposal) -> int:
    """Return how far the facts could lead: nothing, the register, the authority, the people (0 to 3)."""
    return sum(answer is not Answer.NO for answer in _answers(proposal))


def _least(proposal: Proposal) -> int:
    """Return how far they lead in any case."""
    return sum(answer is Answer.YES for answer in _answers(proposal))
