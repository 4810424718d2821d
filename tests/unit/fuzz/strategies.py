"""Bytes that are nearly right: sound answers and documents with something cut, doubled, swapped or put in."""

import json
from typing import Any

from hypothesis import strategies as st

_FIELDS = st.sampled_from(
    [
        b"Content-Length: 3",
        b"Content-Length: 4",
        b"Transfer-Encoding: chunked",
        b"Content-Encoding: gzip",
        b"Content-Encoding: deflate",
        b"Connection: close",
        b"Upgrade: h2c",
        b" folded",
        b"X:",
        b": x",
        b"\xff\xfe: \x80",
    ]
)
_STARTS = st.sampled_from(
    [b"HTTP/1.1 200 OK", b"HTTP/1.1 204 No", b"HTTP/1.0 401 No", b"HTTP/1.1 100 Go on", b"HTTP/1.1 304"]
)
_BODIES = st.sampled_from(
    [b"", b"abc", b"3\r\nabc\r\n0\r\n\r\n", b"3;x\r\nabc\r\n0\r\nA: b\r\n\r\n", b"\x1f\x8b\x08\0\0\0\0\0"]
)
_NOISE = st.sampled_from(
    [b"", b"\r", b"\n", b"\0", b" ", b"\t", b":", b"\r\n\r\n", b"0", b"-", b"f" * 20, b"HTTP/1.1 200 OK\r\n"]
)


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """One or a few answers, mutated."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        head = [draw(_STARTS), *draw(st.lists(_FIELDS, max_size=5))]
        parts.append(b"\r\n".join([*head, b"", draw(_BODIES)]))
    return draw(_mutated(b"".join(parts)))


@st.composite
def _mutated(draw: st.DrawFn, data: bytes) -> bytes:
    for _ in range(draw(st.integers(0, 4))):
        at, to = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        piece = draw(_NOISE | st.binary(max_size=6) | st.just(data[at:to] * 2))
        data = data[:at] + piece + data[draw(st.sampled_from([at, to])) :]
    return data[:8192]


_NAMES = st.sampled_from(["A", "B", "C", "id", "name"])
_ODD: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(
        [
            10**400,
            -1,
            0,
            "^(a|a)*$",
            "[",
            "object",
            "#/paths",
            "#/components/schemas/A",
            "x.yaml#/a",
            "http://127.0.0.9/",
            "~1",
            "{id}",
        ]
    )
)


def _words(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A mapping of schema words, each with a value of its kind or with anything at all."""
    named = st.dictionaries(_NAMES, children, max_size=3)
    listed = st.lists(children, max_size=3)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "$ref": _NAMES.map("#/components/schemas/{}".format),
        "type": st.sampled_from(["object", "array", "string", "integer", "number", "boolean", "null"]),
        "properties": named,
        "patternProperties": named,
        "additionalProperties": children,
        "required": st.lists(_NAMES, max_size=3),
        "items": children,
        "prefixItems": listed,
        "allOf": listed,
        "anyOf": listed,
        "oneOf": listed,
        "not": children,
        "enum": st.lists(_ODD, max_size=3),
        "const": _ODD,
        "default": _ODD,
        "pattern": st.sampled_from(["^a+$", "(a+)+b", "^(?=(a|aa)+$)b", "\\d{3}", "["]),
        "format": st.sampled_from(["uri", "date", "frob"]),
        "nullable": st.booleans(),
        "readOnly": st.booleans(),
        **dict.fromkeys(
            ("minimum", "maximum", "multipleOf", "minLength", "maxLength", "minItems", "minProperties"),
            st.integers(-3, 40) | _ODD,
        ),
    }
    word = st.sampled_from(sorted(kinds)).flatmap(lambda key: st.tuples(st.just(key), kinds[key] | _ODD))
    return st.lists(word, max_size=5).map(dict)


SCHEMAS: st.SearchStrategy[Any] = st.recursive(_ODD | st.just({}), _words, max_leaves=12)
_PARAMETERS = st.lists(
    st.fixed_dictionaries(
        {"name": _NAMES, "in": st.sampled_from(["path", "query", "body", "formData", 5])},
        optional={"schema": SCHEMAS, "required": _ODD},
    )
    | _ODD,
    max_size=2,
)
_OPERATIONS: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {
        "responses": st.just({})
        | _ODD
        | st.dictionaries(
            st.sampled_from(["200", "default", "x"]), st.fixed_dictionaries({"schema": SCHEMAS}) | _ODD, max_size=2
        )
    },
    optional={
        "parameters": _PARAMETERS,
        "requestBody": SCHEMAS.map(lambda schema: {"content": {"application/json": {"schema": schema}}}) | _ODD,
        "servers": st.lists(st.fixed_dictionaries({"url": st.text(max_size=8)}) | _ODD, max_size=2) | _ODD,
        "security": st.lists(st.just({}) | _ODD, max_size=2) | _ODD,
    },
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "paths": st.dictionaries(
            st.sampled_from(["/a", "/a/{id}", "b", "", "/{", "/a//{id}{id}"]),
            st.dictionaries(
                st.sampled_from(["get", "post", "put", "parameters", "$ref", "x"]),
                _OPERATIONS | _PARAMETERS | _ODD,
                max_size=3,
            )
            | _ODD,
            max_size=3,
        )
        | _ODD,
        "components": st.fixed_dictionaries({"schemas": st.dictionaries(_NAMES, SCHEMAS, max_size=3) | _ODD}) | _ODD,
    },
    optional={"servers": _ODD, "security": _ODD, "basePath": _ODD, "securityDefinitions": _ODD},
).flatmap(
    lambda root: st.sampled_from([{"openapi": "3.0.3"}, {"openapi": "3.1.0"}, {"swagger": "2.0"}]).map(
        lambda said: {**said, "info": {}, **root}
    )
)
"""OpenAPI documents in which nothing can be relied on."""

FILES = DOCUMENTS.map(lambda root: json.dumps(root).encode()).flatmap(lambda data: st.just(data) | _mutated(data))
YAML = st.lists(
    st.sampled_from(
        [
            b"a: ",
            b"- ",
            b"&x ",
            b"*x",
            b"<<: ",
            b"!!str ",
            b"? ",
            b": ",
            b"{",
            b"}",
            b"[",
            b"]",
            b",",
            b"\n",
            b"\n  ",
            b"\t",
            b'"',
            b"'",
            b"|\n",
            b">-\n",
            b"---\n",
            b"...\n",
            b"%YAML 1.1\n",
            b"# x\n",
            b"1e999",
            b"\xef\xbb\xbf",
            b"\xff",
            b"\0",
            b"\\u0041",
            b"key",
        ]
    )
    | st.binary(max_size=3),
    max_size=30,
).map(b"".join)
