"""From the bytes of a request to what it would store: parsing (415, 400), then fields and links (400, 404, 401)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from datetime import UTC, datetime
from urllib.parse import urlsplit

from harness.demo.accounts import Account
from harness.demo.call import Call, Refusal
from harness.demo.replies import apology, empty, explained
from harness.demo.resources import RESOURCES, STAMP, Field, Resource, Row, Value
from harness.demo.store import Condition, Store

Body = Mapping[str, object]
KEYS = {"pk": "id", "slug": "slug"}
"""By what a nested object can name the row that it changes, and the columns of that."""


@dataclass(frozen=True, slots=True)
class Save:
    """A row to be stored."""

    resource: Resource
    """Its kind."""
    values: Mapping[str, Value]
    """The whole row, without the links to `nested` rows."""
    identifier: int | None = None
    """The number of the row that it changes; None for a new row."""
    nested: Mapping[str, "Save"] = member(default_factory=dict)
    """Rows that were sent inside it and are stored before it, by the column that links to each."""


def parse(call: Call) -> Body:
    """The members of the JSON body. A missing type counts as JSON, and a list as an object without members."""
    if call.media_type not in ("", "application/json"):
        raise Refusal(apology(415))
    try:
        data = json.loads(call.body)
    except UnicodeDecodeError:
        raise Refusal(apology(500)) from None
    except (ValueError, RecursionError):
        raise Refusal(explained("The body is not JSON.")) from None
    if isinstance(data, list):
        return {}
    return as_object(data)


def as_object(data: object) -> Body:
    """`data` as members by name; refuses anything else with 400."""
    if not isinstance(data, dict):
        raise Refusal(explained("An object was expected."))
    return data


def as_list(body: Body, name: str) -> list[object]:
    """The list under `name`; refuses anything else with 400."""
    found = body.get(name)
    if not isinstance(found, list):
        raise Refusal(explained(f"A list was expected under '{name}'."))
    return found


def save(resource: Resource, body: Body, before: Row | None, store: Store, user: Account) -> Save:
    """The row that `body` asks for: a new one, or `before` with changes. Unknown members mean nothing."""
    made = {field.column: _column(field, body, before, store, user) for field in resource.fields}
    nested = {column: value for column, value in made.items() if isinstance(value, Save)}
    values = {column: value for column, value in made.items() if not isinstance(value, Save)}
    if not values["slug"]:
        values["slug"] = re.sub(r"[^a-z0-9]+", "-", str(values["name"]).lower()).strip("-")
    number = None if before is None else before["id"]
    assert number is None or isinstance(number, int)
    return Save(resource, values, number, nested)


def identifier(resource: Resource, uri: object) -> int:
    """The number in the address of an object; scheme and host are dropped. 404 where it is no such address."""
    try:
        path = urlsplit(str(uri)).path
    except ValueError:
        path = ""
    found = re.fullmatch(re.escape(resource.list_path) + r"([0-9]{1,18})/", path)
    if found is None:
        raise Refusal(apology(404))
    return int(found[1])


def _column(field: Field, body: Body, before: Row | None, store: Store, user: Account) -> Value | Save:
    value = body.get(field.name)
    if field.kind == "link" and field.name in body:
        return None if value is None else _linked(field, value, store, user)
    if value is not None:
        return _stored(field, value)
    if before is not None:
        return before[field.column]
    if field.kind == "link":
        raise Refusal(explained(f"The '{field.name}' field is missing."))
    return field.initial


def _linked(field: Field, value: object, store: Store, user: Account) -> int | Save:
    resource = RESOURCES[field.to]
    match value:
        case str():
            return int(str(_at(resource, value, store, user)["id"]))
        case dict():
            return save(resource, value, _named(resource, value, store, user), store, user)
        case _:
            raise Refusal(explained(f"The '{field.name}' field has to be the address of an object, or an object."))


def _named(resource: Resource, body: Body, store: Store, user: Account) -> Row | None:
    if "resource_uri" in body:
        return _at(resource, body["resource_uri"], store, user)
    keys = {column: body[name] for name, column in KEYS.items() if name in body}
    if not keys:
        return None
    values = tuple(value if isinstance(value, int) else str(value) for value in keys.values())
    found = store.select(resource, Condition(" AND ".join(f"{column} = ?" for column in keys), values), 1, 0)
    return _shown_to(user, resource, found[0]) if found else None


def _at(resource: Resource, uri: object, store: Store, user: Account) -> Row:
    found = store.get(resource, identifier(resource, uri))
    if found is None:
        raise Refusal(explained(f"There is no such {resource.name}."))
    return _shown_to(user, resource, found)


def _shown_to(user: Account, resource: Resource, found: Row) -> Row:
    if hidden(resource, found, user):
        raise Refusal(empty(401))
    return found


def hidden(resource: Resource, found: Row, user: Account) -> bool:
    """Whether this row is kept from this user."""
    return resource.hides_unpublished and not found["is_published"] and not user.is_staff


def _stored(field: Field, value: object) -> Value:
    match field.kind:
        case "boolean":
            return int(bool(value))
        case "integer":
            # What is no number is left for the database to turn down, after the caller's rights.
            return value if isinstance(value, int) else str(value)
        case "datetime":
            return _moment(field, str(value))
        case _:
            return str(value)


def _moment(field: Field, text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        utc = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        raise Refusal(explained(f"The '{field.name}' field is no date and time.")) from None
    return utc.strftime(STAMP)
