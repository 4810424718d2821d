"""Documents and routes that do not fit each other."""

from copy import deepcopy
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from werkzeug import Response
from werkzeug.utils import redirect

from ..answers import problem
from ..calls import Call
from ..shop import Handler, Shop
from .registry import mask


def _without(shop: Shop, method: str) -> None:
    def around(call: Call, proceed: Handler) -> Response:
        if call.method != method or not call.path.startswith("/api/"):
            return proceed(call)
        response = problem(405, "method not allowed")
        response.allow.update(["GET"])
        return response

    shop.wrap(around)


@mask
def missing_slash(shop: Shop) -> None:
    """Paths are served with a slash at the end; without, as documented, everybody gets 301 to the right one."""

    def around(call: Call, proceed: Handler) -> Response:
        if not call.path.startswith("/api/"):
            return proceed(call)
        if call.path.endswith("/"):
            return proceed(replace(call, path=call.path[:-1], slash="/"))
        query = call.source["QUERY_STRING"]
        return redirect(f"{quote(call.path)}/{'?' if query else ''}{query}", 301)

    shop.wrap(around)


@mask
def no_delete(shop: Shop) -> None:
    """DELETE is neither documented nor served: 405 for everybody."""

    def edit(description: dict[str, Any]) -> None:
        for item in description["paths"].values():
            item.pop("delete", None)

    shop.edits.append(edit)
    _without(shop, "DELETE")


@mask
def documented_but_405(shop: Shop) -> None:
    """PATCH is documented, and answered 405 for everybody."""
    _without(shop, "PATCH")


@mask
def unserved(shop: Shop) -> None:
    """The document has a third resource, /api/gadgets, which is 404 for everybody."""

    def edit(description: dict[str, Any]) -> None:
        paths = description["paths"]
        for path in ("/api/tools", "/api/tools/{tool_id}"):
            item = deepcopy(paths[path])
            for operation in item.values():
                if "operationId" in operation:
                    operation["operationId"] = operation["operationId"].replace("tool", "gadget")
            paths[path.replace("tool", "gadget")] = item
            for parameter in item.get("parameters", []):
                parameter["name"] = "gadget_id"

    shop.edits.append(edit)
