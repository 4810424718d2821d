"""How the document says that a credential may ride."""

import re
from collections.abc import Mapping

from harness.model import Json
from harness.openapi.references import References, Unreadable, cleaned

_OPENS, _SHUTS = r"""[<{\[$`"']*""", r"""[>}\]`"']*"""
_PAIR = re.compile(
    rf"\b([A-Za-z][\w-]*)\s+{_OPENS}[\w ]*\buser[\w ]*{_SHUTS}:{_OPENS}[\w -]*(?:key|token|secret)", re.I
)
_ALONE = re.compile(
    rf"\b(ApiKey|Api-Key|Token|Bearer|JWT|Key)\s+{_OPENS}(?:your|my|api|access|jwt|key|token|[0-9a-f]{{8}})", re.A
)
_PATTERN = re.compile(r"\^?([A-Za-z][\w-]*)(?: |\\s|\[ \]|\\ )(.*)")


def untried_schemes(data: Mapping[str, Json]) -> dict[str, str]:
    """The security schemes that are no channel of ours, each with why nothing can be sent for it."""
    root, known = cleaned(data), channels(data)
    kinds = {name: _kind(References(root), scheme) for name, scheme in _schemes(root).items() if name not in known}
    return {
        name: f"the document's scheme {name} ({kind}) is a way in that is not tried" for name, kind in kinds.items()
    }


def channels(data: Mapping[str, Json]) -> dict[str, dict[str, str]]:
    """Each security scheme as `{channel, name, template}`; what is neither a key nor basic nor bearer is left out.

    `channel` is header, query, cookie, basic or bearer; `name` is that of the header, parameter or cookie; `{key}` and
    `{username}` stand for the parts in `template`, which `x-value-format` beside a key gives in the document's words,
    or for the Authorization header its description or pattern.
    """
    root = cleaned(data)
    found = {name: _channel(References(root), scheme) for name, scheme in _schemes(root).items()}
    return {name: facts for name, facts in found.items() if facts}


def _schemes(root: Mapping[str, Json]) -> Mapping[str, Json]:
    components = root.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, Mapping) else root.get("securityDefinitions")
    return schemes if isinstance(schemes, Mapping) else {}


def _kind(references: References, scheme: Json) -> str:
    """What a scheme says that it is, in a few words."""
    try:
        told = references.follow(scheme)
    except Unreadable:
        return "unreadable"
    words = [told.get(word) for word in ("type", "scheme")] if isinstance(told, Mapping) else []
    return " ".join(word for word in words if isinstance(word, str) and word.isprintable())[:60] or "of no kind"


def _channel(references: References, scheme: Json) -> dict[str, str]:
    try:
        scheme = references.follow(scheme)
    except Unreadable:
        return {}
    if not isinstance(scheme, Mapping):
        return {}
    place, name = scheme.get("in"), scheme.get("name")
    match scheme.get("type"), str(scheme.get("scheme", "")).lower():
        case ("apiKey", _) if place in ("header", "query", "cookie") and isinstance(name, str):
            return {"channel": place, "name": name, "template": _template(scheme, name)}
        case ("basic", _) | ("http", "basic"):
            return {"channel": "basic", "name": "Authorization", "template": "{username}:{key}"}
        # RFC 6750: a token got by OAuth rides as a bearer.
        case ("http", "bearer") | ("oauth2", _) | ("openIdConnect", _):
            return {"channel": "bearer", "name": "Authorization", "template": "Bearer {key}"}
    return {}


def _template(scheme: Mapping[str, Json], name: str) -> str:
    """How the key is written at its place: `ApiKey {username}:{key}` where the document says so."""
    if "x-value-format" in scheme or name.lower() != "authorization":
        return str(scheme.get("x-value-format", "{key}"))
    told, pattern = str(scheme.get("description", "")), _PATTERN.match(str(scheme.get("pattern", "")))
    if pair := _PAIR.search(told):
        return f"{pair[1]} {{username}}:{{key}}"
    if alone := _ALONE.search(told):
        return f"{alone[1]} {{key}}"
    if pattern:
        return f"{pattern[1]} {'{username}:' if ':' in pattern[2] else ''}{{key}}"
    return "{key}"
