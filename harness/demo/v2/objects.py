"""Objects as the second API shows them, and the addresses at which it does."""

import re
from urllib.parse import urlsplit

from harness.demo.accounts import Account
from harness.demo.resources import RELEASE_FILE, RESOURCES, Resource, Row
from harness.demo.store import EVERY, Condition

ROOT = "/api/v2/"
PREFIX = f"{ROOT}downloads/"
MOST = 2**63
"""One more than the greatest number that a row can have."""


def list_path(resource: Resource) -> str:
    """Path of the list."""
    return f"{PREFIX}{resource.name}/"


def item_path(resource: Resource, identifier: object) -> str:
    """Path of one object."""
    return f"{list_path(resource)}{identifier}/"


BULK_PATH = f"{list_path(RELEASE_FILE)}delete_by_release/"


def shown(resource: Resource, row: Row, origin: str) -> dict[str, object]:
    """A row as an object; its addresses begin with the scheme and host that the client used."""
    made: dict[str, object] = {"resource_uri": origin + item_path(resource, row["id"])}
    for field in resource.fields:
        value = row[field.column]
        match field.kind:
            case "link":
                made[field.name] = origin + item_path(RESOURCES[field.to], value)
            case "boolean":
                made[field.name] = bool(value)
            case "datetime":
                made[field.name] = f"{value}Z"
            case _:
                made[field.name] = value
    return made


def visible(resource: Resource, user: Account) -> Condition:
    """The rows that a user gets to see: releases that are not published are for staff."""
    return Condition("is_published") if resource.hides_unpublished and not user.is_staff else EVERY


def number_in(resource: Resource, address: str) -> int | None:
    """The number in an address of an object, absolute or from the root; None where it is no such address."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return None
    found = re.fullmatch(re.escape(list_path(resource)) + r"([0-9]{1,18})/", path)
    return None if found is None else int(found[1])
