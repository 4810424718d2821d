"""A target as the rest of Holdfast sees it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field as Word
from pydantic import PrivateAttr

from harness import documents
from harness.config import messages, shapes
from harness.config.accepting import Acceptance
from harness.config.objects import Resource
from harness.config.ways import Account, Auth
from harness.config.words import Denial, Guarded, Limits, Operations, Policy, Source, Statuses, Tls, Urls, Words
from harness.documents import Document, Pointer
from harness.errors import Problem
from harness.model import Identity, Json

REMOTE_RATE, REMOTE_LINES, LOCAL_LINES = 10.0, 4, 16
FAILURES = 300
"""Refusals after which a name is left alone, unless the target says otherwise."""
REQUESTS, REQUESTS_EACH = 20_000, 20
"""Requests of a run at most, and for each of its probes where that is more, unless the target says otherwise."""


def _source(value: Json) -> Json:
    if isinstance(value, str):
        return {"from": value}
    if not isinstance(value, dict):
        raise shapes.fault("must be a file beside this one, a path under base_url, or {from: /path, as: identity}")
    return value


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a target came from."""

    source: Path
    labels: Mapping[Pointer, str]
    """Secret place -> name of what stands there."""
    data: Json = field(repr=False)
    """The file as written, with the base URL in force, the authority by its whole path, and `${LABEL}` in place of
    every key."""
    places: Document = field(repr=False)
    """Where everything stands in the file."""


