"""A desk that runs on behind a database without its end says so, also to people."""

from incidentdesk import upkeep
from incidentdesk.escalation.banners import banners
from incidentdesk.records import history, rollback
from incidentdesk.records.chain import Anchor
from tests.mail.scene import MINUTE, NOW, Scene


async def test_a_desk_whose_database_lacks_its_end_is_verified_all_the_same_and_a_banner_says_so(scene: Scene) -> None:
    desk, now = scene.desk, NOW + 5 * MINUTE
    rollback.note(desk.settings.keys_dir, Anchor(99, "ab" * 32))
    async with desk.database.write() as session:
        history.record(session, None, "ladder.changed", actor=history.DESK, now=NOW, before={}, after={})
    await upkeep.verify_evidence(desk, now=now)
    async with desk.database.read() as session:
        told = await banners(session, desk.settings, me=scene.ada, now=now)
    assert told[0].text.startswith("The evidence of this desk is not as it was written")
