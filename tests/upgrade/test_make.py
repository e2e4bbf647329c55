"""The desk that the next release leaves behind can be made and put up again."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from incidentdesk import clock
from incidentdesk.settings import Settings
from tests.emptied import empty
from tests.upgrade import past
from tests.upgrade.make import keep


def test_a_desk_of_today_can_be_kept_and_put_up_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = make_url(settings.database).get_backend_name()
    keep(settings.database, tmp_path / "made", tmp_path / "1.0.0" / kind, now=clock.now())
    empty(settings.database)
    monkeypatch.setattr(past, "KEPT", tmp_path)
    found = past.put_up("1.0.0", settings)
    kept = {path.name for path in (settings.keys_dir.parent).rglob("*") if path.is_file()}
    assert kept >= {*found.notes, *found.files, *past.PHRASES}
    assert set(found.told) == set(found.references)
    assert found.rows["history_entry"] > found.rows["incident"] > 1
