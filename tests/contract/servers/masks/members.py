"""Doors that open for one or two wrong keys among many, or once: what a group of mutants must not hide."""

from collections.abc import Callable

from werkzeug import Response

from ..answers import problem
from ..calls import Call
from ..shop import Handler, Shop
from .registry import mask


def _open(shop: Shop, method: str, *bends: Callable[[str], str], denied: bool) -> None:
    """Do a method for the name `admin` with its key bent in one of these ways; say 401 all the same if `denied`."""
    own = shop.accounts.keys["admin"]
    keys = {bend(own) for bend in bends}

    def around(call: Call, proceed: Handler) -> Response:
        if call.method != method or call.username != "admin" or call.key not in keys:
            return proceed(call)
        response = proceed(call.trusted())
        return problem(401) if denied else response

    shop.wrap(around)


def _reversed(key: str) -> str:
    return key[::-1]


def _shortened(key: str) -> str:
    return key[:-1]


@mask
def two_patch_members(shop: Shop) -> None:
    """PATCH is done, and answered 401, for exactly two keys of `admin`: its own reversed, or in the other case."""
    _open(shop, "PATCH", _reversed, str.swapcase, denied=True)


@mask
def two_patch_members_200(shop: Shop) -> None:
    """As `two_patch_members`, answered 200."""
    _open(shop, "PATCH", _reversed, str.swapcase, denied=False)


@mask
def one_delete_member(shop: Shop) -> None:
    """DELETE is done, and answered 401, for exactly one key of `admin`: its own without the last character."""
    _open(shop, "DELETE", _shortened, denied=True)


@mask
def one_delete_member_204(shop: Shop) -> None:
    """As `one_delete_member`, answered 204."""
    _open(shop, "DELETE", _shortened, denied=False)


def _open_once(shop: Shop, method: str) -> None:
    spent = False

    def around(call: Call, proceed: Handler) -> Response:
        nonlocal spent
        if call.method != method or call.username != "admin" or call.key is None or not call.other:
            return proceed(call)
        with shop.lock:
            if not spent:
                spent = proceed(call.trusted()).status_code < 300
        return problem(401)

    shop.wrap(around)


@mask
def once_only(shop: Shop) -> None:
    """The first PATCH with a wrong key of `admin` that a valid key could have made is done; all get 401."""
    _open_once(shop, "PATCH")


@mask
def once_only_delete(shop: Shop) -> None:
    """As `once_only`, for DELETE."""
    _open_once(shop, "DELETE")


@mask
def once_only_post(shop: Shop) -> None:
    """As `once_only`, for POST."""
    _open_once(shop, "POST")
