"""The command line: what each command prints, and that a mistake is answered in one sentence."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from incidentdesk.cli import main
from incidentdesk.database import Database
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import HistoryEntry, Member
from tests.people import Sit

ADA = ("ada@example.org", "--name", "Ada Min", "--role", "administrator")


@pytest.fixture
def given(tmp_path: Path, database_url: str) -> dict[str, str]:
    return {"INCIDENTDESK_DATA_DIR": str(tmp_path), "INCIDENTDESK_DATABASE_URL": database_url}


def call(given: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(main, words, env=given)


def test_without_a_word_it_prints_help(given: dict[str, str]) -> None:
    said = CliRunner().invoke(main, [], prog_name="incidentdesk")
    assert said.output.startswith("Usage: incidentdesk ")
    for command in ("serve", "work", "demo", "migrate", "member", "link", "deadline"):
        assert f"  {command} " in said.output
    unknown = call(given, "run")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "No such command 'run'" in unknown.stderr


def refusal(given: dict[str, str], *words: str) -> str:
    """Return the one sentence on stderr of a command that fails."""
    result = call(given, *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("Error: ").rstrip()


@pytest.mark.parametrize(
    "command", [["serve"], ["work"], ["demo"], ["migrate"], ["member", *ADA]], ids=lambda words: words[0]
)
def test_what_the_person_at_the_terminal_can_mend_is_one_sentence(command: list[str], tmp_path: Path) -> None:
    assert "INCIDENTDESK_ZONE" in refusal({"INCIDENTDESK_ZONE": "Mars/Base"}, *command)
    (tmp_path / "file").touch()
    given = {"INCIDENTDESK_DATA_DIR": str(tmp_path / "file" / "folder"), "PORT": "0"}
    sentence = refusal(given, *command)
    assert sentence.startswith("the database sqlite")
    assert " cannot be used: [Errno 20] Not a directory: " in sentence


def test_migrating_twice_is_fine_and_makes_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    given = {"INCIDENTDESK_DATA_DIR": str(tmp_path / "new" / "data")}
    for _ in range(2):
        result = call(given, "migrate")
        assert (result.exit_code, result.output) == (0, "The database is up to date.\n")
    path = tmp_path / "new" / "data" / "incidentdesk.sqlite3"
    assert [oct(part.stat().st_mode & 0o777) for part in (path, path.parent)] == ["0o600", "0o700"]


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "incidentdesk.sqlite3"
    path.write_text("a shopping list, long enough to be taken for a header of something else entirely\n" * 20)
    sentence = refusal({"INCIDENTDESK_DATA_DIR": str(tmp_path)}, "migrate")
    assert sentence == f"the database sqlite+aiosqlite:///{path} cannot be used: file is not a database"
    assert path.read_text().startswith("a shopping list")


def test_a_database_of_a_newer_desk_is_left_alone(tmp_path: Path) -> None:
    given = {"INCIDENTDESK_DATA_DIR": str(tmp_path)}
    call(given, "migrate")
    with sqlite3.connect(tmp_path / "incidentdesk.sqlite3") as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    said = refusal(given, "migrate")
    assert "it has the schema 9999, which this version does not know: a newer one has changed it" in said
    assert said.endswith("restore the backup from before the upgrade")
    assert refusal(given, "serve") == said


def test_a_server_that_is_away_is_named_without_its_password() -> None:
    given = {"INCIDENTDESK_DATABASE_URL": "postgresql://desk:hush@127.0.0.1:1/desk"}
    result = call(given, "migrate")
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "Error: the database postgresql+psycopg://desk:***@127.0.0.1:1/desk cannot be used:"
    )
    assert "hush" not in result.stderr


async def test_a_person_is_added_and_comes_in_by_the_printed_link(
    given: dict[str, str], database: Database, sit: Sit
) -> None:
    result = await asyncio.to_thread(call, {**given, "INCIDENTDESK_PUBLIC_URL": "http://desk.test"}, "member", *ADA)
    assert result.exit_code == 0, result.output
    seat = await sit()
    answer = await seat.post(result.stdout.strip(), password="correct horse battery")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/authenticator?onward=%2Fdesk")
    async with database.read() as session:
        person = await session.scalar(select(Member))
        assert person is not None
        assert (person.name, person.email, person.role) == ("Ada Min", "ada@example.org", Role.ADMINISTRATOR)
        actions = list(await session.scalars(select(HistoryEntry.action).order_by(HistoryEntry.id)))
    assert actions == ["member.added", "member.password"]


def test_a_person_who_forgot_the_password_gets_a_new_link(given: dict[str, str]) -> None:
    first = call(given, "member", *ADA).stdout
    second = call(given, "link", "ADA@example.org").stdout
    assert first != second
    assert second.startswith("http://127.0.0.1:8000/desk/welcome/")
    assert refusal(given, "link", "eve@example.org") == "eve@example.org is not here, or without access"


def test_a_person_who_lost_phone_and_codes_begins_anew(given: dict[str, str]) -> None:
    call(given, "member", *ADA)
    assert (
        call(given, "reset-factor", "ADA@example.org").stdout
        == "ADA@example.org sets up a second factor at the next sign-in\n"
    )
    assert refusal(given, "reset-factor", "eve@example.org") == "eve@example.org is not here, or without access"


def test_a_person_who_cannot_be_added_is_refused_in_words(given: dict[str, str]) -> None:
    assert call(given, "member", *ADA).exit_code == 0
    assert refusal(given, "member", "ADA@example.org", *ADA[1:]) == "ada@example.org is here already"
    assert refusal(given, "member", "ada", "--name", " ", "--role", "dpo") == (
        "the name is empty; the e-mail address must be one like name@example.org"
    )
    assert "'king' is not one of" in call(given, "member", *ADA[:-1], "king").stderr
    assert "Missing option '--role'" in call(given, "member", *ADA[:-2]).stderr


def test_a_key_that_was_cut_is_not_replaced(given: dict[str, str], tmp_path: Path) -> None:
    assert call(given, "member", *ADA).exit_code == 0
    (tmp_path / "keys" / "master.key").write_bytes(b"short")
    before = set(threading.enumerate())
    assert "master.key holds 5 bytes instead of 32" in refusal({**given, "PORT": "0"}, "serve")
    assert set(threading.enumerate()) <= before, "an open connection would keep the process from ending"
