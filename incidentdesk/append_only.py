"""Evidence is written once: triggers refuse to change, remove or replace it. They are declared here and nowhere else.

They stop a mistake, a bug and an injected statement. Whoever has the database in hand can drop them; that is found at
the next start, and what was changed behind them is found by the chain (`records/audit.py`).
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, inspect, text

# In the evidence that people sign, one change is lawful: to erase what they wrote, and nothing else of the row.
ERASABLE = {
    "history_entry": False,
    "checkpoint": False,
    "checkpoint_entry": False,
    "awareness": True,
    "filing": True,
    "filing_set_aside": True,
    "signed_decision": True,
    "stamp": True,
    "assessment_block": True,
    "assessment_decision": True,
    "assessment_confirmation": True,
    "people_decision": True,
    "people_text": True,
    "people_told": True,
    "register_line": True,
    "notification_version": True,
    "notification_signature": True,
    "filed_version": True,
    "filing_proof": True,
    "notification_copy": True,
    "role_entry": True,
    "role_ending": True,
    "customer_notice": True,
    "telling": True,
}
FUNCTION = "refuse_to_change_evidence"
# Whether an incident is real or a practice is said when it begins, and never again.
FIXED, FIXED_COLUMN = "incident", "practice"
FIXED_NAME, FIXED_FUNCTION = "incident_practice_is_fixed", "refuse_to_change_practice"
# BEFORE, each ROW, DELETE or UPDATE; and BEFORE, each statement, TRUNCATE: as pg_trigger.tgtype says it.
ROWS, WHOLE = 27, 34
# BEFORE, each ROW, UPDATE.
CHANGES = 19
BODY = """
BEGIN
    IF TG_OP = 'UPDATE' AND TG_NARGS = 1 THEN
        IF to_jsonb(NEW) = to_jsonb(OLD) || '{"sealed": null}' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = 'restrict_violation';
END
"""

FIXED_BODY = f"""
BEGIN
    IF NEW.{FIXED_COLUMN} IS DISTINCT FROM OLD.{FIXED_COLUMN} THEN
        RAISE EXCEPTION USING MESSAGE = '{FIXED}.{FIXED_COLUMN} is fixed', ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
"""


class UnguardedError(Exception):
    """Triggers are missing or altered; the text says which and what to do."""


def put_back(connection: Connection) -> None:
    """Declare every trigger anew; part of each migration, since a rebuilt table loses its own."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${BODY}$$"
        )
        for table in _tables(connection):
            _put_back_on_postgresql(connection, table)
        _fix_on_postgresql(connection)
        return
    for name, statement in _all_on_sqlite(connection):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        connection.exec_driver_sql(statement)


def flaws(connection: Connection) -> list[str]:
    """Name the triggers that are not there, or not as they are declared."""
    found, wanted = _found(connection), _wanted(connection)
    return [name for name, declared in wanted.items() if found.get(name) != declared]


def insist(connection: Connection) -> None:
    """Refuse a database whose evidence anybody could change."""
    if missing := flaws(connection):
        msg = (
            f"the database does not protect its evidence, {', '.join(missing)} was removed or altered: "
            "find out by whom, run `incidentdesk audit verify`, then `incidentdesk audit mend`"
        )
        raise UnguardedError(msg)


def _tables(connection: Connection) -> list[str]:
    """Name the tables that are there; the earliest schema has not all of them."""
    return [table for table in ERASABLE if inspect(connection).has_table(table)]


def _is_to_fix(connection: Connection) -> bool:
    """Say whether the column is there; an earlier schema has none."""
    look = inspect(connection)
    return look.has_table(FIXED) and any(column["name"] == FIXED_COLUMN for column in look.get_columns(FIXED))


def _wanted(connection: Connection) -> Mapping[str, object]:
    if connection.dialect.name == "sqlite":
        return dict(_all_on_sqlite(connection))
    arguments = {table: b"sealed\0" if ERASABLE[table] else b"" for table in _tables(connection)}
    rows = {f"{table}_is_kept": (table, ROWS, "A", given, BODY) for table, given in arguments.items()}
    fixed = {FIXED_NAME: (FIXED, CHANGES, "A", b"", FIXED_BODY)} if _is_to_fix(connection) else {}
    return rows | fixed | {f"{table}_is_not_emptied": (table, WHOLE, "A", b"", BODY) for table in arguments}


