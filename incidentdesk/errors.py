"""Refusals that carry their HTTP status. Anything else that is raised is a bug."""

from enum import StrEnum


class DeskError(Exception):
    """A refusal the desk expected. `templates/error.html` has the words."""

    status = 400


class Malformed(DeskError):
    """What arrived is not a form we can read."""


class WrongHost(DeskError):
    """The request names a host that is not this desk."""


class Unauthenticated(DeskError):
    """Nobody is signed in."""

    status = 401


class Forbidden(DeskError):
    """The person may not do this, or the request did not come from our own page."""

    status = 403


class Missing(DeskError):
    """There is no such thing, or not for you."""

    status = 404


class Conflict(DeskError):
    """Somebody changed it in the meantime."""

    status = 409


class Merged(DeskError):
    """It is part of another incident: that one is worked on."""

    status = 409

    def __init__(self, main: str = "") -> None:
        """Remember the reference of that one, where whoever acts may see it."""
        super().__init__(main)
        self.main = main

    def on(self) -> str:
        """Return where it is worked on, so that the page there can show what was typed; refused where that is not to be seen."""
        if not self.main:
            raise self
        return self.main


class Erased(DeskError):
    """What it was about was erased, and nothing more is added to it."""

    status = 410


class Unreadable(DeskError):
    """It is there, and not as it was stored."""

    status = 424


class TooLarge(DeskError):
    """More was sent than the form takes."""

    status = 413


class Limit(StrEnum):
    """What somebody reached the end of; the names are those of the figures."""

    REPORTS = "reports"
    MESSAGES = "messages"
    CODES = "codes"
    FILES = "files"
    DISK = "disk"
    SIGN_IN = "sign_in"
    SSO = "sso"
    PROOFS = "proofs"
    PASSWORDS = "passwords"
    ADDRESSES = "addresses"
    FEEDS = "feeds"


class TooMany(DeskError):
    """A limit was reached; `retry_after` is in seconds."""

    status = 429

    def __init__(self, retry_after: int, limit: Limit) -> None:
        """Remember which one, and how long to wait."""
        super().__init__(f"try again in {retry_after} s")
        self.retry_after, self.limit = retry_after, limit
