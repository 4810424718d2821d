"""From the JSON of a request to the columns of a row, or to what is wrong with it."""

from collections.abc import Iterator, Mapping

from .store import FIELDS

DEFAULTS: Mapping[str, Mapping[str, object]] = {
    "packages": {"summary": "", "homepage": ""},
    "versions": {"notes": "", "signature_url": "", "yanked": False},
}
LIMIT = 300

Faults = dict[str, str]


def columns(table: str, body: object, *, whole: bool) -> tuple[dict[str, object], Faults]:
    """The columns that a body sets, and faults by field. A whole body leaves out only what has a default."""
    if not isinstance(body, dict):
        return {}, {"body": "has to be a JSON object"}
    row = {**(DEFAULTS[table] if whole else {}), **{name: body[name] for name in FIELDS[table] if name in body}}
    missing = {name: "is missing" for name in FIELDS[table] if whole and name not in row}
    faults = missing | dict(_faults(row))
    return row, faults or ({} if row else {"body": "sets nothing"})


def _faults(row: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if name == "yanked":
            if not isinstance(value, bool):
                yield name, "has to be true or false"
        elif not isinstance(value, str) or len(value) > LIMIT:
            yield name, f"has to be a text of at most {LIMIT} characters"
        elif name in ("name", "number", "download_url") and not value.strip():
            yield name, "may not be blank"
