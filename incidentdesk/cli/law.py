"""`incidentdesk law`: whether the files of law are sound, also edited ones before they are used."""

from pathlib import Path

import click

from incidentdesk import law as known_law
from incidentdesk.law import LawError


@click.group()
def law() -> None:
    """Look at the law the desk works by."""


@law.command("check")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def check(folder: Path | None) -> None:
    """Read every file of law and say what was read, and what is wrong. With FOLDER, those that lie there instead."""
    if folder is not None and not folder.is_dir():
        raise click.ClickException(f"{folder} is no folder")
    if not (names := known_law.file_names(folder)):
        raise click.ClickException(f"{folder} holds no file of law; they are called {', '.join(known_law.FILES)}")
    sound = [_read(name, folder) for name in names]
    if not all([*sound, *(_is_known(path) for path in sorted(folder.glob("*.json")))] if folder else sound):
        raise SystemExit(1)


def _read(name: str, folder: Path | None) -> bool:
    try:
        count = known_law.read_file(name, folder)
    except OSError as error:
        return _tell(str(error))
    except LawError as error:
        return _tell(*error.faults)
    click.echo(f"read     {name}: {count} {'row' if count == 1 else 'rows'}")
    return True


def _tell(*faults: str) -> bool:
    """Name everything amiss, so that one look at the file mends all of it."""
    for fault in faults:
        click.echo(f"wrong    {fault}", err=True)
    return False


def _is_known(path: Path) -> bool:
    """Say so of a file that would be looked at by nobody, most often one with a misspelt name."""
    if path.name not in known_law.FILES:
        click.echo(f"wrong    {path.name}: no file of law has this name, so it would not be read", err=True)
    return path.name in known_law.FILES
