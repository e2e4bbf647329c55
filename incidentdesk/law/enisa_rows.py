"""ENISA's tables for the severity of a breach, with an example for each choice in every language: `enisa.json`."""

from collections.abc import Collection, Iterator, Mapping

from incidentdesk.law.reading import Row, each, numbered, rows
from incidentdesk.rules.enisa import QUARTERS, Band, Category, Element, Identifier, Method

NAME = "enisa.json"
_DATED = ("version", "effective_from", "effective_to", "source")
_TABLES = ("categories", "identifiers", "circumstances", "bands", "people_over")


def read_methods(text: str) -> tuple[Method, ...]:
    """Return the methods, the newest last; LawError when a table is wrong."""
    return each(rows(text, name=NAME, key="method"), _method)


def listed(row: Row, key: str) -> Iterator[Row]:
    """Return the objects of a list inside a row, which must hold one at least."""
    values = row.values[key]
    if not isinstance(values, list) or not values:
        raise row.wrong(f"{key} must be a list")
    for number, value in enumerate(values, start=1):
        yield numbered(f"{row.place}, {key} {number}", value, row.faults)


def whole(row: Row, key: str) -> int:
    """Return a whole number from 1."""
    value = row.values[key]
    if type(value) is not int or value < 1:
        raise row.wrong(f"{key} must be a whole number from 1")
    return value


def words(row: Row, key: str) -> Mapping[str, str]:
    """Return one sentence in every language."""
    return vars(row.said(key))


def _method(row: Row) -> Method:
    row.check_keys((*_DATED, *_TABLES))
    row.day("effective_from")
    circumstances = row.part("circumstances")
    circumstances.check_keys([element.value for element in Element])
    return Method(
        version=row.text("version"),
        source=row.text("source"),
        categories=tuple(_category(one) for one in listed(row, "categories")),
        identifiers=tuple(_identifier(one) for one in listed(row, "identifiers")),
        circumstances={element: _scale(circumstances, element, range(3)) for element in Element},
        bands=_bands(row),
        people_over=whole(row, "people_over"),
    )


def _category(row: Row) -> Category:
    row.check_keys(("id", "dpc", "name", "examples", "scale"))
    return Category(
        id=row.text("id"),
        dpc=whole(row, "dpc"),
        name=words(row, "name"),
        examples=words(row, "examples"),
        scale=_scale(row, "scale", range(1, 5)),
    )


def _identifier(row: Row) -> Identifier:
    row.check_keys(("id", "name", "scale"))
    return Identifier(row.text("id"), words(row, "name"), _scale(row, "scale", range(1, QUARTERS + 1)))


def _scale(row: Row, key: str, allowed: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """Return an example for each number; a table may leave numbers out."""
    part = row.part(key)
    part.check_keys((), [str(number) for number in allowed])
    return {number: words(part, str(number)) for number in allowed if str(number) in part.values}


def _bands(row: Row) -> tuple[Band, ...]:
    bands = tuple(_band(one) for one in listed(row, "bands"))
    ends = [band.below for band in bands]
    # The last one has no end, and every other ends above the one before.
    known = [end for end in ends if end is not None]
    if ends[-1] is not None or len(known) != len(ends) - 1 or known != sorted(set(known)):
        raise row.wrong("bands must rise, and only the last has no end")
    return bands


def _band(row: Row) -> Band:
    row.check_keys(("id", "below", "meaning"))
    return Band(row.text("id"), None if row.values["below"] is None else whole(row, "below"), words(row, "meaning"))
