"""Two relays and an address for alarms, of which any may be away, under a clock of the database that is moved by hand."""

from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes

from incidentdesk import worker
from incidentdesk.escalation.banners import banners
from incidentdesk.insight import health
from incidentdesk.mail import outbox, signs
from incidentdesk.settings import MailTLS
from incidentdesk.tables import Member, OutboxMail
from incidentdesk.web.pages import Desk
from tests.hands import Hands
from tests.mail.relay import Relay
from tests.mail.scene import MINUTE, NOW, Scene, with_relay

SECOND = timedelta(seconds=1)


@dataclass
class Ways:
    """A first relay that drops everybody until it is said otherwise, a second one, and the database's clock."""

    scene: Scene
    hands: Hands
    first: Relay
    second: Relay
    minutes: int = 0
    webhook: str = ""
    has_second: bool = True

    @property
    def desk(self) -> Desk:
        desk = with_relay(self.scene.desk, self.first.port)
        second = replace(desk.settings, smtp2_host="127.0.0.1", smtp2_port=self.second.port, smtp2_tls=MailTLS.NONE)
        given = second if self.has_second else desk.settings
        return replace(desk, settings=replace(given, alarm_webhook=self.webhook))

    async def deliver(self, *, minutes: int = 0) -> int:
        """Let time go on, and deliver all there is; return how many mails were tried."""
        self.minutes += minutes
        self.hands.now += minutes * MINUTE
        tried = 0
        while await worker.deliver_next(self.desk, now=NOW + self.minutes * MINUTE):
            tried += 1
            assert tried < 30, "it tries again and again"
        return tried

    async def go_away(self) -> None:
        """Let the first relay have been away for three minutes, and have been tried just now."""
        for minutes in (0, 3):
            self.hands.now += minutes * MINUTE
            async with self.scene.desk.database.write() as session:
                await signs.note_relay(session, let_in=False)

    async def put(self, letter: str = "test", *, who: Member | None = None, number: int = 1) -> None:
        about: outbox.About = {"member_id": (who or self.scene.rosa).id}
        async with self.scene.desk.database.write() as session:
            await outbox.put(session, letter=letter, dedupe=f"{letter}:{number}", now=NOW, **about)

    async def only(self) -> OutboxMail:
        (mail,) = await self.scene.mails()
        return mail

    async def shown(self) -> list[str]:
        """Return how each banner begins for an administrator."""
        async with self.scene.desk.database.read() as session:
            found = await banners(session, self.desk.settings, me=self.scene.ada, now=NOW + self.minutes * MINUTE)
        return [banner.text.partition(":")[0] for banner in found]

    async def alarms(self) -> list[str]:
        """Return what a watchdog is told."""
        await self.hands.last_beat(self.scene.desk, SECOND)
        return await health.alarms(self.desk, now=NOW + self.minutes * MINUTE)


def ids(taken: list[bytes]) -> list[str]:
    return [str(message_from_bytes(message)["Message-ID"]) for message in taken]
