"""How much a test run tries: a little while working, everything in the build."""

import os
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")
ON_SQLITE = os.environ.get("INCIDENTDESK_TEST_DATABASE", "sqlite") == "sqlite"
THOROUGH = os.environ.get("INCIDENTDESK_TEST_THOROUGH") == "1"


def some(values: Iterable[T], most: int = 1) -> list[T]:
    """Return everything in the build, else a few, evenly spread and with the last among them."""
    known = list(values)
    return known if THOROUGH else known[:: -max(1, len(known) // most)][:most]
