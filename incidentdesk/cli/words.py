"""How the command line refuses."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from incidentdesk.append_only import UnguardedError
from incidentdesk.copies import CopyError
from incidentdesk.database import UnusableError
from incidentdesk.records.rollback import RolledBackError
from incidentdesk.records.vault import KeyFileError
from incidentdesk.schema import OutdatedError
from incidentdesk.serve import AddressError
from incidentdesk.settings import SettingError

REFUSALS = (
    SettingError,
    KeyFileError,
    UnusableError,
    OutdatedError,
    UnguardedError,
    RolledBackError,
    CopyError,
    AddressError,
    OSError,
)


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Say what the person at the terminal can mend; anything else is a bug and shows its traceback."""
    try:
        yield
    except REFUSALS as error:
        raise click.ClickException(str(error)) from error
