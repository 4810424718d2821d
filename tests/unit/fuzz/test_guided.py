"""A minute of coverage-guided fuzzing of all that reads what a server or a document says."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.fuzz.guided import TARGETS

pytestmark = pytest.mark.soak
ROOT = Path(__file__).parents[3]
LAB = ROOT / "tests" / "contract" / "labs" / "djangolab"
SECONDS = 60
ANSWER = b"AB" + b"HTTP/1.1 200 OK\r\n"
SEEDS = {
    "answers": (
        ANSWER + b"Content-Length: 3\r\n\r\nabc",
        ANSWER + b"Transfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nA: b\r\n\r\n",
        ANSWER + b'Content-Type: application/json\r\nConnection: close\r\n\r\n{"a": [1, "b", null]}',
        ANSWER + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0",
    ),
    "requests": (
        b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
        b"PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ),
    "files": (
        b'{"a": [1, 2.5e3, true, null, "\\u0041"], "paths": {"/a": {}}}',
        b"a: &x [1, 'b', \"c\"]\nb: *x\npaths:\n  /a: {c: |\n    d\n  }\n",
    ),
    "documents": (
        (LAB / "openapi-v1.yaml").read_bytes()[:6000],
        (LAB / "openapi-v2.yaml").read_bytes()[:6000],
        b'{"openapi": "3.1.0", "info": {}, "paths": {"/a/{id}": {"post": {"parameters": [{"name": "id", "in": "path"}],'
        b' "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}}}},'
        b' "components": {"schemas": {"A": {"type": "object", "required": ["b"], "properties": {"b": {"type": "string",'
        b' "pattern": "^a+$", "minLength": 2}, "c": {"anyOf": [{"type": "integer"}, {"enum": [1, "x"]}]}}}}}}',
    ),
}


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_that_comes_breaks_it(target: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(SEEDS[target]):
        (corpus / str(number)).write_bytes(seed)
    limits = (f"-max_total_time={SECONDS}", "-max_len=8192", "-timeout=20", "-rss_limit_mb=2048", "-seed=1")
    command = [
        sys.executable,
        "-m",
        "tests.unit.fuzz.guided",
        target,
        *limits,
        f"-artifact_prefix={tmp_path}/",
        str(corpus),
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=10 * SECONDS, check=False)
    found = [one.read_bytes() for one in tmp_path.iterdir() if one.is_file()]
    assert (ran.returncode, found) == (0, []), ran.stderr.decode("utf-8", "replace")[-4000:]
