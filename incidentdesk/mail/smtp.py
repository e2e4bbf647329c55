"""Hands one message for one person to the relay, step by step, so that what went wrong is never guessed.

The step that failed decides: before the final dot the relay has nothing; after it, it may have everything.
"""

import asyncio
import contextlib
import re
import ssl
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import aiosmtplib

from incidentdesk.mail import answers
from incidentdesk.mail.addresses import domain_of, is_address
from incidentdesk.settings import MailTLS, Settings

GOODBYE_SECONDS = 2
# A line that was kept answers at once, or a new one is made.
KEPT_SECONDS = 5
# Some relays end a line that carries more.
MAILS_A_LINE = 50
START_INPUT = 354
COMPLETED = 2
PERMANENT = 500
# Said when we may not use the relay at all, whoever the mail is for.
AUTHENTICATION = frozenset({530, 534, 535, 538})
_POLICY = re.compile(r"\b5\.7\.\d+\b")
_LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)


class Outcome(StrEnum):
    """What became of one attempt; the value is stored with the mail."""

    SENT = "sent"
    RETRY = "retry"
    # The whole message left us and no answer came: it may have been taken.
    UNANSWERED = "unanswered"
    # The relay does not let us in, or we do not trust it. Every mail would fail the same way.
    CONFIGURATION = "configuration"
    REFUSED = "refused"
    CONTENT_REFUSED = "content_refused"


class Channel(StrEnum):
    """By which way a mail was tried last; the value is stored with it."""

    RELAY = "relay"
    SECOND_RELAY = "second_relay"
    # No mail: a word that there is one.
    WEBHOOK = "webhook"


@dataclass(frozen=True)
class Result:
    """The outcome and the other side's own words, made printable and short.

    `let_in`: the first relay listened; None when nobody asked it. `is_told`: the address for alarms took the word.
    """

    outcome: Outcome
    answer: str
    let_in: bool | None = None
    channel: Channel = Channel.RELAY
    is_told: bool = False


class Step(StrEnum):
    """How far the conversation came."""

    CONNECT = "connect"
    TLS = "tls"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    BODY = "body"


# What ends a conversation. OSError also covers time-outs and certificates that do not verify; ValueError, a host that is no name.
FAULTS = (aiosmtplib.SMTPException, OSError, ValueError)
# Whoever comes no further was not let in, whatever the mail.
AT_THE_DOOR = frozenset({Step.CONNECT, Step.TLS, Step.LOGIN, Step.SENDER})


@dataclass
class Line:
    """A connection that is kept while there is more to send. One sender's own, who sends one mail after the other."""

    client: aiosmtplib.SMTP | None = None
    mails: int = 0
    is_kept: bool = True

    def take(self) -> aiosmtplib.SMTP | None:
        """Return what was kept, if anything: whoever has it keeps it again, or closes it."""
        client, self.client = self.client, None
        return client

    def keep(self, client: aiosmtplib.SMTP) -> bool:
        """Keep it for the next mail; False when it has carried enough."""
        self.mails += 1
        if not self.is_kept or self.mails >= MAILS_A_LINE:
            self.mails = 0
            return False
        self.client = client
        return True

    async def hang_up(self) -> None:
        """Say goodbye: there is nothing more to send."""
        client, self.mails = self.take(), 0
        if client is not None:
            await _say_goodbye(client)


@dataclass
class _Conversation:
    settings: Settings
    client: aiosmtplib.SMTP
    step: Step = Step.CONNECT


async def send(
    settings: Settings, message: bytes, recipient: str, *, within: timedelta, line: Line | None = None
) -> Result:
    """Try once to hand over `message` (CRLF lines) for one recipient; answers within `within`, whatever the relay does.

    What is kept in `line` is used, and kept again. Where that one is dead, nothing was handed over, and a new one is made.
    """
    if wrong := _wrong_address(settings, recipient):
        return wrong
    line = line or Line(is_kept=False)
    talk = _Conversation(settings, line.take() or _client(settings))
    try:
        async with asyncio.timeout(within.total_seconds()):
            answer = await _hand_over(talk, message, recipient)
    except FAULTS as error:
        words = _words(talk.step, error)
        outcome = _outcome(talk.step, error)
        let_in = talk.step not in AT_THE_DOOR and outcome is not Outcome.CONFIGURATION
        return Result(outcome, answers.shown(settings, words, recipient), let_in)
    else:
        if not line.keep(talk.client):
            await _say_goodbye(talk.client)
        return Result(Outcome.SENT, answers.shown(settings, answer, recipient), let_in=True)
    finally:
        if line.client is not talk.client:
            talk.client.close()


