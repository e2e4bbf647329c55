"""`incidentdesk keys`: the folder of keys, and the epochs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import click

from incidentdesk import clock, database
from incidentdesk import settings as settings_module
from incidentdesk.cli.words import in_a_sentence
from incidentdesk.database import Database
from incidentdesk.records import backup_keys, epochs, sealing, steadiness
from incidentdesk.records.ledger import ledger_in
from incidentdesk.records.vault import KeyFileError, Vault, epochs_in, open_vault
from incidentdesk.settings import Settings

Result = TypeVar("Result")


@click.group("keys")
def keys() -> None:
    """Look after the keys: without them nothing can be read."""


async def _with_keys(settings: Settings, work: Callable[[Database, Vault], Awaitable[Result]]) -> Result:
    opened = database.connect(settings.database)
    try:
        await database.insist_on_newest(settings.database, opened)
        vault = open_vault(settings.keys_dir, may_create=False)
        sealing.lend(opened, vault)
        async with opened.read() as session:
            clock.follow(await steadiness.read(session))
        return await work(opened, vault)
    finally:
        await opened.close()


@keys.command("rotate")
@in_a_sentence()
def rotate_keys() -> None:
    """Begin a new epoch and close every key under it, also while the desk runs. Say it again after an interruption."""
    settings = settings_module.read()

    async def rotate(opened: Database, _vault: Vault) -> epochs.Rotation:
        return await epochs.rotate(opened, settings.keys_dir, now=clock.now())

    done = asyncio.run(_with_keys(settings, rotate))
    database.scrub(settings.database)
    click.echo(f"{done.moved} keys are under epoch {done.epoch} now. Copy the folder {settings.keys_dir}.")


@keys.command("destroy")
@click.argument("epoch", required=False)
@click.option(
    "--retired", type=click.IntRange(min=1), help="Every epoch that was over so many days ago, instead of one."
)
@in_a_sentence()
def destroy_key(epoch: str | None, retired: int | None) -> None:
    """Destroy the key of EPOCH: what it closed, in any copy anywhere, is noise from then on."""
    settings = settings_module.read()
    if (epoch is None) == (retired is None):
        raise click.UsageError("name an epoch, or say --retired DAYS")
    if epoch is not None:
        _destroy(settings, epoch)
    for name in asyncio.run(_with_keys(settings, _retired(settings, timedelta(days=retired)))) if retired else ():
        try:
            _destroy(settings, name)
        except KeyFileError as reason:
            # The next day's run comes back to it.
            click.echo(f"It stays for now: {reason}.")


def _destroy(settings: Settings, epoch: str) -> None:
    async def destroy(opened: Database, _vault: Vault) -> None:
        await epochs.destroy(opened, settings.keys_dir, epoch, kept=settings.backups_kept, now=clock.now())

    asyncio.run(_with_keys(settings, destroy))
    click.echo(f"Epoch {epoch} is destroyed. Delete it from your copies of the folder of keys too.")


def _retired(settings: Settings, days: timedelta) -> Callable[[Database, Vault], Awaitable[list[str]]]:
    async def retired(_opened: Database, _vault: Vault) -> list[str]:
        now = clock.now()
        return [name for name, over in epochs.retired(settings.keys_dir).items() if now - over >= days]

    return retired


@keys.command("check")
@in_a_sentence()
def check_keys() -> None:
    """Open every key, and read the list of erasures; the exit status is 1 when something is amiss."""
    settings = settings_module.read()

    async def check(opened: Database, vault: Vault) -> tuple[dict[str, int], list[str]]:
        async with opened.read() as session:
            return await epochs.keys_by_epoch(session), await epochs.unreadable(session, vault)

    counts, amiss = asyncio.run(_with_keys(settings, check))
    for name in sorted(epochs_in(settings.keys_dir).keys() | counts.keys()):
        click.echo(f"epoch {name}: closes {counts.get(name, 0)} keys")
    erased = len(ledger_in(settings.keys_dir, open_vault(settings.keys_dir, may_create=False)).lines())
    backups = backup_keys.moments(settings.keys_dir)
    click.echo(f"erasures noted: {erased}; backups that can be opened: {len(backups)}")
    if amiss:
        raise KeyFileError("\n".join(amiss))
    click.echo("Every key opens.")
