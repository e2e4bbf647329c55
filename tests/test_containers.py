"""What runs the desk elsewhere: the image, the trial with compose, the service. No engine is needed to know it is sound."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from incidentdesk.app import build
from incidentdesk.settings import SECRET, read
from incidentdesk.web.pages import Desk

ROOT = Path(__file__).resolve().parent.parent
DESKS = ("desk", "desk-2")
SECRETS = ("PASSWORD", "KEY", "TOKEN", "SECRET")


def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as instructions with their words, in order; lines that go on are one."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("#")).replace("\\\n", " ")
    return [(found[0], found[1]) for line in plain.splitlines() if (found := line.split(maxsplit=1))]


def last_stage() -> dict[str, list[str]]:
    """The words of every instruction of the stage that runs."""
    stage: dict[str, list[str]] = {}
    for name, words in instructions():
        stage = {} if name == "FROM" else stage
        stage.setdefault(name, []).append(" ".join(words.split()))
    return stage


def test_the_compose_file_names_the_desk_its_database_and_a_mail_catcher() -> None:
    services = compose()["services"]
    assert {name for name, service in services.items() if "profiles" not in service} == {"desk", "postgresql", "mail"}
    assert all("image" in service or "build" in service for service in services.values())
    assert set(services["desk"]["depends_on"]) <= set(services)
    used = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert used == {*compose()["volumes"], "./docs/nginx.conf"}


def test_the_scaled_profile_adds_an_equal_desk_and_a_proxy_that_both_believe() -> None:
    services = compose()["services"]
    scaled = {name for name, service in services.items() if service.get("profiles") == ["scaled"]}
    assert scaled == {"desk-2", "proxy"}
    one, two = ({part: services[name][part] for part in ("build", "environment", "volumes")} for name in DESKS)
    assert one == two
    addresses = {name: services[name]["networks"]["front"]["ipv4_address"] for name in (*DESKS, "proxy")}
    given = services["desk"]["environment"]
    assert given["INCIDENTDESK_TRUSTED_PROXIES"] == f"{addresses['proxy']}/32"
    assert len(set(addresses.values())) == 3
    proxy = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8")
    assert set(re.findall(r"server ([\w-]+):8000", proxy)) == set(DESKS)
    (port,) = services["proxy"]["ports"]
    assert port.removesuffix(f":{re.findall('listen ([0-9]+);', proxy)[0]}") in given["INCIDENTDESK_EXTRA_HOSTS"]


def test_the_compose_file_opens_ports_on_this_machine_only() -> None:
    ports = [port for service in compose()["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_desk_accepts_the_settings_of_the_compose_file() -> None:
    given = compose()["services"]["desk"]["environment"]
    settings = read({name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value) for name, value in given.items()})
    assert settings.database.startswith("postgresql+psycopg://")
    assert settings.can_mail


@pytest.mark.parametrize("profile", [[], ["--profile", "scaled"]], ids=" ".join)
def test_compose_itself_accepts_the_file(profile: list[str]) -> None:
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("no docker-compose on this machine")
    done = subprocess.run([program, *profile, "config"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == set(compose()["services"])


def test_the_image_copies_what_exists() -> None:
    copied = [words.split()[0] for name, words in instructions() if name == "COPY" and "--from" not in words]
    assert copied
    assert all((ROOT / name).exists() for name in copied)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{name}" for name in copied} <= set(ignored)


def test_the_image_runs_as_nobody_special_and_keeps_its_data_on_a_volume() -> None:
    stage = last_stage()
    user = stage["USER"][-1]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert f"--uid {user.split(':')[0]}" in stage["RUN"][0]
    assert stage["VOLUME"] == ["/data"]
    assert "INCIDENTDESK_DATA_DIR=/data" in stage["ENV"][0]


def test_the_image_holds_no_secret_and_installs_by_hash() -> None:
    named = [words for name, words in instructions() if name in {"ENV", "ARG"}]
    assert not [words for words in named if any(secret in words for secret in (*SECRETS, *map(str.upper, SECRET)))]
    installing = [words for name, words in instructions() if name == "RUN" and "pip install" in words]
    assert installing
    assert all("--require-hashes" in words for words in installing)


def test_the_image_asks_for_its_health_where_the_desk_answers(desk: Desk) -> None:
    paths = {route.path for route in build(desk).routes}
    (check,) = last_stage()["HEALTHCHECK"]
    asked = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", check)
    assert asked
    assert asked[2] in paths
    assert asked[1] in last_stage()["EXPOSE"]


def service() -> str:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    return page.split("```ini\n")[1].split("```")[0]


def test_neither_the_image_nor_the_service_reaches_the_history_of_the_code() -> None:
    assert "InaccessiblePaths=-/opt/incidentdesk/.git" in service().splitlines()
    assert "WorkingDirectory=/opt/incidentdesk" in service().splitlines()
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*"
    assert not [line for line in ignored if ".git" in line]


def test_systemd_accepts_the_service_of_the_operations_page(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd on this machine")
    # Only the script's place differs here: systemd looks whether it is there.
    unit = service().replace("/opt/incidentdesk/desk serve", "/bin/true")
    (tmp_path / "incidentdesk.service").write_text(unit)
    done = subprocess.run(
        [program, "verify", "--man=no", str(tmp_path / "incidentdesk.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    wrong = [line for line in done.stderr.splitlines() if "incidentdesk.service" in line]
    assert wrong == []
