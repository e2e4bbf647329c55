"""Every route × method × answer carries the headers that keep a page from being kept, framed, guessed at or made to run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from litestar import Litestar
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.database import Database
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import Settings
from incidentdesk.web.edge import HEADERS, HSTS
from incidentdesk.web.forms import MAX_BODY
from incidentdesk.web.pages import Desk, assets
from tests.patience import room_in
from tests.people import Seat, Sit
from tests.thorough import some
from tests.triage.reports import file
from tests.web.asgi import FORM, HOST, Answer, Headers, call, form, routes

# Headers are written at the edge, of whatever was answered.
pytestmark = pytest.mark.either_database

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")
STRANGE = ("/nowhere", "/static/nothing.css", "/static/..%2Fapp.py", "/desk/%00", "//", "*")
FOREVER, BACK, NEVER = "public, max-age=31536000, immutable", "private, no-cache", "no-store"
TOKEN = "a-token-of-twenty-signs-and-more"
BEARER = (b"authorization", f"Bearer {TOKEN}".encode())
EXPECTED = {name: [value] for name, value in HEADERS.items()} | {"strict-transport-security": [HSTS]}


@dataclass(frozen=True)
class Broken(Database):
    """A database that fails in one way."""

    error: Exception | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        if self.error is not None:
            raise self.error
        yield AsyncSession()

    read = write


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, public_url="https://desk.test", metrics_token=TOKEN)


def given_by(seat: Seat) -> Headers:
    cookies = "; ".join(f"{name}={value}" for name, value in seat.client.cookies.items())
    return (HOST, FORM, (b"cookie", cookies.encode()))


async def every_answer(app: Litestar, headers: Headers, fields: dict[str, str], **real: str) -> AsyncIterator[Answer]:
    """Ask for everything in every way."""
    paths = sorted({route.address(**real) for route in routes(app)} | set(STRANGE))
    for path in paths:
        for method in METHODS:
            yield await asked(app, method, path, headers, fields)


async def asked(app: Litestar, method: str, path: str, headers: Headers, fields: dict[str, str]) -> Answer:
    answer = await call(app, method, path, headers=headers, body=form(fields))
    check(f"{method} {path}", answer)
    return answer


def check(name: str, answer: Answer) -> None:
    assert {known: answer.all(known) for known in EXPECTED} == EXPECTED, name
    may_be_kept = {FOREVER} if "/static/" in name and answer.status == 200 else {NEVER}
    may_be_kept |= {BACK} if name == "POST /report" else set()
    assert len(answer.all("cache-control")) == 1
    assert set(answer.all("cache-control")) <= may_be_kept, name
    kinds = answer.all("content-type")
    assert len(kinds) == 1 or not answer.body, name
    assert all(kind.endswith("; charset=utf-8") for kind in kinds if kind.startswith("text/") or "xml" in kind), name
    for cookie in answer.all("set-cookie"):
        words = set(cookie.lower().split("; ")[1:])
        assert cookie.startswith("__Host-"), name
        assert words >= {"secure", "httponly", "path=/"}, name
        assert words & {"samesite=lax", "samesite=strict"}, name
        assert not any(word.startswith("domain") for word in words), name
    told = {known.lower() for known, _ in answer.headers}
    assert not {known for known in told if known.startswith(("access-control", "server", "x-powered", "etag"))}, name


async def test_every_answer_to_everybody_carries_the_headers(sit: Sit, app: Litestar, desk: Desk) -> None:
    incident = await file(desk, now=clock.now())
    ada = await sit(Role.ADMINISTRATOR)
    real = {"name": "base.css", "ref": incident.reference, "reference": incident.reference}
    seen = [answer async for answer in every_answer(app, (HOST, FORM), {}, **real)]
    seen += [answer async for answer in every_answer(app, (*given_by(ada), BEARER), {"csrf": ada.csrf}, **real)]
    assert {answer.status for answer in seen} >= {200, 303, 401, 403, 404, 405, 422}
    assert len(seen) >= 2 * len(METHODS) * len({route.path for route in routes(app)})


@pytest.mark.parametrize("error, status", some([(RuntimeError(), 500), (OperationalError("", {}, OSError()), 503)]))
async def test_a_fault_carries_them_too(sit: Sit, app: Litestar, desk: Desk, error: Exception, status: int) -> None:
    ada = await sit(Role.ADMINISTRATOR)
    app.state.desk = replace(desk, database=Broken(desk.database.writer, desk.database.reader, error=error))
    given = given_by(ada), {"csrf": ada.csrf}
    seen = [(await asked(app, route.method, route.address(), *given)).status for route in routes(app)]
    assert seen.count(status) > 0.8 * len(seen)


async def test_a_refusal_at_the_edge_carries_them_too(sit: Sit, app: Litestar) -> None:
    await sit()
    foreign, large = (HOST, FORM, (b"sec-fetch-site", b"cross-site")), b"a" * (MAX_BODY + 1)
    kinds = {400: ((HOST, (b"content-type", b"text/plain")), b""), 403: (foreign, b""), 413: ((HOST, FORM), large)}
    elsewhere = ((b"host", b"elsewhere.test"),)
    for route in routes(app):
        for status, (headers, body) in kinds.items() if route.method == "POST" else ():
            answer = await call(app, "POST", route.address(), headers=headers, body=body)
            # A door that takes files takes no other kind and more of it.
            assert answer.status == status or (route.path.endswith("files") and answer.status == 400), route
            check(f"{status} {route.path}", answer)
        check("POST of another host", await call(app, route.method, route.address(), headers=elsewhere))


async def test_a_limit_carries_them_too(sit: Sit, app: Litestar) -> None:
    await sit()
    await room_in()
    guesses = [await call(app, "POST", "/r", headers=(HOST, FORM), body=b"code=1") for _ in range(11)]
    assert (guesses[0].status, guesses[-1].status) == (422, 429)
    check("POST /r", guesses[-1])


def test_no_page_runs_or_loads_what_is_not_ours() -> None:
    rules = dict(rule.split(" ", 1) for rule in HEADERS["content-security-policy"].split("; "))
    assert rules.pop("require-trusted-types-for") == "'script'"
    assert {name: value for name, value in rules.items() if value != "'none'"} == {
        f"{kind}-src": "'self'" for kind in ("style", "script", "img", "connect")
    } | {"form-action": "'self'"}
    assert {"default-src", "base-uri", "frame-ancestors", "trusted-types"} <= set(rules)


def test_over_tls_browsers_keep_to_it_for_a_year_and_below_the_desks_name() -> None:
    age, *more = HSTS.split("; ")
    assert int(age.removeprefix("max-age=")) >= 365 * 24 * 3600
    assert more == ["includeSubDomains"]


async def test_over_plain_http_no_browser_is_told_to_use_tls(sit: Sit, app: Litestar, desk: Desk) -> None:
    await sit()
    app.state.desk = replace(desk, settings=replace(desk.settings, public_url="http://desk.test"))
    assert (await call(app, "GET", "/report")).all("strict-transport-security") == []


async def test_whoever_leaves_is_forgotten_by_the_browser_but_not_by_other_sites(sit: Sit, app: Litestar) -> None:
    ada = await sit(Role.ADMINISTRATOR)
    out = await call(app, "POST", "/desk/sign-out", headers=given_by(ada), body=form({"csrf": ada.csrf}))
    left = await call(app, "POST", "/r/leaving", headers=(HOST, FORM))
    for answer in (out, left):
        assert (answer.status, answer.all("clear-site-data")) == (303, ['"cache", "storage"'])
    assert "Max-Age=0" in out.all("set-cookie")[0]
    assert left.all("set-cookie") == []


async def test_our_own_files_say_what_they_are(sit: Sit, app: Litestar) -> None:
    await sit()
    kinds = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
    for name in assets():
        answer = await call(app, "GET", f"/static/{name}")
        assert answer.all("content-type") == [f"{kinds[Path(name).suffix]}; charset=utf-8"]
