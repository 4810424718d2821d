"""A correct API of any number of resources, each answer of which takes its time, as on a line with that latency.

`python -m benchmarks.many RESOURCES MILLISECONDS` serves it on a free port, which it prints, until its input ends.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

KEY, NAME = "k8Qw2Zr7Tn4Lx9Vb1Cm6", "admin"
"""What lets in; nobody else is known."""
COUNT = "/requests"
"""Tells how many there were, this one left out."""
TARGET = f"""\
version: 1
name: many
base_url: {{url}}
openapi: {{document}}
environment: local
auth:
  key: {{{{channel: header, name: Authorization, template: "ApiKey {{{{username}}}}:{{{{key}}}}"}}}}
identities:
  admin: {{{{username: {NAME}, key: "${{{{MANY_KEY}}}}", privileged: true}}}}
limits: {{{{concurrency: 32, settle: 200ms}}}}
"""
"""Its target file, but for where it and its document are."""
_REASONS = {200: "OK", 201: "Created", 204: "No Content", 401: "Unauthorized", 404: "Not Found", 422: "Unprocessable"}
Answer = tuple[int, Any, str]


def document(resources: int) -> dict[str, Any]:
    """Its OpenAPI document."""
    told = {"200": {"description": "as asked"}, "401": {"description": "not let in"}}
    paths: dict[str, Any] = {}
    for number in range(resources):
        where = f"/api/things{number:02d}/"
        # Bodies of different resources are never quite the same.
        text = {"type": "string", "minLength": 1, "maxLength": 200 + number}
        thing = {"type": "object", "required": ["name", "note"], "properties": {"name": text, "note": text}}
        body = {"required": True, "content": {"application/json": {"schema": thing}}}
        paths[where] = {"get": {"responses": told}, "post": {"requestBody": body, "responses": told}}
        paths[where + "{id}/"] = {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"responses": told},
            "put": {"requestBody": body, "responses": told},
            "patch": {"requestBody": body, "responses": told},
            "delete": {"responses": told},
        }
    scheme = {"type": "apiKey", "in": "header", "name": "Authorization"}
    return {
        "openapi": "3.0.3",
        "info": {"title": "many", "version": "1"},
        "components": {"securitySchemes": {"key": scheme}},
        "security": [{"key": []}],
        "paths": paths,
    }


class Many:
    """The rows, and how they are served."""

    def __init__(self, resources: int, latency: float) -> None:
        """`latency` is seconds that every answer takes."""
        self._latency = latency
        self._document = document(resources)
        self._rows: dict[str, dict[int, Any]] = {f"things{number:02d}": {} for number in range(resources)}
        self._last = 0
        self.count = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode("latin-1").split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                method, target, _ = first.split(" ", 2)
                if target != COUNT:
                    self.count += 1
                    await asyncio.sleep(self._latency)
                writer.write(_encoded(*self._answer(method, target.partition("?")[0], headers, body)))
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        match path.strip("/").split("/"):
            case [""]:
                return 200, {"service": "many"}, ""
            case ["requests"]:
                return 200, self.count, ""
            case ["openapi.json"]:
                return 200, self._document, ""
            case ["api", name, *rest] if name in self._rows and len(rest) < 2:
                if headers.get("authorization") != f"ApiKey {NAME}:{KEY}":
                    return 401, {"error": "not let in"}, ""
                return self._listed(name, method, body) if not rest else self._item(name, method, rest[0], body)
        return 404, {"error": "not found"}, ""

    def _listed(self, name: str, method: str, body: bytes) -> Answer:
        if method == "GET":
            return 200, {"items": list(self._rows[name].values()), "next": None}, ""
        self._last += 1
        return self._written(name, self._last, {}, body, 201)

    def _item(self, name: str, method: str, number: str, body: bytes) -> Answer:
        rows, key = self._rows[name], int(number) if number.isdecimal() else 0
        if key not in rows:
            return 404, {"error": "not found"}, ""
        if method == "DELETE":
            del rows[key]
            return 204, None, ""
        return (200, rows[key], "") if method == "GET" else self._written(name, key, rows[key], body, 200)

    def _written(self, name: str, key: int, present: dict[str, Any], body: bytes, status: int) -> Answer:
        try:
            told = json.loads(body)
            fields = {one: str(told[one]) for one in ("name", "note") if one in told}
        except (ValueError, TypeError):
            return 422, {"error": "no object"}, ""
        row = {"id": key, **present, **fields}
        if not {"name", "note"} <= row.keys():
            return 422, {"error": "name and note are required"}, ""
        self._rows[name][key] = row
        return status, row, f"Location: /api/{name}/{key}/\r\n" if status == 201 else ""


def _encoded(status: int, value: Any, more: str) -> bytes:
    body = b"" if status == 204 else json.dumps(value).encode()
    length = "" if status == 204 else f"Content-Length: {len(body)}\r\n"
    return (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: application/json\r\n{length}{more}\r\n".encode() + body
    )


@contextmanager
def serving(resources: int, milliseconds: int) -> Iterator[str]:
    """Its URL, served by a process of its own for the length of the block."""
    command = [sys.executable, "-m", "benchmarks.many", str(resources), str(milliseconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        # Leaving the block closes its input, at which it ends.
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"


def requests(url: str) -> int:
    """How many it has had."""
    with urlopen(url + COUNT, timeout=60) as answer:
        return int(answer.read())


async def _main(resources: int, latency: float) -> None:
    server = await asyncio.start_server(Many(resources, latency).serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2]) / 1000))
