"""Writes a letter: subject, text and HTML twin from templates, and headers that people's mail programs understand."""

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from incidentdesk import i18n, law
from incidentdesk.mail import ics
from incidentdesk.mail.addressee import Addressee
from incidentdesk.mail.addresses import domain_of
from incidentdesk.mail.entries import Entry, Words, event_of
from incidentdesk.mail.outbox import Letter
from incidentdesk.settings import Settings
from incidentdesk.tables import OutboxMail

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
TLP = "TLP:AMBER"
ALARMS = frozenset({Letter.ACT, Letter.DEADLINE})
# Nobody was told by a mail that says only that there is news: these leave as they were signed, or not at all.
WHOLE = frozenset({Letter.CUSTOMER_NOTICE})
# A subject stays on one line: folded in the middle, some programs show a gap.
ON_THE_WIRE = policy.SMTP.clone(max_line_length=998)
_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")
_END = b"\r\n"


@dataclass(frozen=True)
class Part:
    """A coded part of a message. The headers of one are known beforehand: parsing and folding them took half of writing a letter."""

    kind: str
    body: bytes
    more: tuple[str, ...] = ()

    @property
    def whole(self) -> bytes:
        """The part with its headers."""
        heads = (f"Content-Type: {self.kind}", *self.more)
        return _END.join((*(head.encode("ascii") for head in heads), b"", self.body))


def write(settings: Settings, mail: OutboxMail, to: Addressee, values: Mapping[str, Any], *, now: datetime) -> bytes:
    """Return the whole message, ready for the relay."""
    folder, rendering = f"mail/{Letter(mail.letter)}", environment(to.language)
    known = {**shared_values(settings, mail, to, now=now), **values}
    subject = subject_of(mail, to, known)
    text = rendering.get_template(f"{folder}/body.txt").render(known).strip()
    html = environment(to.language, escapes=True).get_template(f"{folder}/body.html").render(known, subject=subject)
    message = _message(settings, mail, to, now=now)
    message["Subject"] = subject
    message["Content-Language"] = to.language
    content = together("alternative", text_part("plain", _EMPTY_LINES.sub("\n\n", text)), text_part("html", html))
    if entry := known["entry"]:
        content = together("mixed", content, _file(settings, to, entry, now=now))
    message["MIME-Version"] = "1.0"
    return b"".join(ON_THE_WIRE.fold_binary(*header) for header in message.items()) + content.whole


def subject_of(mail: OutboxMail, to: Addressee, known: Mapping[str, Any]) -> str:
    """Return the subject, on one line."""
    template = environment(to.language).get_template(f"mail/{Letter(mail.letter)}/subject.txt")
    mark = environment(to.language).get_template("mail/_practice.txt").render() if known["practice"] else ""
    return _in_one_line(f"{mark} {template.render(known)}")


def write_plainly(settings: Settings, mail: OutboxMail, to: Addressee, *, now: datetime) -> bytes:
    """Return the fixed letter for when the real one cannot be written, or was refused for what it says."""
    reference = to.incident.reference if to.incident else "The desk"
    where = f"{settings.base_url}{_path(mail, to)}"
    message = _message(settings, mail, to, now=now)
    needs = f"{reference} needs you" if to.member else f"{reference}: there is news"
    message["Subject"] = f"PRACTICE {needs}" if to.incident and to.incident.practice else needs
    message.set_content(f"{message['Subject']}. Open:\n\n{where}\n", charset="us-ascii")
    return message.as_bytes(policy=ON_THE_WIRE)


def entry_words(language: str) -> Words:
    """Return what writes an event of a calendar, in one language."""

    def write_one(name: str, **known: Any) -> str:  # noqa: ANN401 - what the text is about
        text = environment(language).get_template(f"mail/_entry_{name}.txt").render(known, tlp=TLP)
        return _EMPTY_LINES.sub("\n\n", text).strip()

    return write_one


