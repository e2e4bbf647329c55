"""Every way a relay can answer, and what we make of it."""

import asyncio
import ssl
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.handlers import Message as MessageHandler
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from aiosmtplib.protocol import SMTPProtocol

from incidentdesk.mail import answers, smtp
from incidentdesk.mail.smtp import Outcome
from incidentdesk.settings import MailTLS, Settings
from tests.mail.certificate import make_certificate
from tests.mail.relay import DRIP, DROP, ENDLESS, SILENT, Relay, relay

SETTINGS = Settings(smtp_host="127.0.0.1", smtp_tls=MailTLS.NONE, mail_from="desk@example.org")
BODY = b"Subject: test\r\n\r\n.a line that starts with a dot\r\n"
SHORT = timedelta(seconds=0.3)


async def attempt(**script: str) -> smtp.Result:
    async with relay(**script) as running:
        settings = replace(SETTINGS, smtp_port=running.port)
        return await smtp.send(settings, BODY, "a@example.org", within=SHORT)


async def test_a_taken_mail_is_sent_and_its_dots_arrive() -> None:
    async with relay() as running:
        settings = replace(SETTINGS, smtp_port=running.port)
        result = await smtp.send(settings, BODY, "a@example.org", within=SHORT)
    assert result == smtp.Result(Outcome.SENT, "250 taken as 42", let_in=True)
    assert running.taken == [b"Subject: test\r\n\r\n..a line that starts with a dot\r\n.\r\n"]
    assert running.said[:4] == ["EHLO example.org", "MAIL FROM:<desk@example.org>", "RCPT TO:<a@example.org>", "DATA"]


@pytest.mark.parametrize(
    "script,outcome",
    [
        ({"banner": DROP}, Outcome.RETRY),
        ({"banner": SILENT}, Outcome.RETRY),
        ({"banner": DRIP}, Outcome.RETRY),
        ({"banner": "421 busy"}, Outcome.RETRY),
        ({"banner": "554 no"}, Outcome.RETRY),
        ({"MAIL": "451 later"}, Outcome.RETRY),
        ({"MAIL": "550 not from you"}, Outcome.CONFIGURATION),
        ({"RCPT": "450 greylisted"}, Outcome.RETRY),
        ({"RCPT": "451 later"}, Outcome.RETRY),
        ({"RCPT": "421 going down"}, Outcome.RETRY),
        ({"RCPT": DROP}, Outcome.RETRY),
        ({"RCPT": "250-so\r\n250 be it"}, Outcome.SENT),
        ({"RCPT": "550-no\r\n550 such person"}, Outcome.REFUSED),
        ({"EHLO": "502 what?", "HELO": "250 hello"}, Outcome.SENT),
        ({"EHLO": DROP}, Outcome.RETRY),
        ({"EHLO": DRIP}, Outcome.RETRY),
        ({"EHLO": ENDLESS}, Outcome.RETRY),
        ({"RCPT": DRIP}, Outcome.RETRY),
        ({"RCPT": "550 no such person"}, Outcome.REFUSED),
        ({"RCPT": "550 5.7.1 relaying denied"}, Outcome.CONFIGURATION),
        ({"RCPT": "530 sign in first"}, Outcome.CONFIGURATION),
        ({"DATA": "451 later"}, Outcome.RETRY),
        ({"DATA": "554 no"}, Outcome.CONTENT_REFUSED),
        ({"DATA": "530 sign in first"}, Outcome.CONFIGURATION),
        ({"DATA": DROP}, Outcome.RETRY),
        ({"DATA": SILENT}, Outcome.RETRY),
        ({"body": "451 later"}, Outcome.RETRY),
        ({"body": "554 looks like spam"}, Outcome.CONTENT_REFUSED),
        ({"body": "251 taken elsewhere"}, Outcome.SENT),
        ({"body": DROP}, Outcome.UNANSWERED),
        ({"body": SILENT}, Outcome.UNANSWERED),
        ({"body": DRIP}, Outcome.UNANSWERED),
        ({"body": ENDLESS}, Outcome.UNANSWERED),
        ({"body": "blah blah"}, Outcome.UNANSWERED),
        ({"QUIT": DROP}, Outcome.SENT),
    ],
)
async def test_each_answer_has_one_outcome(script: dict[str, str], outcome: Outcome) -> None:
    assert (await attempt(**script)).outcome is outcome


