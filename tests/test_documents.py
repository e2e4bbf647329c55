"""What we write about the desk is true of the desk."""

import ast
import re
import runpy
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from incidentdesk import cli, law
from incidentdesk.records.clocks import PROMISES
from incidentdesk.rules.escalation import DEFAULT_LADDERS
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.permissions import Permission, Role, allows
from incidentdesk.settings import FIELDS, IN_FILE, PREFIX, Settings
from incidentdesk.staff.forms import NEARBY

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
NOW = datetime(2026, 11, 26, tzinfo=UTC)
LONGEST_DECISION = 60
HOURS = re.compile(r"([\d.]+) (min|h)")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rows(name: str, first: str) -> list[list[str]]:
    """The cells of the table whose head begins with `first`, without its head."""
    lines = read(name).split(f"| {first} |", 1)[1].splitlines()[2:]
    table = lines[: next((at for at, line in enumerate(lines) if not line.startswith("|")), len(lines))]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in table]


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every `./desk …` that a page shows, as words."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in re.findall(r"(?:^|`|COMMAND` )(?:\w+=\w+ )?\./desk ([^`#\n]+)", text, flags=re.MULTILINE):
            yield page.name, shlex.split(found)


def test_readme_lists_every_setting_and_no_other() -> None:
    assert [row[0].strip("`") for row in rows("README.md", "variable")] == [PREFIX + field.upper() for field in FIELDS]


def test_readme_gives_the_defaults() -> None:
    defaults = Settings()
    for variable, shown, _ in rows("README.md", "variable"):
        value = getattr(defaults, variable.strip("`").removeprefix(PREFIX).lower())
        # "empty" may go on to say what that means.
        assert shown.startswith("empty") if value in {"", ()} else shown == f"`{value}`", variable


def test_every_setting_named_on_a_page_exists() -> None:
    known = {PREFIX + field.upper() for field in FIELDS} | {PREFIX + field.upper() + "_FILE" for field in IN_FILE}
    for page in ("README.md", "SECURITY.md", "docs/operations.md"):
        assert set(re.findall(rf"{PREFIX}[A-Z0-9_]+", read(page))) <= known, page


def test_every_command_on_a_page_is_one_the_script_or_the_program_knows() -> None:
    script = runpy.run_path(str(ROOT / "desk"))
    known = {*script["COMMANDS"], *script["SHORT_FOR"], *cli.main.commands}
    shown = list(commands())
    assert {words[0] for _, words in shown} >= {"run", "demo", "test", "check", "migrate", "member", "deadline"}
    assert [(page, words) for page, words in shown if words[0] not in known] == []


def test_the_examples_of_the_command_line_run_as_they_stand(tmp_path: Path) -> None:
    # Those of alerts, backups, keys and evidence run in their own tests, on what is there; what serves never ends.
    elsewhere = {"alerts", "audit", "backup", "restore", "keys", "serve"}
    known = cli.main.commands.keys() - elsewhere
    examples = [words for _, words in commands() if words[0] in known and len(words) > 1]
    assert {words[0] for words in examples} == {"assess", "deadline", "member", "link", "reset-factor"}
    given = {"INCIDENTDESK_DATA_DIR": str(tmp_path), "INCIDENTDESK_DATABASE_URL": ""}
    for words in examples:
        done = CliRunner().invoke(cli.main, words, env=given)
        assert done.exit_code == 0, (words, done.output)


def test_the_script_names_every_command_it_has() -> None:
    script = runpy.run_path(str(ROOT / "desk"))
    assert set(re.findall(r"^  \./desk (\w+)", script["__doc__"], flags=re.MULTILINE)) == {
        *script["COMMANDS"],
        *script["SHORT_FOR"],
        "demo",
    }
    assert isinstance(cli.main, click.Group)


def logged() -> set[str]:
    """Every line the program can log, with … for what differs."""
    found = set()
    for path in (ROOT / "incidentdesk").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "log.critical",
                "log.info",
                "log.error",
                "log.warning",
                "log.exception",
            }:
                words = ast.literal_eval(node.args[0])
                found.add(words.split(":")[0].replace("%s", "…") + (": …" if ":" in words else ""))
    return found


def test_the_operations_page_explains_every_line_of_the_log() -> None:
    explained = {line for row in rows("docs/operations.md", "line") for line in re.findall("`([^`]+)`", row[0])}
    assert explained == logged()


def test_the_operations_page_explains_every_banner() -> None:
    template = read("templates/escalation/_banners.html")
    macros = template.split("{% macro ")[1:]
    explained = [row[0] for row in rows("docs/operations.md", "banner begins with")]
    assert len(explained) == len(macros)
    assert [words for words, macro in zip(explained, macros, strict=True) if words not in macro] == []


def test_the_operations_page_lists_the_words_that_are_no_password() -> None:
    listed = read("docs/operations.md").split("and the words ", 1)[1].split(".", 1)[0]
    assert tuple(re.findall("`([a-z]+)`", listed)) == NEARBY


def test_the_operations_page_uses_the_words_of_the_mail_page() -> None:
    words = read("templates/escalation/_words.html")
    assert all(f"_('{row[0]}')" in words for row in rows("docs/operations.md", "the page says"))


def test_the_promises_on_the_triage_page_are_those_of_the_law_folder() -> None:
    promises = law.promises(NOW)
    table = rows("docs/triage.md", "promise")
    assert len(table) == len(PROMISES)
    for duty, row in zip(PROMISES, table, strict=True):
        hours = [float(n) / (60 if unit == "min" else 1) for n, unit in (HOURS.findall(cell)[0] for cell in row[1:])]
        assert hours == [promises.hours(duty, severity) for severity in (1, 2, 3, 4)]


def test_the_keys_on_the_triage_page_are_those_of_the_pages() -> None:
    used = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))
    listed = set(re.findall(r"'(g \w)'", used)) | set(re.findall(r'data-key="([^"{]+)"', used)) | {"j", "k"}
    explained = {key for row in rows("docs/triage.md", "key") for key in re.findall("`([^`]+)`", row[0])}
    assert explained == listed


