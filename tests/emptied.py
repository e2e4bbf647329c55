"""A database as it is before the first start."""

from pathlib import Path

from sqlalchemy import create_engine, make_url, text


def empty(url: str) -> None:
    """Take everything out of a database, so that it is as before the first start."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        Path(str(address.database)).unlink()
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    engine.dispose()
