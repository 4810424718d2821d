"""The three resources as data: tables, bodies, replies, filters and the OpenAPI document follow from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

PREFIX = "/api/v1/downloads/"
TEXT_LIMIT = 200
INT32 = 2**31
STAMP = "%Y-%m-%dT%H:%M:%S"
"""How a moment is stored, in UTC."""

Value = str | int | None
Row = Mapping[str, Value]
Kind = Literal["string", "slug", "url", "integer", "boolean", "datetime", "link"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a resource."""

    name: str
    """Name in JSON."""
    kind: Kind = "string"
    """What the field holds."""
    default: Value = ""
    """Stored where a create leaves the field out; a datetime without default gets the present."""
    required: bool = False
    """Said to be required by the document; the API itself insists on links only."""
    unique: bool = False
    """No two rows may hold the same value."""
    bounded: bool = True
    """Text is limited to `TEXT_LIMIT` characters."""
    to: str = ""
    """The resource that a link names."""
    suffix: str = ""
    """For the URL of a sidecar: what it adds to the URL of its artifact."""
    lookups: tuple[str, ...] = ()
    """The ways in which a list of the first API can be filtered by this field."""
    choices: tuple[int, ...] = ()
    """The values that the second API takes; empty where it takes any."""

    @property
    def initial(self) -> Value:
        """What a new row holds where nothing was sent."""
        return datetime.now(UTC).strftime(STAMP) if self.kind == "datetime" else self.default

    @property
    def column(self) -> str:
        """Name in the database."""
        return f"{self.name}_id" if self.kind == "link" else self.name


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of object."""

    name: str
    """Name in paths, and of the table."""
    title: str
    """Name in the document."""
    model: str
    """Name in the messages of the second API."""
    fields: tuple[Field, ...]
    """Fields in the order of the replies."""
    hides_unpublished: bool = False
    """Rows that are not published are for staff."""

    @property
    def list_path(self) -> str:
        """Path of the list in the first API."""
        return f"{PREFIX}{self.name}/"

    def item_path(self, identifier: object) -> str:
        """Path of one object; also what a reply calls its `resource_uri`."""
        return f"{self.list_path}{identifier}/"

    def links(self) -> Iterator[Field]:
        """The fields that name another object."""
        return (field for field in self.fields if field.kind == "link")


def _sidecar(name: str, suffix: str) -> Field:
    return Field(name, "url", suffix=suffix)


_EXACT = ("exact",)
_NAMES = (
    Field("name", required=True, lookups=_EXACT),
    Field("slug", "slug", required=True, unique=True, lookups=_EXACT),
)

OS = Resource("os", "Os", "OS", _NAMES)
RELEASE = Resource(
    "release",
    "Release",
    "Release",
    (
        *_NAMES,
        Field("version", "integer", 3, lookups=("exact", "startswith"), choices=(1, 2, 3, 100)),
        Field("is_latest", "boolean", 0),
        Field("is_published", "boolean", 0, lookups=_EXACT),
        Field("pre_release", "boolean", 0, lookups=_EXACT),
        Field("show_on_download_page", "boolean", 1),
        Field("release_date", "datetime", None),
        Field("release_notes_url", "url"),
    ),
    hides_unpublished=True,
)
RELEASE_FILE = Resource(
    "release_file",
    "ReleaseFile",
    "ReleaseFile",
    (
        *_NAMES,
        Field("os", "link", None, required=True, to="os", lookups=_EXACT),
        Field("release", "link", None, required=True, to="release", lookups=_EXACT),
        Field("description", bounded=False, lookups=("contains",)),
        Field("is_source", "boolean", 0),
        Field("url", "url", required=True, unique=True),
        _sidecar("gpg_signature_file", ".asc"),
        _sidecar("sigstore_signature_file", ".sig"),
        _sidecar("sigstore_cert_file", ".crt"),
        _sidecar("sigstore_bundle_file", ".sigstore"),
        _sidecar("sbom_spdx2_file", ".spdx.json"),
        Field("md5_sum"),
        Field("sha256_sum"),
        Field("filesize", "integer", 0),
        Field("download_button", "boolean", 0),
    ),
)
RESOURCES: Mapping[str, Resource] = {resource.name: resource for resource in (OS, RELEASE, RELEASE_FILE)}
