"""The settle check of the tests: once a fault has passed, nothing is lost, the evidence is whole, and nothing lies in clear."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from incidentdesk import clock
from incidentdesk.escalation.settled import Account, settle
from incidentdesk.records import audit
from incidentdesk.records.audit import Outside
from incidentdesk.web.pages import Desk


async def assert_settled(
    desk: Desk, *, now: datetime | None = None, canaries: Collection[str] = (), evidence: bool = True
) -> Account:
    """Fail unless everything is accounted for, and return the account.

    `canaries` are words that a reporter wrote: they lie in clear nowhere in the data folder. `evidence` is off for tests
    that put rows there by hand, past what notes them.
    """
    now = now or clock.now()
    async with desk.database.read() as session:
        account = await settle(session, desk.settings, now=now)
    assert account.findings == []
    if evidence:
        async with desk.database.read() as session:
            outside = Outside(files=desk.settings.files)
            assert (await audit.verify(session, desk.vault, now=now, outside=outside)).findings == ()
    assert list(in_clear(desk.settings.data_dir, canaries)) == []
    return account


def in_clear(folder: Path, words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each file below the folder that holds one of these words, with the word."""
    wanted = {word: (word.encode(), word.encode("utf-16-le")) for word in words}
    for path in sorted(folder.rglob("*")) if wanted else ():
        held = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        yield from ((path.name, word) for word, forms in wanted.items() if any(form in held for form in forms))
