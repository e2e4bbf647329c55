"""The desk answers to its own names only, and says its own address only: nobody else's ever gets into a link."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from litestar import Litestar

from incidentdesk.settings import Settings
from incidentdesk.web.edge import is_ours
from incidentdesk.web.pages import Desk
from tests.people import Sit
from tests.web.asgi import FORM, HOST, call

# What a request calls the desk; no database is asked about it.
pytestmark = pytest.mark.either_database

ROOT = Path(__file__).resolve().parents[2]
TRIAL = Settings()
TLS = Settings(public_url="https://desk.example.org/")
ODD = Settings(public_url="https://Desk.example.org:8443", extra_hosts=("desk.internal", "10.0.0.5:8000"))


@pytest.mark.parametrize(
    "settings, host",
    [
        (TLS, "desk.example.org"),
        (TLS, "desk.example.org:443"),
        (ODD, "desk.example.org:8443"),
        (ODD, "desk.internal"),
        (ODD, "10.0.0.5:8000"),
        (Settings(public_url="http://[2001:db8::1]"), "[2001:db8::1]"),
        (TRIAL, "127.0.0.1:8000"),
        (TRIAL, "localhost:8000"),
        (TRIAL, "localhost:9000"),
        (TRIAL, "[::1]:8000"),
        (TRIAL, "192.0.2.7:8000"),
    ],
)
def test_the_desk_answers_to_its_own_names(settings: Settings, host: str) -> None:
    assert is_ours([host], settings)


@pytest.mark.parametrize(
    "host",
    [
        *("", " ", ".", "desk.example.org.", "deskxexample.org", "desk-example.org", "desk.example.orgx", "x.desk.example.org"),
        *("desk.example.org.elsewhere.test", "elsewhere.test", "desk.example.org:80", "desk.example.org:8443"),
        *("desk.example.org:", "desk.example.org:443:443", "desk.example.org@elsewhere.test", "desk.example.org/x"),
        *("desk.example.org,elsewhere.test", "desk.example.org#", "[::1", "127.0.0.1", "localhost", "desk.example.org\x00"),
        "desk.example.org:99999999",
    ],
)  # fmt: skip
async def test_the_desk_answers_to_no_other(sit: Sit, app: Litestar, desk: Desk, host: str) -> None:
    await sit()
    app.state.desk = replace(desk, settings=replace(desk.settings, public_url=TLS.public_url))
    for path in ("/report", "/desk/sign-in", "/nowhere", "/static/base.css"):
        answer = await call(app, "GET", path, headers=((b"host", host.encode()),))
        assert answer.status == 400, path
        assert "This desk has another address" in answer.body.decode()


@pytest.mark.parametrize("host", ["elsewhere.test:8000", "localhost.elsewhere.test", "127.0.0.1.elsewhere.test", "1.2.3", "1.2.3.256", "[::g]"])  # fmt: skip
def test_a_trial_answers_to_no_name_that_somebody_can_own(host: str) -> None:
    assert not is_ours([host], TRIAL)


async def test_a_request_names_one_host_and_no_other_header_does(sit: Sit, app: Litestar) -> None:
    await sit()
    other = b"elsewhere.test"
    assert (await call(app, "GET", "/report", headers=())).status == 400
    assert (await call(app, "GET", "/report", headers=(HOST, HOST))).status == 400
    assert (await call(app, "GET", "/report", headers=(HOST, (b"host", other)))).status == 400
    for name in (b"x-forwarded-host", b"x-host", b"x-original-host", b"forwarded", b"x-forwarded-server"):
        assert (await call(app, "GET", "/report", headers=((b"host", other), (name, HOST[1])))).status == 400
        answer = await call(app, "POST", "/report", headers=(HOST, FORM, (name, other)), body=b"what=a&go=now")
        assert answer.status == 200
        assert other not in answer.body + str(answer.headers).encode()


async def test_a_health_check_may_come_by_any_name(sit: Sit, app: Litestar) -> None:
    await sit()
    for path in ("/healthz", "/readyz", "/health/escalations"):
        assert (await call(app, "GET", path, headers=((b"host", b"10.1.2.3"),))).status == 200
        assert (await call(app, "GET", f"{path}/", headers=((b"host", b"10.1.2.3"),))).status == 400


def test_no_link_is_built_from_what_a_request_claims() -> None:
    claimed = re.compile(
        r"base_url_for|request\.(base_)?url\b|url_for|absolute_uri|scope\[.(server|scheme).\]|forwarded-host"
    )
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "incidentdesk").rglob("*.py")}
    texts |= {path: path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")}
    assert [str(path) for path, text in texts.items() if claimed.search(text)] == []
