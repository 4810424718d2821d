"""What must hold for whatever comes."""

import json
from contextlib import suppress

from harness.documents import parse
from harness.errors import ConfigError, DocumentError
from harness.model import Exchange, Request
from harness.openapi import Unsatisfiable, accepts, channels, property_schema, read_operations, smallest_body, whole
from harness.wire.answers import Answer, AnswerParser, Limits

SMALL = Limits(wire=4096, decoded=4096, head=512, line=128, fields=6, interim=2, chunks=50)


def answer(data: bytes, step: int) -> None:
    """An answer or a reason, the same however the bytes are cut, and never more than the bounds."""
    parser, cut = AnswerParser("GET", SMALL), AnswerParser("GET", SMALL)
    told = parser.feed(data) or parser.end()
    pieces = (cut.feed(data[start : start + step]) for start in range(0, len(data), step))
    again = next(filter(None, pieces), None) or cut.end()
    if told != "framing-extra-bytes" or isinstance(again, str):
        assert again == told
    if isinstance(told, Answer):
        assert 100 <= told.status <= 599
        assert len(told.body) <= SMALL.decoded
        assert len(told.headers) <= SMALL.fields
        exchange = Exchange(Request("GET", "/"), told.status, told.headers, told.body)
        assert exchange.json is None or json.dumps(exchange.json, allow_nan=False)


def file(data: bytes) -> None:
    """A document whose places are in the file, or one problem in one line."""
    try:
        document = parse(data, "f")
    except ConfigError as error:
        problems = error.problems
    else:
        problems = ()
    if problems:
        assert len(problems) == 1
        assert "\n" not in str(problems[0])
        return
    json.dumps(document.data, allow_nan=False)
    line, _ = document.nearest(("paths", "/a"))
    assert 1 <= line <= data.count(b"\n") + data.count(b"\r") + data.count(b"\xe2\x80") + data.count(b"\xc2\x85") + 1


def document(data: bytes) -> None:
    """Whatever a document says, its operations are read or are broken, and a body is built and accepted or is not."""
    try:
        parsed = parse(data, "f")
        reading = read_operations(parsed.data if isinstance(parsed.data, dict) else {}, line=parsed.line)
    except (ConfigError, DocumentError):
        return
    channels(parsed.data)
    for operation in reading.operations:
        if operation.body_schema is None:
            continue
        with suppress(Unsatisfiable):
            body = smallest_body(operation.body_schema, {})
            assert accepts(operation.body_schema, body)
            whole(operation.body_schema)
        property_schema(operation.body_schema, "name")