async def test_silence_on_quit_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "GOODBYE_SECONDS", 0.05)
    assert (await attempt(QUIT=SILENT)).outcome is Outcome.SENT


async def test_nobody_listens() -> None:
    async with relay() as running:
        closed = replace(SETTINGS, smtp_port=running.port)
    assert (await smtp.send(closed, BODY, "a@example.org", within=SHORT)).outcome is Outcome.RETRY


async def test_a_host_that_is_no_name_is_told_as_the_reason() -> None:
    result = await smtp.send(replace(SETTINGS, smtp_host="x" * 70 + ".nl"), BODY, "a@example.org", within=SHORT)
    assert result.outcome is Outcome.RETRY
    assert "idna" in result.answer


async def test_the_answer_is_kept_short_and_printable() -> None:
    result = await attempt(RCPT="450 \x1b[31m" + "x" * 400)
    assert result.answer.startswith("recipient: 450  [31mxxx")
    assert len(result.answer) == answers.ANSWER_LENGTH


@pytest.mark.parametrize(
    "address", ["a@b@example.org", "a@example.org,b@example.org", "a b@example.org", "ü@example.org"]
)
async def test_a_strange_address_never_reaches_the_relay(address: str) -> None:
    async with relay() as running:
        settings = replace(SETTINGS, smtp_port=running.port)
        result = await smtp.send(settings, BODY, address, within=SHORT)
        own = await smtp.send(replace(settings, mail_from=address), BODY, "a@example.org", within=SHORT)
    assert (result.outcome, own.outcome) == (Outcome.REFUSED, Outcome.CONFIGURATION)
    assert running.said == []


async def test_a_line_that_breaks_inside_tls_after_the_message_may_have_delivered_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with relay() as running:
        usual = SMTPProtocol.read_response

        async def breaking(protocol: SMTPProtocol, timeout: float | None = None) -> object:  # noqa: ASYNC109 - theirs
            answer = await usual(protocol, timeout)
            if running.taken:
                raise ssl.SSLError("bad record mac")
            return answer

        monkeypatch.setattr(SMTPProtocol, "read_response", breaking)
        settings = replace(SETTINGS, smtp_port=running.port)
        result = await smtp.send(settings, BODY, "a@example.org", within=SHORT)
    assert result.outcome is Outcome.UNANSWERED


@pytest.mark.parametrize(
    "said, kept",
    [
        ("550 5.1.1 <Nel.Melder@PAYROLL.example>: unknown", "550 5.1.1 <***>: unknown"),
        ("550 no mailbox nel.melder here", "550 no mailbox *** here"),
        ("450 payroll.example has no mail server", "450 *** has no mail server"),
    ],
)
async def test_an_address_the_relay_repeats_is_not_kept(said: str, kept: str) -> None:
    async with relay(RCPT=said) as running:
        settings = replace(SETTINGS, smtp_port=running.port)
        result = await smtp.send(settings, BODY, "nel.melder@payroll.example", within=SHORT)
    assert result.answer == f"recipient: {kept}"


async def test_an_address_is_taken_out_as_it_is_spelled() -> None:
    async with relay(RCPT="550 n.l+x unknown, nil+x and n.lx are not") as running:
        settings = replace(SETTINGS, smtp_port=running.port)
        result = await smtp.send(settings, BODY, "n.l+x@payroll.example", within=SHORT)
    assert result.answer == "recipient: 550 *** unknown, nil+x and n.lx are not"


async def test_our_own_domain_may_be_said() -> None:
    async with relay(body="250 nel taken by example.org") as running:
        result = await smtp.send(replace(SETTINGS, smtp_port=running.port), BODY, "nel@example.org", within=SHORT)
    assert result == smtp.Result(Outcome.SENT, "250 *** taken by example.org", let_in=True)


@pytest.mark.parametrize("word", ["AHUAcGFzc3dvcmQ=", "cGFzc3dvcmQ=", "password"])
async def test_a_password_the_relay_repeats_is_not_kept(word: str) -> None:
    script = {"EHLO": "250-relay.example.org\r\n250 AUTH PLAIN", "AUTH": f"535 what is {word}?"}
    async with relay(**script) as running:
        settings = replace(SETTINGS, smtp_port=running.port, smtp_user="u", smtp_password="password")
        result = await smtp.send(settings, BODY, "a@example.org", within=SHORT)
    assert result == smtp.Result(Outcome.CONFIGURATION, "login: 535 what is ***?", let_in=False)


