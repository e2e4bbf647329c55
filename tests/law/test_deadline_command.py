"""`incidentdesk deadline`, as people and scripts call it."""

import json

import pytest
from click.testing import CliRunner, Result

from incidentdesk.cli import main
from tests.rules.vectors import VECTORS, Vector

AMSTERDAM = "Europe/Amsterdam"


def call(aware: str, zone: str = AMSTERDAM, *more: str) -> Result:
    return CliRunner().invoke(main, ["deadline", "--aware", aware, "--zone", zone, *more])


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_json_gives_local_instants(vector: Vector) -> None:
    zone, aware, due, latest, disputed, due_96 = vector
    result = call(aware, zone, "--json")
    assert json.loads(result.stdout) == {
        "policy": "gdpr_33_1_sa",
        "start": aware,
        "zone": zone,
        "deadline": due,
        "latest_arguable": latest,
        "disputed_two_working_days": disputed,
    }
    assert result.stderr == ""
    proposed = call(aware, zone, "--json", "--policy", "gdpr_33_1_sa_omnibus")
    assert json.loads(proposed.stdout)["deadline"] == due_96
    assert "is not law" in proposed.stderr


def test_people_read_three_moments_and_what_they_are_worth() -> None:
    lines = call("2026-04-02T17:30").stdout.splitlines()
    assert lines[0] == "GDPR Art. 33(1): 72 hours, version 2018-05-25 (Europe/Amsterdam)"
    assert lines[1:] == [
        "start     Thu 2026-04-02 17:30:00 +0200",
        "deadline  Sun 2026-04-05 17:30:00 +0200",
        "latest    Sun 2026-04-05 18:00:00 +0200  arguable, for the file only",
        "disputed  Wed 2026-04-08 18:00:00 +0200  disputed, never a target",
    ]


def test_an_offset_of_another_zone_is_understood() -> None:
    found = json.loads(call("2026-04-02T15:30Z", AMSTERDAM, "--json").stdout)
    assert found["start"] == "2026-04-02T17:30:00+02:00"


def test_a_calendar_month_rolls_over_a_weekend() -> None:
    result = call("2026-10-31T10:00", AMSTERDAM, "--policy", "gdpr_12_3_dsar")
    assert "1 month," in result.stdout
    assert "deadline  Mon 2026-11-30 23:59:59 +0100" in result.stdout


@pytest.mark.parametrize(
    "aware,zone,policy,why",
    [
        (
            "2026-10-25T02:30",
            AMSTERDAM,
            "gdpr_33_1_sa",
            "happens twice in Europe/Amsterdam; add the offset: 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00",
        ),
        ("2026-03-29T02:30", AMSTERDAM, "gdpr_33_1_sa", "does not exist in Europe/Amsterdam"),
        ("2026-04-02T17:30", "Mars/Olympus", "gdpr_33_1_sa", "unknown time zone 'Mars/Olympus'"),
        ("2026-04-02T17:30", "../etc", "gdpr_33_1_sa", "unknown time zone"),
        ("2026-04-02T17:30", AMSTERDAM, "gdpr", "unknown policy 'gdpr'; known: ai_act_73_critical"),
        ("2026-04-02T17:30", AMSTERDAM, "gdpr_34_subjects", "has no fixed period"),
        ("2018-05-24T23:59", AMSTERDAM, "gdpr_33_1_sa", "is not law at that moment; it is valid from 2018-05-25"),
        ("2026-01-05T10:00", AMSTERDAM, "nis2_early_warning", "is valid from 2026-08-15"),
        ("yesterday", AMSTERDAM, "gdpr_33_1_sa", "is not a moment"),
        ("2026-04-02", AMSTERDAM, "gdpr_33_1_sa", "names no time"),
        ("9999-12-31T23:59+00:00", AMSTERDAM, "gdpr_33_1_sa", "the year must lie from"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_one_line(aware: str, zone: str, policy: str, why: str) -> None:
    result = call(aware, zone, "--policy", policy)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert why in result.stderr
    assert result.stderr.count("\n") == 1
