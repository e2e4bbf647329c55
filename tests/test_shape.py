"""The shape of the house: budgets and bounds that every file keeps to, whoever writes it."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Not migrations: Alembic writes them, and nobody edits one after its release.
CODE = ("incidentdesk", "benchmarks")
FILE_LINES = 300
FUNCTION_LINES = 40
TEST_FUNCTION_LINES = 25
TEMPLATE_LINES = 100
PARAMETERS = 5
# A history entry is seven facts, and each is named where it is written.
MORE_PARAMETERS = {"record"}
# Written in parts, so that this file does not hold what it looks for.
MACHINE_PATHS = tuple(f"/{name}/" for name in ("work", "farm", "root", "home"))
REGISTRIES = tuple(".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "com")))
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*places: str, endings: tuple[str, ...]) -> Iterator[Path]:
    for place in places:
        found = (path for path in (ROOT / place).rglob("*") if path.suffix in endings and path.is_file())
        yield from sorted(path for path in found if "__pycache__" not in path.parts)


def code() -> Iterator[Path]:
    yield ROOT / "desk"
    yield from files(*CODE, endings=(".py",))


def own_tests() -> Iterator[Path]:
    yield from files("tests", endings=(".py",))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def too_long(paths: Iterator[Path], limit: int) -> list[str]:
    return [
        f"{name(path)}:{node.lineno} {node.name}: {length} lines"
        for path in paths
        for node in functions(path)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > limit
    ]


def test_no_file_is_too_long() -> None:
    paths = [*code(), *own_tests(), *files("incidentdesk/static", endings=(".css", ".js"))]
    assert [f"{name(path)}: {lines(path)}" for path in paths if lines(path) > FILE_LINES] == []


def test_no_template_is_too_long() -> None:
    paths = files("templates", endings=(".html", ".txt", ".svg", ".xml"))
    assert [f"{name(path)}: {lines(path)}" for path in paths if lines(path) > TEMPLATE_LINES] == []


def test_no_function_is_too_long() -> None:
    assert too_long(code(), FUNCTION_LINES) == []
    assert too_long(own_tests(), TEST_FUNCTION_LINES) == []


def test_no_function_takes_too_many_parameters() -> None:
    assert [
        f"{name(path)}:{node.lineno} {node.name}: {count}"
        for path in code()
        for node in functions(path)
        if (count := parameters(node)) > PARAMETERS and node.name not in MORE_PARAMETERS
    ] == []


def parameters(node: Function) -> int:
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return len([argument for argument in given if argument.arg not in {"self", "cls"}])


def test_complexity_is_bounded_by_the_linter() -> None:
    lint = settings()["tool"]["ruff"]["lint"]
    assert lint["select"] == ["ALL"]
    assert lint["mccabe"]["max-complexity"] == 6
    waived = [name(path) for path in (*code(), *own_tests()) if "noqa: " + "C901" in path.read_text(encoding="utf-8")]
    assert waived == []


def test_only_the_edge_commits() -> None:
    allowed = {"incidentdesk/database.py", "incidentdesk/worker.py"}
    assert [name(path) for path in code() if name(path) not in allowed and calls(path, "commit")] == []


def calls(path: Path, method: str) -> bool:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
        for node in nodes
    )


def test_lock_files_hold_hashes_and_no_address() -> None:
    for path in (ROOT / "requirements.lock", ROOT / "requirements-dev.lock"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        packages = re.split(r"\n(?=\S)", text.strip())
        assert [package for package in packages if "==" not in package or "--hash=sha256:" not in package] == []


def test_the_larger_lock_holds_the_smaller_one() -> None:
    small, large = (pins(ROOT / lock) for lock in ("requirements.lock", "requirements-dev.lock"))
    assert small <= large


def pins(lock: Path) -> set[str]:
    text = lock.read_text(encoding="utf-8").splitlines()
    return {line.split(" ")[0] for line in text if "==" in line and not line.startswith((" ", "#"))}


def test_no_file_names_a_machine_or_a_registry() -> None:
    forbidden = (*MACHINE_PATHS, *REGISTRIES)
    endings = (".py", ".md", ".html", ".txt", ".css", ".js", ".json", ".toml", ".yml", ".po", ".ini", ".mako")
    paths = [*files(*CODE, "tests", "templates", "docs", endings=endings), ROOT / "desk", ROOT / ".ci/run"]
    paths += [path for path in ROOT.iterdir() if path.suffix in endings or path.name == "Dockerfile"]
    texts = {name(path): path.read_text(encoding="utf-8") for path in paths}
    assert [(where, word) for where, text in texts.items() for word in forbidden if word in text] == []


def test_the_script_uses_nothing_but_python() -> None:
    tree = ast.parse((ROOT / "desk").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module.split(".")[0] for module in imported} <= sys.stdlib_module_names


@pytest.mark.parametrize("script", ["desk", ".ci/run"])
def test_scripts_can_be_started(script: str) -> None:
    path = ROOT / script
    assert path.stat().st_mode & 0o111
    assert path.read_text(encoding="utf-8").startswith("#!/usr/bin/env ")


def test_the_script_alone_prints_help() -> None:
    result = subprocess.run([sys.executable, str(ROOT / "desk")], capture_output=True, text=True, check=True)
    for word in ("run", "demo", "test", "check", "bench", "lock"):
        assert f"./desk {word}" in result.stdout


def test_every_package_is_installed() -> None:
    listed = set(settings()["tool"]["setuptools"]["packages"])
    found = {name(path.parent).replace("/", ".") for path in files("incidentdesk", endings=(".py",))}
    # One that is listed and not there breaks the build of a wheel.
    assert listed == found | {"incidentdesk.migrations", "incidentdesk.templates"}


def settings() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
