"""`incidentdesk audit`: has anybody altered the evidence?"""

import asyncio
import json
from dataclasses import asdict

import click

from incidentdesk import append_only, clock, database
from incidentdesk import settings as settings_module
from incidentdesk.cli.words import in_a_sentence
from incidentdesk.records import history, rollback, sealing, steadiness
from incidentdesk.records.audit import Audit, Outside, verify
from incidentdesk.records.audit.found import WORDS, sentence
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
    outside = Outside(anchors or _noted(settings), public_key.strip().lower(), settings.files)
    found = asyncio.run(_verify(settings, outside))
    click.echo(json.dumps(_answer(found), indent=2) if as_json else "\n".join(_sentences(found)))
    raise SystemExit(1 if found.findings else 0)


async def _verify(settings: Settings, outside: Outside) -> Audit:
    opened = database.connect(settings.database)
    try:
        await database.insist_on_newest(settings.database, opened)
        vault = open_vault(settings.keys_dir, may_create=False)
        async with opened.read() as session:
            clock.follow(await steadiness.read(session))
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
    read = f"entries {found.entries}, checkpoints {found.checkpoints}"
    if not found.findings:
        return [f"In order: {read}."]
    listed = [f"  {sentence(finding)}" for finding in found.findings[:SHOWN]]
    more = len(found.findings) - len(listed)
    return [
        f"NOT in order: {read}, findings {len(found.findings)}.",
        *listed,
        *([f"... and {more} more."] * bool(more)),
    ]


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
