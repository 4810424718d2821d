"""Documents as hostile as a file can be: each ends as one clear line, or as what is wrong with one operation alone.

All are read by one process, which must survive every one of them.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.engine.planning.opening import open_target
from tests.contract.wire.sockets import Server, always, answer

HANG = 100
"""Seconds after which a document hangs the reader, on a machine that may be busy."""
MOST = 10
"""Seconds of CPU that a document may take."""
CHILD = """
import json, sys, time
from pathlib import Path
from harness.engine.planning.opening import open_target
from harness.engine.planning.planner import make_plan
from harness.errors import HoldfastError
from harness.family import load_families
from harness.openapi import Unsatisfiable, smallest_body
families = load_families(Path("suites"))
for line in sys.stdin:
    told = {"error": "", "operations": [], "broken": {}, "bodies": {}, "slowest": 0.0, "kept": ""}
    start = time.process_time()
    try:
        opened = open_target(Path(line.strip()), {"KEY": "v4Ks8pQ2xLm9Zt3W"})
        make_plan(families, opened)
        told["operations"] = [one.name for one in opened.reading.operations if not one.broken]
        told["broken"] = dict(opened.reading.broken)
        told["kept"] = opened.document.decode() if len(opened.document) < 100_000 else ""
        for one in opened.reading.operations:
            begun = time.process_time()
            try:
                told["bodies"][one.name] = smallest_body(one.body_schema or {}, {})
            except Unsatisfiable as why:
                told["broken"][one.name] = str(why)
            told["slowest"] = max(told["slowest"], time.process_time() - begun)
    except HoldfastError as error:
        told["error"] = f"{error.exit_code}: {error}"
    except Exception as error:
        told["error"] = f"a defect: {error!r}"
    told["seconds"] = time.process_time() - start
    told["bodies"] = {name: one for name, one in told["bodies"].items() if len(json.dumps(one)) < 1000}
    print(json.dumps(told), flush=True)
