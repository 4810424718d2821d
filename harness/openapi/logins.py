"""Which operations of the document log somebody in, and which security schemes its writes name."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from harness.model import WRITES, Json
from harness.openapi.references import References, Unreadable, cleaned
from harness.openapi.servers import prefix

_PATH = re.compile(
    r"(log-?in|sign-?in|token|session|auth(enticate)?|jwt)(/(create|obtain|new|password))?/?$", re.IGNORECASE
)
_NAMES = ("username", "user_name", "userName", "user", "login", "email", "account", "name")
_PASSWORDS = ("password", "passwd", "pass", "secret")
TOKEN_FIELDS = ("access_token", "accessToken", "access", "token", "auth_token", "authToken", "id_token", "jwt", "key")
"""What answers call a token, the most telling names first."""
_FORM = "application/x-www-form-urlencoded"
_LEVELS = 3


@dataclass(frozen=True, slots=True)
class LogIn:
    """An operation that takes a name and a password and gives a token."""

    operation: str
    """`METHOD /path`, the path that the document's servers give in front."""
    body: str
    """`form` or `json`."""
    username: str
    """Field of the name."""
    password: str
    """Field of the password."""
    token: str
    """Place of the token in the answer, as `$.access_token`."""
    told: bool = True
    """Whether the document shows the token's place; else it is the usual one."""


def logins(data: Mapping[str, Json], base_path: str = "") -> list[LogIn]:
    """The operations that log in, those of an OAuth password flow first. Pure; what cannot be read is passed over."""
    root = cleaned(data)
    reader = _Reader(root, base_path)
    found = {one.operation: one for one in reader.found()}
    wanted = [reader.flow(url, found) for url in _token_urls(root)]
    first = [one for one in wanted if one]
    return [*first, *(one for name, one in found.items() if name not in {other.operation for other in first})]


def schemes_of_writes(data: Mapping[str, Json]) -> Counter[str]:
    """How often each security scheme is named by an operation that writes."""
    root = cleaned(data)
    counted: Counter[str] = Counter()
    for item in _mapping(root.get("paths")).values():
        for method, operation in _mapping(item).items():
            if method.upper() in WRITES and isinstance(operation, Mapping):
                told = operation.get("security", root.get("security"))
                counted.update(name for one in told if isinstance(one, Mapping) for name in one) if isinstance(
                    told, list
                ) else None
    return counted


class _Reader:
    def __init__(self, root: Mapping[str, Json], base_path: str) -> None:
        self._root = root
        self._base_path = base_path
        self._references = References(root)

    def found(self) -> Iterator[LogIn]:
        for path, item in _mapping(self._root.get("paths")).items():
            operation = _mapping(item).get("post")
            if isinstance(operation, Mapping) and _PATH.search(path):
                name = f"POST {prefix(self._root, _mapping(item), operation, self._base_path)}/{path.lstrip('/')}"
                found = self._login(name, operation)
                if found:
                    yield found

    def flow(self, url: str, known: Mapping[str, LogIn]) -> LogIn | None:
        """The operation of an OAuth password flow. RFC 6749 says what it takes and gives."""
        parts = urlsplit(url)
        if parts.netloc:
            return None
        path = "/" + parts.path.removeprefix("./").lstrip("/")
        same = next((one for name, one in known.items() if name.endswith(path)), None)
        if same:
            return same
        front = "" if url.startswith("/") else prefix(self._root, {}, {}, self._base_path)
        return LogIn(f"POST {front}{path}", "form", "username", "password", "$.access_token", told=False)

    def _login(self, name: str, operation: Mapping[str, Json]) -> LogIn | None:
        for kind, fields in self._bodies(operation):
            username = next((one for one in _NAMES if one in fields), None)
            password = next((one for one in _PASSWORDS if one in fields), None)
            if username and password:
                place = self._token(operation)
                return LogIn(name, kind, username, password, place or "$.access_token", told=place is not None)
        return None

    def _bodies(self, operation: Mapping[str, Json]) -> Iterator[tuple[str, Mapping[str, Json]]]:
        content = _mapping(self._followed(operation.get("requestBody")).get("content"))
        for media_type, told in content.items():
            kind = "form" if media_type.startswith(_FORM) else "json" if "json" in media_type else ""
            if kind:
                yield kind, self._fields(_mapping(told).get("schema"))
        parameters = operation.get("parameters")
        forms = dict[str, Json]()
        for one in parameters if isinstance(parameters, list) else ():
            told = self._followed(one)
            if told.get("in") == "formData":
                forms[str(told.get("name"))] = told
            elif told.get("in") == "body":
                yield "json", self._fields(told.get("schema"))
        yield "form", forms

    def _token(self, operation: Mapping[str, Json]) -> str | None:
        for status, answer in sorted(_mapping(operation.get("responses")).items()):
            told = self._followed(answer)
            content = [_mapping(one).get("schema") for one in _mapping(told.get("content")).values()]
            for schema in (told.get("schema"), *content) if status.startswith("2") else ():
                place = self._within(schema, "$", _LEVELS)
                if place:
                    return place
        return None

    def _within(self, schema: Json, place: str, left: int) -> str | None:
        fields = self._fields(schema)
        named = next((one for one in TOKEN_FIELDS if one in fields), None)
        if named and left:
            inner = self._within(fields[named], f"{place}.{named}", left - 1)
            return inner or f"{place}.{named}"
        deeper = (self._within(one, f"{place}.{name}", left - 1) for name, one in fields.items()) if left else iter(())
        return next((one for one in deeper if one), None)

    def _fields(self, schema: Json) -> dict[str, Json]:
        told = self._followed(schema)
        fields = dict(_mapping(told.get("properties")))
        parts = told.get("allOf")
        for one in parts if isinstance(parts, list) else ():
            fields |= _mapping(self._followed(one).get("properties"))
        return fields

    def _followed(self, node: Json) -> Mapping[str, Any]:
        try:
            return _mapping(self._references.follow(node)) if isinstance(node, Mapping) else {}
        except Unreadable:
            return {}


def _token_urls(root: Mapping[str, Json]) -> Iterator[str]:
    components = _mapping(root.get("components"))
    for scheme in _mapping(components.get("securitySchemes") or root.get("securityDefinitions")).values():
        told = _mapping(scheme)
        if told.get("type") == "oauth2":
            flow = _mapping(_mapping(told.get("flows")).get("password")) or (
                told if told.get("flow") == "password" else {}
            )
            if isinstance(flow.get("tokenUrl"), str):
                yield flow["tokenUrl"]


def _mapping(node: Json) -> Mapping[str, Any]:
    return node if isinstance(node, Mapping) else {}
