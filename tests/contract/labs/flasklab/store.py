"""Two tables in SQLite; a version goes when its package does."""

import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

FIELDS: Mapping[str, tuple[str, ...]] = {
    "packages": ("name", "summary", "homepage"),
    "versions": ("number", "notes", "download_url", "signature_url", "yanked"),
}
TABLES = tuple(FIELDS)
SCHEMA = """
CREATE TABLE packages (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, summary TEXT NOT NULL, homepage TEXT NOT NULL);
CREATE TABLE versions (
    id TEXT PRIMARY KEY,
    package_id TEXT NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
    number TEXT NOT NULL,
    notes TEXT NOT NULL,
    download_url TEXT NOT NULL,
    signature_url TEXT NOT NULL,
    yanked INTEGER NOT NULL,
    UNIQUE (package_id, number)
);
"""

Row = dict[str, Any]


class Store:
    """The rows of one index. Names of tables and columns are the caller's own; values may be anybody's."""

    def __init__(self, path: Path) -> None:
        """Begin a database at this path."""
        self._lock = Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript(f"PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; {SCHEMA}")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """A block in which nobody else reads or writes."""
        with self._lock:
            yield

    def rows(self, table: str, **equal: str) -> list[Row]:
        """The rows with these values, oldest first."""
        where = " AND ".join(f"{column} = ?" for column in equal) or "1"
        sql = f"SELECT * FROM {table} WHERE {where} ORDER BY rowid"
        return [_as_json(row) for row in self._connection.execute(sql, tuple(equal.values()))]

    def insert(self, table: str, row: Mapping[str, object]) -> Row:
        """Add a row under a new id, and return it. sqlite3.IntegrityError where it repeats what must be unique."""
        whole = {"id": str(uuid.uuid4()), **row}
        marks = ", ".join("?" * len(whole))
        sql = f"INSERT INTO {table} ({', '.join(whole)}) VALUES ({marks})"
        self._connection.execute(sql, tuple(whole.values()))
        return whole

    def update(self, table: str, identifier: str, row: Mapping[str, object]) -> Row:
        """Overwrite columns, and return the row. sqlite3.IntegrityError as for `insert`."""
        assignments = ", ".join(f"{column} = ?" for column in row)
        self._connection.execute(f"UPDATE {table} SET {assignments} WHERE id = ?", (*row.values(), identifier))
        return self.rows(table, id=identifier)[0]

    def delete(self, table: str, identifier: str) -> None:
        """Remove a row, and what hangs on it."""
        self._connection.execute(f"DELETE FROM {table} WHERE id = ?", (identifier,))


def fill(store: Store) -> None:
    """Three packages, with a version of each."""
    for name in ("anvil", "bellows", "tongs"):
        package = store.insert("packages", {"name": name, "summary": f"The {name}.", "homepage": ""})
        url = f"https://files.example.org/{name}/{name}-1.0.tar.gz"
        store.insert(
            "versions",
            {
                "package_id": package["id"],
                "number": "1.0",
                "notes": "",
                "download_url": url,
                "signature_url": f"{url}.asc",
                "yanked": False,
            },
        )


def _as_json(row: sqlite3.Row) -> Row:
    whole = dict(row)
    return {**whole, "yanked": bool(whole["yanked"])} if "yanked" in whole else whole
