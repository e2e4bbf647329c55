"""Two hundred words that stand nowhere else, in restricted incidents: nobody who may not see them ever meets one."""

import asyncio
import logging
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from incidentdesk import backup, clock, worker
from incidentdesk.breach.duties.queries import customers_of
from incidentdesk.escalation import ladder
from incidentdesk.intake.actions import submit_report
from incidentdesk.intake.forms import SentReport
from incidentdesk.intake.questions import IDENTITY, QUESTIONS, Answers
from incidentdesk.rules.escalation import Post
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import Attachment, CustomerNotice, OutboxMail, PostHolder, fetch_keys
from incidentdesk.web.pages import Desk
from tests.intake.visitor import visit
from tests.mail.relay import relay
from tests.mail.scene import with_relay
from tests.people import Seat, Sit
from tests.staff.expected import FILE, INCIDENT, MAIL, PARTS
from tests.staff.test_gate import DOORS, NOBODY, Door
from tests.test_stolen import Pen, every_byte, sightings, work_on
from tests.thorough import THOROUGH
from tests.triage.reports import AMSTERDAM

# Who may see what is decided before a page is written; what a stolen database tells is tried on both.
pytestmark = pytest.mark.either_database

NUMBER = 6
CHOICES = {"kind": "mail", "people": "yes", "answer_lang": "en", "reach": "email", "share": "desk"}
# None: somebody who did not sign in.
WATCHERS = [*Role, None] if THOROUGH else [Role.RESPONDER, Role.DPO, None]
WORD = re.compile("mark[0-9a-f]{18}")
QUERIES = [
    *(f"/desk?view={view}" for view in ("needs_decision", "mine", "clock", "waiting", "open", "closed")),
    *(f"/desk/mail?state={state}" for state in ("waiting", "sent", "dead", "skipped")),
]


@dataclass(frozen=True)
class Cage:
    """Incidents that only Dipo may see. `told` holds the words in them, `named` those that say who reported them."""

    desk: Desk
    sit: Sit
    dipo: Seat
    otto: Seat
    told: Pen
    named: Pen
    references: list[str]
    own: dict[str, str]

    def addresses(self, door: Door) -> Iterator[str]:
        """Yield what stands behind a door, once for each incident if it leads to one."""
        references = self.references if THOROUGH else self.references[:2]
        for reference in references if "{ref" in door.path else [""]:
            known = {**self.own, INCIDENT: reference}
            path = door.path
            for name, kind in re.findall(r"\{(\w+):(\w+)\}", path):
                path = path.replace(f"{{{name}:{kind}}}", known.get(PARTS.get(name, ""), NOBODY[kind]))
            yield path

    def met(self, text: str) -> set[str]:
        """Return what of all this stands in a text."""
        secret = {*self.told.words, *self.named.words}
        return (set(WORD.findall(text)) & secret) | {one for one in self.references if one in text}


@pytest.fixture
async def cage(desk: Desk, sit: Sit, caplog: pytest.LogCaptureFixture) -> Cage:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "incidentdesk")
    # The client is ours.
    caplog.set_level(logging.WARNING, "httpx")
    made = Cage(desk, sit, await sit(Role.DPO), await sit(Role.RESPONDER, name="Otto Other"), Pen(), Pen(), [], {})
    async with desk.database.write() as session:
        await ladder.seed(session)
        for post, seat in ((Post.ON_CALL, made.otto), (Post.DPO, made.dipo)):
            assert seat.member is not None
            session.add(PostHolder(post=post, member_id=seat.member.id))
    codes = [await fill(made, number) for number in range(NUMBER)]
    for reference in made.references:
        answer = await made.dipo.post(f"/desk/incidents/{reference}/access", open_to="members", seen_access="desk")
        assert answer.status_code == 303
    await write_again(made, codes[0])
    await work_on(made.dipo, made.references[0], made.told)
    async with desk.database.read() as session:
        made.own[FILE] = str(await session.scalar(select(Attachment.id)))
        made.own[MAIL] = str(await session.scalar(select(OutboxMail.id).where(OutboxMail.incident_id.is_not(None))))
    return made


async def fill(cage: Cage, number: int) -> str:
    """Report with words in every answer, choices too, and return the private code."""
    vault, seed = cage.desk.vault, f"canary {number}"
    given: Answers = {one.id: (cage.named if one.id in IDENTITY else cage.told).write() for one in QUESTIONS}
    given |= {**CHOICES, "email": f"{cage.named.write()}@{cage.named.write()}.example"}
    code = vault.code_for(seed)
    hashes = {"form_hash": vault.hash("form", seed), "code_hash": vault.hash("code", code)}
    sent = SentReport(answers=given, language="en", zone=AMSTERDAM, **hashes)
    async with cage.desk.database.write() as session:
        filed = await submit_report(session, sent, now=clock.now())
    cage.references.append(filed.incident.reference)
    return code


async def write_again(cage: Cage, code: str) -> None:
    """Let the reporter add a message and a file."""
    visitor = await visit(await cage.sit(), "/r")
    await visitor.submit("/r", code=code)
    await visitor.submit("/r/messages", code=code, body=cage.told.write())
    file = (f"{cage.told.write()}.txt", cage.told.write().encode(), "text/plain")
    assert (await visitor.seat.client.post("/r/files", data={"code": code}, files={"files": file})).status_code == 200


