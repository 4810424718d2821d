"""What must hold for whatever comes."""

import json
import re
from contextlib import suppress

from harness.documents import parse
from harness.errors import ConfigError, DocumentError
from harness.model import Exchange, Request
from harness.openapi import Unsatisfiable, accepts, channels, property_schema, read_operations, smallest_body, whole
from harness.wire.answers import Answer, AnswerParser, Limits
from harness.wire.framing import Refused, check

SMALL = Limits(wire=4096, decoded=4096, head=512, line=128, fields=6, interim=2, chunks=50)


def answer(data: bytes, step: int, method: str = "GET") -> None:
    """An answer or a reason, the same however the bytes are cut, and never more than the bounds."""
    parser, cut = AnswerParser(method, SMALL), AnswerParser(method, SMALL)
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


def request(data: bytes) -> None:
    """What may be sent is one request, also to a server that is lenient about line ends, blanks and letters."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    try:
        check(lines, body or None)
    except Refused:
        return
    assert not re.search(rb"[\r\n]", b"".join(lines))
    names = [re.sub(rb"[\s\0_-]", b"", line.partition(b":")[0]).lower() for line in lines[1:]]
    framing = [name for name in names if name in (b"contentlength", b"transferencoding")]
    assert len(framing) == 1 or not (framing or body)
    if b"contentlength" in framing:
        told = re.search(rb"(?im)^content-length: ?([0-9]+)$", b"\n".join(lines))
        assert told is not None
        assert int(told[1]) == len(body)
    if b"transferencoding" in framing:
        assert body.endswith(b"0\r\n\r\n")


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
