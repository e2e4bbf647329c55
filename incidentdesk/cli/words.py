"""How the command line refuses."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from incidentdesk.database import UnusableError
from incidentdesk.records.vault import KeyFileError
from incidentdesk.serve import AddressError
from incidentdesk.settings import SettingError


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Say what the person at the terminal can mend; anything else is a bug and shows its traceback."""
    try:
        yield
    except (SettingError, KeyFileError, UnusableError, AddressError, OSError) as error:
        raise click.ClickException(str(error)) from error