def test_the_milestones_in_the_dpo_guide_are_those_of_the_ladder() -> None:
    left = [-step.after.total_seconds() / 3600 for step in DEFAULT_LADDERS[Duty.AUTHORITY] if step.after.days < 0]
    *early, last = [f"{hours:g}" for hours in left]
    assert f"with {', '.join(early)} and {last} hours left" in " ".join(read("docs/dpo-guide.md").split())


def test_the_dpo_guide_says_who_may_do_what() -> None:
    order = (Role.READER, Role.RESPONDER, Role.DPO, Role.ADMINISTRATOR)
    lines = (
        (Permission.READ,),
        (Permission.TAKE, Permission.TRIAGE, Permission.MAIL),
        (Permission.LEGAL, Permission.ERASE),
        (Permission.LADDER, Permission.PEOPLE, Permission.AUDIT),
    )
    table = rows("docs/dpo-guide.md", "| reader")
    assert len(table) == len(lines)
    for permissions, row in zip(lines, table, strict=True):
        for permission in permissions:
            assert [cell == "✓" for cell in row[1:]] == [allows(role, permission) for role in order]


def test_every_decision_fits_on_one_page_and_has_the_same_parts() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert len({path.name[:4] for path in decisions}) == len(decisions), "two pages have one number"
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]} ")
        assert [part in text for part in ("\n## Context\n", "\n## Decision\n", "\n## Consequences\n")] == [True] * 3
        assert "\n## What lost\n" in text
        assert len(text.splitlines()) <= LONGEST_DECISION or path.name.startswith("0001"), path.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    for place, name in re.findall(r"`(tests/[\w/.]*)(?:::(\w+))?`", page.read_text(encoding="utf-8")):
        assert (ROOT / place).exists(), f"{page.name} names {place}"
        assert not name or f"def {name}(" in read(place), f"{page.name} names {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_our_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} leads to {target}"
