"""Words in every field that the pages of a case and the list of customers have: what a new field leaves open, a test says."""

import re
from collections.abc import Callable

from incidentdesk import clock
from incidentdesk.law import edition_at
from incidentdesk.rules.notification import Kind
from tests.breach.walking import PART
from tests.people import Seat
from tests.typed import in_utc
from tests.web.pages_read import PostForm, forms_on, links_on

# Fields that take a number, a day, a reference or a zone, and no words.
WORDLESS = re.compile(r"(contract_hours|people_told|confirm|other|into|.+_zone|.+_count-words|seen_.+)$")
Write = Callable[[], str]


async def write_everywhere(seat: Seat, base: str, write: Write) -> None:
    """Write into what the other scenes leave out of a case at this address."""
    await fill(seat, f"{base}/duties", "duty-moments", write)
    await _end_duties(seat, base, write)
    for block in ("happened", "consequences"):
        await fill(seat, f"{base}/assessment", "assessment", write, block=block)
    for page in await _linked(seat, f"{base}/notification", "/sections/"):
        await _fill_section(seat, page, write)
    await fill(seat, base, "identity", write)
    await _take_in_customers(seat, write)


async def fill(seat: Seat, page: str, noun: str, write: Write, **fixed: str) -> None:
    """Send the form of a page that posts to `noun` with words in every field that takes them."""
    shown = (await seat.get(page)).text
    found = [one for one in forms_on(shown) if one.action.partition("#")[0].endswith(f"/{noun}")]
    # The assessment has a form for each block.
    (form, *_) = [one for one in found if fixed.get("block") in {None, *one.fields.get("block", ())}]
    answer = await seat.client.post(form.action, data=filled(form, write) | fixed)
    assert answer.status_code in {200, 303}, (page, noun, answer.text)


def filled(form: PostForm, write: Write) -> dict[str, str]:
    """Return what a person sends who takes the first of every choice."""
    data = {name: next(filter(None, values), "") for name, values in form.fields.items()}
    moments = {found[1] for name in data if (found := PART.fullmatch(name))}
    for name in moments:
        data |= in_utc(name, clock.now())
    words = (form.lines | form.blocks) - {name for name in data if PART.fullmatch(name)}
    return data | {name: write() for name in sorted(words) if not WORDLESS.match(name)}


async def _linked(seat: Seat, page: str, holding: str) -> list[str]:
    """Return the pages below that one which its links lead to."""
    links = [link.partition("#")[0] for link in links_on((await seat.get(page)).text)]
    return [link for link in dict.fromkeys(links) if link.startswith(f"{page}/") and holding in link]


async def _end_duties(seat: Seat, base: str, write: Write) -> None:
    """Sign that a duty is not required, find new facts, and hand it in."""
    pages = await _linked(seat, f"{base}/duties", "/duties/")
    for page in pages:
        if "/filing" in (await seat.get(page)).text:
            for noun in ("decision", "reopening", "filing"):
                await fill(seat, page, noun, write)
            return
    raise AssertionError(pages)


async def _fill_section(seat: Seat, page: str, write: Write) -> None:
    shown = (await seat.get(page)).text
    (form,) = [one for one in forms_on(shown) if one.action == page]
    days = {field.key: "2026-11-26" for field in edition_at(clock.now()).fields if field.kind is Kind.DAY}
    data = filled(form, write)
    answer = await seat.client.post(page, data=data | {name: day for name, day in days.items() if name in data})
    assert answer.status_code == 303, (page, answer.text)


async def _take_in_customers(seat: Seat, write: Write) -> None:
    """Take in a list and change one of it."""
    lines = f"name,email,language,contract_hours\n{write()},{write()}@{write()}.example,nl,24\n"
    page = "/desk/customers/import"
    hidden = forms_on((await seat.post(page, lines=lines, intent="look")).text)
    seen = next(form.fields["seen"][0] for form in hidden if form.action == page)
    assert (await seat.post(page, lines=lines, intent="take_in", seen=seen)).status_code == 303
    card = (await _linked(seat, "/desk/customers", "-"))[-1]
    await fill(seat, card, card.rpartition("/")[2], lambda: f"{write()}@{write()}.example")
