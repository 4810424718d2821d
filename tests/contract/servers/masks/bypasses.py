"""Open doors: whole classes of callers are taken for a privileged user."""

import json
from collections.abc import Callable

from ..calls import Call, Standing
from ..shop import Shop
from .registry import mask


def _trust(shop: Shop, condition: Callable[[Call], bool]) -> None:
    shop.wrap(lambda call, proceed: proceed(call.trusted() if condition(call) else call))


def _trust_any_key(shop: Shop, *methods: str) -> None:
    """A header that is whole (name, colon, anything) and names a privileged user is good for these methods."""
    names = shop.accounts.privileged
    _trust(shop, lambda call: call.method in methods and call.username in names and call.key is not None)


@mask
def guest_let_in(shop: Shop) -> None:
    """Writes without a credential are done; bad credentials are refused."""
    _trust(shop, lambda call: call.writes and call.standing is Standing.GUEST)


@mask
def bypass_any_key(shop: Shop) -> None:
    """The name of a privileged user (`keyless` too) and any key will do, for every method."""
    _trust_any_key(shop, "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


@mask
def bypass_any_key_post_only(shop: Shop) -> None:
    """As `bypass_any_key`, for POST alone."""
    _trust_any_key(shop, "POST")


@mask
def bypass_any_key_put_only(shop: Shop) -> None:
    """As `bypass_any_key`, for PUT alone."""
    _trust_any_key(shop, "PUT")


@mask
def bypass_any_key_patch_only(shop: Shop) -> None:
    """As `bypass_any_key`, for PATCH alone."""
    _trust_any_key(shop, "PATCH")


@mask
def bypass_any_key_delete_only(shop: Shop) -> None:
    """As `bypass_any_key`, for DELETE alone."""
    _trust_any_key(shop, "DELETE")


@mask
def foreign_key_accepted(shop: Shop) -> None:
    """The name `admin` with the valid key of `plain` will do."""
    _trust(shop, lambda call: call.username == "admin" and call.key == shop.accounts.keys["plain"])


@mask
def low_can_write(shop: Shop) -> None:
    """The ordinary account may write."""
    _trust(shop, lambda call: call.standing is Standing.ORDINARY)


@mask
def query_user_trusted(shop: Shop) -> None:
    """`plain` with its key and `?username=admin` acts as admin."""
    _trust(shop, lambda call: call.standing is Standing.ORDINARY and call.query.get("username") == "admin")


@mask
def header_user_trusted(shop: Shop) -> None:
    """`plain` with its key and `X-User: admin` acts as admin."""
    _trust(shop, lambda call: call.standing is Standing.ORDINARY and call.headers.get("X-User") == "admin")


@mask
def json_user_trusted(shop: Shop) -> None:
    """`plain` with its key and `"username": "admin"` in the JSON body acts as admin."""
    _trust(shop, lambda call: call.standing is Standing.ORDINARY and _named(call.body) == "admin")


def _named(body: bytes) -> object:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data.get("username") if isinstance(data, dict) else None


@mask
def unpatched_worker(shop: Shop) -> None:
    """Every third of others' writes reaches a worker that takes everybody for admin; reads do not count."""
    seen = 0

    def condition(call: Call) -> bool:
        nonlocal seen
        if not call.others_write:
            return False
        with shop.lock:
            seen += 1
            return seen % 3 == 0

    _trust(shop, condition)
