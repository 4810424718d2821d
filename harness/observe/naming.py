"""By which id an object is named in its path."""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from harness.model import Json
from harness.observe.texts import scalar_text
from harness.resources import ADDRESS_FIELDS, Resource

IDS = ("id", "pk", "uuid", "_id", "slug")


def identify(resource: Resource, row: Mapping[str, Json]) -> str | None:
    """The id by which an object is named in the item path, as text, looked for in the usual places."""
    told = (row.get(name) for name in (resource.address_field, *ADDRESS_FIELDS) if name)
    for address in (*told, *_own_links(row)):
        found = id_in_path(resource, address)
        if found is not None:
            return found
    sent = resource.id_from.partition(":")[2].removeprefix("$.")
    parameter = _plain(resource.parameter)
    for name in (sent, *(one for one in row if _plain(one) == parameter), *IDS, "name"):
        text = scalar_text(row.get(name)) if name else None
        if text is not None:
            return text
    return None


def _own_links(row: Mapping[str, Json]) -> Iterator[Json]:
    """Addresses of the object among its links, as HAL and JSON:API have them."""
    for name in ("_links", "links"):
        links = row.get(name)
        own = links.get("self") if isinstance(links, Mapping) else None
        yield own.get("href") if isinstance(own, Mapping) else own


def _plain(name: str) -> str:
    """A name in one spelling, whether it was written in snake, kebab or camel case."""
    return name.replace("_", "").replace("-", "").lower()


def ids_in(resource: Resource, value: Json) -> Iterator[str]:
    """What a field may name an object by: an address's id, or the field itself."""
    yield from (one for one in (id_in_path(resource, value), scalar_text(value)) if one)


def id_in_path(resource: Resource, address: Json) -> str | None:
    """The id in an address of an object of this resource; None where it is no such address."""
    if not isinstance(address, str):
        return None
    wanted = resource.item_path.strip("/").split("/")
    try:
        told = urlsplit(address).path.strip("/").split("/")[-len(wanted) :]
    except ValueError:
        return None
    if len(told) != len(wanted):
        return None
    parts = {f"{{{name}}}" for name in resource.id_parts or (resource.parameter,)}
    found = []
    for pattern, text in zip(wanted, told, strict=True):
        if pattern in parts:
            found.append(unquote(text))
        elif "{" not in pattern and pattern != text:
            return None
    return "/".join(found) if found else None
