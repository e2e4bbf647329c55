"""`incidentdesk audit`: has anybody altered the evidence?"""

import asyncio
import json
from dataclasses import asdict

import click

from incidentdesk import append_only, clock, database
from incidentdesk import settings as settings_module
from incidentdesk.cli.words import in_a_sentence
from incidentdesk.records import history, rollback, sealing
from incidentdesk.records.audit import Audit, Finding, Outside, verify
from incidentdesk.records.chain import Anchor
from incidentdesk.records.vault import open_vault
from incidentdesk.settings import Settings

SHOWN = 20


@click.group("audit")
def audit() -> None:
    """Check that nobody altered, removed or added evidence."""


class _Anchors(click.ParamType[Anchor]):
    name = "N:HASH"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Anchor:
        """Read one anchor."""
        try:
            return Anchor.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@audit.command("verify")
@click.option("--anchor", "anchors", type=_Anchors(), multiple=True, help="A checkpoint from one of the daily mails.")
@click.option("--key", "public_key", default="", metavar="HEX", help="The public key from one of the daily mails.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@in_a_sentence()
def verify_evidence(*, anchors: tuple[Anchor, ...], public_key: str, as_json: bool) -> None:
    """Read all evidence again; the exit status is 1 when something is not as it was written.

    Nothing is changed. Without --anchor the checkpoint is used that the folder of the keys has noted.
    """
    settings = settings_module.read()
    outside = Outside(anchors or _noted(settings), public_key.strip().lower())
    found = asyncio.run(_verify(settings, outside))
    click.echo(json.dumps(_answer(found), indent=2) if as_json else "\n".join(_sentences(found)))
    raise SystemExit(1 if found.findings else 0)


async def _verify(settings: Settings, outside: Outside) -> Audit:
    opened = database.connect(settings.database)
    try:
        await database.insist_on_newest(settings.database, opened)
        vault = open_vault(settings.keys_dir, may_create=False)
        async with opened.read() as session:
            return await verify(session, vault, now=clock.now(), outside=outside)
    finally:
        await opened.close()


def _noted(settings: Settings) -> tuple[Anchor, ...]:
    seen = rollback.noted(settings.keys_dir)
    return (seen,) if seen else ()


def _answer(found: Audit) -> dict[str, object]:
    findings = [{**asdict(finding), "words": WORDS[finding.what]} for finding in found.findings]
    return {**asdict(found), "findings": findings, "in_order": not found.findings}


def _sentences(found: Audit) -> list[str]:
    read = f"{found.entries} entries under {found.checkpoints} checkpoints"
    if not found.findings:
        return [f"In order: {read}."]
    listed = [_sentence(finding) for finding in found.findings[:SHOWN]]
    more = len(found.findings) - len(listed)
    return [
        f"NOT in order: {read}, {len(found.findings)} findings.",
        *listed,
        *([f"... and {more} more."] * bool(more)),
    ]


def _sentence(finding: Finding) -> str:
    return f"  {finding.where}: {WORDS[finding.what]}"


WORDS = {
    "trigger_missing": "evidence is not protected any more, the trigger was removed or altered",
    "entry_altered": "it is not as it was written",
    "entry_missing": "it was removed",
    "chain_broken": "entries before it were removed, added or moved",
    "head_differs": "its newest entries were removed, or it was put back to an older state",
    "checkpoint_missing": "checkpoints were removed",
    "checkpoint_altered": "it does not fit what it closes, or this desk's key did not sign it",
    "entry_without_checkpoint": "no checkpoint closes it: it was added later, its checkpoint was removed, or no worker runs",
    "anchor_differs": "it is not there or not the one that was noted: the database is older, or another one",
    "entry_backdated": "it was added after the checkpoint that would have held it, or a machine's clock was wrong",
    "key_differs": "it is not the one this database was filled under, or not the one that was noted",
    "unreadable": "its values are of no kind this desk writes",
    "row_altered": "no action of this desk made it what it is",
    "row_missing": "it was removed by no action of this desk",
}


@audit.command("mend")
@in_a_sentence()
def mend() -> None:
    """Put back the triggers that protect evidence, and write into the history that they had gone."""
    settings = settings_module.read()
    gone = asyncio.run(_mend(settings))
    click.echo(f"Put back: {', '.join(gone)}." if gone else "Every trigger is there.")


async def _mend(settings: Settings) -> list[str]:
    opened = database.connect(settings.database)
    try:
        await database.insist_on_newest(settings.database, opened)
        sealing.lend(opened, open_vault(settings.keys_dir, may_create=False))
        async with opened.write() as session:
            gone = await session.run_sync(lambda inner: append_only.flaws(inner.connection()))
            if gone:
                await session.run_sync(lambda inner: append_only.put_back(inner.connection()))
                facts = {"triggers": gone}
                history.record(
                    session, None, "audit.triggers_put_back", actor=history.DESK, now=clock.now(), after=facts
                )
        return gone
    finally:
        await opened.close()
