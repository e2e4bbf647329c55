"""A line of the log is one line, tells which request it belongs to, and holds nobody's words, in text and in JSON."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from litestar import Litestar
from sqlalchemy.exc import OperationalError

from incidentdesk.journal import Fault, JsonLine, TextLine, request, request_number
from incidentdesk.rules.permissions import Role
from incidentdesk.web.pages import Desk
from tests.intake.visitor import visit
from tests.people import Sit
from tests.web.test_headers import Broken

MARK = "zqx7-words"
NUMBER = re.compile(r"\b\d{4}-\d{4}-\d{4}\b")
# What ends a line somewhere, hides in it or turns it around.
STRANGE = "a\nb\rc\x00d\x1b[31me\x0bf\x85g\u2028h\u2029i\u202ej\u200bk"
BOTH = (TextLine, JsonLine)
Write = Callable[[], logging.Formatter]


@contextmanager
def heard(write: Write = JsonLine) -> Iterator[io.StringIO]:
    """Listen to the log as standard error would."""
    said, root = io.StringIO(), logging.getLogger()
    ear = logging.StreamHandler(said)
    ear.setFormatter(write())
    root.addHandler(ear)
    yield said
    root.removeHandler(ear)


def objects(said: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


def test_a_line_of_json_is_an_object_with_all_that_is_known() -> None:
    number = request.set(["1234-5678-9012"])
    with heard() as said:
        logging.getLogger("incidentdesk.web").warning("refused: %s", "GET", extra={"incident": "IR-26-7KQ4MX"})
    request.reset(number)
    [told] = objects(said)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d", told.pop("time"))
    assert told == {
        "level": "WARNING",
        "logger": "incidentdesk.web",
        "message": "refused: GET",
        "request": "1234-5678-9012",
        "incident": "IR-26-7KQ4MX",
    }


def test_a_line_of_text_ends_with_the_same_in_brackets() -> None:
    number = request.set(["1234-5678-9012"])
    with heard(TextLine) as said:
        logging.getLogger("incidentdesk.web").warning("refused: %s", "GET", extra={"incident": "IR-26-7KQ4MX"})
        logging.getLogger("incidentdesk.web").warning("refused")
        request.reset(number)
        logging.getLogger("incidentdesk.worker").warning("failed")
    ends = [line.split(" ", 1)[1] for line in said.getvalue().splitlines()]
    assert ends == [
        "WARNING incidentdesk.web refused: GET [request 1234-5678-9012, incident IR-26-7KQ4MX]",
        "WARNING incidentdesk.web refused [request 1234-5678-9012]",
        "WARNING incidentdesk.worker failed",
    ]


@pytest.mark.parametrize("write", BOTH)
def test_no_value_ends_a_line_or_hides_in_it(write: Write) -> None:
    with heard(write) as said:
        logging.getLogger("incidentdesk").warning("one %s two", STRANGE, extra={"incident": STRANGE})
    assert said.getvalue().removesuffix("\n").isprintable()
    if write is JsonLine:
        assert objects(said)[0]["message"] == f"one {STRANGE} two"


def fall(depth: int) -> None:
    if depth:
        fall(depth - 1)
    raise ValueError(f"{MARK}\n{depth}") from OSError(MARK)


@pytest.mark.parametrize("write", BOTH)
@pytest.mark.parametrize("hide", [False, True])
def test_of_an_error_a_line_tells_kind_and_place_and_no_word(write: Write, hide: bool) -> None:  # noqa: FBT001 - both ways
    log = logging.getLogger("incidentdesk")
    with heard(write) as said:
        try:
            fall(40)
        except ValueError as error:
            log.exception("it fell", exc_info=Fault(error) if hide else error)
    line = said.getvalue().removesuffix("\n")
    assert line.isprintable()
    assert MARK not in line
    assert "ValueError" in line
    assert re.search(r"tests/test_journal\.py:\d+ fall\b", line)
    assert line.count(" fall") == 25
    assert "/tests/" not in line


@pytest.mark.parametrize("write", BOTH)
def test_of_what_a_library_says_only_the_first_line_is_kept(write: Write) -> None:
    with heard(write) as said:
        logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <%s>", MARK)
        logging.getLogger("incidentdesker").error("\n%s", MARK)
    assert MARK not in said.getvalue()
    assert "Task exception was never retrieved" in said.getvalue()
    assert len(said.getvalue().splitlines()) == 2


def test_a_number_is_drawn_and_can_be_said_on_the_phone() -> None:
    drawn = set()
    for _ in range(1000):
        outside = request.set([])
        drawn.add(request_number())
        assert request_number() in drawn
        request.reset(outside)
    assert request_number() == ""
    assert len(drawn) == 1000
    assert all(NUMBER.fullmatch(one) for one in drawn)


@pytest.mark.parametrize("error, status", [(RuntimeError(MARK), 500), (OperationalError(MARK, {}, OSError(MARK)), 503)])
async def test_a_page_of_a_fault_says_the_number_that_leads_to_its_lines(
    sit: Sit, desk: Desk, app: Litestar, error: Exception, status: int
) -> None:
    seat = await sit(Role.READER)
    app.state.desk = replace(desk, database=Broken(desk.database.writer, desk.database.reader, error=error))
    given = {"x-request-id": "1111-2222-3333", "traceparent": "00-1-1-01"}
    with heard() as said:
        answers = [await seat.client.get("/desk", headers=given) for _ in range(2)]
    shown = [NUMBER.findall(answer.text) for answer in answers]
    assert [answer.status_code for answer in answers] == [status] * 2
    assert [line["request"] for line in objects(said)] == [number for [number] in shown]
    assert len({number for [number] in shown} - {"1111-2222-3333"}) == 2
    assert "say this number" in answers[0].text
    assert not any(NUMBER.search(value) for answer in answers for value in answer.headers.values())
    assert MARK not in said.getvalue()
    assert request_number() == ""


async def test_a_reporter_whose_report_cannot_be_stored_is_told_it_too(sit: Sit, desk: Desk, app: Litestar) -> None:
    visitor = await visit(await sit())
    await visitor.press("now", what="I lost my badge")
    away = OperationalError(MARK, {}, OSError(MARK))
    app.state.desk = replace(desk, database=Broken(desk.database.writer, desk.database.reader, error=away))
    with heard() as said:
        assert (await visitor.press("send")).status_code == 503
    assert [line["request"] for line in objects(said)] == NUMBER.findall(visitor.html)
    assert "I lost my badge" in visitor.html


async def test_what_was_refused_shows_no_number_and_names_the_incident_only_as_we_issue_it(sit: Sit) -> None:
    seat = await sit(Role.READER)
    with heard() as said:
        for named in ("IR-26-7KQ4MX", "zqx7", "IR-26-7KQ4MX%0Azqx7"):
            answer = await seat.get(f"/desk/incidents/{named}")
            assert answer.status_code == 404
            assert not NUMBER.search(answer.text)
    ours = [line for line in objects(said) if line["logger"].startswith("incidentdesk")]
    assert [line.get("incident") for line in ours] == ["IR-26-7KQ4MX", None, None]
    assert len({line["request"] for line in ours}) == 3
    assert "zqx7" not in "".join(line["message"] for line in ours)


@pytest.mark.parametrize("door", ["notes", "awareness"])
async def test_a_refusal_names_the_incident_of_its_address(
    sit: Sit, caplog: pytest.LogCaptureFixture, door: str
) -> None:
    seat = await sit(Role.DPO)
    await seat.post(f"/desk/incidents/IR-26-7KQ4MX/{door}")
    (said,) = [record for record in caplog.records if record.getMessage().startswith("refused")]
    assert vars(said)["incident"] == "IR-26-7KQ4MX"
