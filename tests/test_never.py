"""What the program never does, read from its own text; whoever needs one of these once writes down here where."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "incidentdesk"
# Whoever reads what a stranger wrote with one of these may run it, or is led elsewhere; the last is no secret chance.
UNSAFE = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "ctypes", "cffi", "random"}
TALKING = {"httpx", "aiosmtplib", "socket", "requests", "aiohttp", "smtplib", "ftplib", "http.client", "urllib.request"}
# The provider, the relays, what the operator wants told, and our own address; the database's is in database.py and copies.py.
TALKS = {
    "staff/provider.py": {"httpx"},
    "outward.py": {"httpx"},
    "mail/smtp.py": {"aiosmtplib"},
    "serve.py": {"socket"},
}
SQL = {"text", "literal_column", "exec_driver_sql"}
# Statements put together: of our own names of tables, triggers, pragmas and conditions.
PUT_TOGETHER = {"append_only.py", "database.py", "schema.py", "tables/incidents.py", "triage/queries.py"}
PUT_TOGETHER |= {"triage/practice_actions.py", "triage/practice_queries.py"}
SHELLS = {
    "system",
    "popen",
    "create_subprocess_shell",
    "create_subprocess_exec",
    "spawnl",
    "spawnv",
    "execv",
    "getoutput",
}
IN_SCRIPTS = re.compile(
    r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|localStorage|sessionStorage|indexedDB"
    r"|document\.cookie|postMessage|[\"'](message|paste)[\"']|\w\[[^\]]+\]\s*=[^=]"
)


@cache
def trees() -> dict[str, ast.Module]:
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def imports(tree: ast.Module) -> set[str]:
    """Return what a file imports, whole names and first parts."""
    nodes = list(ast.walk(tree))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return names | {name.split(".")[0] for name in names}


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2], node


def test_nothing_a_stranger_wrote_is_read_by_what_could_run_it_and_no_secret_is_drawn_by_a_guessable_chance() -> None:
    assert {name: found for name, tree in trees().items() if (found := imports(tree) & UNSAFE)} == {}


def test_four_files_open_connections_and_no_other() -> None:
    assert {name: found for name, tree in trees().items() if (found := imports(tree) & TALKING)} == TALKS


def test_no_statement_is_put_together_from_what_somebody_sent() -> None:
    made = {
        name
        for name, tree in trees().items()
        for called, call in (calls(tree) if "sqlalchemy" in imports(tree) else ())
        if called in SQL and not (call.args and isinstance(call.args[0], ast.Constant))
    }
    assert made == PUT_TOGETHER


def test_no_shell_is_started_and_the_one_program_gets_its_words_one_by_one() -> None:
    assert [name for name, tree in trees().items() if "subprocess" in imports(tree)] == ["copies.py"]
    every = [(name, called, call) for name, tree in trees().items() for called, call in calls(tree)]
    assert [(name, called) for name, called, _ in every if called in SHELLS] == []
    assert [name for name, _, call in every for word in call.keywords if word.arg == "shell"] == []
    (started,) = [call for _, _, call in every if ast.unparse(call.func) == "subprocess.run"]
    assert isinstance(started.args[0], ast.List)


def test_the_log_goes_to_one_place_and_to_no_file() -> None:
    every = [(name, called) for name, tree in trees().items() for called, _ in calls(tree)]
    assert [name for name, called in every if called == "basicConfig"] == ["serve.py"]
    assert [found for found in every if found[1] in {"addHandler", "dictConfig", "fileConfig", "syslog"}] == []
    # Standard error, given no other place.
    assert [found for found in every if found[1].endswith("Handler")] == [("serve.py", "StreamHandler")]
    handlers = [call for _, tree in trees().items() for called, call in calls(tree) if called == "StreamHandler"]
    assert [(call.args, call.keywords) for call in handlers] == [([], [])]


def test_no_script_makes_markup_keeps_anything_hears_other_windows_or_names_a_property_by_a_text() -> None:
    scripts = {path.name: path.read_text(encoding="utf-8") for path in (PACKAGE / "static").glob("*.js")}
    assert len(scripts) > 1
    assert {name: found[0] for name, text in scripts.items() if (found := IN_SCRIPTS.search(text))} == {}
