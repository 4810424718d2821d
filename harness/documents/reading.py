"""Bytes to a document, or to the one thing that is wrong with them."""

from collections.abc import Iterator

from harness.documents.building import build
from harness.documents.events import Event
from harness.documents.json_text import is_json, json_events
from harness.documents.places import UNKNOWN, Document, Fault, Place, where
from harness.documents.yaml_text import yaml_events
from harness.errors import ConfigError, Problem

MAX_BYTES = 20 * 1024 * 1024


def parse(data: bytes, name: str) -> Document:
    """Read one YAML or JSON document. `name` is what messages call it.

    Raises `ConfigError` with one problem at `name:line:column`; no message quotes a value, for it may be a secret.
    """
    fault = None
    try:
        return build(_events(_text(data)), name)
    except Fault as error:
        fault = error
    # Raised out here so that the parser's own error, which may quote the text, is not chained to it.
    raise ConfigError([Problem(where(name, fault.place), fault.what)])


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise Fault(UNKNOWN, f"is larger than {MAX_BYTES // 1024**2} MiB; split it or leave parts out")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
    raise Fault(place, "is not UTF-8; save it in that encoding")


def _events(text: str) -> Iterator[Event]:
    return json_events(text) if is_json(text) else yaml_events(text)
