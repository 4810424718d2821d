"""Which URLs of a release file are right, after the repair that looks at them before the database does."""

from collections.abc import Iterator, Mapping

HOST = "https://www.python.org/"
TOLERATED = ("http://www.python.org/", HOST)
"""Beginnings that the database's constraint lets through: rows from before https are still there."""

SUFFIXES: Mapping[str, str] = {
    "gpg_signature_file": ".asc",
    "sigstore_signature_file": ".sig",
    "sigstore_cert_file": ".crt",
    "sigstore_bundle_file": ".sigstore",
    "sbom_spdx2_file": ".spdx.json",
}
"""What each sidecar's URL adds to that of its artifact."""

FIELDS = ("url", *SUFFIXES)


def complaints(values: Mapping[str, object], before: Mapping[str, object]) -> dict[str, list[str]]:
    """What is wrong with the URLs of a file, by field; `before` is the row as stored, empty for a new one."""
    found = {name: list(_faults(name, values, before)) for name in FIELDS}
    return {name: faults for name, faults in found.items() if faults}


def _faults(name: str, values: Mapping[str, object], before: Mapping[str, object]) -> Iterator[str]:
    value, artifact = values.get(name), values.get("url")
    if not value:
        return
    if not str(value).startswith(HOST) and value != before.get(name):
        yield f"This address has to begin with {HOST}"
    if name in SUFFIXES and artifact and value != f"{artifact}{SUFFIXES[name]}":
        yield f"This address has to be the file's own with {SUFFIXES[name]} at its end."
