"""Each column says what it holds; one that does not stops the program."""

import gc
import re
from typing import Any, cast

import pytest
from sqlalchemy import JSON, Column, ForeignKey, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy.types import TypeEngine

from incidentdesk.tables import Base
from incidentdesk.tables.columns import NAMED, Holds, Unclassified, classify

LONGEST_HASH = 200
TABLES = Base.metadata.tables


@pytest.mark.parametrize("kind", [String(10), JSON(), LargeBinary()])
def test_a_column_of_words_nobody_classified_is_refused(kind: TypeEngine[object]) -> None:
    with pytest.raises(Unclassified, match=re.escape("parcel.sender: say in tables/columns.py")):
        classify(Table("parcel", MetaData(), Column("sender", kind)))


def test_a_table_with_such_a_column_cannot_be_declared() -> None:
    columns: dict[str, Any] = {"id": Column(Integer, primary_key=True), "sender": Column(String(10))}
    with pytest.raises(Unclassified):
        type("Parcel", (Base,), {"__tablename__": "parcel", **columns})
    # The half-made class goes, or other tests would find a table more.
    Base.metadata.remove(TABLES["parcel"])
    gc.collect()
    assert "Parcel" not in {mapper.class_.__name__ for mapper in Base.registry.mappers}


def test_numbers_and_references_are_plain_by_their_type() -> None:
    columns: tuple[Column[Any], ...] = (Column("weight", Integer), Column("owner", ForeignKey("member.id")))
    assert set(classify(Table("parcel", MetaData(), *columns)).values()) == {Holds.PLAIN}


def test_every_name_of_the_list_is_a_column_and_stands_there_once() -> None:
    named = [(table, name) for tables in NAMED.values() for table, names in tables.items() for name in names.split()]
    assert [(table, name) for table, name in named if name not in TABLES[table].columns] == []
    assert len(named) == len(set(named))


@pytest.mark.parametrize("table", list(TABLES.values()), ids=str)
def test_a_hash_is_short_and_what_is_sealed_is_bytes(table: Table) -> None:
    kinds = {Holds.SEALED: LargeBinary, Holds.HASH: String}
    held = classify(table)
    assert [name for name, what in held.items() if not isinstance(table.c[name].type, kinds.get(what, object))] == []
    hashes = [cast("String", table.c[name].type) for name, what in held.items() if what is Holds.HASH]
    assert [kind for kind in hashes if not kind.length or kind.length > LONGEST_HASH] == []
