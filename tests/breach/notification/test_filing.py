"""Recording what was handed in: its proof is sent in the same form, and nothing that was typed is lost."""

import re
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from incidentdesk.records import attachments
from incidentdesk.records.attachments import MOST
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import (
    Attachment,
    FiledVersion,
    FilingProof,
    HistoryEntry,
    NotificationSignature,
    NotificationVersion,
)
from incidentdesk.web.pages import Desk
from tests.breach.conftest import REFERENCE
from tests.breach.notification.desk import BASE, Drafting
from tests.breach.test_damaged import damaged
from tests.opened import opened
from tests.people import Sit
from tests.typed import typed

RECEIPT = ("receipt.txt", b"Received, AP-77", "text/plain")
NOTHING = ("empty.txt", b"", "text/plain")
REASON = "The mailbox was not read \u2026"


def handed_in(at: datetime, **changes: str) -> dict[str, str]:
    return {**typed("filed", at), "authority_reference": "AP-77", "reason_for_delay": REASON, **changes}


def value_in(page: str, select_id: str, words: str) -> str:
    """Return what choosing these words in a list sends."""
    within = page.split(f'<select id="{select_id}"')[1].split("</select>", maxsplit=1)[0]
    return within.split(f">{words}</option>")[0].rsplit('value="', 1)[1].split('"')[0]


def kept(desk: Desk) -> int:
    folder = desk.settings.files
    return sum(1 for path in folder.rglob("*") if path.is_file()) if folder.exists() else 0


async def count(desk: Desk, table: Any) -> int:
    async with desk.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_the_proof_is_sent_in_the_form_that_records_the_filing(
    signed: Drafting, desk: Desk, now: datetime
) -> None:
    assert (await signed.send("filings", RECEIPT, **handed_in(now))).status_code == 303
    page = await signed.page()
    assert "receipt.txt</bdi></a>" in page.split('id="filed-title"')[1]
    assert (await count(desk, Attachment), await count(desk, FilingProof), kept(desk)) == (1, 1, 1)
    async with desk.database.read() as session:
        query = select(HistoryEntry).where(HistoryEntry.action == "notification.filed")
        (entry,) = await opened(session, query)
        assert entry.after["file"] == str((await session.scalars(select(Attachment.id))).one())
    # The same file once more is what it was, and proves it once.
    filing = value_in(page, "filing", "AP-77")
    assert (await signed.send("proofs", RECEIPT, filing=filing)).status_code == 303
    assert (await count(desk, Attachment), await count(desk, FilingProof), kept(desk)) == (1, 1, 1)


async def test_a_file_of_the_incident_proves_it_as_well(signed: Drafting, now: datetime) -> None:
    files, place = {"files": RECEIPT}, f"/desk/incidents/{REFERENCE}/files"
    await signed.seat.client.post(place, data={"csrf": signed.seat.csrf}, files=files)
    known = value_in(await signed.page(), "proof", "receipt.txt")
    assert (await signed.file(now, proof=known)).status_code == 303
    page = await signed.page()
    assert f'href="{place}/{known}"' in page
    filing = value_in(page, "filing", "AP-77")
    assert (await signed.press("proofs", filing=filing, later_proof=known)).status_code == 303


AMISS: tuple[tuple[dict[str, str], str], ...] = (
    ({"authority_reference": ""}, "Give the reference that the authority answered with"),
    ({"filed_hour": "25"}, "Give a day, month, year, hour and minute"),
    ({"reason_for_delay": "x" * 10_001}, "Shorten the text to 10,000 characters"),
    ({"proof": "song"}, "That file does not lie beside this incident"),
    ({"proof": "0197a3c0-0000-7000-8000-000000000000"}, "That file does not lie beside this incident"),
    ({"empty": "yes"}, "There is nothing in one of these files"),
    ({"seen_revision": "9-9"}, "The draft changed since this page was shown to you"),
)


async def test_what_is_amiss_keeps_what_was_typed_and_no_file(signed: Drafting, desk: Desk, now: datetime) -> None:
    for changes, said in AMISS:
        sent = handed_in(now, **changes)
        answer = await signed.send("filings", NOTHING if "empty" in changes else RECEIPT, **sent)
        assert answer.status_code == (409 if "seen_revision" in changes else 422), said
        assert said in answer.text
        assert f"{sent['reason_for_delay']}</textarea>" in answer.text, said
        assert f'value="{sent["authority_reference"]}"' in answer.text, said
        assert answer.text.count("The file you chose was not kept: choose it again.") == 1
        assert (await count(desk, Attachment), kept(desk)) == (0, 0), said
    assert "AP-77" not in await signed.page()


async def test_a_proof_names_a_filing_and_a_file(signed: Drafting, now: datetime) -> None:
    await signed.file(now)
    filing = value_in(await signed.page(), "filing", "AP-77")
    for fields, said in (
        ({"filing": filing}, "Choose a file"),
        ({"filing": filing, "later_proof": filing}, "That file does not lie beside this incident"),
        ({"filing": "song"}, "Choose which filing it proves"),
    ):
        answer = await signed.press("proofs", **fields)
        assert (answer.status_code, said in answer.text) == (422, True)


