"""From the bytes of a request to the members of an object: JSON, or either kind of form (415, 400)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from typing import NoReturn

from harness.demo.call import FORM, Call, parameters
from harness.demo.v2.replies import WHOLE, invalid, refused

MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a body says."""

    members: Mapping[str, object]
    """Values by field name; all of them are text in a form."""
    form: bool = False
    """Whether it was a form, in which a box that is not ticked is not sent."""


def parse(call: Call) -> Sent:
    """The members of the body; none where it is empty."""
    match call.media_type:
        case _ if not call.body:
            return Sent({})
        case "application/json":
            return Sent(_object(call.body))
        case media_type if media_type == FORM:
            return Sent({name: values[-1] for name, values in parameters(call.body.decode("latin-1")).items()}, True)
        case media_type if media_type == MULTIPART:
            return Sent(_parts(call), True)
        case media_type:
            raise refused(415, f'Unsupported media type "{media_type}" in request.')


def _object(body: bytes) -> Mapping[str, object]:
    try:
        data = json.loads(body.decode(), parse_constant=_no_number)
    except ValueError as error:
        raise refused(400, f"JSON parse error - {error}") from None
    if not isinstance(data, dict):
        raise invalid({WHOLE: [f"Invalid data. Expected a dictionary, but got {type(data).__name__}."]})
    return data


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"Out of range float values are not JSON compliant: {name}")


def _parts(call: Call) -> Mapping[str, object]:
    message = message_from_bytes(b"Content-Type: " + call.content_type.encode("latin-1") + b"\r\n\r\n" + call.body)
    if not message.is_multipart():
        raise refused(400, "Multipart form parse error - Invalid boundary in multipart.")
    found: dict[str, object] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(value, bytes):
            found[name] = value.decode(errors="replace")
    return found
