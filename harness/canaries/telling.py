"""What the answer to a creation tells: the id of the new object, or why there is none."""

from collections.abc import Mapping

from harness.model import Exchange, Json, Operation
from harness.observe import holds, id_in_path, identify, unwrapped
from harness.resources import Resource, value_at


def sent_id(resource: Resource, body: Json) -> str | None:
    """The id that we chose in the body, where the target's `id:` says so."""
    kind, _, place = resource.id_from.partition(":")
    found = value_at(body, place) if kind == "sent" else None
    return str(found) if isinstance(found, str | int) and found != "" else None


def told_id(resource: Resource, exchange: Exchange) -> str | None:
    """The id of a new object as its answer tells it, by the target's `id:` or in the usual places."""
    kind = resource.id_from.partition(":")[0]
    body = unwrapped(exchange.json) or {}
    found = _told(resource, exchange, body, kind)
    parts = found.split("/") if found is not None else []
    # An address that ends in nothing, or climbs, is that of the list.
    whole = len(parts) == max(1, len(resource.id_parts)) and all(one.strip(".") for one in parts)
    return found if whole else None


def tells_our_own(resource: Resource, exchange: Exchange, told: str, marker: str) -> bool:
    """Whether an answer names the object itself: by its address, or with our marker right beside the id."""
    if id_in_path(resource, exchange.header("location")) == told:
        return True
    body = unwrapped(exchange.json) or {}
    return identify(resource, body) == told and any(
        isinstance(one, str) and holds(one, marker) for one in body.values()
    )


def _told(resource: Resource, exchange: Exchange, body: Mapping[str, Json], kind: str) -> str | None:
    if resource.id_from.startswith("$."):
        value = value_at(exchange.json, resource.id_from)
        return None if value is None else str(value)
    located = id_in_path(resource, exchange.header("location"))
    return located if located is not None or kind == "location" else identify(resource, body)


def refused(operation: Operation, exchange: Exchange) -> str:
    """Why a control does not count, for a person: status and the beginning of what the server said."""
    if exchange.status is None:
        return f"{operation.name}: no answer ({exchange.failure})"
    said = exchange.body[:200].decode("utf-8", "replace").strip()
    safe = "".join(char if char.isprintable() else " " for char in said)
    return f"{operation.name}: {exchange.status}{' ' + safe if safe else ''}"
