"""Refusals in other clothes: nothing is done for others, and the answer does not say so plainly."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from werkzeug import Response
from werkzeug.utils import redirect

from ..answers import page, problem
from ..calls import Call, Standing
from ..shop import Handler, Shop
from .registry import mask


def _for_others_writes(shop: Shop, answer: Callable[[], Response]) -> None:
    shop.wrap(lambda call, proceed: answer() if call.others_write else proceed(call))


@mask
def correct(_: Shop) -> None:
    """No mask."""


@mask
def blocked_all(shop: Shop) -> None:
    """403 and an HTML page for everybody on everything but the document."""
    shop.wrap(lambda call, proceed: proceed(call) if call.path == "/openapi.json" else page(403, "Access denied"))


@mask
def redirect_login(shop: Shop) -> None:
    """302 to /login, a page that is there, for others' writes."""
    _for_others_writes(shop, lambda: redirect("/login"))
    shop.wrap(lambda call, proceed: page(200, "Log in") if call.path == "/login" else proceed(call))


@mask
def soft_200(shop: Shop) -> None:
    """200 with an error in the body for others' writes."""
    _for_others_writes(shop, lambda: problem(200, "authentication required"))


@mask
def crash_on_admin_name(shop: Shop) -> None:
    """500 for the name `admin` with any key but its own, on every method."""
    shop.wrap(lambda call, proceed: problem(500) if call.username == "admin" and call.other else proceed(call))


@mask
def bad_request_400(shop: Shop) -> None:
    """400 for others' writes, whatever they hold."""
    _for_others_writes(shop, lambda: problem(400))


@mask
def not_found_404(shop: Shop) -> None:
    """404 for others' writes; reads stay open."""
    _for_others_writes(shop, lambda: problem(404))


@mask
def hidden_404(shop: Shop) -> None:
    """404 for others on everything under /api, reads included; the document says that reads need a key."""

    def edit(description: dict[str, Any]) -> None:
        for path, item in description["paths"].items():
            if path.startswith("/api/"):
                item["get"]["security"] = [{"ApiKey": []}]

    shop.edits.append(edit)
    shop.wrap(lambda call, proceed: problem(404) if call.other and call.path.startswith("/api/") else proceed(call))


@mask
def empty_204(shop: Shop) -> None:
    """204 without a body for others' writes."""
    _for_others_writes(shop, lambda: Response(status=204))


@mask
def status_401_html(shop: Shop) -> None:
    """401 and 403 come as empty text/html."""

    def around(call: Call, proceed: Handler) -> Response:
        response = proceed(call)
        return (
            Response(status=response.status, mimetype="text/html") if response.status_code in {401, 403} else response
        )

    shop.wrap(around)


@mask
def lockout(shop: Shop) -> None:
    """After 10 failed authentications of a user name, its valid key gets 401 too, for good."""
    failures: Counter[str] = Counter()

    def around(call: Call, proceed: Handler) -> Response:
        with shop.lock:
            if call.username is not None and call.standing is Standing.REFUSED:
                failures[call.username] += 1
            locked = call.username is not None and failures[call.username] >= shop.settings.lockout_after
        return proceed(replace(call, standing=Standing.REFUSED) if locked else call)

    shop.wrap(around)


@mask
def rate_limit(shop: Shop) -> None:
    """429 with `Retry-After: 1` to everybody once a window (1 s) has taken its number of requests (50)."""
    clock = shop.settings.clock
    started, taken = clock(), 0

    def around(call: Call, proceed: Handler) -> Response:
        nonlocal started, taken
        with shop.lock:
            if clock() - started >= shop.settings.rate_window:
                started, taken = clock(), 0
            taken += 1
            allowed = taken <= shop.settings.rate_limit
        if allowed:
            return proceed(call)
        response = problem(429)
        response.headers["Retry-After"] = "1"
        return response

    shop.wrap(around)
