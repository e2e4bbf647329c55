"""Writing to the customers of one incident: choose them, write, look at it, sign."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from incidentdesk import clock
from incidentdesk.breach.duties import queries
from incidentdesk.breach.duties.queries import Board
from incidentdesk.breach.moments import Reading
from incidentdesk.breach.notices import actions, forms
from incidentdesk.breach.progress import progress_of
from incidentdesk.errors import Merged
from incidentdesk.rules.permissions import Permission
from incidentdesk.staff.gate import member_of
from incidentdesk.tables import MailState
from incidentdesk.web.forms import Request, one
from incidentdesk.web.pages import desk_of, form_of, language_of, page

NOTICES = "/desk/incidents/{reference:str}/customer-notices"
UNPROCESSABLE, CONFLICT = 422, 409
UNCHANGED: Reading[Any] = Reading("")


@get(NOTICES, opt={"needs": Permission.READ})
async def show_notices(request: Request, reference: FromPath[str]) -> Response[str]:
    """Show whom a notice is owed to, and what became of those that were signed."""
    return await _page(request, reference)


@post(NOTICES, opt={"needs": Permission.LEGAL, "step_up": True})
async def sign_notices(request: Request, reference: FromPath[str]) -> Response[Any]:
    """Show the notices as they will be sent, and sign them once they were seen."""
    form, member, now = form_of(request), member_of(request), clock.now()
    try:
        async with desk_of(request).database.write() as session:
            board = await queries.board_of(session, reference, by=member, now=now, for_change=True)
            reading = forms.notices(form, _languages(board))
            is_stale = one(form, "seen_revision") != await _stamp(session, board)
            if reading.value is not None and not is_stale and one(form, "intent") == "sign":
                await actions.send_notices(session, board, reading.value, member=member, now=now)
                return Redirect(f"/desk/incidents/{reference}/customer-notices", status_code=303)
    except Merged as moved:
        return await _page(request, moved.on(), status=CONFLICT)
    status = CONFLICT if is_stale else UNPROCESSABLE if reading.value is None else 200
    return await _page(request, reference, read=reading, status=status)


def _languages(board: Board) -> dict[UUID, str]:
    """Return who can be written to: every customer with a duty that was not signed off; news may follow a first notice."""
    return {
        line.clock.id: line.customer.language
        for line in board.lines
        if line.customer is not None and line.customer.closed_at is None and line.clock.ended_by != "decision"
    }


async def _stamp(session: Any, board: Board) -> str:  # noqa: ANN401 - a session
    """Return a word that changes with whom the mails go to, where, and whether they were told another way."""
    notices = await queries.notices_in(session, board)
    revisions = sum(line.customer.revision for line in board.lines if line.customer is not None)
    ended = sum(line.clock.ended_at is not None for line in board.lines)
    return f"{board.stamp}-{len(notices)}-{revisions}-{ended}"


async def _page(
    request: Request, reference: str, *, read: Reading[Any] = UNCHANGED, status: int = 200
) -> Response[str]:
    form, now = form_of(request), clock.now()
    async with desk_of(request).database.read() as session:
        board = await queries.board_of(session, reference, by=member_of(request), now=now)
        notices = await queries.notices_in(session, board)
        stamp = await _stamp(session, board)
        progress = await progress_of(session, board.incident)
    lines = [line for line in board.lines if line.customer is not None]
    can = _languages(board)
    # Whoever has a mail on its way is not written to once more by a press that comes easily.
    written = {str(one.row.customer_id) for one in notices if one.mail.state is not MailState.DEAD}
    ready = [line.clock for line in lines if line.clock.ended_at is None and line.clock.subject not in written]
    running = [str(one.id) for one in ready if one.id in can]
    return page(
        request,
        "breach/notices.html",
        status=status,
        board=board,
        progress=progress,
        lines=lines,
        can=can,
        needed=sorted(set(can.values())),
        notices=notices,
        stamp=stamp,
        written=read.value if isinstance(read.value, forms.Written) else None,
        errors=read.errors,
        typed={name: values[0] for name, values in form.items()},
        chosen=form.get("clock", running) if form else running,
        stale=status == CONFLICT,
        language=language_of(request),
    )


PAGES = (show_notices, sign_notices)
