"""The kinds of text and number that words of a target file take, each with what it says when something else is given.

A message never quotes the value: whoever puts a key in the wrong place must not find it in a CI log.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import (
    AfterValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    PlainValidator,
    Strict,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from harness.config.base_url import BaseUrl
from harness.config.patterns import METHODS
from harness.model import Json, Secret

_STEPS = r"(?:\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]+\])"
_FIELD = r"[A-Za-z_][A-Za-z0-9_-]*"
_PATH = r"/[\x21-\x7e]*"
_MAX_SECONDS = 3600.0
KEY_SLOTS = ("{key}", "{token}")
"""Both stand for the key, or for the token that a login gave for it."""


def fault(what: str) -> PydanticCustomError:
    """An error whose text is printed as it is."""
    return PydanticCustomError("fault", "{what}", {"what": what})


def _shape(pattern: str, what: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise fault(what)
        return value

    return AfterValidator(check)


def _method_first(value: str) -> str:
    method = value.partition(" ")[0]
    if method not in METHODS:
        raise fault(f"must begin with a method and a space; the methods are {', '.join(METHODS)}")
    return value


def _one_line(value: str) -> str:
    if not value or not value.isprintable() or value != value.strip():
        raise fault("must be one line of text, not empty, without control characters or space around it")
    return value


def _secret(value: Json) -> Secret:
    if not isinstance(value, str):
        raise fault("must be text; put it in quotes")
    return Secret(_one_line(value))


def _base_url(value: Json) -> BaseUrl:
    if not isinstance(value, str):
        raise fault("must be text, like http://127.0.0.1:8000")
    try:
        return BaseUrl.parse(value)
    except ValueError as error:
        raise fault(str(error)) from None


def _seconds(value: Json) -> float:
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)", value) if isinstance(value, str) else None
    seconds = float(found[1]) * {"ms": 0.001, "s": 1.0, "m": 60.0}[found[2]] if found else _MAX_SECONDS + 1
    if seconds > _MAX_SECONDS:
        raise fault("must be a number with its unit, like 500ms, 10s or 2m, and at most 60m")
    return seconds


def _rate(value: Json) -> float:
    found = re.fullmatch(r"([0-9]{1,5}(?:\.[0-9]{1,3})?)/(s|m)", value) if isinstance(value, str) else None
    each = float(found[1]) / {"s": 1, "m": 60}[found[2]] if found else 0.0
    if each <= 0:
        raise fault("must be requests for each second or minute, like 50/s or 90/m")
    return each


def _more_than_nothing(value: float) -> float:
    if value <= 0:
        raise fault("must be longer than nothing, like 10s")
    return value


def _between(low: int, high: int) -> AfterValidator:
    def check(value: int) -> int:
        if not low <= value <= high:
            raise fault(f"must be from {low} to {high}")
        return value

    return AfterValidator(check)


def _slotted(value: str) -> str:
    slots = re.findall(r"\{[^{}]*\}", value)
    if set(slots) - {"{username}", *KEY_SLOTS} or value.count("{") + value.count("}") != 2 * len(slots):
        raise fault("only {username}, {key} and {token} can stand in braces; write the rest without braces")
    return value


def _template(value: str) -> str:
    if not any(slot in value for slot in KEY_SLOTS):
        raise fault("must hold {key}, or no secret is sent; put it where the key belongs")
    return value


def _listed(value: Json) -> Json:
    """One where several may stand."""
    return [value] if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Short:
    """Another form that a value may be written in, which `read` turns into its own."""

    read: Callable[[Json], Json]
    form: tuple[str, str]
    """JSON Schema of the other form: its one keyword, with its value."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Json]:
        return {"anyOf": [dict([self.form]), handler(schema)]}


def in_short(word: str) -> Short:
    """A mapping that may be written as the text of its one necessary word."""
    return Short(lambda value: {word: value} if isinstance(value, str) else value, ("type", "string"))


