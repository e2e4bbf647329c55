"""`incidentdesk demo`: a database of its own, passwords shown once."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from incidentdesk import cli, serve
from incidentdesk.settings import Settings


def test_the_passwords_are_shown_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Settings] = []
    monkeypatch.setattr(serve, "run", served.append)
    given = {
        "INCIDENTDESK_DATA_DIR": str(tmp_path),
        "INCIDENTDESK_SMTP_HOST": "relay",
        "INCIDENTDESK_MAIL_FROM": "a@b.c",
    }
    first, second = (CliRunner().invoke(cli.main, ["demo"], env=given) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert first.output.count("@example.org") == 4
    assert "@example.org" not in second.output
    assert {settings.data_dir for settings in served} == {tmp_path / "demo"}
    assert not any(settings.can_mail for settings in served)
