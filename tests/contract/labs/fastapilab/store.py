"""Releases and their files, in memory."""

import uuid
from collections.abc import Mapping
from typing import Any

from .rules import FILES, SIGNATURE

Row = dict[str, Any]


class Store:
    """The rows of one index, by kind and id, oldest first."""

    def __init__(self) -> None:
        """Begin with two releases, each with a file."""
        self.tables: dict[str, dict[str, Row]] = {"releases": {}, "files": {}}
        for version, shown in (("1.0", True), ("2.0rc1", False)):
            release = {
                "version": version,
                "notes": "",
                "published": shown,
                "changelog_url": "",
                "yanked": False,
                "owner": "second",
            }
            key = self.insert("releases", release)
            url = f"{FILES}{version}.tar.gz"
            file = {"name": f"{version}.tar.gz", "description": "", "url": url, "signature_url": url + SIGNATURE}
            self.insert("files", {"release": key, **file})

    def insert(self, table: str, row: Mapping[str, Any]) -> str:
        """Keep a row, and return its new id."""
        key = str(uuid.uuid4())
        self.tables[table][key] = dict(row)
        return key

    def remove(self, table: str, key: str) -> None:
        """Forget a row, and the files of a release with it."""
        del self.tables[table][key]
        for file in [name for name, row in self.tables["files"].items() if row["release"] == key]:
            del self.tables["files"][file]