class Target(Words):
    """Everything that a target file says, checked. Made by `load` only."""

    version: Literal[1] = Word(examples=[1])
    name: shapes.Text = Word(examples=["staging"])
    base_url: shapes.Url = Word(examples=["http://127.0.0.1:8000"])
    document: Annotated[Source, shapes.Short(_source, ("type", "string"))] = Word(
        alias="openapi", examples=["openapi.yaml"]
    )
    environment: Literal["local", "staging", "production"] = "staging"
    tls: Tls | None = None
    proof: shapes.Token | None = Word(default=None, examples=["${HOLDFAST_PROOF}"])
    """What the owner serves on the target to say that it may be tested; without it, only this machine is."""
    auth: Mapping[shapes.Named, Auth] = {}
    """Empty: to be inferred from the document."""
    accounts: Mapping[shapes.IdentityName, Account] = Word(default={}, alias="identities")
    """The entries of `identities` as written."""
    public: tuple[shapes.Pattern, ...] | None = None
    """What guests may do; None: not said."""
    protected: tuple[Annotated[Guarded, shapes.in_short("operation")], ...] = ()
    expect: Statuses = Statuses()
    denied_when: tuple[Denial, ...] = ()
    resources: Mapping[shapes.FieldName, Resource] = {}
    fixtures: Mapping[shapes.Text, Json] = {}
    """Ids of what exists, by parameter, or by operation and parameter."""
    parameters: Mapping[shapes.Text, Json] = {}
    """Values of query and header parameters, by parameter, or by operation and parameter."""
    operations: Operations = Operations()
    urls: Urls = Urls()
    limits: Limits = Limits()
    policy: Policy = Policy()
    accept: tuple[Acceptance, ...] = ()
    """Findings that do not fail a run for a while."""
    disposable: shapes.Flag = False
    """Whether all that is on it may be lost."""

    _origin: Origin = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Keep where the file came from, which `load` hands over."""
        self._origin = context

    @property
    def reads_only(self) -> bool:
        """Whether nothing may be written there."""
        return self.environment == "production"

    @property
    def source(self) -> Path:
        """The target file."""
        return self._origin.source

    def problems(self, wrong: Iterable[tuple[Pointer, str]]) -> list[Problem]:
        """What is wrong at places of the file and shows only beside the document, in the order of the file."""
        places = self._origin.places
        return [
            Problem(places.where(place), f"{messages.dotted(place)}: {what}")
            for place, what in sorted(wrong, key=lambda one: places.nearest(one[0]))
        ]

    @property
    def openapi(self) -> str:
        """A file beside the target file, or a path under the base URL that begins with `/`."""
        return self.document.from_

    @property
    def document_file(self) -> Path | None:
        """The OpenAPI document's file; None where the target serves it."""
        return None if self.openapi.startswith("/") else self.source.parent / self.openapi

    @property
    def ca(self) -> Path | None:
        """The file of the authorities to trust; None for those of the system."""
        return self.source.parent / self.tls.ca if self.tls else None

    @property
    def rate(self) -> float | None:
        """Requests a second at most; None for as fast as they are answered, which only one's own machine is asked to
        bear."""
        return self.limits.rate or (None if self.base_url.is_loopback else REMOTE_RATE)

    @property
    def concurrency(self) -> int:
        """Requests under way at once, at most."""
        return self.limits.concurrency or (LOCAL_LINES if self.base_url.is_loopback else REMOTE_LINES)

    def requests(self, probes: int = 0) -> int:
        """Requests that a run of so many probes may send. An API that lets much in costs several for each, to find out
        which of them got in and to remove what they made."""
        return self.limits.requests or max(REQUESTS, REQUESTS_EACH * probes)

    @property
    def failures(self) -> int | None:
        """Refusals that an identity's name may meet in one run; None for any number: nobody else is locked out of one's
        own machine."""
        return self.limits.failures_per_identity or (None if self.base_url.is_loopback else FAILURES)

    @property
    def document_path(self) -> str | None:
        """Path, prefix included, at which the target serves its document; None where it is a file."""
        return self.base_url.prefix + self.openapi if self.openapi.startswith("/") else None

    @property
    def logins(self) -> tuple[str, ...]:
        """The operations by which tokens and sessions are got and renewed."""
        ways = [one.login for one in self.auth.values() if one.login]
        return tuple(
            one for way in ways for one in (way.operation, way.refresh.operation if way.refresh else "") if one
        )

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Every account that exists, in the order of the file."""
        return tuple(
            self.identity(name) for name, account in self.accounts.items() if not account.of and not account.resource
        )

    @property
    def sessions(self) -> tuple[Identity, ...]:
        """Every session of another identity: the same account, entering by another way."""
        return tuple(self.identity(name) for name, account in self.accounts.items() if account.of)

    @property
    def made(self) -> tuple[Identity, ...]:
        """Every account that a run makes for itself; it has no credential yet."""
        return tuple(self.identity(name) for name, account in self.accounts.items() if account.resource)

    def identity(self, name: str) -> Identity:
        """The identity of that name. Raises KeyError where there is none."""
        account = self.accounts[name]
        owner = self.accounts[account.of] if account.of else account
        session = account.cookies
        return Identity(
            name=name,
            username=owner.username,
            key=session[0][1] if session else owner.secret,
            privileged=owner.privileged,
            state=account.state,
            auth=session_channel(session[0][0]) if session else account.auth or next(iter(self.auth), ""),
            may=account.may,
            alive=account.alive,
            cookies=session,
            of=account.of or "",
            throwaway=account.throwaway,
            resource=account.resource or "",
        )

    def fixtures_of(self, operation: str) -> dict[str, Json]:
        """Real ids for the parameters of `METHOD /path`; those told for it alone take the place of the others."""
        general = {name: value for name, value in self.fixtures.items() if not isinstance(value, Mapping)}
        own = self.fixtures.get(operation)
        return {**general, **(own if isinstance(own, Mapping) else {})}

    def fixture(self, operation: str, parameter: str) -> str | None:
        """The id that stands for a parameter in reads of `METHOD /path`, as text; None where the file gives none."""
        found = self.fixtures_of(operation).get(parameter)
        return None if found is None else str(found)

    @property
    def variables(self) -> dict[str, str]:
        """Name that a secret goes by: under the identity for its key, or for the cookie that is its key, and for every
        cookie under `IDENTITY cookie:NAME`."""
        found: dict[str, str] = {}
        for (_, name, _, *cookie), label in self._origin.labels.items():
            found.setdefault(str(name), label)
            if cookie:
                found[f"{name} cookie:{cookie[0]}"] = label
        for name, account in self.accounts.items():
            if account.of in found:
                found.setdefault(name, found[account.of])
        return found

    def secrets(self) -> dict[str, str]:
        """Name -> secret, for redaction and for printing `$NAME` instead."""
        return {label: self._secret(place) for place, label in self._origin.labels.items()}

    def _secret(self, place: Pointer) -> str:
        _, name, _, *cookie = place
        account = self.accounts[str(name)]
        secret = dict(account.cookies)[str(cookie[0])] if cookie else account.key
        return secret.reveal() if secret else ""

    @property
    def text(self) -> str:
        """The file without secrets, to be kept with a report; it loads again with `secrets()` as the environment.

        Comments are left out: an old key in one would be known to nobody.
        """
        return documents.render(self._origin.data)


def session_channel(cookie: str) -> str:
    """Name of the channel that carries a session's cookie; no entry of `auth` can have it."""
    return f"cookie:{cookie}"
