"""What we write about the desk is true of the desk."""

import re
from pathlib import Path
from typing import Any

import yaml

from incidentdesk.settings import FIELDS, PREFIX, Settings, read

ROOT = Path(__file__).resolve().parent.parent


def table() -> dict[str, str]:
    """The settings table of README: variable and default, in its order."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    between = text.split("<!-- settings -->")[1].split("<!-- /settings -->")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", between, flags=re.MULTILINE))


def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_readme_lists_every_setting_and_no_other() -> None:
    assert list(table()) == [PREFIX + field.upper() for field in FIELDS]


def test_readme_gives_the_defaults() -> None:
    defaults = Settings()
    for variable, shown in table().items():
        value = getattr(defaults, variable.removeprefix(PREFIX).lower())
        # "empty" may go on to say what that means.
        assert shown.startswith("empty") if value in {"", ()} else shown == f"`{value}`", variable


def test_the_compose_file_names_the_desk_its_database_and_a_mail_catcher() -> None:
    services = compose()["services"]
    assert set(services) == {"desk", "postgresql", "mail"}
    assert all("image" in service or "build" in service for service in services.values())
    assert set(services["desk"]["depends_on"]) <= set(services)
    used = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert used == set(compose()["volumes"])


def test_the_compose_file_opens_ports_on_this_machine_only() -> None:
    ports = [port for service in compose()["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_desk_accepts_the_settings_of_the_compose_file() -> None:
    given = compose()["services"]["desk"]["environment"]
    settings = read({name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value) for name, value in given.items()})
    assert settings.database.startswith("postgresql+psycopg://")
    assert settings.can_mail


def test_the_image_copies_what_exists() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    assert copied
    assert all((ROOT / name).exists() for name in copied)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{name}" for name in copied} <= set(ignored)


def test_links_between_our_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} leads to {target}"