def _prefix(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*://(?:[^/\s]+/\S*)?|/\S*", value):
        raise fault(
            "must be a URL prefix with a slash after its host, like https://www.example.org/, or https://, or a path"
        )
    return value


def _document_place(value: str) -> str:
    if "://" in value or "\\" in value:
        raise fault("must be a file beside this one, or a path under base_url that begins with /")
    return value


def _at_least_one(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise fault("must name at least one operation, like POST /things/")
    return values


def _names_one(values: Mapping[str, str]) -> Mapping[str, str]:
    if len(values) != 1 or not re.search(r"\{[A-Za-z0-9_-]+\.(?:id|number|uri)\}", next(iter(values.values()))):
        raise fault('must be one parameter and what it names, like {release: "{release.id}"}')
    return values


def _some(values: tuple[int, ...]) -> tuple[int, ...]:
    if not values:
        raise fault("must name at least one status, like [401, 403]")
    return values


Text = Annotated[str, AfterValidator(_one_line)]
Flag = Annotated[bool, Strict()]
Named = Annotated[
    str, _shape("[a-z][a-z0-9_-]*", "must begin with a small letter and hold only a-z, 0-9, _ and -; rename it")
]
IdentityName = Annotated[
    Named, _shape("(?!guest$).*", "'guest' always means the caller without a credential; choose another name")
]
FieldName = Annotated[str, _shape(_FIELD, "must be a field's name, made of letters, digits, _ and -")]
SecretText = Annotated[Secret, PlainValidator(_secret), WithJsonSchema({"type": "string", "minLength": 1})]
Url = Annotated[
    BaseUrl,
    PlainValidator(_base_url),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": "^https?://"}),
]
DocumentPlace = Annotated[Text, AfterValidator(_document_place)]
HeaderName = Annotated[str, _shape(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "must be a header's name, like Authorization")]
CookieName = Annotated[str, _shape(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "must be a cookie's name, like sessionid")]
ParameterName = Annotated[str, _shape(r"[A-Za-z0-9_.$\[\]-]+", "must be a parameter's name, like api_key")]
Token = Annotated[
    str,
    _shape(
        "[A-Za-z0-9_-]{22,200}",
        "must be a token of 128 bits or more, made by `holdfast proof`; run it and use its token",
    ),
]
Slotted = Annotated[Text, AfterValidator(_slotted)]
Template = Annotated[Slotted, AfterValidator(_template)]

Pattern = Annotated[
    str, AfterValidator(_method_first), _shape(f"[A-Z]+ {_PATH}", "must be METHOD /path, like GET /api/**")
]
"""`METHOD /path`, in which `patterns.matches` gives stars their meaning."""
Reference = Annotated[Pattern, _shape(r"[^*]*", "names one operation; write its path without *")]
"""`METHOD /path` of one operation."""
Creation = Annotated[Reference, _shape("(?:POST|PUT) .*", "must be a POST or PUT, like POST /things/")]
Creations = Annotated[tuple[Creation, ...], AfterValidator(_at_least_one), Short(_listed, ("type", "string"))]
Writing = Annotated[Reference, _shape("(?:POST|PUT|PATCH|DELETE) .*", "must be a write, like POST /token")]
Until = Annotated[
    str,
    _shape(
        r"GET /[\x21-\x7e]* [1-5][0-9]{2}", "must be a GET and the status to wait for, like GET /things/{id}/log 200"
    ),
]
Reading = Annotated[Reference, _shape("GET .*", "must be a GET, like GET /things/?name={marker}")]
ItemPath = Annotated[
    str,
    _shape(_PATH, "must be a path that begins with /, like /things/{id}/"),
    _shape(r".*\{[A-Za-z0-9_.-]+\}.*", "must hold the place of the id in braces, like /things/{id}/"),
]
IdPlace = Annotated[
    str,
    _shape(
        rf"location|\${_STEPS}+|sent:{_FIELD}{_STEPS}*|path:{_FIELD}",
        "must be location, a path into the answer like $.id, sent:FIELD or path:NAME",
    ),
]
JsonPath = Annotated[str, _shape(rf"\${_STEPS}+", "must be a path into the answer, like $.error.code")]
Place = Annotated[
    str, _shape(r"(?:body|path|query|header)\.[A-Za-z0-9_$-]+", "must be a place in the request, like body.username")
]
Prefix = Annotated[str, AfterValidator(_prefix)]
Scope = Annotated[Mapping[ParameterName, Text], AfterValidator(_names_one)]
"""A query parameter and the object that it names."""
Status = Annotated[int, Strict(), _between(100, 599)]
Statuses = Annotated[tuple[Status, ...], AfterValidator(_some)]
Lines = Annotated[int, Strict(), _between(1, 256)]
Count = Annotated[int, Strict(), _between(1, 10_000_000)]
Seconds = Annotated[float, PlainValidator(_seconds), WithJsonSchema({"type": "string", "pattern": "^[0-9.]+(ms|s|m)$"})]
Rate = Annotated[float, PlainValidator(_rate), WithJsonSchema({"type": "string", "pattern": "^[0-9.]+/(s|m)$"})]
"""Requests a second."""
SomeSeconds = Annotated[Seconds, AfterValidator(_more_than_nothing)]
