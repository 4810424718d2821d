"""Parts that belong to whoever made them, and what may be wrong with that."""

import json
from collections.abc import Callable
from dataclasses import replace

from werkzeug import Response

from ..answers import problem
from ..calls import Call, Standing
from ..shop import Handler, Shop
from .registry import mask

Fields = dict[str, object]
Owner = Callable[[Call, Fields], str | None]
"""Who is to own what a request makes or changes; None to refuse."""


def _caller_or_refusal(call: Call, body: Fields) -> str | None:
    return call.username if body.get("owner", call.username) == call.username else None


def _caller(call: Call, body: Fields) -> str | None:
    return call.username


def _named(call: Call, body: Fields) -> str | None:
    return str(body.get("owner", call.username))


def _may_touch(call: Call, row: Fields) -> bool:
    return row.get("owner") == call.username


def _stays(call: Call, row: Fields, body: Fields) -> object:
    return row.get("approved", False)


def _owned(
    shop: Shop,
    owner_of: Owner = _caller_or_refusal,
    may_touch: Callable[[Call, Fields], bool] = _may_touch,
    approved: Callable[[Call, Fields, Fields], object] = _stays,
    strays: bool = False,
) -> None:
    """Ordinary accounts may make parts, and change and remove their own; a part tells its `owner`, and whether it is
    `approved`."""

    def around(call: Call, proceed: Handler) -> Response:
        resource, _, number = call.path.removeprefix("/api/").partition("/")
        if resource != "parts" or not call.writes or call.standing in (Standing.GUEST, Standing.REFUSED):
            return proceed(call)
        body: Fields = json.loads(call.body) if call.body else {}
        with shop.store.lock:
            rows = shop.store.read()["parts"]
            row = dict(rows.get(int(number), {})) if number else {}
            if strays and row and body.get("owner", call.username) != call.username:
                row = next((dict(one) for one in rows.values() if one.get("owner") == body["owner"]), row)
            elif row and call.other and not may_touch(call, row):
                return problem(403)
            owner = owner_of(call, body)
            if owner is None:
                return problem(403)
            flag = body.get("approved", False) if not call.other else approved(call, row, body)
            kept = {name: value for name, value in body.items() if name not in ("owner", "approved")}
            path = f"/api/parts/{row['id']}" if row else call.path
            response = proceed(replace(call.trusted(), path=path, body=json.dumps(kept).encode() if call.body else b""))
            if response.status_code in (200, 201):
                told = json.loads(response.get_data())
                saved = shop.store.save("parts", told["id"], {**told, "owner": owner, "approved": flag})
                response.set_data(json.dumps(saved))
        return response

    shop.wrap(around)


@mask
def owned(shop: Shop) -> None:
    """Parts belong to their makers; who names another owner is refused."""
    _owned(shop)


@mask
def ignores_owner(shop: Shop) -> None:
    """An owner in the body is ignored, and the caller's own part made or changed."""
    _owned(shop, owner_of=_caller)


@mask
def honours_owner(shop: Shop) -> None:
    """A part belongs to whom the body names."""
    _owned(shop, owner_of=_named)


@mask
def acts_on_owner(shop: Shop) -> None:
    """A change that names another owner changes a part of that one, and says nothing of it."""
    _owned(shop, owner_of=_named, strays=True)


@mask
def anybody_changes(shop: Shop) -> None:
    """Any account may change and remove any part."""
    _owned(shop, may_touch=lambda call, row: True)


@mask
def anybody_removes(shop: Shop) -> None:
    """Whose a part is is asked of changes only."""
    _owned(shop, may_touch=lambda call, row: call.method == "DELETE" or _may_touch(call, row))


@mask
def approves_itself(shop: Shop) -> None:
    """Whoever makes or changes a part says whether it is approved."""
    _owned(shop, approved=lambda call, row, body: body.get("approved", row.get("approved", False)))


@mask
def approves_on_change(shop: Shop) -> None:
    """As `approves_itself`, for changes only."""
    _owned(shop, approved=lambda call, row, body: body.get("approved", row.get("approved", False)) if row else False)


@mask
def hidden_parts(shop: Shop) -> None:
    """As `owned`; only its owner is shown a part, in the list and by its address."""
    _owned(shop)

    def around(call: Call, proceed: Handler) -> Response:
        resource, _, number = call.path.removeprefix("/api/").partition("/")
        response = proceed(call)
        if resource != "parts":
            return response
        if number:
            row = shop.store.read()["parts"].get(int(number), {})
            return response if row.get("owner") in (call.username, None) else problem(404)
        if call.method == "GET" and response.status_code == 200:
            data = json.loads(response.get_data())
            data["items"] = [row for row in data["items"] if row.get("owner") in (call.username, None)]
            data["total"] = len(data["items"])
            response.set_data(json.dumps(data))
        return response

    shop.wrap(around)