"""
TARGET = """version: 1
name: documents
base_url: http://127.0.0.1:1
openapi: {name}
environment: local
auth: {{key: {{channel: bearer}}}}
identities: {{admin: {{key: "${{KEY}}", privileged: true}}}}
"""
SOUND = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}


def document(schema: Any, **more: Any) -> bytes:
    """Two operations: one whose body is hostile, and a sound one."""

    def taking(body: Any) -> dict[str, Any]:
        return {"post": {"requestBody": {"content": {"application/json": {"schema": body}}}, "responses": {}}}

    paths = {"/hostile": taking(schema), "/sound": taking(SOUND)}
    return json.dumps({"openapi": "3.1.0", "info": {}, "paths": paths, **more}).encode()


def required(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def schemas(**named: Any) -> dict[str, Any]:
    return {"components": {"schemas": named}}


def pointing(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def nested(levels: int) -> dict[str, Any]:
    """Objects in objects, well below the recursion limit of whoever writes them."""
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = required(a=schema)
    return schema


def laughing(lines: int) -> bytes:
    told = [b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    told += [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, lines)]
    return b"openapi: 3.1.0\n" + b"\n".join(told)


DOUBLING = {f"S{n}": {"allOf": [pointing(f"S{n + 1}"), pointing(f"S{n + 1}")]} for n in range(40)} | {"S40": SOUND}
CHOOSING = {f"S{n}": {"anyOf": [pointing(f"S{n + 1}"), pointing(f"S{n + 1}")]} for n in range(40)} | {"S40": False}
EITHER = {"anyOf": [required(a={"const": 1}), required(b={"const": 2})]}
LOOP = required(a=pointing("Loop"))
FATAL: Mapping[str, tuple[bytes, str]] = {
    "alias bomb": (laughing(30), "more than 1,000,000 values"),
    "alias to itself": (b"openapi: 3.1.0\npaths: &p {a: *p}\n", "no anchor of this name"),
    "deep JSON": (b'{"a":' * 100_000, "nested deeper than 100 levels"),
    "deep YAML": (b"- " * 100_000, "nested deeper than 100 levels"),
    "deep flow": (b"paths: " + b"[" * 100_000, "nested deeper than 100 levels"),
    "duplicate keys": (b'{"openapi": "3.1.0", "paths": {}, "paths": {}}', "'paths' is given twice"),
    "duplicate keys in YAML": (b"openapi: 3.1.0\npaths: {}\npaths: {}\n", "'paths' is given twice"),
    "a Python object": (b"openapi: !!python/object/apply:os.system ['touch PWNED']\n", "tags are refused"),
    "a Python name": (b"a: !!python/name:os.system\n", "tags are refused"),
    "a local tag": (b"a: !include /etc/passwd\n", "tags are refused"),
    "a binary": (b"openapi: !!binary aGVsbG8=\n", "tags are refused"),
    "tabs": (b"openapi: 3.1.0\npaths:\n\t/a:\n\t\tget: {}\n", "is not YAML"),
    "merging a list": (b"openapi: 3.1.0\n<<: [1, 2]\n", "'<<' merges mappings"),
    "NaN": (b'{"openapi": NaN, "paths": [}', "is not YAML"),
    "no UTF-8": (b"openapi: \xff\xfe\n", "is not UTF-8"),
    "UTF-16": ("openapi: 3.1.0".encode("utf-16"), "is not UTF-8"),
    "UTF-32": ("openapi: 3.1.0".encode("utf-32-be"), "holds a control character"),
    "NULs": (b"openapi: \0\0\n", "holds a control character"),
    "two documents": (b"openapi: 3.1.0\n---\nopenapi: 3.1.0\n", "a second document begins"),
    "thirty megabytes": (b'{"a": "' + b"x" * 30 * 1024 * 1024 + b'"}', "is larger than 20 MiB"),
    "a list": (b"[]", "its top is no mapping"),
    "nothing": (b"", "its top is no mapping"),
    "HTML": (b"<html><title>Not found</title></html>", "its top is no mapping"),
    "another version": (b'{"openapi": "4.0.0", "paths": {}}', "it must say `openapi: 3.0.x`"),
    "paths in a list": (b'{"openapi": "3.1.0", "paths": [1]}', "must map paths to their operations"),
}
"""What ends with exit code 2 and one line."""

ALONE: Mapping[str, tuple[bytes, str]] = {
    "exponential allOf": (document(pointing("S0"), **schemas(**DOUBLING)), "100,000 nodes"),
    "exponential anyOf": (document(pointing("S0"), **schemas(**CHOOSING)), "100,000 nodes"),
    "exponential choices": (document({"allOf": [EITHER] * 30 + [{"not": {}}]}), ""),
    "required of itself": (document(pointing("Loop"), **schemas(Loop=LOOP)), "without end"),
    "a reference to itself": (document(pointing("A"), **schemas(A=pointing("B"), B=pointing("A"))), ""),
    "a reference to nothing": (document(pointing("Gone")), "reference to nothing"),
    "a remote reference": (document({"$ref": "http://127.0.0.1:{port}/s.json"}), "no file beside"),
    "a reference to another host": (document({"$ref": "//127.0.0.1:{port}/s.json"}), "no file beside"),
    "a reference to a file URL": (document({"$ref": "file:///etc/passwd"}), "no file beside"),
    "a reference to a root path": (document({"$ref": "/etc/passwd"}), "no file beside"),
    "a reference upwards": (document({"$ref": "../outside.yaml"}), "no file beside"),
    "a reference upwards in disguise": (document({"$ref": "%2e%2e/outside.yaml"}), "no file beside"),
    "a reference through a link": (document({"$ref": "link.yaml"}), "no file beside"),
    "a reference through a linked folder": (document({"$ref": "linked/outside.yaml"}), "no file beside"),
    "a reference to a folder": (document({"$ref": "."}), "no file beside"),
    "a reference to a NUL": (document({"$ref": "a\0b.yaml"}), "no file beside"),
    "unsatisfiable": (document(required(a={"type": "string", "minLength": 5, "maxLength": 2})), "a: "),
    "unsatisfiable numbers": (document(required(a={"type": "integer", "minimum": 5, "maximum": 2})), "a: "),
    "nothing allowed": (document(required(a=False)), "a: "),
    "an enum of nothing": (document(required(a={"enum": []})), "a"),
    "a text of a billion": (document(required(a={"type": "string", "minLength": 10**9})), "100,000 characters"),
    "a billion items": (document(required(a={"type": "array", "minItems": 10**9})), "1,000 items"),
    "an enormous number": (document(required(a={"type": "integer", "minimum": 10**300})), ""),
    "a number beyond doubles": (document(required(a={"type": "integer", "minimum": 10**600})), "a: its bounds"),
    "a bound that is a text": (document(required(a={"type": "integer", "minimum": "1"})), "body"),
    "a step of nothing": (document(required(a={"type": "number", "multipleOf": 0})), "body"),
    "a negative length": (document(required(a={"type": "string", "minLength": -1})), "body"),
    "many repeats side by side": (
        document(required(a={"type": "string", "pattern": "^(?=" + "a*" * 40 + "c)b"})),
        "a: ",
    ),
    "repeats of what may be left out": (document(required(a={"type": "string", "pattern": "^(?=(a?a)+$)b"})), "a: "),
    "a step of almost nothing": (document(required(a={"type": "number", "multipleOf": 5e-324, "minimum": 1.5})), ""),
    "a hostile pattern": (document(required(a={"type": "string", "pattern": "^(a+)+$", "minLength": 40})), ""),
    "a hostile lookahead": (document(required(a={"type": "string", "pattern": "^(?=(a|aa)+$)b+$"})), "a: "),
    "a pattern of many": (document(required(a={"type": "string", "pattern": "(((a{99}){99}){99}){99}"})), ""),
    "a pattern of a megabyte": (document(required(a={"type": "string", "pattern": "(" * 500_000})), ""),
    "a broken pattern": (document(required(a={"type": "string", "pattern": "["})), ""),
    "forty levels": (document(nested(40)), ""),
    "ten thousand choices": (document({"oneOf": [required(a={"const": n}) for n in range(10_000)]}), ""),
    "five thousand required": (document(required(**{f"f{n}": {"type": "string"} for n in range(6_000)})), "schemas"),
    "types that are none": (document(required(a={"type": "frob"})), ""),
    "words that are none": (document({"type": 5, "properties": [1], "required": "a", "allOf": {}}), ""),
    "an exponent": (document(required(a={"const": "@"})).replace(b'"@"', b"1e999999"), ""),
    "a long integer": (document(required(a={"const": "@"})).replace(b'"@"', b"9" * 5_000), ""),
    "ten megabytes": (document(SOUND, **{"x-ballast": ["x" * 1000] * 10_000}), ""),
    "a byte order mark": (b"\xef\xbb\xbf" + document(SOUND), ""),
    "a merge key": (document(SOUND)[:-1] + b', "x": {"<<": {"a": 1}}}', ""),
}
"""What leaves the sound operation as it is; the other one is read, or wrong for the reason that is given."""


@dataclass(frozen=True)
class Read:
    """What one document came to."""

    error: str
    operations: list[str]
    broken: dict[str, str]
    bodies: dict[str, Any]
    slowest: float
    seconds: float
    kept: str


class Reader:
    """The one process that reads them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "beside").mkdir()
        (folder / "outside.yaml").write_text("type: object\n")
        (folder / "beside" / "link.yaml").symlink_to(folder / "outside.yaml")
        (folder / "beside" / "linked").symlink_to(folder)
        root = Path(__file__).parents[2]
        self._child = subprocess.Popen(
            [sys.executable, "-c", CHILD], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def read(self, data: bytes, **files: str) -> Read:
        """What becomes of a document with these files beside it. A hang ends as an error of the test's own."""
        beside = self.folder / "beside"
        (beside / "api.yaml").write_bytes(data)
        (beside / "parts").mkdir(exist_ok=True)
        for name, text in files.items():
            (beside / f"{name}.yaml").write_text(text)
        (beside / "target.yaml").write_text(TARGET.format(name="api.yaml"))
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(f"{beside / 'target.yaml'}\n")
        self._child.stdin.flush()
        watch = threading.Timer(HANG, self._child.kill)
        watch.start()
        try:
            line = self._child.stdout.readline()
        finally:
            watch.cancel()
        assert line, "it hangs, or the reader fell over"
        return Read(**json.loads(line))

    def end(self) -> None:
        """Lets the process go."""
        with self._child:
            self._child.kill()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A process that reads documents."""
    one = Reader(tmp_path_factory.mktemp("documents"))
    yield one
    one.end()


@pytest.fixture
def trap() -> Iterator[Server]:
    """A host that would serve any schema."""
    server = Server(always(answer(b'{"type": "object"}')), "127.0.0.1")
    yield server
    server.stop()


@pytest.mark.parametrize("name", FATAL)
def test_a_document_that_cannot_be_read_is_one_clear_line(name: str, reader: Reader) -> None:
    data, what = FATAL[name]
    read = reader.read(data)
    code, _, line = read.error.partition(": ")
    assert code == "2"
    assert line.startswith("api.yaml")
    assert what in line
    assert "\n" not in line
    assert len(line) < 400
    assert read.seconds < MOST
    assert not list(Path(__file__).parents[2].glob("PWNED"))


@pytest.mark.parametrize("name", ALONE)
def test_what_is_wrong_with_one_operation_is_wrong_with_it_alone(name: str, reader: Reader, trap: Server) -> None:
    data, why = ALONE[name]
    read = reader.read(data.replace(b"{port}", str(trap.port).encode()))
    assert read.error == ""
    assert "POST /sound" in read.operations
    assert "POST /sound" not in read.broken
    assert why in read.broken.get("POST /hostile", "")
    assert bool(why) <= ("POST /hostile" in read.broken)
    assert "\n" not in "".join(read.broken.values())
    assert trap.connections == []
    assert read.seconds < MOST
    assert read.slowest <= 1


SPLIT = {
    "things": "create: {$ref: 'parts/body.yaml#/create'}\nloop: {$ref: '#/loop'}\n",
    "parts/body": "create: {type: object, properties: {name: {$ref: '../names.yaml'}}, required: [name]}\n",
    "names": "{type: string, enum: [from-another-file]}\n",
}


def test_files_beside_the_target_file_are_put_together(reader: Reader) -> None:
    read = reader.read(document({"$ref": "things.yaml#/create"}), **SPLIT)
    assert (read.error, read.broken) == ("", {})
    assert read.bodies["POST /hostile"] == {"name": "from-another-file"}
    # The document that a run keeps does without them.
    assert reader.read(read.kept.encode()).bodies == read.bodies


def test_a_file_that_is_wrong_is_named(reader: Reader) -> None:
    read = reader.read(document({"$ref": "bad.yaml"}), bad="a: 1\na: 2\n")
    assert read.error.startswith("2: ")
    assert read.error.endswith("bad.yaml:2:1: 'a' is given twice in one mapping; keep one of them")


def test_files_are_no_more_than_so_many(reader: Reader) -> None:
    files = {f"f{number}": f"{{$ref: f{number + 1}.yaml}}\n" for number in range(300)} | {"f300": "{type: object}\n"}
    assert "names more than 200 files" in reader.read(document({"$ref": "f0.yaml"}), **files).error


def test_a_served_document_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("{type: object}\n")
    server = Server(always(answer(document({"$ref": "secret.yaml"}))))
    try:
        file = tmp_path / "target.yaml"
        file.write_text(TARGET.format(name="/openapi.json").replace("http://127.0.0.1:1", server.url))
        opened = open_target(file, {"KEY": "v4Ks8pQ2xLm9Zt3W"})
        opened.wire.close()
    finally:
        server.stop()
    assert dict(opened.reading.broken) == {"POST /hostile": "reference out of the document: secret.yaml"}
