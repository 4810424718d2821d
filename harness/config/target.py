"""A target as the rest of Holdfast sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field as Word
from pydantic import PrivateAttr

from harness import documents
from harness.config import shapes
from harness.config.words import Account, Auth, Denial, Limits, Operations, Resource, Statuses, Urls, Words
from harness.model import Identity, Json


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a target came from."""

    source: Path
    labels: Mapping[str, str]
    """Identity -> name of its key, for those that have one."""
    data: Json = field(repr=False)
    """The file as written, with the base URL in force and `${LABEL}` in place of every key."""


class Target(Words):
    """Everything that a target file says, checked. Made by `load` only."""

    version: Literal[1] = Word(examples=[1])
    name: shapes.Text = Word(examples=["staging"])
    base_url: shapes.Url = Word(examples=["http://127.0.0.1:8000"])
    openapi: shapes.DocumentPlace = Word(examples=["openapi.yaml"])
    """A file beside the target file, or a path under the base URL that begins with `/`."""
    environment: Literal["local", "staging", "production"] = "staging"
    auth: Mapping[shapes.Named, Auth] = {}
    """Empty: to be inferred from the document."""
    accounts: Mapping[shapes.IdentityName, Account] = Word(default={}, alias="identities")
    """The entries of `identities` as written."""
    public: tuple[shapes.Pattern, ...] | None = None
    """What guests may do; None: not said."""
    expect: Statuses = Statuses()
    denied_when: tuple[Denial, ...] = ()
    resources: Mapping[shapes.FieldName, Resource] = {}
    operations: Operations = Operations()
    urls: Urls = Urls()
    limits: Limits = Limits()

    _origin: Origin = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Keep where the file came from, which `load` hands over."""
        self._origin = context

    @property
    def source(self) -> Path:
        """The target file."""
        return self._origin.source

    @property
    def document_file(self) -> Path | None:
        """The OpenAPI document's file; None where the target serves it."""
        return None if self.openapi.startswith("/") else self.source.parent / self.openapi

    @property
    def document_path(self) -> str | None:
        """Path, prefix included, at which the target serves its document; None where it is a file."""
        return self.base_url.prefix + self.openapi if self.openapi.startswith("/") else None

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Every identity, in the order of the file."""
        return tuple(self.identity(name) for name in self.accounts)

    def identity(self, name: str) -> Identity:
        """The identity of that name. Raises KeyError where there is none."""
        account = self.accounts[name]
        return Identity(
            name=name,
            username=account.username,
            key=account.key,
            privileged=account.privileged,
            state=account.state,
            auth=account.auth or next(iter(self.auth), ""),
            may=account.may,
            alive=account.alive,
        )

    @property
    def variables(self) -> dict[str, str]:
        """Identity -> name that its key goes by, for those that have a key."""
        return dict(self._origin.labels)

    def secrets(self) -> dict[str, str]:
        """Name -> key, for redaction and for printing `$NAME` instead."""
        return {label: key.reveal() for name, label in self._origin.labels.items() if (key := self.accounts[name].key)}

    @property
    def text(self) -> str:
        """The file without secrets, to be kept with a report; it loads again with `secrets()` as the environment.

        Comments are left out: an old key in one would be known to nobody.
        """
        return documents.render(self._origin.data)
