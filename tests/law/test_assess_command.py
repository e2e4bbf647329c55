"""`incidentdesk assess`, as people and scripts call it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from incidentdesk import clock, law
from incidentdesk.breach.assessment import keys
from incidentdesk.breach.assessment.describing import describe
from incidentdesk.breach.assessment.keys import Shape
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
    # What the file leaves out could still make it worse, and is asked for.
    assert found["sure"] == {"document": True, "notify_authority": True, "tell_people": False}
    assert found["questions"]["consequences"] == "What happened to the people or is likely to."


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
        ("{}", "no facts in it"),
        ('{"backup": true, "backup": false}', "stands there twice"),
        ('{"restored_hours": NaN}', "NaN is no number"),
        ('{"outcome": -Infinity}', "-Infinity is no number"),
        ({"a\x1b[31m": 1}, "Error: a\\x1b[31m: unknown key"),
        ({"k" * 100_000: 1}, f"Error: {'k' * 60}…: unknown key"),
        ('{"restored_hours": 1' + "0" * 400 + "}", "restored_hours: must be a number"),
        ('{"recipients": 1' + "0" * 400 + "}", "recipients: 1000"),
        ('{"enisa": {"dpc": 1' + "0" * 400 + "}}", "dpc: 1000"),
        ({"recipients": -5}, "recipients: -5 is not among"),
        ({"recipients": 0.5}, "recipients: 0.5 is not among"),
        ({"subjects_affected": 1.5}, "subjects_affected: must be a whole number"),
        ({"intent": "x" * 1_000_000}, "xxx… is not among"),
        ({"subjects": 3, "intent": "evil"}, "Error: subjects: unknown key"),
        ({"subjects": 3, "intent": "evil"}, "\nintent: 'evil' is not among"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(written: object, why: str) -> None:
    result = call(written)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr
    assert "Traceback" not in result.stderr


def test_a_number_without_measure_is_printed_as_json_knows_it() -> None:
    assert answer({"subjects_affected": "9" * 290 + " million"})["people"] == [10**12, None]


@pytest.mark.parametrize("written", [b"", b"\xff\xfe{", '{"backup": true}'.encode("utf-16"), b"\x00"])
def test_a_file_that_is_no_text_is_refused_by_its_name(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "facts.json"
    path.write_bytes(written)
    for given in (path, tmp_path):
        result = CliRunner().invoke(main, ["assess", "--json", str(given)])
        assert (result.exit_code, result.stdout) == (2, "")
        assert "Traceback" not in result.stderr
        assert given.name in result.stderr.replace("\n", "")


def test_what_has_no_end_or_cannot_be_read_is_refused_by_its_name() -> None:
    for path, why in (("/dev/zero", "zero: longer than 5000000 characters"), ("/proc/self/mem", "mem: cannot be read")):
        result = CliRunner().invoke(main, ["assess", "--json", path])
        assert (result.exit_code, result.stdout) == (2, "")
        assert why in result.stderr


def test_without_a_file_it_says_what_to_give() -> None:
    result = CliRunner().invoke(main, ["assess"])
    assert (result.exit_code, "--schema" in result.stderr) == (2, True)


def test_the_schema_is_printed() -> None:
    schema = json.loads(CliRunner().invoke(main, ["assess", "--schema"]).stdout)
    assert schema["additionalProperties"] is False
    assert "state_of_the_art_key_safe" in json.dumps(schema["properties"]["encrypted"])


def accepts(schema: dict[str, Any], value: Any) -> bool:
    """Judge by what the schema says of choices: these words, as listed or as they are forgiven, and numbers."""
    if "anyOf" in schema:
        return any(accepts(one, value) for one in schema["anyOf"])
    if "enum" in schema:
        return any(type(one) is type(value) and one == value for one in schema["enum"])
    if "pattern" in schema:
        return isinstance(value, str) and re.search(schema["pattern"], value) is not None
    if schema["type"] == "integer":
        return type(value) is int and schema["minimum"] <= value <= schema["maximum"]
    assert schema["type"] == "array"
    return isinstance(value, list) and all(accepts(schema["items"], one) for one in value)


@pytest.mark.parametrize("name", [key.name for key in keys.known().values() if key.words or key.shape is Shape.TRUTH])
def test_the_schema_accepts_what_is_read_and_refuses_what_is_not(name: str) -> None:
    schema = json.loads(CliRunner().invoke(main, ["assess", "--schema"]).stdout)["properties"][name]
    words = [*(keys.known()[name].words or {}), "yes", "No", "TRUE", "", "Not-known", "evil"]
    tried = [*words, *(f" {word.replace('_', '-').upper()} " for word in words), [words[0]], ["evil"]]
    for value in (*tried, True, False, None, 0.25, 0.3, 0, 1, 15, -1, 10**13):
        read = describe({name: value}, law.measures(clock.now()))
        assert accepts(schema, value) is not bool(read.errors), (name, value)


def test_the_example_of_the_guide_is_read_and_every_key_stands_there() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "dpo-guide.md").read_text(encoding="utf-8")
    example = json.loads(guide.partition("```json")[2].partition("```")[0])
    assert answer(example)["proposal"]["notify_authority"] == "yes"
    assert [name for name in keys.known() if f"`{name}`" not in guide] == []