def _wrong_address(settings: Settings, recipient: str) -> Result | None:
    if not is_address(recipient):
        return Result(Outcome.REFUSED, "not an address we can write to")
    if not is_address(settings.mail_from):
        return Result(Outcome.CONFIGURATION, "the sender's address is not one")
    return None


def _client(settings: Settings) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        use_tls=settings.smtp_tls is MailTLS.TLS,
        # Never "if offered": an attacker in the middle would strip the offer and read the password.
        start_tls=False,
        local_hostname=domain_of(settings.mail_from),
        timeout=None,
    )


async def _hand_over(talk: _Conversation, message: bytes, recipient: str) -> str:
    if not await _is_welcome_again(talk):
        await _begin(talk)
    talk.step = Step.RECIPIENT
    await talk.client.rcpt(recipient)
    talk.step = Step.DATA
    start = await talk.client.execute_command(b"DATA")
    if start.code != START_INPUT:
        raise aiosmtplib.SMTPDataError(start.code, start.message)
    return await _body(talk, message)


async def _is_welcome_again(talk: _Conversation) -> bool:
    """Begin the next mail on a line that was kept. Whatever it says but yes, a new one is asked and decides."""
    if not talk.client.is_connected:
        return False
    try:
        async with asyncio.timeout(KEPT_SECONDS):
            await talk.client.mail(talk.settings.mail_from)
    except (aiosmtplib.SMTPException, OSError):
        talk.client.close()
        talk.client = _client(talk.settings)
        return False
    return True


async def _begin(talk: _Conversation) -> None:
    settings = talk.settings
    await _connect(talk)
    if settings.smtp_user:
        talk.step = Step.LOGIN
        await talk.client.login(settings.smtp_user, settings.smtp_password)
    talk.step = Step.SENDER
    await talk.client.mail(settings.mail_from)


async def _connect(talk: _Conversation) -> None:
    mode = talk.settings.smtp_tls
    if mode is MailTLS.NONE:
        await talk.client.connect()
        return
    talk.step = Step.TLS
    context = ssl.create_default_context(cafile=talk.settings.smtp_ca_file or None)
    talk.step = Step.CONNECT
    if mode is MailTLS.TLS:
        await talk.client.connect(tls_context=context)
        return
    await talk.client.connect()
    talk.step = Step.TLS
    await talk.client.starttls(tls_context=context)


async def _body(talk: _Conversation, message: bytes) -> str:
    protocol = talk.client.protocol
    if protocol is None:
        raise aiosmtplib.SMTPServerDisconnected("Connection lost")
    talk.step = Step.BODY
    try:
        protocol.write(_LINE_START_DOT.sub(b"..", message).rstrip(b"\r\n") + b"\r\n.\r\n")
        answer = await protocol.read_response()
    except FAULTS:
        raise
    except Exception as error:
        # Whatever went wrong with us, the relay may have it: the next try says that it may be a copy.
        raise aiosmtplib.SMTPServerDisconnected(type(error).__name__) from error
    # The first digit decides (RFC 5321, 4.2.1): a relay that says 251 has the message as well.
    if answer.code // 100 != COMPLETED:
        raise aiosmtplib.SMTPDataError(answer.code, answer.message)
    return f"{answer.code} {answer.message}"


def _outcome(step: Step, error: Exception) -> Outcome:
    code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None
    if step is Step.BODY:
        return _outcome_of_body(code)
    # On a connection that is TLS from the start, the library wraps what the certificate check said.
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return Outcome.CONFIGURATION
    if step in {Step.TLS, Step.LOGIN}:
        return Outcome.RETRY if _is_passing(code, error) else Outcome.CONFIGURATION
    if code is None or code < PERMANENT or step is Step.CONNECT:
        return Outcome.RETRY
    if step is Step.SENDER or code in AUTHENTICATION or _POLICY.search(str(error)):
        return Outcome.CONFIGURATION
    return Outcome.REFUSED if step is Step.RECIPIENT else Outcome.CONTENT_REFUSED


def _is_passing(code: int | None, error: Exception) -> bool:
    """Say whether a failure on the way in may pass by itself: a lost line, or a 4xx answer."""
    return isinstance(error, (ConnectionError, TimeoutError)) or (code is not None and code < PERMANENT)


def _outcome_of_body(code: int | None) -> Outcome:
    # Junk instead of an answer comes as -1: as silent as no answer at all.
    if code is None or code < 0:
        return Outcome.UNANSWERED
    return Outcome.CONTENT_REFUSED if code >= PERMANENT else Outcome.RETRY


def _words(step: Step, error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{step}: {error.code} {error.message}"
    return f"{step}: {str(error) or type(error).__name__}"


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    """End politely, outside the time that counts: the relay has the message already, and nothing here may hide that."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(GOODBYE_SECONDS):
            await client.quit()
    client.close()
