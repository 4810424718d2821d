"""A text as it is sent, and the same as a shell writes it from the variable that holds a key.

Headers of a shown request are shell text for the inside of double quotes. Its target and body are literal, but for
what stands between the marks `⟦` and `⟧`, which is such shell text, too: `/things/?api_key=⟦$ADMIN_KEY⟧`. No request
can hold the marks itself: they cannot be sent in a target, and bodies made here are ASCII.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from harness.model import Json

BOUNDARY = "holdfast-part-of-a-form"
"""Between the parts of a body; no value that is sent holds it."""
_MARKED = re.compile("⟦([^⟧]*)⟧")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Written:
    """One text in both forms."""

    real: str = field(repr=False)
    told: str
    """Inside double quotes; holds no secret."""

    @classmethod
    def plain(cls, text: str) -> "Written":
        """A text that is no secret."""
        return cls(text, quoted(text))

    @property
    def open(self) -> bool:
        """Whether there is no variable in it, so that it can be shown as it is."""
        return self.told == quoted(self.real)

    def percent(self) -> tuple[str, str]:
        """Percent-encoded for a query or form: as sent, and as shown with marks."""
        sent = quote(self.real, safe="")
        if self.open:
            return sent, sent
        octets = "od -An -v -tx1 | tr -d '\\n' | tr ' ' %"
        return sent, mark(self.told if sent == self.real else f'$(printf %s "{self.told}" | {octets})')

    def in_text(self) -> tuple[str, str]:
        """As it stands in a body that escapes nothing: as sent, and as shown with marks."""
        return (self.real, self.real) if self.open else (self.real, mark(self.told))

    def json(self) -> tuple[str, str]:
        """A JSON string: as sent, and as shown with marks."""
        sent = json.dumps(self.real)
        if self.open:
            return sent, sent
        escaped = f"""$(printf %s "{self.told}" | sed 's/["\\\\]/\\\\&/g')"""
        return sent, f'"{mark(self.told if sent == f"{chr(34)}{self.real}{chr(34)}" else escaped)}"'


def quoted(text: str) -> str:
    """The text as it stands inside double quotes in a shell."""
    return text.translate(_QUOTED)


_QUOTED = str.maketrans(
    {
        **{char: "\\" + char for char in '\\"$`'},
        "⟦": "$(printf '\\342\\237\\246')",
        "⟧": "$(printf '\\342\\237\\247')",
    }
)


def mark(shell: str) -> str:
    """Shell text as it stands in a shown target or body."""
    return f"⟦{shell}⟧"


def pieces(shown: str) -> Iterator[tuple[str, str]]:
    """A shown target or body as literal text and the shell text behind it, by turns; either may be empty."""
    parts = _MARKED.split(shown)
    for number in range(0, len(parts), 2):
        yield parts[number], parts[number + 1] if number + 1 < len(parts) else ""


def filled(form: str, slots: Mapping[str, Written]) -> Written:
    """A template with its slots `{name}` filled; one that is not among `slots` stays as written."""
    told = "".join(
        slots[part].told if number % 2 and part in slots else quoted(f"{{{part}}}" if number % 2 else part)
        for number, part in enumerate(_SLOT.split(form))
    )
    return Written(_SLOT.sub(lambda slot: slots[slot[1]].real if slot[1] in slots else slot[0], form), told)


def json_text(value: Json) -> tuple[str, str]:
    """JSON, in which a `Written` is a string: as sent, and as shown with marks. Raises what `json.dumps` does."""
    try:
        plain = json.dumps(value)
    except TypeError:
        return _told_json(value)
    return plain, plain


def _told_json(value: Json) -> tuple[str, str]:
    """The same of a value that a `Written` is in."""
    match value:
        case Written():
            return value.json()
        case dict():
            parts = [(json.dumps(name), json_text(part)) for name, part in value.items()]
            members = [(f"{name}: {sent}", f"{name}: {shown}") for name, (sent, shown) in parts]
        case list() | tuple():
            members = [json_text(part) for part in value]
        case _:
            plain = json.dumps(value)
            return plain, plain
    before, after = "{}" if isinstance(value, dict) else "[]"
    sent, shown = (before + ", ".join(member[form] for member in members) + after for form in (0, 1))
    return sent, shown


def form_text(fields: Mapping[str, Json]) -> tuple[str, str]:
    """A body for `application/x-www-form-urlencoded`: as sent, and as shown with marks.

    A list gives its field once for each of its values, null an empty value, an object its JSON.
    """
    pairs = [(name, _flat(one)) for name, value in fields.items() for one in (value if _several(value) else (value,))]
    return joined(pairs)


def multipart_text(fields: Mapping[str, Json]) -> tuple[str, str]:
    """The same fields for `multipart/form-data` (RFC 7578), a part for each: as sent, and as shown with marks."""
    pairs = [(name, _flat(one)) for name, value in fields.items() for one in (value if _several(value) else (value,))]
    parts = [
        (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{quote(name)}"\r\n\r\n', one) for name, one in pairs
    ]
    sent, shown = ("".join(f"{head}{one.in_text()[form]}\r\n" for head, one in parts) for form in (0, 1))
    return f"{sent}--{BOUNDARY}--\r\n", f"{shown}--{BOUNDARY}--\r\n"


def joined(pairs: list[tuple[str, Written]]) -> tuple[str, str]:
    """`name=value&…`, percent-encoded: as sent, and as shown with marks."""
    parts = [(quote(name, safe=""), value.percent()) for name, value in pairs]
    return "&".join(f"{name}={sent}" for name, (sent, _) in parts), "&".join(
        f"{name}={shown}" for name, (_, shown) in parts
    )


def _several(value: Json) -> bool:
    return isinstance(value, list | tuple)


def _flat(value: Json) -> Written:
    match value:
        case Written():
            return value
        case str():
            return Written.plain(value)
        case None:
            return Written.plain("")
        case _:
            sent, shown = json_text(value)
            return Written(sent, "".join(quoted(text) + shell for text, shell in pieces(shown)))
