"""The database: three tables in SQLite, numbered as Django numbers them, with the constraints of the real ones."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.demo.resources import INT32, RELEASE_FILE, RESOURCES, TEXT_LIMIT, Field, Resource, Row, Value

Rows = list[dict[str, Value]]


@dataclass(frozen=True, slots=True)
class Condition:
    """Which rows of one table are meant."""

    sql: str = "1"
    """An SQL expression."""
    values: tuple[Value, ...] = ()
    """What its question marks stand for."""

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(f"({self.sql}) AND ({other.sql})", (*self.values, *other.values))


EVERY = Condition()


class Store:
    """The rows of one server."""

    def __init__(self, path: Path) -> None:
        """Open the database of this path, or begin one."""
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        for setting in ("journal_mode = WAL", "synchronous = OFF", "foreign_keys = ON"):
            self._connection.execute(f"PRAGMA {setting}")

    @property
    def empty(self) -> bool:
        """Whether the tables are still to be made."""
        return self._connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None

    def define(self) -> None:
        """Make the tables."""
        for statement in _definitions():
            self._connection.execute(statement)

    def restrict(self, starts: Sequence[str]) -> None:
        """Take the URLs of files from now on only where they are empty or begin with one of `starts`, if there are any.

        The constraint belongs to the build that is served and not to the file, which may have come from another.
        """
        if starts:
            for event in ("INSERT", "UPDATE"):
                self._connection.execute(_url_trigger(event, starts))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block's changes or, when it raises, none."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def count(self, resource: Resource, condition: Condition = EVERY) -> int:
        """How many rows are meant."""
        sql = f"SELECT count(*) FROM {resource.name} WHERE {condition.sql}"
        return int(self._connection.execute(sql, condition.values).fetchone()[0])

    def select(self, resource: Resource, condition: Condition, limit: int, offset: int) -> Rows:
        """At most `limit` of the rows meant, by number."""
        sql = f"SELECT * FROM {resource.name} WHERE {condition.sql} ORDER BY id LIMIT ? OFFSET ?"
        return [dict(row) for row in self._connection.execute(sql, (*condition.values, limit, offset))]

    def get(self, resource: Resource, identifier: int) -> dict[str, Value] | None:
        """One row by its number."""
        found = self.select(resource, Condition("id = ?", (identifier,)), 1, 0)
        return found[0] if found else None

    def insert(self, resource: Resource, row: Row) -> int:
        """Add a row, under its own number where it has one; returns the number."""
        columns = ", ".join(row)
        marks = ", ".join("?" * len(row))
        sql = f"INSERT INTO {resource.name} ({columns}) VALUES ({marks})"
        identifier = self._connection.execute(sql, tuple(row.values())).lastrowid
        assert identifier is not None
        self._keep_one_latest(resource, identifier, row)
        return identifier

    def update(self, resource: Resource, identifier: int, row: Row) -> None:
        """Overwrite the columns named in `row`."""
        assignments = ", ".join(f"{column} = ?" for column in row)
        sql = f"UPDATE {resource.name} SET {assignments} WHERE id = ?"
        self._connection.execute(sql, (*row.values(), identifier))
        self._keep_one_latest(resource, identifier, row)

    def delete(self, resource: Resource, condition: Condition) -> None:
        """Remove the rows meant, and the files that hang on them."""
        self._connection.execute(f"DELETE FROM {resource.name} WHERE {condition.sql}", condition.values)

    def _keep_one_latest(self, resource: Resource, identifier: int, row: Row) -> None:
        if row.get("is_latest"):
            sql = f"UPDATE {resource.name} SET is_latest = 0 WHERE is_latest AND version = ? AND id <> ?"
            self._connection.execute(sql, (row["version"], identifier))


def _definitions() -> Iterator[str]:
    for resource in RESOURCES.values():
        columns: Sequence[str] = [f"{field.column} {_column_type(field)}" for field in resource.fields]
        yield f"CREATE TABLE {resource.name} (id INTEGER PRIMARY KEY AUTOINCREMENT, {', '.join(columns)})"
    yield "CREATE UNIQUE INDEX one_button ON release_file (os_id, release_id) WHERE download_button"


def _url_trigger(event: str, starts: Sequence[str]) -> str:
    fields = [f"NEW.{field.name}" for field in RELEASE_FILE.fields if field.kind == "url"]
    tests = [[f"substr({name}, 1, {len(start)}) = '{start}'" for start in starts] for name in fields]
    fits = " AND ".join(f"({name} = '' OR {' OR '.join(test)})" for name, test in zip(fields, tests, strict=True))
    name = f"url_start_{event.lower()}"
    raised = "SELECT RAISE(ABORT, 'a URL is on the wrong host')"
    return f"CREATE TEMP TRIGGER {name} BEFORE {event} ON main.release_file WHEN NOT ({fits}) BEGIN {raised}; END"


def _column_type(field: Field) -> str:
    match field.kind:
        case "link":
            return f"INTEGER NOT NULL REFERENCES {field.to} (id) ON DELETE CASCADE"
        case "integer":
            in_range = f"{field.name} BETWEEN {-INT32} AND {INT32 - 1}"
            return f"INTEGER NOT NULL CHECK (typeof({field.name}) = 'integer' AND {in_range})"
        case "boolean":
            return f"INTEGER NOT NULL CHECK ({field.name} IN (0, 1))"
        case _:
            # SQLite counts the characters before a NUL only, and PostgreSQL, which the service runs on, stores none.
            limit = f" AND length({field.name}) <= {TEXT_LIMIT}" if field.bounded else ""
            unique = " UNIQUE" if field.unique else ""
            return f"TEXT NOT NULL{unique} CHECK (instr({field.name}, char(0)) = 0{limit})"
