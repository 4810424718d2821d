"""One request as the stages of the dispatcher see it, and the answer that ends it early."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.responses import Response

from harness.demo.accounts import GUEST, Account

FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Call:
    """A request on its way through the stages; only `user` changes on the way."""

    method: str
    """In capitals, after any override header."""
    item: str | None
    """The last segment of an item's path as sent; None on a list."""
    authorization: str = field(repr=False)
    """The Authorization header; several are joined by commas, as WSGI servers do; empty when absent."""
    query: Mapping[str, list[str]] = field(repr=False)
    """Query parameters with all their values, blank ones included."""
    media_type: str
    """Content type without parameters, in lower case; empty when absent."""
    body: bytes = field(repr=False)
    """The body as sent."""
    user: Account = GUEST
    """Whom the call speaks for."""

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


def parameters(encoded: str) -> dict[str, list[str]]:
    """The parameters of a query string or an encoded form, in the order sent."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


def last(values: Mapping[str, list[str]], name: str) -> str:
    """The last value of a parameter, as Django reads it; empty when absent."""
    return values.get(name, [""])[-1]
