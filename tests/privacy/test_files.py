"""A file somebody added is erased with its incident: row, key and bytes."""

from datetime import datetime

from incidentdesk import upkeep
from incidentdesk.rules.erasure import Extent
from incidentdesk.tables import Incident, Member
from incidentdesk.web.pages import Desk
from tests.intake.test_files import PHOTO, add, on_disk
from tests.intake.test_files import rows as files_of
from tests.intake.visitor import code_in, send
from tests.people import Sit
from tests.privacy.conftest import close, wipe
from tests.privacy.test_erase import audited


async def test_the_file_goes_from_the_folder_and_nobody_gets_it_again(
    desk: Desk, sit: Sit, dipo: Member, now: datetime
) -> None:
    reporter = await send(await sit(), what="Somebody took my laptop")
    code = code_in(reporter.html)
    await add(reporter, PHOTO)
    (file,) = await files_of(desk)
    async with desk.database.read() as session:
        incident = await session.get_one(Incident, file.incident_id)
    await close(desk, incident, dipo, now=now)
    erasure = await wipe(desk, incident, Extent.INCIDENT, dipo, now=now)
    assert erasure is not None
    assert erasure.counts["attachment"] == 1
    await upkeep.scrub_erased(desk, now=now)
    assert on_disk(desk) == []
    (file,) = await files_of(desk)
    assert (file.name, file.kind) == ("", "")
    answer = await reporter.seat.post("/r/files/content", code=code, file=str(file.id))
    assert answer.status_code in {404, 410}
    assert await audited(desk, now=now) == ()