def _found(connection: Connection) -> Mapping[str, object]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        return {name: statement for name, statement in connection.exec_driver_sql(query)}  # noqa: C416 - rows are no pairs
    # A trigger of the same name with a condition, or for some columns, is none of ours: both are left out.
    query = """
        SELECT tgname, relname, tgtype, tgenabled, tgargs, prosrc FROM pg_trigger
        JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE NOT tgisinternal AND tgqual IS NULL AND cardinality(tgattr::int2[]) = 0 AND pg_table_is_visible(tgrelid)
    """
    return {
        name: (table, kind, _text(enabled), bytes(given), body)
        for name, table, kind, enabled, given, body in connection.execute(text(query))
    }


def _text(letter: str | bytes) -> str:
    """Return PostgreSQL's one-byte "char", which some drivers hand over as bytes."""
    return letter.decode() if isinstance(letter, bytes) else letter


def _put_back_on_postgresql(connection: Connection, table: str) -> None:
    given = "'sealed'" if ERASABLE[table] else ""
    for name, when in {
        f"{table}_is_kept": f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {FUNCTION}({given})",
        f"{table}_is_not_emptied": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()",
    }.items():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {when}")
        # Always: not even a session that plays a replica passes.
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def _fix_on_postgresql(connection: Connection) -> None:
    if not _is_to_fix(connection):
        return
    connection.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION {FIXED_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${FIXED_BODY}$$"
    )
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {FIXED_NAME} ON {FIXED}")
    connection.exec_driver_sql(
        f"CREATE TRIGGER {FIXED_NAME} BEFORE UPDATE ON {FIXED} FOR EACH ROW EXECUTE FUNCTION {FIXED_FUNCTION}()"
    )
    connection.exec_driver_sql(f"ALTER TABLE {FIXED} ENABLE ALWAYS TRIGGER {FIXED_NAME}")


def _all_on_sqlite(connection: Connection) -> Iterator[tuple[str, str]]:
    for table in _tables(connection):
        yield from _on_sqlite(connection, table)
    if _is_to_fix(connection):
        when = f"BEFORE UPDATE ON {FIXED} WHEN NEW.{FIXED_COLUMN} IS NOT OLD.{FIXED_COLUMN}"
        refuse = f"BEGIN SELECT RAISE(ABORT, '{FIXED}.{FIXED_COLUMN} is fixed'); END"
        yield FIXED_NAME, f"CREATE TRIGGER {FIXED_NAME} {when} {refuse}"


def _on_sqlite(connection: Connection, table: str) -> Iterator[tuple[str, str]]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    key = inspect(connection).get_pk_constraint(table)["constrained_columns"][0]
    changes = f"WHEN NOT ({_erases(connection, table)}) " if ERASABLE[table] else ""
    # INSERT OR REPLACE removes a row without asking the trigger for DELETE, so the insert itself is refused.
    there = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key} OR rowid = NEW.rowid)"  # noqa: S608 - our own names
    for name, when in {
        f"{table}_is_not_changed": f"BEFORE UPDATE ON {table} {changes}",
        f"{table}_is_not_removed": f"BEFORE DELETE ON {table} ",
        f"{table}_is_not_replaced": f"BEFORE INSERT ON {table} WHEN {there} ",
    }.items():
        yield name, f"CREATE TRIGGER {name} {when}{refuse}"


def _erases(connection: Connection, table: str) -> str:
    """Return the condition that an update takes the sealed blob away and leaves everything else."""
    kept = [column["name"] for column in inspect(connection).get_columns(table) if column["name"] != "sealed"]
    return " AND ".join(("NEW.sealed IS NULL", *(f"NEW.{name} IS OLD.{name}" for name in ("rowid", *kept))))
