"""The guard, and what stands around it, in front of the application."""

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .accounts import Directory
from .rules import WRITES, Refused, Rules, published
from .store import Store

OPEN = ("/openapi.json", "/sessions")
MEMBERS = "/members"


def failure(status: int, title: str) -> Response:
    """An error in its envelope."""
    return JSONResponse({"errors": [{"status": str(status), "title": title}]}, status_code=status)


class Guard:
    """Asks who calls, leaves the answer in the request's state, and turns away who may not do this."""

    def __init__(self, app: ASGIApp, directory: Directory, rules: Rules, store: Store) -> None:
        """Stand in front of an application."""
        self._app, self._directory, self._rules, self._store = app, directory, rules, store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self.refusal(Request(scope))
        if refused is None:
            await self._app(scope, receive, send)
        elif self._rules.late:
            await self._app(scope, receive, _nobody)
            await refused(scope, receive, send)
        else:
            await refused(scope, receive, send)

    def refusal(self, request: Request) -> Response | None:
        """The answer to a caller who may not do this; None for one who may."""
        method, path = request.method, request.url.path
        request.state.account = None
        if path in OPEN or not self._rules.looks_at(request):
            return None
        if self._rules.lookup_first and (missing := self._missing(request)):
            return missing
        try:
            account = self._rules.identify(self._directory, request)
        except Refused:
            return _who()
        request.state.account = account
        guarded = method in WRITES or (path == MEMBERS and not self._rules.members_open)
        if not guarded or self._rules.unguarded(method, path) or self._rules.may_write(account, request):
            return None
        return failure(403, "Only maintainers may do this.") if account else _who()

    def _missing(self, request: Request) -> Response | None:
        parts = request.url.path.strip("/").split("/")
        row = self._store.tables["releases"].get(parts[1]) if len(parts) > 1 else {"published": True}
        known = "X-Api-Key" in request.headers or "Authorization" in request.headers
        return None if row and (known or published(row)) else failure(404, "There is no such release.")


class Override:
    """Takes the method from somewhere else than the request line. Stands behind the guard, so that proxies which know
    two methods only can be served."""

    def __init__(self, app: ASGIApp, names: tuple[str, ...]) -> None:
        """Read these headers, and the query where `?` is among them."""
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] == "http":
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
            query = parse_qs(scope["query_string"].decode("latin-1")).get("_method", [""]) if "?" in self._names else []
            said = next((one for one in [*query, *(headers.get(name.lower(), "") for name in self._names)] if one), "")
            if said.upper() in WRITES:
                scope = {**scope, "method": said.upper()}
        await self._app(scope, receive, send)


async def _nobody(message: Message) -> None:
    """Where an answer goes that nobody is to see."""


def _who() -> Response:
    return failure(401, "A valid credential is needed.")
