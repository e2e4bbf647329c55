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


def walks(most: int) -> range:
    """Return the seeds of walks at random; one on a server, where each step takes longer and may go wrong in the same ways."""
    return range(most if ON_SQLITE or THOROUGH else 1)
