"""A small API to break in one place, and a run of `holdfast` on it; all on 127.0.0.1, on a port the kernel chose."""

import itertools
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from werkzeug import Request, Response

from tests.contract.servers.transport import Server
from tests.e2e.command import Ran, holdfast

FAMILIES = (
    "fabricated-key",
    "foreign-key",
    "missing-key",
    "fabricated-admin",
    "guest-write",
    "low-privilege-write",
    "url-off-domain",
)
"""What is asked of an adversary where a test names nothing else."""
TARGET = """version: 1
name: adversary
base_url: http://127.0.0.1:1
openapi: /openapi.json
environment: local
auth:
  key: {{channel: header, name: Authorization, template: "ApiKey {{username}}:{{key}}"}}
identities:
  admin: {{username: boss, key: "${{ADMIN_KEY}}", privileged: true}}
  plain: {{username: worker, key: "${{PLAIN_KEY}}"}}
public: ["GET /**"]
limits: {{settle: 1800ms}}
{more}
"""


def reply(data: Any, status: int = 200, **headers: str) -> Response:
    if status == 204:
        return Response(status=204, headers=headers)
    return Response(json.dumps(data), status, {k.replace("_", "-"): v for k, v in headers.items()}, "application/json")


class Api:
    """A correct CRUD API on one resource; `boss` with its key may write, `worker` gets 403, all others 401."""

    base = "/things"
    props: ClassVar[dict[str, Any]] = {"title": {"type": "string"}, "notes": {"type": "string"}}
    required: ClassVar[list[str]] = ["title"]
    defaults: ClassVar[dict[str, Any]] = {"published": False}
    item_methods: tuple[str, ...] = ("get", "patch", "delete")
    more = ""
    longest = "1800ms"
    seeded = 3

    def __init__(self) -> None:
        self.keys = {"boss": secrets.token_hex(16), "worker": secrets.token_hex(16)}
        self.rows: dict[str, dict[str, Any]] = {}
        self.ids = itertools.count(1)
        self.lock = threading.RLock()
        self.hits: list[str] = []
        """What got in, in truth."""
        self.late: list[tuple[float, Any]] = []
        for n in range(self.seeded):
            self.create({"title": f"Thing {n}", "notes": "seed"})

    # who

    def caller(self, req: Request) -> str:
        text = req.headers.get("Authorization")
        if text is None:
            return "guest"
        scheme, _, rest = text.partition(" ")
        name, _, key = rest.partition(":")
        if scheme == "ApiKey" and key and self.keys.get(name) == key:
            return name
        return "bad"

    def named(self, req: Request) -> str:
        """The name in a credential, whatever its key."""
        return req.headers.get("Authorization", "").partition(" ")[2].partition(":")[0]

    def wrong_boss(self, req: Request) -> bool:
        """The real admin's name with any other key: the hole of 2014."""
        return self.caller(req) == "bad" and self.named(req) == "boss" and ":" in req.headers["Authorization"]

    def deny(self, req: Request) -> Response:
        status = 403 if self.caller(req) == "worker" else 401
        return reply({"error": "no"}, status)

    # store

    def new_id(self) -> str:
        return str(next(self.ids))

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        row = {"id": self.new_id(), **self.defaults, **{name: body.get(name, "") for name in self.props}}
        self.rows[row["id"]] = row
        return row

    def change(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        row.update({name: value for name, value in body.items() if name in self.props})

    def remove(self, key: str) -> None:
        self.rows.pop(key, None)

    def later(self, seconds: float, act: Any) -> None:
        self.late.append((time.monotonic() + seconds, act))

    def settle(self) -> None:
        due = [one for one in self.late if one[0] <= time.monotonic()]
        self.late = [one for one in self.late if one not in due]
        for _, act in due:
            act()

    def finish(self) -> None:
        """Waits until all that is still to come has come."""
        while self.late:
            time.sleep(max(0.0, min(due for due, _ in self.late) - time.monotonic()))
            self.settle()

    # answers

    def show(self, row: dict[str, Any]) -> Any:
        return row

    def brief(self, row: dict[str, Any]) -> Any:
        return self.show(row)

    def wrap(self, data: Any) -> Any:
        return data

    def listing(self, req: Request) -> Response:
        return reply(self.wrap([self.brief(row) for row in self.rows.values()]))

    def created(self, row: dict[str, Any]) -> Response:
        return reply(self.wrap(self.show(row)), 201)

    def changed(self, row: dict[str, Any]) -> Response:
        return reply(self.wrap(self.show(row)))

    def read(self, req: Request, row: dict[str, Any]) -> Response:
        return reply(self.wrap(self.show(row)))

    # flow

    def __call__(self, environ: Any, start_response: Any) -> Any:
        req = Request(environ)
        body = req.get_data()
        try:
            data = json.loads(body) if body else {}
        except ValueError:
            data = {}
        with self.lock:
            self.settle()
            response = self.route(req, data if isinstance(data, dict) else {})
        return response(environ, start_response)

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path == "/":
            return reply({"name": "adversary"})
        if req.path == "/openapi.json":
            return reply(self.document())
        key = req.path.removeprefix(self.base).strip("/")
        if not req.path.startswith(self.base) or "/" in key:
            return reply({"error": "not found"}, 404)
        if req.method == "GET":
            if not key:
                return self.listing(req)
            row = self.rows.get(key)
            return self.read(req, row) if row else reply({"error": "not found"}, 404)
        if self.caller(req) != "boss":
            return self.others(req, key, body)
        return self.write(req, key, body)

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        """A write by anybody but the valid admin."""
        return self.deny(req)

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "POST" and not key:
            return self.created(self.create(body))
        row = self.rows.get(key)
        if row is None:
            return reply({"error": "not found"}, 404)
        if req.method in ("PATCH", "PUT"):
            self.change(row, body)
            return self.changed(row)
        self.remove(key)
        return reply(None, 204)

    def document(self) -> dict[str, Any]:
        schema = {"type": "object", "properties": self.props, "required": self.required}
        partial = {"type": "object", "properties": self.props}
        answers = {"responses": {"200": {"description": "ok"}}}

        def taking(one: dict[str, Any]) -> dict[str, Any]:
            return {"requestBody": {"content": {"application/json": {"schema": one}}}, **answers}

        bodies = {"patch": taking(partial), "put": taking(schema), "delete": answers, "get": answers}
        item = {method: dict(bodies[method]) for method in self.item_methods}
        parameter = {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string"}}
        paths: dict[str, Any] = {
            "/": {"get": answers},
            self.base: {"get": answers, "post": taking(schema)},
        }
        if item:
            paths[self.base + "/{thing_id}"] = {"parameters": [parameter], **item}
        return {"openapi": "3.0.3", "info": {"title": "a", "version": "1"}, "paths": paths}


@contextmanager
def served(app: Any, kind: type[Server] = Server) -> Iterator[str]:
    """Its URL while it is served."""
    server = kind(app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop()
        thread.join()


def run(api: Api, folder: Path, *arguments: str) -> Ran:
    target = folder / "target.yaml"
    target.write_text(TARGET.format(more=api.more).replace(Api.longest, api.longest))
    keys = {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}
    if "--family" not in arguments:
        arguments = (*arguments, *(word for family in FAMILIES for word in ("--family", family)))
    with served(api) as url:
        ran = holdfast(
            "run", str(target), "--base-url", url, "--out", str(folder / "out"), *arguments, keys=keys, folder=folder
        )
    print(ran.code, summary(ran))
    return ran


def summary(ran: Ran) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name, (verdict, reason) in ran.verdicts().items():
        operation = name.partition("[")[2].rstrip("]").partition(" field=")[0]
        operation = " ".join(operation.split(" ")[:2])
        key = f"{operation}: {verdict}({reason})"
        counts[key] = counts.get(key, 0) + 1
    return dict(sorted(counts.items()))


def held(ran: Ran, operation: str, family: str = "", quiet: tuple[str, ...] = ("HELD", "NOT-APPLICABLE")) -> list[str]:
    """Probes of an operation that are said to be shut, or not to be asked."""
    return [
        name
        for name, (verdict, reason) in ran.verdicts().items()
        if f"[{operation}" in name
        and name.startswith(family)
        and verdict in quiet
        and reason not in ("same-as-control", "no-channel", "no-field", "no-identity", "policy", "public")
    ]
