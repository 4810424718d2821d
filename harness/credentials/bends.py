"""The named ways to bend a key: each changes the bytes, and each can be written in a shell for whoever reproduces a
finding.

A key may be bytes in base64, or end in such: a token's signature. There several spellings mean the same bytes, and a
correct server takes each of them; so what changes is a bit that counts, and the length by no less than a byte.
"""

import hashlib
import random
import re
import string
from collections.abc import Callable
from functools import partial

from harness.credentials.tokens import (
    JWT,
    WELL_KNOWN,
    headed,
    headed_shown,
    resigned,
    resigned_shown,
    unsigned,
    unsigned_shown,
)
from harness.model import Bend

_TAIL = re.compile(r"([A-Za-z0-9_-]+|[A-Za-z0-9+/]+)(={0,2})")
_DIGITS = re.compile("[0-9A-Fa-f]*")
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*[_-](?=[A-Za-z0-9]{16,}\Z)", re.ASCII)
"""What stands in front of many keys and says of what kind they are, as `ghp_` does: it is no secret, and a key without
it has not the right shape."""
_LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits
_TURNS = str.maketrans(
    _LETTERS + "+/_-", f"{string.ascii_lowercase[6:]}{string.digits}89{string.ascii_uppercase}abcdeffe"
)
"""Each character of base64 -> one whose highest bit is the other, which counts wherever it stands; no letter or digit
becomes one that is of one alphabet alone."""
_TURNED = "tr 'A-Za-fg-z0-9+/_-' 'g-z0-989A-Za-deffe'"


def _other(char: str) -> str:
    return "1" if char == "0" else "0"


def _alike(key: str) -> str:
    """A random text with the key's length and alphabet, and its punctuation; the same for the same key: a re-run must
    send the same bytes."""
    draw = random.Random(hashlib.sha256(b"alike" + key.encode()).digest())
    kind, key = _parts(key)
    letters = "".join(char for char in key if char.isalnum())
    alphabets = (string.hexdigits[:16], string.digits, string.ascii_lowercase, string.ascii_letters + string.digits)
    alphabet = next((one for one in alphabets if set(letters) <= set(one)), alphabets[-1])
    keeps = len(letters) > len(key) / 2
    return kind + "".join(char if keeps and not char.isalnum() else draw.choice(alphabet) for char in key)


def _alike_shown(name: str, key: str) -> str:
    kind, _ = _parts(key)
    if not kind:
        return f"""$(printf %s "${name}" | sed 's/[0-9A-Za-z]/7/g')"""
    return f"""${{{name}%{kind[-1]}*}}{kind[-1]}$(printf %s "${{{name}##*{kind[-1]}}}" | sed 's/[0-9A-Za-z]/7/g')"""


def _parts(key: str) -> tuple[str, str]:
    """What says of which kind a key is, empty for most, and the rest."""
    kind = _KIND.match(key)
    return (kind[0], key[kind.end() :]) if kind else ("", key)


def _hashed(name: str) -> Callable[[str], str]:
    return lambda key: hashlib.new(name, key.encode()).hexdigest()


def _tail(key: str) -> tuple[str, str] | None:
    """What may be base64 at the key's end, after its last punctuation, and its padding; None where it is none: hex
    digits mean themselves."""
    start = max((key.rstrip("=").rfind(char) for char in ".:~|$, "), default=-1) + 1
    found = _TAIL.fullmatch(key, start)
    if found is None or _DIGITS.fullmatch(re.sub(r"\W|_", "", _parts(key)[1])):
        return None
    return found[1], found[2]


def _last(key: str) -> str:
    tail = _tail(key)
    if tail is None:
        return key[:-1] + _other(key[-1:])
    at = len(key) - len(tail[1]) - 1
    return key[:at] + key[at].translate(_TURNS) + tail[1]


def _last_shown(name: str, key: str) -> str:
    tail = _tail(key)
    if tail is None:
        return f"""$(printf %s "${name}" | sed '/0$/{{s/.$/1/;b}};s/.$/0/')"""
    padding, core = tail[1], f"${{{name}%{tail[1]}}}" if tail[1] else f"${name}"
    left = f"${{{name}%?{padding}}}"
    return f'{left}$(printf %s "{core}" | tail -c 1 | {_TURNED}){padding}'


