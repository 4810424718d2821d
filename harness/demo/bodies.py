"""From the bytes of a request to rows: parsing (415, 400), then fields and links (400, 404, 401)."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from harness.demo.accounts import Account
from harness.demo.call import Call, Refusal
from harness.demo.replies import apology, empty, explained
from harness.demo.resources import RESOURCES, Field, Resource, Row, Value
from harness.demo.store import Store

Body = Mapping[str, object]


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


def row(resource: Resource, body: Body, before: Row | None, store: Store, user: Account) -> dict[str, Value]:
    """The whole row that `body` asks for: a new one, or `before` with changes. Unknown members mean nothing."""
    made = {field.column: _column(field, body, before, store, user) for field in resource.fields}
    if not made["slug"]:
        made["slug"] = re.sub(r"[^a-z0-9]+", "-", str(made["name"]).lower()).strip("-")
    return made


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


def _column(field: Field, body: Body, before: Row | None, store: Store, user: Account) -> Value:
    value = body.get(field.name)
    if field.kind == "link" and field.name in body:
        return None if value is None else _linked(field, value, store, user)
    if value is not None:
        return _stored(field, value)
    if before is not None:
        return before[field.column]
    if field.kind == "link":
        raise Refusal(explained(f"The '{field.name}' field is missing."))
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S") if field.kind == "datetime" else field.default


def _linked(field: Field, uri: object, store: Store, user: Account) -> int:
    if not isinstance(uri, str):
        raise Refusal(explained(f"The '{field.name}' field has to be the address of an object."))
    resource = RESOURCES[field.to]
    number = identifier(resource, uri)
    found = store.get(resource, number)
    if found is None:
        raise Refusal(explained(f"The '{field.name}' field names an object that does not exist."))
    if hidden(resource, found, user):
        raise Refusal(empty(401))
    return number


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
    return utc.strftime("%Y-%m-%dT%H:%M:%S")
