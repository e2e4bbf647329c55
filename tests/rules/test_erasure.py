"""What may be erased, in every situation there is."""

from itertools import chain, combinations

import pytest

from incidentdesk.rules.erasure import Entry, Extent, Hindrance, hindrance_to

SITUATIONS = [frozenset(some) for some in chain.from_iterable(combinations(Extent, size) for size in range(3))]
# A set has no order of its own, and both workers must name the same tests.
NAMED = ["+".join(sorted(some)) or "nothing" for some in SITUATIONS]


@pytest.mark.parametrize("erased", SITUATIONS, ids=NAMED)
@pytest.mark.parametrize("is_closed", [False, True])
def test_a_name_goes_at_any_time_and_once(erased: frozenset[Extent], *, is_closed: bool) -> None:
    answer = hindrance_to(Extent.IDENTITY, is_closed=is_closed, erased=erased)
    assert answer == (Hindrance.ERASED_BEFORE if erased - {Extent.REGISTER} else None)


@pytest.mark.parametrize("erased", SITUATIONS, ids=NAMED)
@pytest.mark.parametrize("is_closed", [False, True])
def test_an_incident_goes_once_and_only_when_it_is_closed(erased: frozenset[Extent], *, is_closed: bool) -> None:
    answer = hindrance_to(Extent.INCIDENT, is_closed=is_closed, erased=erased)
    if Extent.INCIDENT in erased:
        assert answer is Hindrance.ERASED_BEFORE
    else:
        assert answer == (None if is_closed else Hindrance.NOT_CLOSED)


@pytest.mark.parametrize("is_closed", [False, True])
@pytest.mark.parametrize("entry", list(Entry))
def test_a_breach_goes_only_when_its_documentation_is_made(entry: Entry, *, is_closed: bool) -> None:
    answer = hindrance_to(Extent.INCIDENT, is_closed=is_closed, erased=frozenset(), entry=entry)
    fine = Hindrance.ENTRY_OPEN if entry is Entry.OPEN else None
    assert answer == (fine if is_closed else Hindrance.NOT_CLOSED)


@pytest.mark.parametrize("erased", [frozenset(), frozenset({Extent.INCIDENT})], ids=["whole", "erased"])
def test_the_entry_of_a_breach_goes_only_after_its_period(erased: frozenset[Extent]) -> None:
    answers = {entry: hindrance_to(Extent.REGISTER, is_closed=True, erased=erased, entry=entry) for entry in Entry}
    assert answers == {
        Entry.NONE: Hindrance.NO_ENTRY,
        Entry.OPEN: Hindrance.ENTRY_OPEN,
        Entry.KEPT: Hindrance.ENTRY_KEPT,
        Entry.EXPIRED: None,
    }
    again = hindrance_to(Extent.REGISTER, is_closed=True, erased=frozenset({Extent.REGISTER}), entry=Entry.EXPIRED)
    assert again is Hindrance.ERASED_BEFORE
