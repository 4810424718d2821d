"""Which URLs a field may hold, and the judge of a value read back from a server."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import ada_url

from harness.urls.allowlist import Entry, parse_allow, printable
from harness.urls.onward import hides_control, keeps_prefix, leads_to
from harness.urls.readers import READERS, Reading, read_all

MAX_LENGTH: Final = 2048
"""Characters; what browsers, proxies and databases agree to carry. Longer values are not parsed at all."""
WHY_LENGTH: Final = 160
"""Characters of a reason, at most."""

_PARTS: Final = re.compile(r"[^:/?#]+://([^/?#]*)([^?#]*)(.*)", re.DOTALL)
_NEVER: Final = re.compile(r"""[\x00-\x20\x7f\\"<>^`{|}]""")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class UrlRule:
    """What one URL field may hold. ValueError for a rule that says nothing or that cannot be read."""

    allow: tuple[str, ...] = ()
    """`scheme://host[:port]/path-prefix`, lower-case scheme; `scheme://` alone allows every host."""
    suffix_of: str | None = None
    """The sibling field whose value this one continues."""
    suffix: str | None = None
    """What is added to the sibling's value, `.asc` say."""
    allow_blank: bool = True
    """Whether the empty string, or null, is a fine value."""

    def __post_init__(self) -> None:
        if (self.suffix_of is None) != (self.suffix is None):
            raise ValueError("suffix_of and suffix go together")
        if not self.allow and self.suffix_of is None:
            raise ValueError("a URL rule needs an allowed prefix or a sibling")
        entries(self)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is thought of a stored value."""

    outside: bool | None
    """True: it breaks the rule. False: it keeps it, and all readers agree. None: either answer is acceptable."""
    why: str
    """One printable line of at most WHY_LENGTH characters."""
    strays: tuple[str, ...] = ()
    """The readers, by name, that find a host or a scheme which is not allowed; `whatwg` among them means browsers."""


def entries(rule: UrlRule) -> tuple[Entry, ...]:
    """The parsed allow-list, in the rule's order."""
    return parse_allow(rule.allow)


def judge(value: object, rule: UrlRule, sibling: str | None = None) -> Judgement:
    """Judge a stored value, of any JSON type, by its field's rule. Never raises.

    `sibling` is the present value of the field that the rule continues; None where it is not known.
    """
    if value is None and rule.allow_blank:
        return Judgement(None, "null where the field may be blank")
    if not isinstance(value, str):
        return Judgement(True, f"not a string: {type(value).__name__}")
    if not value:
        return Judgement(not rule.allow_blank, "blank")
    if rule.suffix is not None and sibling is not None and (not sibling or value != sibling + rule.suffix):
        return Judgement(True, f"not {_continued(rule)}", _strays(value, rule))
    if rule.allow:
        return _by_list(value, entries(rule))
    if sin := _unwritable(value):
        return Judgement(True, sin)
    return Judgement(False if sibling is not None else None, f"reads {_continued(rule)}")


def _continued(rule: UrlRule) -> str:
    return f"{printable(rule.suffix_of or '')} + {printable(rule.suffix or '')}"


def _strays(value: str, rule: UrlRule) -> tuple[str, ...]:
    return _by_list(value, entries(rule)).strays if rule.allow else ()


def _by_list(value: str, allowed: tuple[Entry, ...]) -> Judgement:
    if len(value) > MAX_LENGTH:
        return Judgement(True, f"{len(value)} characters long")
    readings = read_all(value)
    offences = {name: _offence(reading, allowed) for name, reading in readings.items() if reading is not None}
    strays = tuple(name for name, reading in readings.items() if reading is not None and _strays_from(reading, allowed))
    sin = _unwritable(value)
    if sin:
        return Judgement(True, sin, strays)
    for name, offence in offences.items():
        if offence:
            return Judgement(True, f"{name} {offence}", strays)
    if readings["whatwg"] is None:
        return Judgement(True, "no URL to a browser", strays)
    return _by_path(value, [reading for reading in readings.values() if reading is not None], allowed)


def _by_path(value: str, readings: list[Reading], allowed: tuple[Entry, ...]) -> Judgement:
    """Judge a value whose every reading is allowed, by what stands after the host."""
    agreed = [entry for entry in allowed if all(entry.admits(reading) for reading in readings)]
    split = _PARTS.fullmatch(value)
    if not agreed or split is None:
        return Judgement(None, "readers find different allowed places")
    authority, path, rest = split.groups()
    path = path or "/"  # The same place (RFC 3986, 6.2.3).
    if hides_control(path + rest):
        return Judgement(True, "an encoded control character")
    if not any(keeps_prefix(path, entry.prefix) for entry in agreed):
        return Judgement(True, "the path is not under an allowed prefix")
    if foreign := leads_to(path, rest, allowed):
        return Judgement(True, f"leads on to {foreign}")
    dotted = authority.partition(":")[0].endswith(".")
    if dotted or ada_url.URL(value).href != value or len(set(readings)) > 1:
        return Judgement(None, "allowed, in an unusual spelling")
    if len(readings) < len(READERS):
        return Judgement(None, "allowed, but not every reader can read it")
    return Judgement(False, "inside the rule")


def _unwritable(value: str) -> str:
    """The first character that no URL may hold unencoded, in words; empty where there is none.

    RFC 3986 has none of them. Other non-ASCII letters are left to the readers.
    """
    found = _NEVER.search(value)
    if found is None and not value.isascii():
        unseen = next((char for char in value if unicodedata.category(char) in _UNSEEN), "")
    else:
        unseen = found[0] if found else ""
    return f"holds U+{ord(unseen):04X}" if unseen else ""


def _strays_from(reading: Reading, allowed: tuple[Entry, ...]) -> bool:
    if reading.host:
        return not any(entry.scheme == reading.scheme and entry.admits_host(reading.host) for entry in allowed)
    return reading.scheme != "" and all(entry.scheme != reading.scheme for entry in allowed)


def _offence(reading: Reading, allowed: tuple[Entry, ...]) -> str:
    """What one reader holds against the value, to follow the reader's name; empty where nothing."""
    if all(entry.scheme != reading.scheme for entry in allowed):
        return f"reads scheme {printable(reading.scheme, 30) or 'none'}"
    if not reading.host:
        return "reads no host"
    if _strays_from(reading, allowed):
        return f"reads host {printable(reading.host)}"
    if reading.userinfo:
        return "reads user information"
    if not any(entry.admits(reading) for entry in allowed):
        return f"reads port {printable(reading.port, 20)}"
    return ""
