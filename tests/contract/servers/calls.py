"""One request as masks see it: who sent it, and what it asks for."""

import hmac
import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from werkzeug import Request
from werkzeug.datastructures import Headers, MultiDict

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CALL = "workshop.call"
"""Where the WSGI environment holds the `Call`."""
CONNECTION = "workshop.connection"
"""Where it holds the number of the connection."""


class Standing(Enum):
    """What a credential is worth."""

    GUEST = auto()
    """None was sent."""
    REFUSED = auto()
    """One was sent, and it is no good."""
    ORDINARY = auto()
    """Reads only."""
    PRIVILEGED = auto()
    """Reads and writes."""


class Accounts:
    """`admin` and `second` may write, `plain` and `peer` may read, `keyless` may write but has no key to do it with."""

    privileged = frozenset({"admin", "second", "keyless"})

    def __init__(self) -> None:
        self.keys: Mapping[str, str] = {name: secrets.token_hex(20) for name in ("admin", "second", "plain", "peer")}

    def judge(self, username: str | None, key: str | None) -> Standing:
        """The standing of a credential that was sent."""
        known = self.keys.get(username or "")
        if username is None or key is None or known is None or not hmac.compare_digest(key.encode(), known.encode()):
            return Standing.REFUSED
        return Standing.PRIVILEGED if username in self.privileged else Standing.ORDINARY


@dataclass(frozen=True, slots=True)
class Call:
    """A request on its way to the application. A mask passes on a changed copy to have it treated otherwise."""

    method: str
    path: str
    """Decoded, without the query."""
    standing: Standing
    username: str | None
    """As claimed in the Authorization header, with whatever key."""
    key: str | None = field(repr=False)
    query: MultiDict[str, str] = field(repr=False)
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    source: "WSGIEnvironment" = field(repr=False)
    """The environment that the request came with."""
    as_of: float | None = None
    """The moment whose state a read shows; by default the present."""
    slash: str = ""
    """What ends the paths in the answer."""

    @classmethod
    def of(cls, environ: "WSGIEnvironment", accounts: Accounts) -> "Call":
        """Read a request to its end. Raises OSError where the body breaks off."""
        request = Request(environ)
        authorization = environ.get("HTTP_AUTHORIZATION")
        username, key = _claim(authorization or "")
        return cls(
            method=request.method,
            path=request.path,
            standing=Standing.GUEST if authorization is None else accounts.judge(username, key),
            username=username,
            key=key,
            query=request.args,
            headers=Headers(request.headers),
            body=request.get_data(),
            source=environ,
        )

    @property
    def writes(self) -> bool:
        """Whether the method is one that changes things."""
        return self.method in {"POST", "PUT", "PATCH", "DELETE"}

    @property
    def other(self) -> bool:
        """Whether this is anybody but the holder of a valid privileged key."""
        return self.standing is not Standing.PRIVILEGED

    @property
    def others_write(self) -> bool:
        """Whether this is what a correct server refuses."""
        return self.other and self.writes

    def trusted(self) -> "Call":
        """The same, as if a privileged user had sent it."""
        return replace(self, standing=Standing.PRIVILEGED)

    def environ(self) -> "WSGIEnvironment":
        """The environment to hand to the application; the body can be read again."""
        environ = {
            **self.source,
            "PATH_INFO": self.path.encode().decode("latin-1"),
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.input": io.BytesIO(self.body),
            CALL: self,
        }
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        return environ


def _claim(authorization: str) -> tuple[str | None, str | None]:
    scheme, _, credential = authorization.partition(" ")
    if scheme.lower() != "apikey":
        return None, None
    username, colon, key = credential.partition(":")
    return username, key if colon else None
