"""`${VAR}` and `${cmd:COMMAND}` in the few places that hold secrets, and the names that secrets go by afterwards."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.config.commands import NoSecret, Printing
from harness.config.faults import Fault, entries
from harness.documents import Pointer
from harness.model import Json

SECRET_PLACES: tuple[Pointer, ...] = (("identities", "*", "key"), ("identities", "*", "cookie", "*"))
"""Where a secret may stand; `*` is any key."""

OPEN_PLACES: tuple[Pointer, ...] = (("proof",),)
"""Where a variable may stand for something that is no secret."""

_COMMAND = "${cmd:"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_FORBIDDEN = "names a command, and commands are run only where --allow-commands is given; nothing was run"
_ALLOWED = "identities.*.key, identities.*.cookie and proof"


@dataclass(frozen=True, slots=True)
class Interpolated:
    """The data of a file with its variables filled in."""

    data: Json = field(repr=False)
    faults: tuple[Fault, ...]
    variables: Mapping[Pointer, str]
    """Secret place -> name of the one variable that it consists of."""
    commands: frozenset[Pointer] = frozenset()
    """Secret places that hold a command, which is no secret itself."""


def interpolate(data: Json, environment: Mapping[str, str]) -> Interpolated:
    """Fill variables in, in a copy. A variable that cannot be is a fault and stays as it was written."""
    faults: list[Fault] = []
    variables: dict[Pointer, str] = {}
    commands: dict[Pointer, str] = {}

    def walk(value: Json, pointer: Pointer) -> Json:
        if is_secret(pointer[:-1]):
            return value  # a secret written as a mapping by mistake: nothing in it may become part of a message
        if isinstance(value, dict):
            return {key: walk(part, (*pointer, key)) for key, part in value.items()}
        if isinstance(value, list):
            return [walk(part, (*pointer, index)) for index, part in enumerate(value)]
        if not isinstance(value, str) or "${" not in value:
            return value
        if not is_secret(pointer) and pointer not in OPEN_PLACES:
            faults.append(Fault(pointer, f"${{VAR}} is allowed in {_ALLOWED} only; write the value itself here"))
            return value
        if value.startswith(_COMMAND):
            commands[pointer] = value
            return value
        whole = _VARIABLE.fullmatch(value)
        if whole and is_secret(pointer):
            variables[pointer] = whole[1]
        what = _fault(value, environment)
        if what:
            faults.append(Fault(pointer, what))
            return value
        return _VARIABLE.sub(lambda found: environment[found[1]], value)

    filled = walk(data, ())
    if commands:
        printed = _printed(commands, environment, faults)
        filled = _replaced(filled, printed)
    return Interpolated(filled, tuple(faults), variables, frozenset(filter(is_secret, commands)))


def _printed(
    commands: Mapping[Pointer, str], environment: Mapping[str, str], faults: list[Fault]
) -> dict[Pointer, str]:
    """What commands print, by their places. None is run where the file has a fault."""
    printed: dict[Pointer, str] = {}
    if not isinstance(environment, Printing):
        faults += [Fault(place, _FORBIDDEN) for place in commands]
        return printed
    for place, value in commands.items():
        if "${" in value.removeprefix(_COMMAND) or not value.endswith("}"):
            faults.append(Fault(place, "holds more than one command; write '${cmd:COMMAND}' and nothing beside it"))
    for place, value in commands.items() if not faults else ():
        try:
            printed[place] = environment.printed(value.removeprefix(_COMMAND).removesuffix("}"))
        except NoSecret as error:
            faults.append(Fault(place, str(error)))
            break
    return printed


def _replaced(data: Json, values: Mapping[Pointer, str], pointer: Pointer = ()) -> Json:
    if pointer in values:
        return values[pointer]
    if isinstance(data, dict) and any(place[: len(pointer)] == pointer for place in values):
        return {key: _replaced(part, values, (*pointer, key)) for key, part in data.items()}
    return data


def is_secret(pointer: Pointer) -> bool:
    """Whether that place of a target file holds a secret."""
    return any(
        len(place) == len(pointer) and all(want in ("*", part) for want, part in zip(place, pointer, strict=True))
        for place in SECRET_PLACES
    )


def _fault(value: str, environment: Mapping[str, str]) -> str | None:
    if "${" in _VARIABLE.sub("", value):
        return "holds a '${' that begins no variable; write ${NAME}, or put the whole key into a variable"
    for name in _VARIABLE.findall(value):
        if not environment.get(name):
            return f"variable {name} is {'empty' if name in environment else 'not set'}; set it to the key"
        if not environment[name].isprintable() or environment[name] != environment[name].strip():
            return (
                f"variable {name} holds a line break, a control character or space at an end; set it to the key alone"
            )
    return None


def labels(data: Mapping[str, Json], variables: Mapping[Pointer, str]) -> dict[Pointer, str]:
    """Secret place -> the name that its secret goes by: its variable, else `<IDENTITY>_KEY` or `<IDENTITY>_COOKIE`.

    A name that means another secret already is numbered. `data` is interpolated.
    """
    secrets = dict(_secrets(data))
    named = {place: variables[place] for place in secrets if place in variables}
    meaning = {label: secrets[place] for place, label in named.items()}
    for place in [place for place in secrets if place not in named]:
        stem = f"{place[1]}_{place[2]}".upper().replace("-", "_")
        tries = [stem, *(f"{stem}_{number}" for number in range(2, len(secrets) + 2))]
        named[place] = next(label for label in tries if meaning.setdefault(label, secrets[place]) == secrets[place])
    return named


def secrets_in(data: Json, environment: Mapping[str, str]) -> dict[str, str]:
    """Name -> secret of a file's data, as far as file and environment tell them."""
    filled = interpolate(data, environment)
    if not isinstance(filled.data, dict):
        return {}
    named = labels(filled.data, filled.variables)
    return {named[place]: secret for place, secret in _secrets(filled.data) if "${" not in secret}


def _secrets(data: Mapping[str, Json]) -> Iterator[tuple[Pointer, str]]:
    for name, entry in entries(data, "identities").items():
        cookies = entry.get("cookie")
        found: dict[Pointer, Json] = {("key",): entry.get("key")}
        found |= {("cookie", one): value for one, value in cookies.items()} if isinstance(cookies, dict) else {}
        for place, secret in found.items():
            if isinstance(secret, str):
                yield ("identities", name, *place), secret
