"""The command line: `incidentdesk COMMAND`. Thin; what a command does stands elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import click

from incidentdesk import clock, database, serve
from incidentdesk import demo as examples
from incidentdesk import settings as settings_module
from incidentdesk.cli.alerts import alerts
from incidentdesk.cli.assess import print_assessment
from incidentdesk.cli.audit import audit
from incidentdesk.cli.backup import make_backup, restore_backup
from incidentdesk.cli.deadline import print_deadline
from incidentdesk.cli.keys import keys
from incidentdesk.cli.law import law
from incidentdesk.cli.words import in_a_sentence
from incidentdesk.errors import Conflict
from incidentdesk.mail.notices import Change, announce_change
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import SecondFactor, Settings
from incidentdesk.staff import actions
from incidentdesk.staff.forms import read_person
from incidentdesk.web.pages import Desk

Result = TypeVar("Result")


@click.group()
def main() -> None:
    """Report, triage and escalate information security incidents."""


main.add_command(print_deadline)
main.add_command(alerts)
main.add_command(print_assessment)
main.add_command(audit)
main.add_command(make_backup)
main.add_command(restore_backup)
main.add_command(keys)
main.add_command(law)


@main.command("serve")
@click.option("--no-worker", is_flag=True, help="Serve the pages alone; the worker runs as `incidentdesk work`.")
@click.option("--accept-rollback", is_flag=True, help="Take an older database for the newest; it is written down.")
@in_a_sentence()
def serve_pages(*, no_worker: bool, accept_rollback: bool) -> None:
    """Serve the web pages, with the worker in the same process."""
    serve.run(settings_module.read(), accept_rollback=accept_rollback, with_worker=not no_worker)


@main.command("work")
@in_a_sentence()
def work() -> None:
    """Look at the clocks and send mail, without web pages and without a port."""
    serve.run_worker(settings_module.read())


@main.command("demo")
@in_a_sentence()
def demo() -> None:
    """Serve a desk full of examples, in a database of its own that mails nobody."""
    settings = settings_module.read()
    # Whoever looks around for ten minutes needs no phone for it.
    easy = {"database_url": "", "files_dir": "", "smtp_host": "", "mail_from": ""}
    easy |= {"second_factor": SecondFactor.OPTIONAL}
    trial = replace(settings, data_dir=settings.data_dir / "demo", **easy)  # type: ignore[arg-type]
    filled = asyncio.run(_with_desk(trial, lambda desk: examples.fill(desk, now=clock.now())))
    if filled:
        click.echo("The desk is filled with examples. Note how to sign in; it is shown this once:")
        click.echo("".join(f"  {who.name:<20} {who.email:<28} {who.password}\n" for who in filled.people))
    serve.run(trial)


async def _with_desk(settings: Settings, work: Callable[[Desk], Awaitable[Result]]) -> Result:
    desk = await serve.open_desk(settings)
    try:
        return await work(desk)
    finally:
        await desk.database.close()


@main.command("migrate")
@in_a_sentence()
def migrate() -> None:
    """Bring the database to the newest schema; `serve` and `work` do it too."""
    database.migrate(settings_module.read().database)
    click.echo("The database is up to date.")


@main.command("member")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@in_a_sentence()
def add_member(email: str, name: str, role: str) -> None:
    """Add a person and print the one-time link with which they choose a password."""
    settings = settings_module.read()
    form = {"email": [email], "name": [name], "role": [role]}
    person = read_person(form, zone=settings.zone.key, language=settings.language)
    if person.errors:
        raise click.ClickException("; ".join(_REFUSALS[word] for word in person.errors.values()))

    async def add(desk: Desk) -> str:
        async with desk.database.write() as session:
            member = await actions.add_member(session, person, by=None, now=clock.now())
            await announce_change(session, Change.ADDED, by=None, of=member, now=clock.now())
            return await actions.make_link(session, member, now=clock.now())

    try:
        token = asyncio.run(_with_desk(settings, add))
    except Conflict as error:
        raise click.ClickException(f"{person.email} is here already") from error
    click.echo(f"{settings.base_url}/desk/welcome/{token}")


@main.command("link")
@click.argument("email")
@in_a_sentence()
def renew_link(email: str) -> None:
    """Print a one-time link with which a person chooses a new password."""
    settings = settings_module.read()

    async def renew(desk: Desk) -> str | None:
        async with desk.database.write() as session:
            member = await actions.find_member(session, email.casefold())
            return await actions.renew_link(session, member.id, by=None, now=clock.now()) if member else None

    token = asyncio.run(_with_desk(settings, renew))
    if token is None:
        raise click.ClickException(f"{email} is not here, or without access")
    click.echo(f"{settings.base_url}/desk/welcome/{token}")


@main.command("reset-factor")
@click.argument("email")
@in_a_sentence()
def reset_factor(email: str) -> None:
    """Forget the second factor of a person who lost phone and codes; all administrators are told."""
    settings = settings_module.read()

    async def reset(desk: Desk) -> bool:
        async with desk.database.write() as session:
            member = await actions.find_member(session, email.casefold())
            return member is not None and bool(await actions.reset_factor(session, member.id, by=None, now=clock.now()))

    if not asyncio.run(_with_desk(settings, reset)):
        raise click.ClickException(f"{email} is not here, or without access")
    click.echo(f"{email} sets up a second factor at the next sign-in")


_REFUSALS = {
    "name_missing": "the name is empty",
    "email_invalid": "the e-mail address must be one like name@example.org",
}
