"""Every command of the operations page is run, or read by the tool it is for, or named here with the reason why not."""

import ast
import asyncio
import inspect
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from benchmarks.proxy import FILE as PROXY
from benchmarks.proxy import nginx
from incidentdesk import cli, clock, serve, upkeep
from incidentdesk.insight import health
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings, read
from tests.backup.ways import report
from tests.mail.certificate import make_certificate
from tests.people import member
from tests.scaled.stage import need_nginx
from tests.thorough import ON_SQLITE

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# The desk's own words whose processes go on until they are stopped, and the test that runs each of them.
SERVING = {
    "run": "tests/test_script.py",
    "serve": "tests/faults/test_processes.py",
    "work": "tests/faults/test_processes.py",
    "demo": "tests/demo/test_command.py",
}
# In this order one makes what the next one needs; what is not named here follows.
STORY = (
    "migrate",
    "member",
    "link",
    "reset-factor",
    "backup",
    "keys check",
    "keys rotate",
    "keys destroy",
    "restore /",
)
# Programs of the machine that a test must not run, and why. Their long options are looked up in their own help.
NOT_RUN = {
    ".venv/bin/python": "installs packages",
    ".venv/bin/opentelemetry-instrument": "is not among the locked packages",
    "apt-get": "installs a package",
    "chmod": "of a folder that is made right by the desk itself",
    "git": "fetches the next version",
    "install": "writes where root alone may",
    "journalctl": "reads the journal of the machine",
    "kill": "is what happens, nothing to say",
    "nginx": "reads the file of the machine; the page's own lines are tested below",
    "runuser": "needs the desk's user",
    "systemctl": "starts services of the machine",
    "systemd-run": "needs the desk's user and its settings on the machine",
    "useradd": "makes a user of the machine",
}
# Read by the tool itself, below.
CHECKED = {"docker"}


def blocks(kind: str) -> list[str]:
    return [text for known, text in BLOCK.findall(PAGE) if known == kind]


def commands() -> Iterator[list[str]]:
    """Yield every command of the page as words: the lines of its blocks, and what its sentences quote."""
    known = NOT_RUN.keys() | CHECKED | {"./desk"}
    quoted = [span for span in re.findall(r"`([^`\n]+)`", BLOCK.sub("", PAGE)) if span.split()[0] in known]
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    for line in [*lines, *(span for span in quoted if " " in span)]:
        for part in line.split("|"):
            words = shlex.split(part)
            yield [word for number, word in enumerate(words) if number or not re.match(r"[A-Z_]+=", word)]


def own() -> list[list[str]]:
    """Return the desk's own commands, each once, in the order in which they can be run."""
    found = {tuple(words[1:]): None for words in commands() if words[0] == "./desk"}
    said = {words: " ".join(words) for words in found if words[0] not in SERVING}
    places = {words: [text.startswith(begin) for begin in STORY] for words, text in said.items()}
    return [list(words) for words in sorted(said, key=lambda words: [*places[words], True].index(True))]


def test_every_block_says_what_it_is() -> None:
    kinds = [kind for kind, _ in BLOCK.findall(PAGE)]
    assert set(kinds) == {"sh", "text", "env", "ini", "nginx", "yaml"}
    assert len(re.findall("^```", PAGE, re.MULTILINE)) == 2 * len(kinds)
    # Those inside a list are the steps of the drill, which tests/backup/test_drill.py runs as they stand.
    before, _, drill = PAGE.partition("### The restore drill\n")
    assert not re.search("^ +```", before, re.MULTILINE)
    assert re.search("^ +```", drill, re.MULTILINE)


@pytest.mark.skipif(
    not ON_SQLITE, reason="the page's commands are the same on either database, and say so in their own tests"
)
def test_every_command_of_the_desk_runs_as_it_stands(tmp_path: Path) -> None:
    given = {"INCIDENTDESK_DATA_DIR": str(tmp_path / "data"), "INCIDENTDESK_DATABASE_URL": ""}
    asyncio.run(begin(read(given)))
    for words in own():
        substituted = [as_here(word, tmp_path, given) for word in words]
        done = say(substituted, given)
        assert done.exit_code == 0, (substituted, done.output)


