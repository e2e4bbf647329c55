"""Which addresses we write to. Narrower than the standard on purpose: one mailbox, plain ASCII, nothing to unfold."""

import re

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# Coded letters are none: the library that writes headers reads them, and refuses one that ends a line.
_ADDRESS = re.compile(rf"(?=.{{3,254}}\Z)(?!.*=\?)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


def is_address(text: str) -> bool:
    """Say whether `text` is exactly one address that any mail server takes, such as a.person@example.org."""
    return _ADDRESS.fullmatch(text) is not None


def domain_of(address: str) -> str:
    """Return what stands behind the @."""
    return address.rpartition("@")[2]
