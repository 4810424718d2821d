"""By which id an object is named in its path."""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from harness.model import Json
from harness.observe.texts import scalar_text
from harness.resources import ADDRESS_FIELDS, Resource, steps_of, value_at

IDS = ("id", "pk", "uuid", "_id", "slug")


def identify(resource: Resource, row: Mapping[str, Json]) -> str | None:
    """The id by which an object is named in the item path, as text, looked for in the usual places."""
    told = (row.get(name) for name in (resource.address_field, *ADDRESS_FIELDS) if name)
    for address in (*told, *_own_links(row)):
        found = id_in_path(resource, address)
        if found is not None:
            return found
    parameter = _plain(resource.parameter)
    named = (row.get(name) for name in (*(one for one in row if _plain(one) == parameter), *IDS, "name"))
    texts = (scalar_text(value) for value in (*_where_answers_tell_it(resource, row), *named))
    return next((text for text in texts if text is not None), None)


def _where_answers_tell_it(resource: Resource, row: Mapping[str, Json]) -> Iterator[Json]:
    """What stands where the answer to a creation tells the id, as `$.data.metadata.name`, with less and less of what
    that answer has around the object."""
    steps = steps_of(resource.id_from.partition(":")[2] or resource.id_from)
    for start in range(len(steps)):
        yield value_at(dict(row), ".".join(steps[start:]))


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