def _first(key: str) -> str:
    if not JWT.fullmatch(key):
        return _other(key[:1]) + key[1:]
    at = key.rindex(".") + 1
    return key[:at] + key[at].translate(_TURNS) + key[at + 1 :]


def _first_shown(name: str, key: str) -> str:
    if not JWT.fullmatch(key):
        return f"""$(printf %s "${name}" | sed '/^0/{{s/^./1/;b}};s/^./0/')"""
    signature = f'printf %s "${{{name}##*.}}"'
    return f"${{{name}%.*}}.$({signature} | cut -c 1 | {_TURNED})$({signature} | cut -c 2-)"


def _shorter(key: str) -> str:
    return key.rstrip("=")[:-1]


def _longer(key: str) -> str:
    """One more character, or two where one would not make another byte."""
    tail = _tail(key)
    if tail is None or not (tail[1] or len(tail[0]) % 4 == 0):
        return key + "0"
    more = tail[0] + ("0" if len(tail[0]) % 4 else "00")
    padding = "=" * (-len(more) % 4) if tail[1] else ""
    return key[: len(key) - len(tail[0]) - len(tail[1])] + more + padding


def _longer_shown(name: str, key: str) -> str:
    padding = len(key) - len(key.rstrip("="))
    return f"${{{name}%{'=' * padding}}}{_longer(key)[len(key) - padding :]}"


def _written(form: str) -> Callable[[str, str], str]:
    return lambda name, key: form.format(name)


_BENDS: dict[Bend, tuple[Callable[[str], str], Callable[[str, str], str]]] = {
    Bend.AS_IS: (str, _written("${0}")),
    Bend.LAST_CHANGED: (_last, _last_shown),
    Bend.FIRST_CHANGED: (_first, _first_shown),
    Bend.CASE_SWAPPED: (str.swapcase, _written("""$(printf %s "${0}" | tr a-zA-Z A-Za-z)""")),
    Bend.REVERSED: (lambda key: key[::-1], _written("""$(printf %s "${0}" | rev)""")),
    Bend.SHORTENED: (_shorter, lambda name, key: f"${{{name}%?{'=' * (len(key) - len(key.rstrip('=')))}}}"),
    Bend.LENGTHENED: (_longer, _longer_shown),
    Bend.RANDOM_ALIKE: (_alike, _alike_shown),
    Bend.ZEROS: (lambda key: "0" * len(key), _written("""$(printf %s "${0}" | sed 's/./0/g')""")),
    Bend.HASHED_SHA1: (_hashed("sha1"), _written("""$(printf %s "${0}" | sha1sum | cut -d' ' -f1)""")),
    Bend.HASHED_SHA256: (_hashed("sha256"), _written("""$(printf %s "${0}" | sha256sum | cut -d' ' -f1)""")),
    Bend.UNSIGNED: (unsigned, unsigned_shown),
    Bend.ALG_NONE: (partial(headed, algorithm="none"), partial(headed_shown, algorithm="none")),
    Bend.ALG_NONE_MIXED: (partial(headed, algorithm="nOnE"), partial(headed_shown, algorithm="nOnE")),
    Bend.ALG_NONE_SIGNED: (
        partial(headed, algorithm="none", signed=True),
        partial(headed_shown, algorithm="none", signed=True),
    ),
    Bend.EMPTY_SECRET: (partial(resigned, secret=""), partial(resigned_shown, secret="")),
    Bend.WELL_KNOWN_SECRET: (partial(resigned, secret=WELL_KNOWN), partial(resigned_shown, secret=WELL_KNOWN)),
}


def bend(kind: Bend, key: str) -> str:
    """The key bent that way."""
    return _BENDS[kind][0](key)


def shell_form(kind: Bend, variable: str, key: str = "") -> str:
    """What a POSIX shell writes for the bent key, from the variable that holds the real one.

    `key` is looked at for its shape alone; nothing of it is told.
    """
    return _BENDS[kind][1](variable, key)
