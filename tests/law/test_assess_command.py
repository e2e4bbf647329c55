"""`incidentdesk assess`, as people and scripts call it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from incidentdesk.breach.assessment import keys
from incidentdesk.cli import main
from tests.breach.assessment.cases import CASES


def call(written: object, *more: str) -> Result:
    text = written if isinstance(written, str) else json.dumps(written)
    return CliRunner().invoke(main, ["assess", "--json", "-", *more], input=text)


def answer(written: dict[str, Any]) -> Any:
    result = call(written)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_file_of_facts_gives_proposal_score_and_reasons(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    written, _ = next(case for name, case in CASES.items() if name.startswith("16"))
    path.write_text(json.dumps(written), encoding="utf-8-sig")
    found = json.loads(CliRunner().invoke(main, ["assess", "--json", str(path)]).stdout)
    assert found["proposal"] == {"document": "yes", "notify_authority": "yes", "tell_people": "no"}
    assert (found["score"], found["band"], found["flags"], found["missing"]) == (2.25, "medium", [], [])
    assert {"code": "score_medium", "speaks_for": "more", "sure": True} in found["reasons"]
    assert found["assumed"]["encrypted"] == "none"


def test_what_is_not_known_is_said_with_the_keys_that_would_tell() -> None:
    found = answer({"categories": ["ransomware"], "confidentiality": None, "integrity": True, "availability": True})
    assert found["proposal"]["notify_authority"] == "not_known_enough"
    assert found["missing"] == ["confidentiality", "restored_hours"]
    assert found["people"] == [0, None]


@pytest.mark.parametrize(
    "written,why",
    [
        ("{", "not JSON"),
        ("[]", "must be one object"),
        ("[" * 100_000, "not JSON"),
        ({"subjects": 3, "intent": "evil"}, "Error: subjects: unknown key"),
        ({"subjects": 3, "intent": "evil"}, "\nintent: 'evil' is not among"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(written: object, why: str) -> None:
    result = call(written)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_file_it_says_what_to_give() -> None:
    result = CliRunner().invoke(main, ["assess"])
    assert (result.exit_code, "--schema" in result.stderr) == (2, True)


def test_the_schema_is_printed() -> None:
    schema = json.loads(CliRunner().invoke(main, ["assess", "--schema"]).stdout)
    assert schema["additionalProperties"] is False
    assert "state_of_the_art_key_safe" in json.dumps(schema["properties"]["encrypted"])


def test_the_example_of_the_guide_is_read_and_every_key_stands_there() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "dpo-guide.md").read_text(encoding="utf-8")
    example = json.loads(guide.partition("```json")[2].partition("```")[0])
    assert answer(example)["proposal"]["notify_authority"] == "yes"
    assert [name for name in keys.known() if f"`{name}`" not in guide] == []
