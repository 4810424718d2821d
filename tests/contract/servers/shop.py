"""The application with the places where a mask can take hold."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from werkzeug import Response

from .api import create_app
from .calls import Accounts, Call
from .document import document
from .record import Record
from .resources import Rules
from .store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Handler: TypeAlias = Callable[[Call], Response]


@dataclass(frozen=True, slots=True)
class Settings:
    """The numbers of those masks that have some; times in seconds."""

    late_effect: float = 2.0
    """`late_effect`: how old the state is that reads show."""
    late_bypass: float = 1.0
    """`late_bypass_only`: how long others' writes wait."""
    cache_age: int = 30
    """`cached_reader`: how old the state is that reads show."""
    lockout_after: int = 10
    """`lockout`: failed authentications of a name that lock it."""
    rate_limit: int = 50
    """`rate_limit`: requests of all callers together that one window takes."""
    rate_window: float = 1.0
    """`rate_limit`: length of a window."""
    clock: Callable[[], float] = time.monotonic
    """What all of them go by."""


class Shop:
    """A WSGI application. Masks wrap `handle`, exchange `rules`, and add to `edits` and `settlers`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.accounts = Accounts()
        self.store = Store(settings.clock)
        self.rules = Rules()
        self.record = Record()
        self.lock = threading.RLock()
        """For the memory of masks: requests are served in threads."""
        self.edits: list[Callable[[dict[str, Any]], None]] = []
        """Changes to the OpenAPI document."""
        self.settlers: list[Callable[[], None]] = []
        """Run before each request and each look at the rows: deferred work that has fallen due."""
        self._app = create_app(self.store, self.rules, self._describe)
        self.handle: Handler = self._correct
        """How a request is answered."""

    def wrap(self, around: Callable[[Call, Handler], Response]) -> None:
        """Put a layer around `handle`; it gets the request and what would have answered it."""
        inner = self.handle
        self.handle = lambda call: around(call, inner)

    def settle(self) -> None:
        """Do the deferred work that has fallen due."""
        for settler in self.settlers:
            settler()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        call = Call.of(environ, self.accounts)
        self.settle()
        response = self.handle(call)
        self.record.note(call, response.status_code)
        return response(environ, start_response)

    def _correct(self, call: Call) -> Response:
        return Response.from_app(self._app, call.environ(), buffered=True)

    def _describe(self) -> dict[str, Any]:
        description = document()
        for edit in self.edits:
            edit(description)
        return description
