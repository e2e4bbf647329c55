"""Whatever goes wrong, no answer, header, log line, mail, row or message to the operator holds a secret of the desk."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from litestar import Litestar
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from incidentdesk import clock, database, worker
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import FIELDS, PREFIX, SECRET, MailTLS, SettingError, Settings, read
from incidentdesk.tables import OutboxMail
from incidentdesk.web.pages import Desk
from tests.intake.visitor import send
from tests.mail.relay import relay
from tests.people import Sit
from tests.thorough import some
from tests.web.asgi import call, form, routes
from tests.web.test_headers import Broken, given_by

# What a fault tells is decided where it is caught.
pytestmark = pytest.mark.either_database

MARK = "zqx7-secret"
BEARER = (b"authorization", f"Bearer {MARK}".encode())
URL = f"postgresql+psycopg://desk:{MARK}@127.0.0.1:1/desk"
ERRORS = (
    *(error(f"cannot use {MARK}") for error in (RuntimeError, ValueError, KeyError, OSError, TimeoutError, RecursionError)),
    OperationalError(f"connect {URL}", {"password": MARK}, OSError(MARK)),
    IntegrityError(f"insert {MARK}", {"answers": MARK}, ValueError(MARK)),
    StatementError(MARK, f"select '{MARK}'", {"what": MARK}, TypeError(MARK)),
    UnicodeDecodeError("utf-8", MARK.encode(), 0, 1, MARK),
    ExceptionGroup(MARK, [ValueError(MARK)]),
)  # fmt: skip


def secrets_of(folder: Path) -> Iterator[str]:
    """Return the marker and every key, as they might be printed."""
    yield MARK
    for path in (path for path in folder.rglob("*.key") if path.is_file()):
        key = path.read_bytes().strip()
        yield from (key.decode("latin-1"), key.hex(), base64.b64encode(key).decode(), repr(key)[2:-1])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    secrets = dict.fromkeys(SECRET - {"database_url"}, MARK)
    return Settings(data_dir=tmp_path, public_url="http://desk.test", minimum_fill_seconds=0, **secrets)  # type: ignore[arg-type]  # all are texts


def found_in(text: str, folder: Path) -> list[str]:
    known = list(secrets_of(folder))
    assert len(known) > 4
    return [secret for secret in known if secret in text]


@pytest.mark.parametrize("error", some(ERRORS, 2), ids=lambda error: type(error).__name__)
async def test_no_fault_of_any_page_tells_one(
    desk: Desk, sit: Sit, app: Litestar, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    ada = await sit(Role.ADMINISTRATOR)
    broken = Broken(desk.database.writer, desk.database.reader, error=error)
    app.state.desk = replace(desk, database=broken, settings=replace(desk.settings, database_url=URL))
    said, statuses = [], set()
    for route in routes(app):
        fields = form({"csrf": ada.csrf, "code": "1" * 25, "email": "a@example.org", "password": "x" * 20})
        answer = await call(app, route.method, route.address(), headers=(*given_by(ada), BEARER), body=fields)
        said.append(f"{answer.headers} {answer.body.decode()}")
        statuses.add(answer.status)
    assert statuses & {500, 503}
    assert found_in("\n".join(said) + caplog.text, desk.settings.data_dir) == []
    assert "Traceback" in caplog.text


async def test_no_fault_of_the_mail_tells_one(
    desk: Desk, sit: Sit, app: Litestar, caplog: pytest.LogCaptureFixture
) -> None:
    await send(await sit(), reach="email", email="reporter@example.org")
    for hours, script in enumerate(({"EHLO": "drop"}, {"banner": "554 no"}, {})):
        async with relay(**script) as post:
            way = {"smtp_user": "desk", "smtp_host": "127.0.0.1", "mail_from": "desk@example.org"}
            mailing = replace(desk.settings, smtp_port=post.port, smtp_tls=MailTLS.STARTTLS, **way)  # type: ignore[arg-type]  # all are texts
            assert await worker.deliver_next(replace(desk, settings=mailing), now=clock.now() + timedelta(hours=hours))
    async with desk.database.read() as session:
        rows = [str(vars(mail)) for mail in await session.scalars(select(OutboxMail))]
    shown = (await (await sit(Role.ADMINISTRATOR)).get("/desk/mail")).text
    assert "STARTTLS" in "".join(rows) + shown
    assert found_in("\n".join([*rows, shown, *post.said]) + caplog.text, desk.settings.data_dir) == []


def test_nothing_prints_itself_with_one(desk: Desk) -> None:
    whole = replace(desk, settings=replace(desk.settings, database_url=URL))
    assert found_in(repr(whole) + str(vars(whole)) + repr(whole.vault), desk.settings.data_dir) == []


@pytest.mark.parametrize("name", FIELDS)
def test_no_refused_setting_tells_one(name: str, tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.write_bytes(MARK.encode() + b"\xff")
    given = {f"{PREFIX}{secret.upper()}": MARK for secret in SECRET} | {f"{PREFIX}{name.upper()}_FILE": str(held)}
    if name not in SECRET:
        given |= {f"{PREFIX}DATABASE_URL": URL, f"{PREFIX}{name.upper()}": "\x00 no such thing"}
    with pytest.raises(SettingError) as refused:
        read({**given, f"{PREFIX}PORT": "none"} if name != "database_url" else given)
    assert MARK not in str(refused.value)
    assert MARK not in str(refused.value.__cause__ or "")


def test_a_database_that_is_away_does_not_tell_its_password() -> None:
    with pytest.raises(database.UnusableError) as refused:
        database.migrate(URL)
    assert MARK not in str(refused.value)
