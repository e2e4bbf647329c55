"""Which duties run, from roles, facts and the rows of law."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from incidentdesk import law
from incidentdesk.rules.deadline import Period, Policy, Regime, Unit, policy_in_force
from incidentdesk.rules.duties import (
    SECOND,
    Known,
    Law,
    Owed,
    Party,
    RoleHeld,
    Standing,
    applies_here,
    events_to_note,
    owed,
    standing,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SIGNAL = datetime(2026, 10, 23, 9, 30, tzinfo=UTC)
AWARE = datetime(2026, 10, 23, 14, tzinfo=UTC)
USUAL = frozenset({Regime.CONTROLLER, Regime.PROCESSOR, Regime.NIS2})
BREACH = Known(SIGNAL, AWARE, is_breach=True)
OURS = RoleHeld(Party.CONTROLLER)
NIS2 = ["nis2_early_warning", "nis2_incident_notification", "nis2_recipients"]


def here(bound_as: frozenset[Regime] = USUAL) -> Law:
    return Law(law.policies(), bound_as, AMSTERDAM, law.holidays("NL"))


def names(found: tuple[Owed, ...]) -> list[str]:
    return [one.duty + (f"/{one.subject}" if one.subject else "") for one in found]


def due(found: tuple[Owed, ...], duty: str, subject: str = "") -> datetime:
    return next(one.deadline_at for one in found if (one.duty, one.subject) == (duty, subject))


def test_whoever_said_nothing_is_taken_for_the_controller_from_the_first_signal() -> None:
    found = owed([], replace(BREACH, aware_at=None), here())
    assert names(found) == ["gdpr_33_1_sa", "gdpr_33_5_register"]
    assert {(one.started_at, one.provisional) for one in found} == {(SIGNAL, True)}
    assert due(found, "gdpr_33_1_sa") == SIGNAL + timedelta(hours=72)


def test_a_processor_owes_each_controller_a_notice_within_the_hours_of_its_contract() -> None:
    roles = [RoleHeld(Party.PROCESSOR, "a", 8), RoleHeld(Party.PROCESSOR, "b"), RoleHeld(Party.PROCESSOR, "a", 48)]
    found = owed(roles, BREACH, here())
    assert names(found) == ["gdpr_33_2_processor/a", "gdpr_33_2_processor/b"]
    assert due(found, "gdpr_33_2_processor", "a") == AWARE + timedelta(hours=8)
    assert due(found, "gdpr_33_2_processor", "b") == AWARE + timedelta(hours=24)
    assert not any(one.by_law for one in found)


def test_controller_for_accounts_and_processor_for_content_owes_both() -> None:
    found = owed([OURS, RoleHeld(Party.PROCESSOR, "a")], BREACH, here())
    assert names(found) == ["gdpr_33_1_sa", "gdpr_33_2_processor/a", "gdpr_33_5_register"]


@pytest.mark.parametrize(
    "other_leads,duties", [(False, ["gdpr_33_1_sa", "gdpr_33_5_register"]), (True, ["gdpr_33_5_register"])]
)
def test_of_joint_controllers_the_named_lead_notifies_else_each(*, other_leads: bool, duties: list[str]) -> None:
    assert names(owed([RoleHeld(Party.JOINT, other_leads=other_leads)], BREACH, here())) == duties
    # For what is ours alone nobody else notifies.
    assert names(owed([RoleHeld(Party.JOINT, other_leads=True), OURS], BREACH, here()))[0] == "gdpr_33_1_sa"


def test_people_are_told_once_somebody_decided_that_a_high_risk_is_likely() -> None:
    decided = AWARE + timedelta(hours=5)
    found = owed([OURS], replace(BREACH, events={"high_risk_determined_at": decided}), here())
    people = next(one for one in found if one.duty == "gdpr_34_subjects")
    assert (people.started_at, people.by_law, people.provisional) == (decided, False, False)


def test_nis2_runs_from_the_awareness_of_a_significant_incident_and_from_no_other() -> None:
    significant = AWARE + timedelta(hours=3)
    noted = replace(BREACH, is_breach=False, events={"significant_aware_at": significant})
    found = owed([], noted, here())
    assert names(found) == NIS2
    assert due(found, "nis2_early_warning") == significant + timedelta(hours=24)
    assert due(found, "nis2_incident_notification") == significant + timedelta(hours=72)
    assert owed([], noted, here(frozenset({Regime.CONTROLLER}))) == ()


def test_the_final_report_is_due_a_month_after_the_notification_off_weekends() -> None:
    noted = replace(BREACH, is_breach=False, events={"significant_aware_at": AWARE})
    handed_in = datetime(2026, 10, 30, 9, tzinfo=UTC)
    found = owed([], replace(noted, filed={"nis2_incident_notification": handed_in}), here())
    assert due(found, "nis2_final") == datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)
    assert "nis2_final" not in names(owed([], noted, here()))


def test_trust_services_have_the_shorter_notification() -> None:
    noted = Known(SIGNAL, AWARE, is_breach=False, events={"significant_aware_at": AWARE})
    found = owed([], noted, here(USUAL | {Regime.TRUST_SERVICES}))
    assert due(found, "nis2_incident_notification") == AWARE + timedelta(hours=24)


def test_a_second_stage_follows_the_first_filing() -> None:
    bound = here(frozenset({Regime.EU_TELECOM}))
    assert names(owed([], BREACH, bound)) == ["eprivacy_611_2013"]
    filed = replace(BREACH, filed={"eprivacy_611_2013": datetime(2026, 10, 23, 16, tzinfo=UTC)})
    assert due(owed([], filed, bound), "eprivacy_611_2013", SECOND) == datetime(2026, 10, 26, 22, 59, 59, tzinfo=UTC)


def test_what_is_not_law_on_the_day_never_runs_whatever_the_company_is() -> None:
    early = datetime(2026, 8, 14, 12, tzinfo=UTC)
    found = owed(
        [], Known(early, early, is_breach=True, events={"significant_aware_at": early}), here(frozenset(Regime))
    )
    assert not any(one.duty.startswith(("nis2", "cra", "ai_act")) or one.duty.endswith("omnibus") for one in found)


def test_the_row_in_force_at_awareness_counts_also_when_the_law_changes_after_it() -> None:
    [old] = [row for row in law.policies() if row.id == "gdpr_33_1_sa"]
    changes = AWARE.astimezone(AMSTERDAM).date() + timedelta(days=1)
    new = replace(old, version="new", effective_from=changes, period=Period(96, Unit.HOUR))
    rows = (replace(old, effective_to=changes - timedelta(days=1)), new)
    for at, version, hours in ((AWARE, old.version, 72), (AWARE + timedelta(days=1), "new", 96)):
        [one] = owed([OURS], Known(SIGNAL, at, is_breach=True), replace(here(), rows=rows))
        assert (one.version, one.deadline_at) == (version, at + timedelta(hours=hours))


def test_what_follows_later_keeps_the_law_of_the_awareness() -> None:
    day = timedelta(days=1)
    rows = list[Policy]()
    for row in law.policies():
        if row.id in {"gdpr_34_subjects", "nis2_final"}:
            changes = AWARE.astimezone(AMSTERDAM).date() + day
            rows += [replace(row, effective_to=changes - day), replace(row, version="new", effective_from=changes)]
        else:
            rows.append(row)
    events = {"significant_aware_at": AWARE, "high_risk_determined_at": AWARE + 2 * day}
    filed = {"nis2_incident_notification": AWARE + 3 * day}
    for aware, version in ((AWARE, "2018-05-25"), (AWARE + day, "new")):
        known = Known(SIGNAL, aware, is_breach=True, events={**events, "significant_aware_at": aware}, filed=filed)
        found = {one.duty: one.version for one in owed([OURS], known, replace(here(), rows=rows))}
        assert found["gdpr_34_subjects"] == version
        assert (found["nis2_final"] == "new") == (version == "new")


@pytest.mark.parametrize(
    "acknowledged,begins,last_day",
    [
        (None, "2026-10-05", "2027-01-12"),  # the seven days end on Monday 12 October
        ("2026-10-06", "2026-10-06", "2027-01-06"),
        ("2026-10-20", "2026-10-20", "2027-01-12"),
    ],
)
def test_feedback_is_owed_also_to_whom_nobody_acknowledged_anything(
    acknowledged: str | None, begins: str, last_day: str
) -> None:
    noon = {day: datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=AMSTERDAM) for day in ("2026-10-05", begins)}
    filed = {"wb_ack": noon[begins]} if acknowledged else {}
    known = Known(SIGNAL, AWARE, is_breach=False, events={"whistleblown_at": noon["2026-10-05"]}, filed=filed)
    [feedback] = [one for one in owed([], known, here(frozenset({Regime.EMPLOYER}))) if one.duty == "wb_feedback"]
    assert feedback.started_at == noon[begins]
    assert feedback.deadline_at.astimezone(AMSTERDAM).isoformat() == f"{last_day}T23:59:59+01:00"


JOINT, LED = RoleHeld(Party.JOINT), RoleHeld(Party.JOINT, other_leads=True)
ROLES = (OURS, JOINT, LED, RoleHeld(Party.PROCESSOR, "a", 8), RoleHeld(Party.PROCESSOR, "b"))
COMPANIES = (Regime.CONTROLLER, Regime.PROCESSOR, Regime.NIS2, Regime.UK_CONTROLLER)


def expected(held: list[RoleHeld], bound_as: frozenset[Regime], events: frozenset[str]) -> set[str]:
    """Say it again from the law alone: who notifies, who keeps the register, who is told."""
    keeps, notifies = {OURS, JOINT, LED} & set(held) or not held, {OURS, JOINT} & set(held) or not held
    ours, theirs = Regime.CONTROLLER in bound_as, Regime.UK_CONTROLLER in bound_as
    risky, significant = "high_risk_determined_at" in events, "significant_aware_at" in events
    said = {
        "gdpr_33_1_sa": ours and notifies,
        "gdpr_33_5_register": ours and keeps,
        "gdpr_34_subjects": ours and notifies and risky,
        "uk_gdpr_33": theirs and notifies,
        **dict.fromkeys(NIS2, Regime.NIS2 in bound_as and significant),
        **{f"gdpr_33_2_processor/{role.customer}": True for role in held if role.customer},
    }
    return {name for name, runs in said.items() if runs}


def test_every_set_of_roles_and_companies_owes_what_the_law_says_and_nothing_else() -> None:
    for number in range(2 ** len(ROLES)):
        held = [role for place, role in enumerate(ROLES) if number >> place & 1]
        for company in range(2 ** len(COMPANIES)):
            bound_as = frozenset(one for place, one in enumerate(COMPANIES) if company >> place & 1)
            events = frozenset(["high_risk_determined_at", "significant_aware_at"][: (number + company) % 3])
            known = replace(BREACH, events=dict.fromkeys(events, AWARE))
            assert set(names(owed(held, known, here(bound_as)))) == expected(held, bound_as, events), (held, bound_as)


def test_a_row_is_to_come_until_its_first_day_and_over_after_its_last() -> None:
    [row] = [row for row in law.policies() if row.id == "gdpr_33_1_sa"]
    first, last, day = date(2027, 1, 1), date(2027, 12, 31), timedelta(days=1)
    row = replace(row, effective_from=first, effective_to=last)
    stands = [standing(row, USUAL, on) for on in (first - day, first, last, last + day)]
    assert stands == [Standing.TO_COME, Standing.APPLIES, Standing.APPLIES, Standing.OVER]
    assert standing(row, frozenset({Regime.NIS2}), first - day) is Standing.OTHERS
    assert standing(replace(row, enabled=False), USUAL, first) is Standing.OFF


def test_a_row_without_any_number_is_refused_and_never_guessed() -> None:
    [row] = [row for row in law.policies() if row.id == "gdpr_33_1_sa"]
    bare = replace(row, period=None, contract=None, target=None)
    with pytest.raises(ValueError, match="without any number"):
        owed([OURS], BREACH, replace(here(), rows=(bare,)))


def test_a_person_notes_only_moments_from_which_a_duty_here_may_run() -> None:
    noted = events_to_note(law.policies(), USUAL)
    assert noted == ("high_risk_determined_at", "significant_aware_at", "requested_at")
    assert "received_on" not in events_to_note(law.policies(), frozenset(Regime))


moments = some.datetimes(datetime(2018, 6, 1), datetime(2034, 12, 1), timezones=some.just(UTC))  # noqa: DTZ001
roles = some.builds(
    RoleHeld,
    some.sampled_from(Party),
    some.sampled_from([None, "a", "b", "c"]),
    some.sampled_from([None, 4, 48]),
    some.booleans(),
)
events = some.dictionaries(some.sampled_from(events_to_note(law.policies(), frozenset(Regime))), moments)
filings = some.dictionaries(some.sampled_from([row.id for row in law.policies()]), moments)
incidents = some.builds(Known, moments, some.none() | moments, some.booleans(), events, filings)
companies = some.frozensets(some.sampled_from(Regime))


@given(some.lists(roles, max_size=5), incidents, companies)
def test_each_duty_runs_once_by_a_row_of_its_day_that_binds_here(
    held: list[RoleHeld], known: Known, bound_as: frozenset[Regime]
) -> None:
    found = owed(held, known, here(bound_as))
    assert len({(one.duty, one.subject) for one in found}) == len(found)
    for one in found:
        row = next(row for row in law.policies() if (row.id, row.version) == (one.duty, one.version))
        is_processor = any(role.party is Party.PROCESSOR for role in held)
        assert applies_here(row, bound_as | {Regime.PROCESSOR} if is_processor else bound_as)
        at = known.aware_at or known.signal_at if one.duty == "gdpr_34_subjects" else one.started_at
        if one.subject != SECOND and row.follows is None:
            assert policy_in_force(law.policies(), one.duty, at, AMSTERDAM) == row
        assert one.deadline_at > one.started_at


@given(some.lists(roles, max_size=5), incidents, companies, roles)
def test_one_role_more_takes_no_duty_away_from_whoever_named_one(
    held: list[RoleHeld], known: Known, bound_as: frozenset[Regime], more: RoleHeld
) -> None:
    named = [OURS, *held]
    before, after = owed(named, known, here(bound_as)), owed([*named, more], known, here(bound_as))
    assert {(one.duty, one.subject) for one in before} <= {(one.duty, one.subject) for one in after}


@given(some.lists(roles, max_size=5), incidents, companies)
def test_without_a_breach_only_what_somebody_noted_or_filed_starts_a_duty(
    held: list[RoleHeld], known: Known, bound_as: frozenset[Regime]
) -> None:
    quiet = replace(known, is_breach=False, events={}, filed={})
    assert owed(held, quiet, here(bound_as)) == ()
