"""How the document says that a credential may ride."""

from collections.abc import Mapping

from harness.model import Json
from harness.openapi.references import References, Unreadable, cleaned


def channels(data: Mapping[str, Json]) -> dict[str, dict[str, str]]:
    """Each security scheme as `{channel, name, template}`; what is neither a key nor basic nor bearer is left out.

    `channel` is header, query, cookie, basic or bearer; `name` is that of the header, parameter or cookie; `{key}` and
    `{username}` stand for the parts in `template`, which `x-value-format` beside a key gives in the document's words.
    """
    root = cleaned(data)
    components = root.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, Mapping) else root.get("securityDefinitions")
    if not isinstance(schemes, Mapping):
        return {}
    found = {name: _channel(References(root), scheme) for name, scheme in schemes.items()}
    return {name: facts for name, facts in found.items() if facts}


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
            return {"channel": place, "name": name, "template": str(scheme.get("x-value-format", "{key}"))}
        case ("basic", _) | ("http", "basic"):
            return {"channel": "basic", "name": "Authorization", "template": "{username}:{key}"}
        # RFC 6750: a token got by OAuth rides as a bearer.
        case ("http", "bearer") | ("oauth2", _) | ("openIdConnect", _):
            return {"channel": "bearer", "name": "Authorization", "template": "Bearer {key}"}
    return {}
