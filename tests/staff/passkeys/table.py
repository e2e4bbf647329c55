"""One person with one device in front of the desk."""

from dataclasses import dataclass

from incidentdesk.staff import passkeys
from incidentdesk.staff.passkeys import Turn
from incidentdesk.tables import Passkey
from incidentdesk.web.pages import Desk
from tests.staff.passkeys.device import Device


@dataclass
class Table:
    """Who asks, answers and looks."""

    desk: Desk
    turn: Turn
    device: Device

    async def how_to_make(self) -> str:
        async with self.desk.database.read() as session:
            return await passkeys.how_to_make(session, self.turn)

    async def how_to_prove(self) -> str:
        async with self.desk.database.read() as session:
            return await passkeys.how_to_prove(session, self.turn)

    async def keep(self, answer: str, name: str = "Laptop") -> None:
        async with self.desk.database.write() as session:
            await passkeys.keep(session, self.turn, name=name, answer=answer)

    async def is_given(self, answer: str) -> bool:
        async with self.desk.database.write() as session:
            return await passkeys.is_given(session, self.turn, answer)

    async def known(self) -> list[Passkey]:
        async with self.desk.database.read() as session:
            return list(await passkeys.passkeys_of(session, self.turn.member.id))
