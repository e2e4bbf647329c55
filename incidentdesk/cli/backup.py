"""Backups and the way back."""

import asyncio
from pathlib import Path

import click

from incidentdesk import backup
from incidentdesk import settings as settings_module
from incidentdesk.cli.words import in_a_sentence


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@in_a_sentence()
def make_backup(folder: Path) -> None:
    """Write a sealed backup into FOLDER, also while the desk runs, and check it by opening it."""
    settings = settings_module.read()
    made = backup.make(settings, folder, now=backup.moment(settings))
    click.echo(f"{made.path}  {made.size} bytes, opened and found whole")
    click.echo(f"Its key is in {settings.keys_dir / 'backups'}: copy that folder to another place than the backups.")
    for name in made.destroyed:
        click.echo(f"{name} was destroyed: older than {settings.backup_days} days")


@click.command("restore")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Yes, put it in the place of what the database holds now.")
@click.option("--resume-mail", is_flag=True, help="Let mails leave again; alone, or with a file.")
@in_a_sentence()
def restore_backup(file: Path | None, *, replace: bool, resume_mail: bool) -> None:
    """Put the backup FILE in the place of the database. Stop the desk first.

    What was erased since is erased again, everybody is signed out, and no mail leaves until --resume-mail.
    """
    settings = settings_module.read()
    if file is None and not resume_mail:
        raise click.UsageError("name a backup, or say --resume-mail")
    if file is not None:
        if not replace:
            raise click.UsageError("all that came in since the backup is lost with this: say --replace if you mean it")
        again = backup.restore(settings, file, now=backup.moment(settings))
        click.echo(f"{file.name} is in place. Erased again: {again}. Everybody has to sign in anew.")
        found = asyncio.run(backup.contents(settings))
        click.echo(f"Incidents: {found.incidents}, reports: {found.reports}, entries of the history: {found.entries}.")
        click.echo(f"The newest entry is of {found.newest:%Y-%m-%d %H:%M} UTC." if found.newest else "It is empty.")
    if resume_mail:
        held = asyncio.run(backup.resume_mail(settings))
        click.echo("Mails leave again." if held else "Mails were not held back.")
    else:
        click.echo("Mail is held back. When all is well: incidentdesk restore --resume-mail")
