"""An erased incident's files: closed at once, for their key is gone, and taken from the folder within seconds."""

from datetime import datetime

from incidentdesk import upkeep
from incidentdesk.rules.erasure import Extent
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Incident, Member
from incidentdesk.web.pages import Desk
from tests.people import Sit
from tests.privacy.conftest import close, told, wipe
from tests.triage.reports import NOTE, attach
from tests.triage.test_pages import at


async def test_what_was_erased_is_gone_from_the_folder_too(
    desk: Desk, sit: Sit, dipo: Member, incident: Incident, now: datetime
) -> None:
    seat, doomed = await sit(Role.ADMINISTRATOR), await told(desk, dipo, now=now)
    row, kept = await attach(seat, doomed, desk=desk), await attach(seat, incident, desk=desk)
    await close(desk, doomed, dipo, now=now)
    await wipe(desk, doomed, Extent.INCIDENT, dipo, now=now)
    assert (await seat.get(at(doomed, f"files/{row.id}"))).status_code == 410
    await upkeep.scrub_erased(desk, now=now)
    assert [path.name for path in desk.settings.files.iterdir()] == [kept.place]
    fields, more = {"csrf": seat.csrf}, {"files": NOTE}
    assert (await seat.client.post(at(doomed, "files"), data=fields, files=more)).status_code == 410
    assert (await seat.get(at(doomed))).status_code == 200
    assert (await seat.get(at(incident, f"files/{kept.id}"))).content == b"words"
    assert [path.name for path in desk.settings.files.iterdir()] == [kept.place]


async def test_erasing_a_name_leaves_the_files(
    desk: Desk, sit: Sit, dipo: Member, incident: Incident, now: datetime
) -> None:
    seat = await sit(Role.ADMINISTRATOR)
    row = await attach(seat, incident, desk=desk)
    await wipe(desk, incident, Extent.IDENTITY, dipo, now=now)
    await upkeep.scrub_erased(desk, now=now)
    assert (await seat.get(at(incident, f"files/{row.id}"))).content == b"words"