async def answers(cage: Cage, seat: Seat) -> AsyncIterator[tuple[str, str]]:
    """Open every door and press every button, with what the incidents are known by; yield each answer by its name."""
    doors = sorted(DOORS, key=lambda door: "sign-out" in door.path)
    for path in QUERIES:
        yield path, (await seat.get(path)).text
    for door in doors:
        for address in cage.addresses(door):
            data = {"csrf": seat.csrf, "purpose": "Curious"} if door.method == "POST" else None
            answer = await seat.client.request(door.method, address, data=data)
            yield door.name, answer.text


async def test_whoever_may_not_see_them_meets_none_of_the_words(cage: Cage) -> None:
    assert len(cage.told.words) + len(cage.named.words) > 200
    customers = await words_of_customers(cage)
    for who in WATCHERS:
        seat = await cage.sit(who, name=f"Watch-{who} Er")
        async for name, text in answers(cage, seat):
            # The customers are the organisation's own list, for every member; nothing else may say one is affected.
            listed = customers if who is not None and "/desk/customers" in name else set()
            assert cage.met(text) <= listed, (who, name)
    await no_word_is_found_by_searching(cage)


async def words_of_customers(cage: Cage) -> set[str]:
    async with cage.desk.database.read() as session:
        listed = (await customers_of(session)).values()
    return {word for one in listed for word in WORD.findall(one.name + one.email)}


async def no_word_is_found_by_searching(cage: Cage) -> None:
    for word in (cage.told.words[0], cage.told.words[-1], cage.named.words[0]):
        found = await cage.otto.post("/desk/search", q=word)
        assert found.status_code == 200
        assert cage.met(found.text) == {word}
    # The same search finds what its reader may see, or it could never find anything; who reported it, it never finds.
    hits = [(await cage.dipo.post("/desk/search", q=pen.words[0])).text for pen in (cage.told, cage.named)]
    assert [cage.references[0] in text for text in hits] == [True, False]


async def test_who_reported_it_is_on_no_page_but_the_one_answer(cage: Cage) -> None:
    shown = {name: cage.met(text) async for name, text in answers_without_revealing(cage)}
    assert len(shown["GET /desk/incidents/{ref:str}"] & set(cage.told.words)) > 30
    assert [name for name, words in shown.items() if words & set(cage.named.words)] == []
    base = f"/desk/incidents/{cage.references[0]}"
    revealed = cage.met((await cage.dipo.post(f"{base}/identity", purpose="To call back")).text)
    assert len(revealed & set(cage.named.words)) > 3
    assert not cage.met((await cage.dipo.get(base)).text) & set(cage.named.words)


async def answers_without_revealing(cage: Cage) -> AsyncIterator[tuple[str, str]]:
    """Yield every page that Dipo can look at; of those about an incident the first one's."""
    for door in (door for door in DOORS if door.method == "GET"):
        address = next(cage.addresses(door))
        yield door.name, (await cage.dipo.get(address)).text
    for only in ("all", "people", "decisions", "mail", "looks"):
        yield only, (await cage.dipo.get(f"/desk/incidents/{cage.references[0]}?show={only}")).text


async def test_mails_hold_no_word_and_go_past_whoever_may_not_see_them(cage: Cage) -> None:
    mails = await everything_mailed(cage)
    to_staff = [mail for mail in mails if str(mail["To"]).endswith("@example.org")]
    assert {str(mail["To"]) for mail in to_staff} >= {"dipo@example.org"}
    for mail in to_staff:
        met = cage.met(mail.as_string())
        assert met <= set(cage.references if mail["To"] == "dipo@example.org" else []), mail["Subject"]
    outside = [mail for mail in mails if mail not in to_staff]
    signed = await signed_for_customers(cage)
    assert {str(mail["To"]) for mail in outside} > set(signed)
    for mail in outside:
        address = WORD.findall(str(mail["To"]))
        assert cage.met(mail.as_string()) <= {*address, *cage.references} | signed.get(str(mail["To"]), set())


async def signed_for_customers(cage: Cage) -> dict[str, set[str]]:
    """Return the words that were signed for each customer, by its address: they are for it to read."""
    async with cage.desk.database.read() as session:
        notices = list(await session.scalars(select(CustomerNotice)))
        await fetch_keys(session, [one.incident_id for one in notices])
        return {one.email: set(WORD.findall(one.name + one.body)) for one in notices}


async def everything_mailed(cage: Cage) -> list[EmailMessage]:
    """Let the worker live through four days and return what left."""
    now = clock.now()
    async with relay() as running:
        desk = with_relay(cage.desk, running.port)
        for hours in (0, 1, 5, 25, 49, 71, 80, 96):
            at = now + timedelta(hours=hours)
            await worker.sweep_clocks(desk, now=at)
            while await worker.deliver_next(desk, now=at):
                pass
    return [message_from_bytes(taken, policy=policy.default) for taken in running.taken]


async def test_logs_temporary_files_the_data_folder_and_a_backup_hold_no_word(
    cage: Cage, caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async for _name, _text in answers(cage, cage.dipo):
        pass
    await everything_mailed(cage)
    logged = "\n".join(record.getMessage() for record in [*caplog.get_records("setup"), *caplog.records])
    assert WORD.findall(logged) == []
    if cage.desk.database.writer.dialect.name == "sqlite":
        await asyncio.to_thread(backup.make, cage.desk.settings, tmp_path / "backup", now=clock.now())
    found = every_byte(tmp_path)
    assert re.findall(WORD.pattern.encode(), found) == []
    # In other spellings, which take longer to look for, every tenth.
    assert sightings(found, [*cage.told.words, *cage.named.words][::10]) == []
