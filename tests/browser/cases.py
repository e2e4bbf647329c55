"""Incidents that belong together, and a practice, for the pages to be looked at."""

from datetime import timedelta

from sqlalchemy import select

from incidentdesk import clock
from incidentdesk.rules.permissions import Role
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import Member
from incidentdesk.triage import linking, merging_actions, practice_actions
from incidentdesk.triage.actions import begin
from incidentdesk.triage.forms import Writing
from incidentdesk.triage.merging_forms import Wish
from incidentdesk.triage.practice_actions import Script
from incidentdesk.triage.practice_forms import SCENARIOS
from incidentdesk.web.pages import Desk
from tests.triage.reports import Told, file

TITLES = {
    "whole": "Invoice with a false account number",
    "part": "Strange invoice in the mail",
    "alike": "Another invoice",
}


async def together(desk: Desk) -> dict[str, str]:
    """Make one incident part of another, link a third, and begin a practice; return their references."""
    now = clock.now()
    filed = {
        name: await file(desk, Told(title, kind="phish"), now=now - timedelta(hours=5))
        for name, title in TITLES.items()
    }
    async with desk.database.write() as session:
        dpo = (await session.scalars(select(Member).where(Member.role == Role.DPO))).first()
        assert dpo is not None
        acts = {}
        for name, incident in filed.items():
            acts[name] = begin(await find_incident(session, incident.reference, by=dpo, to_change=True), dpo, now)
        wish = Wish("", "The same sender and the same account.", Writing("Thank you. We look at it together.", "m"))
        await merging_actions.merge(session, acts["part"], acts["whole"], wish)
        await linking.link(session, acts["whole"], acts["alike"])
        answers = {**SCENARIOS["ransom"], "what": "PRACTICE · Since this morning nobody can open files."}
        script = Script("ransom", answers, "PRACTICE · Files locked, with a note that asks for money", "en")
        practice = await practice_actions.start(session, script, by=dpo, now=now)
    return {name: incident.reference for name, incident in filed.items()} | {"practice": practice.reference}
