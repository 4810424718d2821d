"""The lab as its parent knows it."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..serving import rows_of, served
from .accounts import KEY_VARIABLES, SESSION_VARIABLE, TOKEN_VARIABLES, fresh

TABLES = ("os", "release", "release_file")


@dataclass(frozen=True, slots=True)
class DjangoLab:
    """A running server."""

    base_url: str
    """http://127.0.0.1:PORT, without a final slash."""
    fixes: str
    """The repairs it has, as `--fixes` takes them."""
    defect: str | None
    """The name of one more mistake; None for none."""
    database: Path
    """Its SQLite file, which `snapshot` reads."""
    environment: Mapping[str, str] = field(repr=False)
    """Keys, tokens and the session by the variable that carries each."""

    @classmethod
    @contextmanager
    def start(cls, fixes: str = "none", defect: str | None = None) -> Iterator["DjangoLab"]:
        """Serve, on a new database, for the length of the block. RuntimeError when it does not come up."""
        keys = fresh()
        with tempfile.TemporaryDirectory(prefix="holdfast-lab-") as folder:
            database = Path(folder, "lab.sqlite3")
            arguments = ["--fixes", fixes, "--database", str(database), *(["--defect", defect] if defect else [])]
            with served(__package__, arguments, keys) as base_url:
                yield cls(base_url, fixes, defect, database, keys)

    def v1(self, username: str) -> dict[str, str]:
        """The header with which this user signs a request to v1; KeyError for one without key."""
        return {"Authorization": f"ApiKey {username}:{self.environment[KEY_VARIABLES[username]]}"}

    def v2(self, username: str) -> dict[str, str]:
        """The header with which this user signs a request to v2; KeyError for one without token."""
        return {"Authorization": f"Token {self.environment[TOKEN_VARIABLES[username]]}"}

    @property
    def session(self) -> dict[str, str]:
        """The header of the staff user's browser."""
        return {"Cookie": f"sessionid={self.environment[SESSION_VARIABLE]}"}

    def snapshot(self) -> dict[str, list[dict[str, object]]]:
        """Every row of every table, ordered by number, read past the server."""
        return rows_of(self.database, TABLES, order="id")
