"""What a relay said, made fit to be kept and shown: one short line without a secret and without anybody's name."""

import re
from base64 import b64encode

from incidentdesk.mail.addresses import domain_of
from incidentdesk.settings import Settings

ANSWER_LENGTH = 300
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")


def shown(settings: Settings, text: str, recipient: str) -> str:
    """Return the other side's words about a mail to this person."""
    return _printable(_unnamed(settings, _unsaid(settings, text), recipient))


def _unsaid(settings: Settings, text: str) -> str:
    """Take the password out: some servers repeat the line they did not like, and these words are shown."""
    user, password = settings.smtp_user.encode(), settings.smtp_password.encode()
    spoken = (b64encode(b"\0" + user + b"\0" + password), b64encode(password), password)
    for secret in (one.decode() for one in spoken if password):
        text = text.replace(secret, "***")
    return text


def _unnamed(settings: Settings, text: str, recipient: str) -> str:
    """Take the person out as well: relays repeat the address, and these words are stored in clear.

    The address, what stands before its @, and its domain unless that is our own, which says nothing of anybody.
    """
    local, _, domain = recipient.rpartition("@")
    theirs = () if domain.casefold() == domain_of(settings.mail_from).casefold() else (domain,)
    for name in (recipient, local, *theirs):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "***", text, flags=re.IGNORECASE)
    return text


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text).strip()[:ANSWER_LENGTH]
