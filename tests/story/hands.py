"""What the people of the story do with their hands: fill in a section, type a moment, open a duty, read a calendar."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.breach.notification.desk import fields_of
from tests.calendars import events, opened
from tests.story.stage import Received, Story

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


async def fills(story: Story, section: str, **known: str | list[str]) -> None:
    """Let Dipo open a section of the draft, change some fields, and send the rest as it stood there."""
    path = f"/desk/incidents/{story.reference}/notification/sections/{section}"
    seat = await story.sit(story.people.dipo)
    answer = await seat.post(path, **{**fields_of((await seat.get(path)).text), **known})
    assert answer.status_code == 303, answer.text


async def in_his_calendar(story: Story) -> list[datetime]:
    """Return what a calendar program that nobody signed in finds at Dipo's address."""
    answer = await (await story.sit()).get(story.address)
    return [event.start for event in events(opened(answer.content))]


def sent_to_calendar(mail: Received) -> list[tuple[str, int, datetime]]:
    """Return what the files of a mail ask a calendar to do."""
    files = [opened(bytes(part.get_payload(decode=True) or b"")) for part in mail.message.iter_attachments()]
    return [(file["METHOD"], event["SEQUENCE"], event.start) for file in files for event in events(file)]


async def duty_to(story: Story, customer: str) -> str:
    """Return where the page of the duty to a customer lies, below the incident's."""
    base = f"/desk/incidents/{story.reference}"
    page = await story.opens(story.people.dipo, f"{base}/customer-notices")
    rows = page.partition("</table>")[0].split("<tr>")
    (row,) = [row for row in rows if f"<bdi>{customer}</bdi>" in row]
    (place,) = re.findall(rf'href="{base}(/duties/[0-9a-f-]{{36}})"', row)
    return str(place)