async def test_without_starttls_nothing_is_said_in_clear() -> None:
    async with relay() as running:
        settings = replace(
            SETTINGS, smtp_port=running.port, smtp_tls=MailTLS.STARTTLS, smtp_user="u", smtp_password="p"
        )
        result = await smtp.send(settings, BODY, "a@example.org", within=SHORT)
    assert result.outcome is Outcome.CONFIGURATION
    assert [line.split()[0] for line in running.said] == ["EHLO"]


async def test_starttls_refused_for_now_is_tried_again() -> None:
    script = {"EHLO": "250-relay.example.org\r\n250 STARTTLS", "STARTTLS": "454 not now"}
    async with relay(**script) as running:
        settings = replace(SETTINGS, smtp_port=running.port, smtp_tls=MailTLS.STARTTLS)
        assert (await smtp.send(settings, BODY, "a@example.org", within=SHORT)).outcome is Outcome.RETRY


async def test_what_somebody_slips_in_before_tls_begins_is_not_believed(tmp_path: Path) -> None:
    context, running = make_certificate(tmp_path), Relay({})

    async def slip_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (
            "220 relay",
            "250-relay\r\n250 STARTTLS",
            "220 go on\r\n250-relay.example.net\r\n250 AUTH PLAIN",
        ):
            writer.write(f"{answer}\r\n".encode())
            if not answer.startswith("220 go"):
                await reader.readline()
        await writer.start_tls(context)
        await running.talk(reader, writer)
        writer.close()

    async with await asyncio.start_server(slip_in, "127.0.0.1", 0) as server:
        port, trusted = server.sockets[0].getsockname()[1], str(tmp_path / "certificate.pem")
        settings = replace(SETTINGS, smtp_port=port, smtp_tls=MailTLS.STARTTLS, smtp_ca_file=trusted)
        within = timedelta(seconds=5)
        open_to_all = await smtp.send(settings, BODY, "a@example.org", within=within)
        with_password = replace(settings, smtp_user="u", smtp_password="password")
        for_one = await smtp.send(with_password, BODY, "a@example.org", within=within)
    assert (open_to_all.outcome, for_one.outcome) == (Outcome.SENT, Outcome.CONFIGURATION)
    assert [line.split()[0] for line in running.said] == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT", "EHLO"]


class Catcher(MessageHandler):
    """Keeps what a real server took."""

    def __init__(self) -> None:
        super().__init__()
        self.subjects: list[str] = []

    def handle_message(self, message: object) -> None:
        self.subjects.append(str(message["subject"]))  # type: ignore[index]  # an e-mail message; the package has no types


def check_password(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.password == b"right", handled=False)


async def real_server(tls: ssl.SSLContext, catcher: Catcher, *, implicit: bool) -> asyncio.Server:
    """Start aiosmtpd in this loop, with a password, over TLS only."""

    def protocol() -> SMTP:
        context = None if implicit else tls
        return SMTP(
            catcher,
            tls_context=context,
            require_starttls=not implicit,
            auth_require_tls=not implicit,
            authenticator=check_password,
            auth_required=not implicit,
        )

    listen = asyncio.get_running_loop().create_server
    return await listen(protocol, "127.0.0.1", 0, ssl=tls if implicit else None)


@pytest.mark.parametrize("mode", [MailTLS.TLS, MailTLS.STARTTLS])
async def test_a_real_server_over_tls(mode: MailTLS, tmp_path: Path) -> None:
    context, catcher = make_certificate(tmp_path), Catcher()
    async with await real_server(context, catcher, implicit=mode is MailTLS.TLS) as server:
        port = server.sockets[0].getsockname()[1]
        trusting = replace(SETTINGS, smtp_port=port, smtp_tls=mode, smtp_ca_file=str(tmp_path / "certificate.pem"))
        right = replace(trusting, smtp_user="desk", smtp_password="right")
        wrong = replace(trusting, smtp_user="desk", smtp_password="wrong")
        distrusting = replace(right, smtp_ca_file="")
        no_file = replace(right, smtp_ca_file=str(tmp_path / "missing.pem"))
        tried = [right, wrong, distrusting, no_file]
        outcomes = [(await smtp.send(one, BODY, "a@example.org", within=timedelta(seconds=3))).outcome for one in tried]
    assert outcomes == [Outcome.SENT, *[Outcome.CONFIGURATION] * 3]
    assert catcher.subjects == ["test"]
