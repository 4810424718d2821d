"""What the second API makes of one value: how it is stored, or a message that says why it is not."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from harness.demo.resources import INT32, RESOURCES, STAMP, TEXT_LIMIT, Field, Value
from harness.demo.store import Store
from harness.demo.v2.objects import number_in

SLUG = r"[-a-zA-Z0-9_]+"
_LABEL = r"[a-z0-9\u00a1-\uffff](?:[a-z0-9\u00a1-\uffff-]{0,61}[a-z0-9\u00a1-\uffff])?"
_NAME = rf"(?:{_LABEL}\.)+[a-z\u00a1-\uffff][a-z0-9\u00a1-\uffff-]+\.?"
_HOST = rf"(?:{_NAME}|localhost|[0-9]+(?:\.[0-9]+){{3}}|\[[0-9a-f:.]+\])"
URL = re.compile(rf"(?:https?|ftps?)://(?:[^\s:@/]+(?::[^\s:@/]*)?@)?{_HOST}(?::[0-9]{{1,5}})?(?:[/?#]\S*)?", re.I)
"""What Django's URL validator takes, near enough for a fixture."""
TRUTH = {"true": 1, "1": 1, "on": 1, "yes": 1, "y": 1, "t": 1, "false": 0, "0": 0, "off": 0, "no": 0, "n": 0, "f": 0}


class Unfit(Exception):
    """A value that a field cannot have; the message is for the client."""


def stored(field: Field, value: object, store: Store) -> Value:
    """How a value is stored; `Unfit` where the field cannot have it."""
    if value is None:
        raise Unfit("This field may not be null.")
    return _READERS[field.kind](field, value, store)


def moment(text: str) -> str:
    """A date and time as it is stored; ValueError where it is none."""
    read = datetime.fromisoformat(text.strip())
    return (read.astimezone(UTC) if read.tzinfo else read).strftime(STAMP)


def _text(field: Field, value: object, store: Store) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unfit("Not a valid string.")
    text = str(value).strip()
    if not text and field.required:
        raise Unfit("This field may not be blank.")
    if field.bounded and len(text) > TEXT_LIMIT:
        raise Unfit(f"Ensure this field has no more than {TEXT_LIMIT} characters.")
    if "\0" in text:
        raise Unfit("Null characters are not allowed.")
    if re.search("[\ud800-\udfff]", text):
        raise Unfit("Surrogate characters are not allowed.")
    return text


def _slug(field: Field, value: object, store: Store) -> str:
    text = _text(field, value, store)
    if not re.fullmatch(SLUG, text):
        raise Unfit('Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.')
    return text


def _url(field: Field, value: object, store: Store) -> str:
    text = _text(field, value, store)
    if text and not URL.fullmatch(text):
        raise Unfit("Enter a valid URL.")
    return text


def _integer(field: Field, value: object, store: Store) -> int:
    try:
        number = int(re.sub(r"\.0*\s*\Z", "", str(value)))
    except ValueError:
        raise Unfit("A valid integer is required.") from None
    if field.choices and number not in field.choices:
        raise Unfit(f'"{number}" is not a valid choice.')
    if not -INT32 <= number < INT32:
        raise Unfit(f"Ensure this value is between {-INT32} and {INT32 - 1}.")
    return number


def _boolean(field: Field, value: object, store: Store) -> int:
    try:
        return TRUTH[str(value).strip().lower()]
    except KeyError:
        raise Unfit("Must be a valid boolean.") from None


def _datetime(field: Field, value: object, store: Store) -> str:
    try:
        return moment(str(value))
    except (ValueError, OverflowError):
        raise Unfit("Datetime has wrong format.") from None


def _link(field: Field, value: object, store: Store) -> int:
    if not isinstance(value, str):
        raise Unfit(f"Incorrect type. Expected URL string, received {type(value).__name__}.")
    resource = RESOURCES[field.to]
    number = number_in(resource, value)
    if number is None:
        raise Unfit("Invalid hyperlink - No URL match.")
    if store.get(resource, number) is None:
        raise Unfit("Invalid hyperlink - Object does not exist.")
    return number


_READERS: Mapping[str, Callable[[Field, object, Store], Value]] = {
    "string": _text,
    "slug": _slug,
    "url": _url,
    "integer": _integer,
    "boolean": _boolean,
    "datetime": _datetime,
    "link": _link,
}
