"""JSON that has one reading only, within bounds."""

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn

DEPTH = 100
"""Containers within containers, the outermost included."""
DIGITS = 400
"""Characters of one number."""
VALUES = 500_000
"""Commas in the text: eight megabytes of `[],` would otherwise be two hundred megabytes of lists."""


class JsonRejected(ValueError):
    """The text is no JSON, or none that every reader reads alike. Its message is the reason and quotes nothing."""


def bounded_json(body: bytes) -> Any:
    """The value of a UTF-8 JSON text (RFC 8259); raises `JsonRejected` for anything else.

    Also rejected is what readers differ on: a byte order mark, NaN and infinities, numbers that overflow a double or
    are longer than `DIGITS`, a key given twice, nesting deeper than `DEPTH`.
    """
    if body.count(b",") > VALUES:
        raise JsonRejected("too many values")
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except JsonRejected:
        raise
    except UnicodeDecodeError:
        raise JsonRejected("not UTF-8") from None
    except RecursionError:
        raise JsonRejected("nested too deeply") from None
    except ValueError:
        raise JsonRejected("not JSON") from None
    # Most bodies have fewer brackets than the bound allows levels.
    if body.count(b"[") + body.count(b"{") > DEPTH:
        _check_depth(value)
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEPTH):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, dict | list)]
        if not level:
            return
    raise JsonRejected("nested too deeply")


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise JsonRejected("a key is given twice")
    return value


def _int(text: str) -> int:
    if len(text) > DIGITS:
        raise JsonRejected("a number is too long")
    return int(text)


def _float(text: str) -> float:
    if len(text) > DIGITS:
        raise JsonRejected("a number is too long")
    value = float(text)
    if math.isinf(value):
        raise JsonRejected("a number overflows")
    return value


def _constant(_: str) -> NoReturn:
    raise JsonRejected("NaN or an infinity")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_int, parse_float=_float, parse_constant=_constant, strict=True
)