async def begin(settings: Settings) -> None:
    """Let there be a desk with somebody at it and a report, under a checkpoint."""
    desk = await serve.open_desk(settings)
    async with desk.database.write() as session:
        session.add(member(Role.RESPONDER, now=clock.now()))
    await report(desk, now=clock.now())
    await upkeep.close_last_checkpoint(desk, now=clock.now())
    await desk.database.close()


def say(words: list[str], given: dict[str, str]) -> Result:
    return CliRunner().invoke(cli.main, words, env=given)


def as_here(word: str, folder: Path, given: dict[str, str]) -> str:
    """Return the word with the page's names replaced by what is there in the test."""
    backups = folder / "backups"
    if re.fullmatch(r"\d+:[0-9a-f]+…|[0-9a-f]+…", word):
        found = json.loads(say(["audit", "verify", "--json"], given).output)
        return str(found["newest" if ":" in word else "public_key"])
    word = word.replace("/mnt/backups", str(backups))
    return str(next(backups.iterdir())) if word.endswith(".desk") else word


def test_what_serves_until_it_is_stopped_has_a_test_of_its_own() -> None:
    for name, test in SERVING.items():
        assert f'"{name}"' in (ROOT / test).read_text(encoding="utf-8"), name


def test_whatever_else_the_page_says_is_on_the_list_of_what_is_not_run() -> None:
    said = {words[0] for words in commands()} - {"./desk"}
    assert said - {"grep"} == NOT_RUN.keys() | CHECKED


def test_the_options_of_what_is_not_run_exist() -> None:
    for words in commands():
        program = shutil.which(words[0])
        if words[0] not in NOT_RUN or program is None:
            continue
        options = [word.split("=")[0] for word in words[1:] if word.startswith("--") and len(word) > 2]
        told = subprocess.run([program, "--help"], capture_output=True, text=True, check=False) if options else None
        assert [option for option in options if told and option not in told.stdout] == [], words


def test_compose_takes_the_options_of_the_page() -> None:
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("no docker-compose on this machine")
    (words,) = [words for words in commands() if words[0] == "docker"]
    assert (words[1], words[-2:]) == ("compose", ["up", "--build"])
    done = subprocess.run([program, *words[2:-2], "config"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_proxy_accepts_its_file_as_the_page_changes_it(tmp_path: Path) -> None:
    need_nginx()
    make_certificate(tmp_path)
    server, listen = blocks("nginx")
    text = re.sub(r"( *server desk.*;\n)+", server, PROXY.read_text(encoding="utf-8"))
    text = text.replace("listen 8080;", listen)
    text = re.sub(r"/etc/ssl/private/\S+\.key", str(tmp_path / "key.pem"), text)
    text = re.sub(r"/etc/ssl/\S+\.pem", str(tmp_path / "certificate.pem"), text)
    (tmp_path / "nginx.conf").write_text(text.replace(" /tmp/nginx", f" {tmp_path}/nginx"), encoding="utf-8")
    command = [str(nginx()), "-t", "-c", str(tmp_path / "nginx.conf"), "-g", f"pid {tmp_path}/pid;"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "127.0.0.1:8000" in text
    assert "desk-2" not in text


def test_the_desk_accepts_the_settings_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret of the provider")
    for block in blocks("env"):
        given = dict(line.split("=", 1) for line in block.splitlines())
        files = {name: str(tmp_path / "secret") for name in given if name.endswith("_FILE")}
        settings = read(given | files)
        assert (settings.can_mail, bool(settings.oidc_issuer)) in {(True, False), (False, True)}


def test_prometheus_would_ask_where_the_desk_answers() -> None:
    (block,) = blocks("yaml")
    (job,) = yaml.safe_load(block)["scrape_configs"]
    assert job["static_configs"][0]["targets"] == ["127.0.0.1:8000"]
    assert job["authorization"].keys() == {"credentials_file"}


def test_every_word_of_the_health_pages_has_its_line() -> None:
    functions = (ast.parse(inspect.getsource(one)) for one in (health.hindrances, health.alarms))
    said = {node.value for tree in functions for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    words = {word for word in said if isinstance(word, str) and re.fullmatch("[a-z]+", word)}
    table = PAGE.split("| word | on | it means | do |\n", 1)[1].split("\n\n", 1)[0]
    lines = re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)
    assert sorted(lines) == sorted(words)
