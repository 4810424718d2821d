"""One request as the stages of the dispatcher see it, and the answer that ends it early."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from harness.demo.accounts import GUEST, Account

FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Call:
    """A request on its way through the stages; only `user` and an overridden `method` change on the way."""

    method: str
    """In capitals."""
    override: str
    """The method that an override header asks for, in capitals; empty when it asks for none."""
    origin: str
    """Scheme and host as the client wrote them, http://HOST:PORT."""
    item: str | None
    """The last segment of an item's path as sent; None on a list."""
    authorization: str = field(repr=False)
    """The Authorization header; several are joined by commas, as WSGI servers do; empty when absent."""
    session: str = field(repr=False)
    """The session cookie; empty when absent."""
    accept: str
    """The Accept header; empty when absent."""
    query: Mapping[str, list[str]] = field(repr=False)
    """Query parameters with all their values, blank ones included."""
    content_type: str
    """The Content-Type header; empty when absent."""
    body: bytes = field(repr=False)
    """The body as sent."""
    user: Account = GUEST
    """Whom the call speaks for."""

    @property
    def media_type(self) -> str:
        """Content type without parameters, in lower case; empty when absent."""
        return self.content_type.partition(";")[0].strip().lower()

    def sent(self, name: str) -> str:
        """The last value of a query parameter, or else of a form field; empty when there is neither."""
        return last(self.query, name) or last(self._form(), name)

    def carries(self, name: str) -> bool:
        """Whether the query or a form names this parameter at all."""
        return name in self.query or name in self._form()

    def _form(self) -> Mapping[str, list[str]]:
        return parameters(self.body.decode("latin-1")) if self.media_type == FORM else {}


class Refusal(Exception):
    """A stage ended the call with this response."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


async def call_from(request: Request) -> Call:
    """What a request says."""
    host = request.headers.get("host") or ":".join(str(part) for part in request.scope["server"])
    return Call(
        method=request.method,
        override=request.headers.get("x-http-method-override", "").upper(),
        origin=f"{request.url.scheme}://{host}",
        item=request.path_params.get("id"),
        authorization=",".join(request.headers.getlist("authorization")),
        session=request.cookies.get("sessionid", ""),
        accept=",".join(request.headers.getlist("accept")),
        query=parameters(request.url.query),
        content_type=request.headers.get("content-type", ""),
        body=await request.body(),
    )


def parameters(encoded: str) -> dict[str, list[str]]:
    """The parameters of a query string or an encoded form, in the order sent."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


def last(values: Mapping[str, list[str]], name: str) -> str:
    """The last value of a parameter, as Django reads it; empty when absent."""
    return values.get(name, [""])[-1]
