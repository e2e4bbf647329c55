"""`incidentdesk law check`, before and after somebody edited a file of law."""

import json
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from incidentdesk import law
from incidentdesk.cli import main


def check(*more: str) -> Result:
    return CliRunner().invoke(main, ["law", "check", *more])


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """The files as somebody copied them to change them."""
    with as_file(files("incidentdesk.law")) as folder:
        for name in law.FILES:
            shutil.copy(folder / name, tmp_path / name)
    return tmp_path


def test_the_files_of_the_desk_are_sound_and_all_of_them_are_named() -> None:
    result = check()
    assert result.exit_code == 0
    assert [line.split()[1].rstrip(":") for line in result.stdout.splitlines()] == list(law.FILES)
    assert "policies.json: 28 rows" in result.stdout


def test_edited_files_are_read_where_they_lie(edited: Path) -> None:
    (edited / "reach.json").unlink()
    result = check(str(edited))
    assert result.exit_code == 0
    assert "reach.json" not in result.stdout


def test_what_is_wrong_is_said_of_each_file_and_ends_with_status_1(edited: Path) -> None:
    policies = edited / "policies.json"
    policies.write_text(
        policies.read_text(encoding="utf-8").replace('"enabled": false', '"enabled": true'), encoding="utf-8"
    )
    (edited / "holidays.json").write_bytes(b"\xff\xfe")
    (edited / "polices.json").write_text("{}", encoding="utf-8")
    result = check(str(edited))
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert any("gdpr_33_1_sa_omnibus): a row without effective_from cannot be enabled" in line for line in lines)
    assert "wrong    holidays.json: not UTF-8 text" in lines
    assert "wrong    polices.json: no file of law has this name, so it would not be read" in lines
    assert "read     promises.json: 1 row" in result.stdout
    assert "policies.json" not in result.stdout


def test_everything_amiss_is_named_with_its_file_row_and_key_and_nothing_that_only_follows(edited: Path) -> None:
    content = json.loads((edited / "policies.json").read_text(encoding="utf-8"))
    first, second, third, fourth = content["policies"][:4]
    first |= {"enabled": "yes", "source": " ", "effective_from": "soon", "colour": "red"}
    del second["period"], second["base"]
    third["name"] = {"en": "Only English"}
    fourth |= {"period": "72 hours", "ends": "never"}
    (edited / "policies.json").write_text(json.dumps(content), encoding="utf-8")
    said = [line.removeprefix("wrong    policies.json, ") for line in check(str(edited)).stderr.splitlines()]
    rows = [f"row {number} ({row['id']})" for number, row in enumerate((first, second, third, fourth), 1)]
    amiss = ("colour unknown", "source must be a text", "effective_from must be a day such as 2026-11-24")
    assert sorted(said[:4]) == sorted(f"{rows[0]}: {one}" for one in (*amiss, "enabled must be true or false"))
    assert said[4] == f"{rows[1]}: base, period missing"
    assert said[5] == f"{rows[2]}, name: nl missing"
    assert [line.split(" must be ")[0] for line in said[6:]] == [f"{rows[3]}: period", f"{rows[3]}: ends"]


def test_a_folder_without_law_is_no_sound_law(tmp_path: Path) -> None:
    assert "holds no file of law" in check(str(tmp_path)).stderr
    nowhere = check(str(tmp_path / "nowhere"))
    assert (nowhere.exit_code, "is no folder" in nowhere.stderr) == (1, True)