async def test_words_are_kept_whose_form_is_gone_because_somebody_was_faster(signed: Drafting, now: datetime) -> None:
    seen = await signed.stamp()
    await signed.file(now)
    late = await signed.send("filings", RECEIPT, **handed_in(now, authority_reference="AP-99", seen_revision=seen))
    assert late.status_code == 409
    for words in ("AP-99</textarea>", f"{REASON}</textarea>", "AP-77"):
        assert words in late.text


async def test_only_whoever_signs_sends_a_proof(signed: Drafting, desk: Desk, sit: Sit, now: datetime) -> None:
    other = Drafting(await sit(Role.RESPONDER))
    data = {"csrf": other.seat.csrf, **handed_in(now)}
    answer = await other.seat.client.post(f"{BASE}/filings", data=data, files={"file": RECEIPT})
    assert (answer.status_code, kept(desk)) == (403, 0)


def card_of(page: str, title: str) -> str:
    """Return what stands in one card of the page."""
    return page.split(f'aria-labelledby="{title}"')[1].split("</section>", maxsplit=1)[0]


async def test_what_is_handed_in_is_the_signed_version_and_a_newer_one_is_said(signed: Drafting) -> None:
    at = int((await signed.stamp()).split("-")[0])
    wanted = [f"{BASE}/copy", *(f"{BASE}/versions/{at}{end}" for end in ("/pdf", "/json", ""))]
    await signed.fill("happened", what_happened="Two payroll files went there.")
    page = await signed.page()
    card = card_of(page, "out-title")
    assert re.findall(r'href="([^"]+)"', card) == wanted
    for said in (
        f"Hand in version {at}, which is signed",
        f"Save version {at} as PDF",
        f"Version {at + 1} was kept since",
    ):
        assert said in card
    assert f"Record that version {at} was handed in" in page


async def test_before_anything_is_signed_the_newest_is_said_to_be_unsigned(drafting: Drafting) -> None:
    await drafting.finish()
    assert "This draft is not signed yet." in card_of(await drafting.page(), "out-title")


async def test_a_filing_is_recorded_though_the_signed_version_is_damaged(
    signed: Drafting, desk: Desk, now: datetime
) -> None:
    async with damaged(desk, NotificationVersion):
        page = await signed.page()
        number = page.split("Record that version ")[1].split()[0]
        assert f"Version {number} is damaged" in page
        assert f"/versions/{number}/pdf" not in page
        refused = await signed.send("filings", RECEIPT, **handed_in(now))
        assert refused.status_code == 422
        for said in ("The signed version is damaged", f"{REASON}</textarea>", 'value="AP-77"', "choose it again"):
            assert said in refused.text
        assert (await signed.send("filings", RECEIPT, **handed_in(now, unread="yes"))).status_code == 303
        assert "AP-77" in (await signed.page()).split('id="filed-title"')[1]
    async with desk.database.read() as session:
        filed, vouched = [(await opened(session, select(table)))[0] for table in (FiledVersion, NotificationSignature)]
    assert filed.digest == vouched.digest != ""


async def test_other_files_keep_no_proof_out_and_proofs_no_other_file(
    signed: Drafting, desk: Desk, now: datetime
) -> None:
    place, full = f"/desk/incidents/{REFERENCE}/files", [(f"{n}.txt", b"%d" % n, "text/plain") for n in range(MOST)]

    async def beside(*files: tuple[str, bytes, str]) -> int:
        data, sent = {"csrf": signed.seat.csrf}, [("files", one) for one in files]
        return (await signed.seat.client.post(place, data=data, files=sent)).status_code

    assert await beside(*full) == 303
    assert (await signed.send("filings", RECEIPT, **handed_in(now))).status_code == 303
    assert await beside(("more.txt", b"more", "text/plain")) == 422
    page = await signed.page()
    # One that turns out to be a proof makes room for another.
    proved = {"filing": value_in(page, "filing", "AP-77"), "later_proof": value_in(page, "later_proof", "3.txt")}
    assert (await signed.press("proofs", **proved)).status_code == 303
    assert "One more, up to 25 MB" in (await signed.seat.get(place)).text
    assert await beside(("more.txt", b"more", "text/plain")) == 303


async def test_proofs_have_an_end_of_their_own_and_the_filing_is_not_lost_with_them(
    signed: Drafting, desk: Desk, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_PROOFS", 0)
    refused = await signed.send("filings", RECEIPT, **handed_in(now))
    assert refused.status_code == 422
    for said in ("as many proofs of filings as the desk keeps", f"{REASON}</textarea>", 'value="AP-77"'):
        assert said in refused.text
    assert (await count(desk, Attachment), kept(desk)) == (0, 0)
    assert (await signed.file(now)).status_code == 303
