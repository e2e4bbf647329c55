"""What the claims of an ID token must say before anybody is let in (OpenID Connect Core 1.0, section 3.1.3.7).

The signature was checked before; here only values are compared. Moments are seconds since 1970, as in the token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Claims = Mapping[str, object]
# How far the provider's clock may be from ours, and how long ago a token may have been made.
LEEWAY_SECONDS = 60
OLDEST_SECONDS = 600
FRESH_SECONDS = 600
LONGEST_SUBJECT = 255
# The year 33658; a larger number, or none such as NaN, is no moment.
LAST_MOMENT = 10**12
# Values of `amr` (RFC 8176, and `fido`) and of `acr` (OpenID EAP) that say more than a password was asked for.
# `sms`, `tel` and `swk` are left out: a number can be taken over, and a software key travels with the password.
STRONG_METHODS = frozenset({"mfa", "otp", "hwk", "sc", "fido", "phr", "phrh"})
STRONG_CONTEXTS = frozenset({"phr", "phrh"})


class Wrong(StrEnum):
    """Why a token is refused; the word stands in the log."""

    ISSUER = "issuer"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    TOO_EARLY = "too early"
    TOO_OLD = "too old"
    NONCE = "nonce"
    SUBJECT = "subject"


@dataclass(frozen=True)
class Expected:
    """What the desk asked for."""

    issuer: str
    client_id: str
    nonce: str


def wrong_in(claims: Claims, expected: Expected, *, now: float) -> Wrong | None:
    """Return the first thing that does not fit, or None."""
    if claims.get("iss") != expected.issuer:
        return Wrong.ISSUER
    if not _is_for(claims, expected.client_id):
        return Wrong.AUDIENCE
    if claims.get("nonce") != expected.nonce:
        return Wrong.NONCE
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        return Wrong.SUBJECT
    return _wrong_time(claims, now)


def _is_for(claims: Claims, client_id: str) -> bool:
    """Tell whether the token is for us alone, or says that we are the party it was made for."""
    audience, party = claims.get("aud"), claims.get("azp")
    if isinstance(audience, list) and len(audience) > 1:
        return client_id in audience and party == client_id
    return audience in (client_id, [client_id]) and party in (None, client_id)


def _wrong_time(claims: Claims, now: float) -> Wrong | None:
    ends, made = _seconds(claims.get("exp")), _seconds(claims.get("iat"))
    begins = _seconds(claims.get("nbf", made))
    if ends is None or made is None or now >= ends + LEEWAY_SECONDS:
        return Wrong.EXPIRED
    if begins is None or max(made, begins) > now + LEEWAY_SECONDS:
        return Wrong.TOO_EARLY
    return Wrong.TOO_OLD if made < now - OLDEST_SECONDS else None


def _seconds(value: object) -> float | None:
    """Return a NumericDate. True is no number here."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 <= value < LAST_MOMENT else None


def is_fresh(claims: Claims, *, now: float) -> bool:
    """Tell whether the provider asked the person just now; a session there may be days old, and proves nothing anew."""
    asked = _seconds(claims.get("auth_time"))
    return asked is not None and asked >= now - FRESH_SECONDS - LEEWAY_SECONDS


def is_strong(claims: Claims, *, now: float) -> bool:
    """Tell whether the provider says that it asked for a second factor, and asked just now."""
    if not is_fresh(claims, now=now):
        return False
    methods = claims.get("amr")
    named = {method for method in methods if isinstance(method, str)} if isinstance(methods, list) else set()
    context = claims.get("acr")
    return bool(named & STRONG_METHODS) or (isinstance(context, str) and context in STRONG_CONTEXTS)


def proven_address(claims: Claims) -> str | None:
    """Return the address the provider says it has checked, compared without case; one it has not checked is no address.

    `true` must be the value itself: some providers send texts such as "false".
    """
    address = claims.get("email")
    return address.strip().casefold() if isinstance(address, str) and claims.get("email_verified") is True else None
