"""Sheets: rows that people open in a spreadsheet, which must take none of them for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from litestar import Response

from incidentdesk.web.files import disposition

# What makes a spreadsheet compute a cell, or end it early, also in the full width of East Asian keyboards.
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def sheet(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the rows under their head as CSV (RFC 4180), every cell quoted and none of them a formula. None is empty."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in (head, *rows):
        writer.writerow([harmless("" if cell is None else str(cell)) for cell in row])
    return written.getvalue()


def harmless(cell: str) -> str:
    """Return the text as a spreadsheet shows it and computes nothing: behind an apostrophe when it begins like a formula."""
    return f"'{cell}" if cell.startswith(TRIGGERS) else cell


def give_sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response[str]:
    """Hand the rows out to be saved as `name`.csv."""
    headers = {"content-disposition": disposition(f"{name}.csv")}
    return Response(sheet(head, rows), media_type="text/csv", headers=headers)
