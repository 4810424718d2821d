"""The named ways to bend a key: each changes the bytes, and each can be written in a shell for whoever reproduces a
finding."""

import hashlib
import random
import string
from collections.abc import Callable

from harness.model import Bend


def _other(char: str) -> str:
    return "1" if char == "0" else "0"


def _alike(key: str) -> str:
    """A random text with the key's length and alphabet, the same for the same key: a re-run must send the same
    bytes."""
    draw = random.Random(hashlib.sha256(b"alike" + key.encode()).digest())
    alphabets = (string.hexdigits[:16], string.digits, string.ascii_lowercase, string.ascii_letters + string.digits)
    alphabet = next((letters for letters in alphabets if set(key) <= set(letters)), alphabets[-1])
    return "".join(draw.choice(alphabet) for _ in key)


def _hashed(name: str) -> Callable[[str], str]:
    return lambda key: hashlib.new(name, key.encode()).hexdigest()


_BENDS: dict[Bend, tuple[Callable[[str], str], str]] = {
    Bend.AS_IS: (lambda key: key, "${0}"),
    Bend.LAST_CHANGED: (
        lambda key: key[:-1] + _other(key[-1:]),
        """$(printf %s "${0}" | sed '/0$/{{s/.$/1/;b}};s/.$/0/')""",
    ),
    Bend.FIRST_CHANGED: (
        lambda key: _other(key[:1]) + key[1:],
        """$(printf %s "${0}" | sed '/^0/{{s/^./1/;b}};s/^./0/')""",
    ),
    Bend.CASE_SWAPPED: (str.swapcase, """$(printf %s "${0}" | tr a-zA-Z A-Za-z)"""),
    Bend.REVERSED: (lambda key: key[::-1], """$(printf %s "${0}" | rev)"""),
    Bend.SHORTENED: (lambda key: key[:-1], "${{{0}%?}}"),
    Bend.LENGTHENED: (lambda key: key + "0", "${{{0}}}0"),
    Bend.RANDOM_ALIKE: (_alike, """$(printf %s "${0}" | sed 's/./7/g')"""),
    Bend.ZEROS: (lambda key: "0" * len(key), """$(printf %s "${0}" | sed 's/./0/g')"""),
    Bend.HASHED_SHA1: (_hashed("sha1"), """$(printf %s "${0}" | sha1sum | cut -d' ' -f1)"""),
    Bend.HASHED_SHA256: (_hashed("sha256"), """$(printf %s "${0}" | sha256sum | cut -d' ' -f1)"""),
}


def bend(kind: Bend, key: str) -> str:
    """The key bent that way."""
    return _BENDS[kind][0](key)


def shell_form(kind: Bend, variable: str) -> str:
    """What a POSIX shell writes for the bent key, from the variable that holds the real one."""
    return _BENDS[kind][1].format(variable)
