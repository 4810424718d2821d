"""The index as its parent knows it."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..serving import rows_of, served
from .accounts import TOKEN_VARIABLES, fresh
from .defects import DEFECTS
from .store import TABLES


@dataclass(frozen=True, slots=True)
class FlaskLab:
    """A running server."""

    base_url: str
    """http://127.0.0.1:PORT, without a final slash; the OpenAPI document is at `/openapi.json`."""
    defect: str | None
    """The name of its mistake; None for the right one."""
    database: Path
    """Its SQLite file, which `rows` reads."""
    environment: Mapping[str, str] = field(repr=False)
    """The users' tokens by the variable that carries each."""

    @classmethod
    @contextmanager
    def start(cls, defect: str | None = None) -> Iterator["FlaskLab"]:
        """Serve, on a new database, for the length of the block.

        KeyError for a defect that is none of `DEFECTS`, RuntimeError when the server does not come up.
        """
        if defect is not None and defect not in DEFECTS:
            raise KeyError(defect)
        tokens = fresh()
        with tempfile.TemporaryDirectory(prefix="holdfast-lab-") as folder:
            database = Path(folder, "lab.sqlite3")
            arguments = ["--database", str(database), *(["--defect", defect] if defect else [])]
            with served(__package__, arguments, tokens) as base_url:
                yield cls(base_url, defect, database, tokens)

    def token(self, user: str) -> str:
        """The token of a user; KeyError for one without."""
        return self.environment[TOKEN_VARIABLES[user]]

    def authorization(self, user: str) -> dict[str, str]:
        """The header with which this user signs a request."""
        return {"Authorization": f"Bearer {self.token(user)}"}

    def rows(self) -> dict[str, list[dict[str, object]]]:
        """Every row of every table, oldest first, read past the server."""
        return rows_of(self.database, TABLES, order="rowid")
