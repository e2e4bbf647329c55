"""What was mailed by the release before is in the account as well, with what was known then."""

import csv
import io

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from incidentdesk import clock, worker
from incidentdesk.database import Database, migrate
from incidentdesk.rules.permissions import Role
from incidentdesk.schema import MIGRATIONS
from tests.mail.scene import MINUTE, Scene, add_incident
from tests.people import Sit


async def before_the_ledger(database: Database, url: str) -> None:
    """Take the database back to the schema of the release before, with a mail that it had tried four times."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.downgrade(config, "0014")
    async with database.writer.begin() as connection:
        sent = "state = 'sent', outcome = 'sent', attempts = 4, settled_at = created_at, message_id = '<a@example.org>'"
        await connection.execute(text(f"UPDATE outbox_mail SET {sent}"))  # noqa: S608 - our own words


async def test_an_upgrade_keeps_what_the_release_before_knew(scene: Scene, sit: Sit, database_url: str) -> None:
    incident = await add_incident(scene.desk, now=clock.now() - 20 * MINUTE)
    await worker.sweep_clocks(scene.desk, now=clock.now())
    await before_the_ledger(scene.desk.database, database_url)
    migrate(database_url)
    seat = await sit(Role.READER)
    page = await seat.get(f"/desk/incidents/{incident.reference}/escalations")
    sheet = await seat.get(f"/desk/incidents/{incident.reference}/escalations.csv")
    (row,) = [row for row in csv.DictReader(io.StringIO(sheet.text, newline="")) if row["person"]]
    assert (row["person"], row["state"], row["attempts"], row["first_claimed_at"]) == ("Rosa Ponder", "sent", "4", "")
    assert row["sent_at"]
    assert "Attempts: 4" in page.text
    assert "First taken up" not in page.text
