"""A small correct API whose style is bent by subclassing, and the command run on it.

Everything is on 127.0.0.1 on a port of the kernel's; state is compared whole, before and after.
"""

import copy
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).parents[3]
ADMIN = "Adm1nQx7vTz93kLmP0aWs8eR"
LOW = "L0wuGh5bYn27dFcX6qJt4oZi"


class Answer(Exception):
    """Ends a request with this answer."""

    def __init__(self, status: int, body: Any = None, **headers: str) -> None:
        super().__init__(status)
        self.status, self.body = status, body
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Api:
    """Correct: only `admin` writes; keys are compared as text; reads are open. Item ids are numbers from 1."""

    prefix = ""
    names: tuple[str, ...] = ("things",)
    seed = 3
    reads_need_key = False
    fields: ClassVar[Mapping[str, Any]] = {"name": {"type": "string"}}
    required: tuple[str, ...] = ("name",)
    methods_item: tuple[str, ...] = ("GET", "PUT", "PATCH", "DELETE")
    methods_list: tuple[str, ...] = ("GET", "POST")
    header = "Authorization"
    template = "ApiKey {username}:{key}"
    security: Mapping[str, Any] | None = None

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.rows: dict[str, dict[Any, dict[str, Any]]] = {name: {} for name in self.names}
        self.last: dict[str, int] = dict.fromkeys(self.names, 0)
        self.log: list[tuple[str, str, int]] = []
        self.touched: list[str] = []
        """Writes that reached an object of the seed."""
        for name in self.names:
            for number in range(self.seed):
                row = self.new_row(name, self.seeded(name, number))
                self.rows[name][row["id"]] = row

    # What styles change.
    def seeded(self, name: str, number: int) -> dict[str, Any]:
        return {"name": f"theirs {number}"}

    def new_row(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return {"id": self.next_id(name), **self.clean(body)}

    def next_id(self, name: str) -> Any:
        self.last[name] += 1
        return self.last[name]

    def clean(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in body.items() if key in self.fields}

    def shown(self, name: str, row: Mapping[str, Any]) -> dict[str, Any]:
        return dict(row)

    def listed(self, name: str, rows: list[dict[str, Any]], query: Mapping[str, str]) -> Any:
        return {"items": rows, "total": len(rows), "next": None}

    def who(self, headers: Mapping[str, str]) -> str | None:
        """Name of the caller, None for a guest; raises 401 for a bad credential."""
        told = headers.get(self.header)
        if told is None:
            return None
        for name, key in (("admin", ADMIN), ("low", LOW)):
            if told == self.template.format(username=name, key=key):
                return name
        raise Answer(401, {"detail": "bad credential"})

    def admit(self, method: str, who: str | None) -> None:
        if method == "GET":
            if self.reads_need_key and who is None:
                raise Answer(401, {"detail": "no credential"})
            return
        if who is None:
            raise Answer(401, {"detail": "no credential"})
        if who != "admin":
            raise Answer(403, {"detail": "not you"})

    def validate(self, name: str, body: Any, partial: bool) -> dict[str, Any]:
        if not isinstance(body, dict):
            raise Answer(422, {"detail": "an object"})
        for field in () if partial else self.required:
            if field not in body:
                raise Answer(422, {"detail": f"{field} is required"})
        return body

    def before(self, call: "Call") -> None:
        """The first hook."""

    def find(self, name: str, text: str) -> Any:
        """Key of the row that a path names; raises 404."""
        key: Any = int(text) if text.isdigit() else text
        if key not in self.rows[name]:
            raise Answer(404, {"detail": "not found"})
        return key

    def created(self, name: str, row: dict[str, Any]) -> Answer:
        return Answer(201, self.shown(name, row))

    def saved(self, name: str, row: dict[str, Any], body: Mapping[str, Any]) -> None:
        row.update(self.clean(body))

    def removed(self, name: str, key: Any) -> None:
        del self.rows[name][key]

    # The routes.
    def handle(self, call: "Call") -> Answer:
        if call.path == "/openapi.json":
            return Answer(200, self.document())
        if call.path == "/":
            return Answer(200, {"service": "x"})
        self.before(call)
        parts = call.path.removeprefix(self.prefix).strip("/").split("/")
        if parts[0] not in self.names or len(parts) > 2:
            raise Answer(404, {"detail": "no route"})
        name = parts[0]
        allowed = self.methods_list if len(parts) == 1 else self.methods_item
        if call.method not in allowed:
            raise Answer(405, {"detail": "method not allowed"})
        who = self.who(call.headers)
        self.admit(call.method, who)
        with self.lock:
            if len(parts) == 1:
                if call.method == "GET":
                    return Answer(
                        200, self.listed(name, [self.shown(name, one) for one in self.visible(name)], call.query)
                    )
                body = self.validate(name, call.json(), False)
                row = self.new_row(name, body)
                self.rows[name][row["id"]] = row
                return self.created(name, row)
            key = self.find(name, unquote(parts[1]))
            row = self.rows[name][key]
            if call.method == "GET":
                return Answer(200, self.shown(name, row))
            self.guard(call, name, row)
            if call.method == "DELETE":
                self.removed(name, key)
                return Answer(204)
            body = self.validate(name, call.json(), call.method == "PATCH")
            self.saved(name, row, body)
            return Answer(200, self.shown(name, row))

    def visible(self, name: str) -> list[dict[str, Any]]:
        return list(self.rows[name].values())

    def guard(self, call: "Call", name: str, row: Mapping[str, Any]) -> None:
        """Preconditions of a write on an item."""

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "properties": dict(self.fields), "required": list(self.required)}

    def answer_schema(self) -> dict[str, Any]:
        return {"type": "object", "properties": {"id": {"type": "integer"}, **self.fields}}

    def document(self) -> dict[str, Any]:
        paths: dict[str, Any] = {}
        ok = {"200": {"description": "ok", "content": {"application/json": {"schema": self.answer_schema()}}}}
        for name in self.names:
            body = {"required": True, "content": {"application/json": {"schema": self.schema()}}}
            patch = {"required": True, "content": {"application/json": {"schema": {**self.schema(), "required": []}}}}
            for where, methods in ((f"/{name}", self.methods_list), (f"/{name}/{{id}}", self.methods_item)):
                path: dict[str, Any] = {}
                for method in methods:
                    one: dict[str, Any] = {"responses": ok}
                    if method in ("POST", "PUT"):
                        one["requestBody"] = copy.deepcopy(body)
                    if method == "PATCH":
                        one["requestBody"] = copy.deepcopy(patch)
                    path[method.lower()] = one
                if "{" in where:
                    path["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
                paths[where] = path
        told: dict[str, Any] = {"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": paths}
        if self.prefix:
            told["servers"] = [{"url": self.prefix}]
        return told

    def target(self) -> str:
        return f"""
version: 1
name: adversary
base_url: http://127.0.0.1:1
openapi: /openapi.json
environment: local
auth:
  key: {{channel: header, name: {self.header}, template: "{self.template}"}}
identities:
  boss: {{username: admin, key: "${{ADMIN_KEY}}", privileged: true}}
  plain: {{username: low, key: "${{LOW_KEY}}"}}
public: ["GET /**"]
"""

    def state(self) -> Any:
        with self.lock:
            return copy.deepcopy(self.rows)


@dataclass
class Call:
    """A request."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    raw: str = ""

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            raise Answer(400, {"detail": "no JSON"}) from None


@contextmanager
def serving(api: Any) -> Iterator[str]:
    """Serves until the end of the block; gives the base URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            parts = urlsplit(self.path)
            call = Call(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                dict(self.headers.items()),
                body,
                self.path,
            )
            try:
                answer = api.handle(call)
            except Answer as early:
                answer = early
            api.log.append((self.command, self.path, answer.status))
            data = (
                b""
                if answer.body is None
                else answer.body
                if isinstance(answer.body, bytes)
                else json.dumps(answer.body).encode()
            )
            self.send_response(answer.status)
            if data:
                self.send_header("Content-Type", answer.headers.pop("Content-Type", "application/json"))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if answer.status != 204 and self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _do

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Ran:
    """What a command did."""

    code: int
    text: str
    out: Path

    @property
    def report(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.out / "report.json").read_text())
        return read

    def findings(self) -> list[str]:
        return [
            f"{v['verdict']}({v['reason']}) {v['id']}"
            for v in self.report["verdicts"]
            if v["verdict"] in ("BYPASSED", "CRASHED", "WEAK", "LEAKED")
        ]

    def doubts(self) -> list[str]:
        return [f"{v['reason']} {v['id']}" for v in self.report["verdicts"] if v["verdict"] == "INCONCLUSIVE"]

    def counts(self) -> dict[str, int]:
        return {key: one for key, one in self.report["counts"].items() if one}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from harness.cli import main; main()", *arguments]


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOLDFAST", "PYTEST"))}
    return {
        **kept,
        "HOME": str(home),
        "NO_COLOR": "1",
        "COLUMNS": "140",
        "PYTHONPATH": str(ROOT),
        "ADMIN_KEY": ADMIN,
        "LOW_KEY": LOW,
        **more,
    }


def holdfast(folder: Path, *arguments: str, out: Path | None = None, timeout: float = 300, **env: Any) -> Ran:
    done = subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(folder, **env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), out or folder / "out")


def run_on(api: Any, folder: Path, *more: str, verb: str = "run", **env: Any) -> Ran:
    """`holdfast run` on an API, served for that long."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "target.yaml"
    target.write_text(api.target())
    with serving(api) as url:
        arguments = [verb, str(target), "--base-url", url, *more]
        if verb == "run" and "--out" not in more:
            arguments += ["--out", str(folder / "out")]
        return holdfast(folder, *arguments, **env)


def leaks(folder: Path, *texts: str, keys: tuple[str, ...] = (ADMIN, LOW)) -> list[str]:
    """Where eight characters of a key in a row stand."""
    pieces = {key[i : i + 8] for key in keys for i in range(len(key) - 7)}
    found = [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and any(one in path.read_bytes().decode("latin-1") for one in pieces)
    ]
    return found + [f"text {n}" for n, text in enumerate(texts) if any(one in text for one in pieces)]


def markers(text: str) -> list[str]:
    return re.findall(r"hf[a-z2-7]{22}", text)