@cache
def environment(language: str, *, escapes: bool = False) -> Environment:
    """Return the mail templates in one language: for HTML all of them escape, the words they share with plain text too."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"], disabled_extensions=(), default=escapes),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(i18n.translations(language), newstyle=True)  # type: ignore[attr-defined]  # by the extension
    made.globals["language"] = language
    made.globals["duty_name"] = lambda duty: law.duty_name(duty, language) or duty
    made.filters.update(
        moment=lambda value, zone: i18n.moment(value, zone, language),
        short_moment=lambda value, zone, now: i18n.short_moment(value, zone, language, now=now),
        span=lambda value: i18n.span(value, language),
    )
    return made


def shared_values(settings: Settings, mail: OutboxMail, to: Addressee, *, now: datetime) -> dict[str, Any]:
    """Return what every letter may say, beside its own values."""
    return {
        "organisation": settings.organisation,
        "phone": settings.phone,
        "base_url": settings.base_url,
        "url": f"{settings.base_url}{_path(mail, to)}",
        "zone": to.zone,
        "now": now,
        "member": to.member,
        "letter": mail.letter,
        "tlp": TLP if to.member else "",
        "may_be_repeat": mail.maybe_duplicate,
        "practice": to.incident is not None and to.incident.practice,
        "entry": None,
    }


def together(kind: str, *parts: Part) -> Part:
    """Return one part of several. No coded text has a line like the one between them."""
    between = f"=_{secrets.token_hex(12)}"
    line = f"--{between}".encode("ascii")
    wholes = [piece for part in parts for piece in (line, part.whole)]
    return Part(f'multipart/{kind}; boundary="{between}"', _END.join((*wholes, line + b"--", b"")))


def text_part(kind: str, text: str) -> Part:
    """Return a text in lines of 76 letters at most."""
    # A space at the end of a line would be coded, and might make the line one letter too long.
    lines = _END.join((*(line.rstrip(b" \t") for line in text.encode().splitlines()), b""))
    return Part(
        f'text/{kind}; charset="utf-8"', binascii.b2a_qp(lines), ("Content-Transfer-Encoding: quoted-printable",)
    )


def _path(mail: OutboxMail, to: Addressee) -> str:
    """Return the page to open. A reporter's holds no code: they type it."""
    if mail.letter == Letter.AUDIT:
        return "/desk/audit"
    if to.report is not None:
        return "/r"
    if to.incident is None:
        return "/desk"
    room = f"/{mail.context['paper']}" if mail.letter == Letter.SIGNATURE else ""
    return f"/desk/incidents/{to.incident.reference}{room}"


def _file(settings: Settings, to: Addressee, entry: Entry, *, now: datetime) -> Part:
    """Return the file that puts a deadline into the reader's calendar, or takes it out again."""
    event = event_of(entry, entry_words(to.language), base_url=settings.base_url, changed_at=now)
    method = ics.Method.CANCEL if entry.is_over else ics.Method.PUBLISH
    organizer = ics.Organizer(_sender(settings).display_name, settings.mail_from)
    # As bytes: the lines of a calendar end as its standard says, whatever a mail does to lines.
    coded = base64.encodebytes(ics.message(event, method, organizer)).replace(b"\n", _END)
    more = ("Content-Transfer-Encoding: base64", 'Content-Disposition: attachment; filename="deadline.ics"')
    return Part(f'text/calendar; charset="utf-8"; method="{method}"', coded, more)


def _message(settings: Settings, mail: OutboxMail, to: Addressee, *, now: datetime) -> EmailMessage:
    """Return a message with every header but the subject."""
    host = urlsplit(settings.base_url).hostname or domain_of(settings.mail_from)
    message = EmailMessage()
    message["From"] = _sender(settings)
    message["To"] = to.email
    message["Date"] = format_datetime(now)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    # Not "All": that would also silence the reports that a mail could not be delivered.
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if to.member is not None:
        message["List-Id"] = f"Incident alerts <alerts.{host}>"
        message["X-TLP"] = TLP
    if to.incident is not None:
        _mark(message, mail, to, domain=domain_of(settings.mail_from))
    return message


def _mark(message: EmailMessage, mail: OutboxMail, to: Addressee, *, domain: str) -> None:
    """Add what mail rules and threads go by. Alarms start a thread each, so that each one is noticed."""
    if to.incident is None:
        return
    message["X-Incident-Ref"] = to.incident.reference
    if to.incident.practice:
        message["X-Incident-Practice"] = "yes"
    if to.member is not None:
        message["X-Incident-Severity"] = str(to.incident.severity)
    if mail.letter not in ALARMS:
        root = f"<{to.incident.id.hex}.incident@{domain}>"
        message["In-Reply-To"] = message["References"] = root
    elif to.incident.severity == 1:
        message["Importance"] = "high"
        message["X-Priority"] = "1"


def _sender(settings: Settings) -> Address:
    return Address(display_name=_in_one_line(settings.organisation), addr_spec=settings.mail_from)


def _in_one_line(text: str) -> str:
    """Return what a header may say. The library reads coded letters also in what it is to write, and would end a line for one."""
    return " ".join(text.split()).replace("=?", "= ?")
