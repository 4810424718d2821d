"""Which URLs a build stores. The rule is data, so a build states it and the document repeats it."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.demo.resources import Field, Resource, Row

RELEASE_HOST = "https://www.python.org/"
PLAIN_HOST = "http://www.python.org/"


@dataclass(frozen=True, slots=True)
class UrlRule:
    """What the URLs of release files must look like; other URLs have no rule in any build."""

    start: str = ""
    """The exact beginning of every URL that is not empty; empty for no rule at all."""

    def governs(self, field: Field) -> bool:
        """Whether the rule has a say about this field: the artifact's URL and those of its sidecars."""
        return bool(self.start) and field.kind == "url" and (field.unique or bool(field.suffix))

    def complaints(self, resource: Resource, row: Row, before: Row | None = None) -> dict[str, list[str]]:
        """What is wrong with the URLs of a row, by field; a plain http URL may stay where it was `before`."""
        kept = before or {}
        found = {field.name: list(self._faults(field, row, kept)) for field in resource.fields if self.governs(field)}
        return {name: faults for name, faults in found.items() if faults}

    def _faults(self, field: Field, row: Row, before: Row) -> Iterator[str]:
        value = row[field.name]
        kept = value == before.get(field.name) and str(value).startswith(PLAIN_HOST)
        if value and not kept and not str(value).startswith(self.start):
            yield f"The URL has to start with {self.start}"
        # The service compares a sidecar with its artifact only where there is an artifact.
        if value and field.suffix and row["url"] and value != f"{row['url']}{field.suffix}":
            yield f"The URL has to be that of the file with {field.suffix} after it."
