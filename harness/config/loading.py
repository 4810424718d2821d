"""From a file to a `Target`, or to every problem in it at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness import documents
from harness.config import messages, relations
from harness.config.faults import Fault
from harness.config.interpolation import Interpolated, interpolate, is_secret, labels
from harness.config.target import Origin, Target
from harness.documents import Document, Pointer
from harness.errors import ConfigError, Problem
from harness.model import Json

_FLAG = "--base-url"
_FREE: tuple[Pointer, ...] = (("resources", "body"), ("resources", "draft"), ("denied_when", "json"))
"""Section and word below any of its entries that hold the API's own data, in which null is a value."""


def load(path: Path, *, environment: Mapping[str, str], base_url: str | None = None) -> Target:
    """Read a target file. `environment` fills `${VAR}` in, and `${cmd:…}`, too, if it is one `WithCommands`;
    `base_url` takes the place of the file's.

    Raises `ConfigError` with every problem of the file, in its order; none of them quotes a value.
    """
    document = documents.parse(_read(path), str(path))
    written = document.data
    if isinstance(written, dict) and base_url is not None:
        written = {**written, "base_url": base_url}
    filled = interpolate(written, environment)
    target, wrong = _validate(filled, written, document, path)
    faults = _told_once([*filled.faults, *_empties(written, ())], wrong)
    if target is None or faults:
        raise ConfigError(_problems(faults, document, overridden=base_url is not None))
    return target


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(documents.MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "no such file").lower()
    raise ConfigError([Problem(str(path), f"cannot be read ({reason}); check the path")])


def _validate(filled: Interpolated, written: Json, document: Document, path: Path) -> tuple[Target | None, list[Fault]]:
    if not isinstance(filled.data, dict):
        return None, [Fault((), "must be a mapping of words to values; begin with 'version: 1'")]
    named = labels(filled.data, filled.variables)
    kept = {place: label for place, label in named.items() if place not in filled.commands}
    origin = Origin(path, named, _movable(_labelled(written, kept), path), document)
    faults = list(relations.faults(filled.data))
    try:
        return Target.model_validate(filled.data, context=origin), faults
    except ValidationError as error:
        return None, [*messages.faults(error, Target), *faults]


def _labelled(value: Json, named: Mapping[Pointer, str], pointer: Pointer = ()) -> Json:
    """The data with `${LABEL}` at every secret place."""
    if pointer in named:
        return f"${{{named[pointer]}}}"
    if isinstance(value, dict) and any(place[: len(pointer)] == pointer for place in named):
        return {key: _labelled(part, named, (*pointer, key)) for key, part in value.items()}
    return value


def _movable(data: dict[str, Json], path: Path) -> dict[str, Json]:
    """The data as it may stand in another folder: the file is kept beside a report, its authority is not."""
    tls = data.get("tls")
    if not isinstance(tls, dict) or not isinstance(tls.get("ca"), str):
        return data
    return {**data, "tls": {**tls, "ca": str(path.parent.resolve() / tls["ca"])}}


def _empties(value: Json, pointer: Pointer) -> Iterator[Fault]:
    """A word without a value is not the same as no word: `key:` must never mean a guest."""
    if pointer[:1] + pointer[2:3] in _FREE or is_secret(pointer[:-1]):
        return
    if value is None and pointer:
        yield Fault(pointer, "is empty; give it a value, or remove it")
    parts: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from _empties(part, (*pointer, key))


def _told_once(first: list[Fault], then: list[Fault]) -> list[Fault]:
    """Both, without what only follows: from an empty or unset value, or from a word that is unknown as a whole."""
    unknown = {fault.pointer for fault in then if fault.about is not None}
    kept = [
        fault for fault in first if not any(fault.pointer[:end] in unknown for end in range(len(fault.pointer) + 1))
    ]
    said = {fault.pointer for fault in kept}
    return [*kept, *(fault for fault in then if fault.pointer not in said)]


def _problems(faults: list[Fault], document: Document, *, overridden: bool) -> list[Problem]:
    def told(fault: Fault) -> Problem:
        if overridden and fault.pointer == ("base_url",):
            return Problem(_FLAG, fault.what)
        about = messages.dotted(_tellable(fault.pointer if fault.about is None else fault.about, document.data))
        return Problem(document.where(fault.pointer), f"{about}: {fault.what}" if about else fault.what)

    return [told(fault) for fault in sorted(faults, key=lambda fault: document.nearest(fault.pointer))]


def _tellable(pointer: Pointer, data: Json) -> Pointer:
    """The pointer as far as the file has it, for a word may be written in short; a cookie's name may be its value."""
    for length, part in enumerate(pointer):
        known = part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))
        if not known or is_secret(pointer[:length]):
            return pointer[:length]
        data = data[part]
    return pointer[:-1] if is_secret(pointer) and pointer[-1] != "key" else pointer
