"""Correct servers in many styles."""

import base64
import json
import re
import time
import uuid
from typing import Any, ClassVar

from werkzeug import Request, Response

from harness.model import FORM
from tests.contract.adversary.kit import reply
from tests.contract.correct.kit import Correct

STRICT = Correct.asks | {
    "conflicting-channels/query",
    "conflicting-channels/form",
    "conflicting-channels/nested-json",
    "guest-write/*",
    "malformed-authorization/separator",
    "malformed-key/blank-in-key",
    "method-override/guest",
    "missing-key/empty-key",
    "missing-key/name-in-query",
    "username-normalisation/spelled-with-arbitrary-key",
    "wrong-scheme/other-scheme",
}
"""What a server that is strict about the form of requests may answer with other statuses."""


# Who may do what, and in which order it is asked.


class NotFoundFirst(Correct):
    """404 comes before 401."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if key and key not in self.rows:
            return reply({"error": "not found"}, 404)
        return self.deny(req)


class StrictReads(Correct):
    """A bad key is refused where guests are served."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if self.caller(req) == "bad":
            return reply({"error": "no"}, 401)
        return super().route(req, body)


class PrivateReads(Correct):
    """Reads need a key."""

    words = ""

    def document(self) -> dict[str, Any]:
        told = super().document()
        told["components"] = {"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "Authorization"}}}
        told["security"] = [{"k": []}]
        told["paths"]["/"] = {"get": {**told["paths"]["/"]["get"], "security": []}}
        return told

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path.startswith(self.base) and self.caller(req) in ("guest", "bad"):
            return reply({"error": "no"}, 401)
        return super().route(req, body)


class BlindWorker(StrictReads):
    """An ordinary account may not read what guests may."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path.startswith(self.base) and self.caller(req) == "worker":
            return reply({"error": "not for you"}, 403)
        return super().route(req, body)


class Only403(Correct):
    """Everybody who may not is answered 403."""

    def deny(self, req: Request) -> Response:
        return reply({"error": "no"}, 403)


class AnyCase(Correct):
    """Names are taken in any case, and with blanks around."""

    asks = Correct.asks | {"username-normalisation/*"}

    def caller(self, req: Request) -> str:
        text = req.headers.get("Authorization")
        scheme, _, rest = (text or "").partition(" ")
        name, _, key = rest.partition(":")
        known = name.strip().lower()
        if scheme.lower() == "apikey" and key.strip() and self.keys.get(known) == key.strip():
            return known
        return "guest" if text is None else "bad"


# How it is answered.


class Empty(Correct):
    """201 and 204 without a body."""

    def created(self, row: dict[str, Any]) -> Response:
        return Response(status=201, headers={"Location": f"/things/{row['id']}"})

    def changed(self, row: dict[str, Any]) -> Response:
        return reply(None, 204)


class JsonApi(Correct):
    """JSON:API, UUIDs and an ETag."""

    def new_id(self) -> str:
        return str(uuid.uuid4())

    def show(self, row: dict[str, Any]) -> Any:
        return {"id": row["id"], "type": "things", "attributes": {k: v for k, v in row.items() if k != "id"}}

    def wrap(self, data: Any) -> Any:
        return {"data": data}

    def read(self, req: Request, row: dict[str, Any]) -> Response:
        return reply(self.wrap(self.show(row)), ETag=f'"{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(row))}"')


class Hal(Correct):
    """HAL, with ids in camel case."""

    def show(self, row: dict[str, Any]) -> Any:
        told = {("thingId" if k == "id" else k): v for k, v in row.items()}
        return {**told, "_links": {"self": {"href": f"/things/{row['id']}"}}}

    def listing(self, req: Request) -> Response:
        return reply({"_embedded": {"things": [self.show(row) for row in self.rows.values()]}, "total": len(self.rows)})


class Cursor(Correct):
    """Pages by a cursor."""

    seeded = 30

    def listing(self, req: Request) -> Response:
        rows, start = list(self.rows.values()), int(req.args.get("cursor") or 0)
        return reply({"data": rows[start : start + 20], "next_cursor": str(start + 20) if rows[start + 20 :] else None})


class Xml(Correct):
    """Refusals are XML, and each answer sets a cookie."""

    def deny(self, req: Request) -> Response:
        status = 403 if self.caller(req) == "worker" else 401
        return Response("<error><code>AccessDenied</code></error>", status, content_type="application/xml")

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        answer = super().route(req, body)
        answer.headers["Set-Cookie"] = f"csrftoken={uuid.uuid4().hex}; Path=/"
        return answer


class Problem(Correct):
    """Refusals are problem+json, each with an instance of its own."""

    def deny(self, req: Request) -> Response:
        status = 403 if self.caller(req) == "worker" else 401
        told = {"type": "about:blank", "title": "no", "status": status, "instance": str(uuid.uuid4())}
        return Response(json.dumps(told), status, content_type="application/problem+json")


class Slashes(Correct):
    """Paths without a slash at their end are redirected."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path.startswith(self.base) and not req.path.endswith("/"):
            return Response(status=301 if req.method == "GET" else 308, headers={"Location": f"{req.path}/"})
        return super().route(req, body)


class Limited(Correct):
    """Eighty requests in a fifth of a second, then 429."""

    def __init__(self) -> None:
        self.times: list[float] = []
        super().__init__()

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        now = time.monotonic()
        self.times = [one for one in self.times if one > now - 0.2]
        if len(self.times) >= 80:
            return reply({"error": "slow down"}, 429, Retry_After="0")
        self.times.append(now)
        return super().route(req, body)


# When it shows, and how things go.


class Eventual(Correct):
    """Reads are 300 ms behind."""

    settle_ms = 900
    asks = frozenset({"fabricated-key/arbitrary-key", "guest-write/no-header"})

    def __init__(self) -> None:
        super().__init__()
        self.view = {key: dict(row) for key, row in self.rows.items()}

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        answer = super().write(req, key, body)
        view = {one: dict(row) for one, row in self.rows.items()}
        self.later(0.3, lambda: setattr(self, "view", view))
        return answer

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.method != "GET":
            return super().route(req, body)
        real, self.rows = self.rows, self.view
        try:
            return super().route(req, body)
        finally:
            self.rows = real


class Queued(Correct):
    """202 with the place of a job; the object is there 200 ms later."""

    settle_ms = 600
    asks = Eventual.asks

    def created(self, row: dict[str, Any]) -> Response:
        self.rows.pop(row["id"])
        self.later(0.2, lambda: self.rows.update({row["id"]: row}))
        return reply({"job": f"j{row['id']}", "status": "queued"}, 202, Location=f"/jobs/{row['id']}")


class Flagged(Correct):
    """What is removed is only marked, and listed no more."""

    defaults: ClassVar[dict[str, Any]] = {"published": False, "deleted": False}

    def remove(self, key: str) -> None:
        self.rows[key]["deleted"] = True

    def listing(self, req: Request) -> Response:
        return reply([row for row in self.rows.values() if not row["deleted"]])


class Dated(Flagged):
    """What is removed has a date of that, and is listed no more."""

    defaults: ClassVar[dict[str, Any]] = {"deleted": False, "deleted_at": None}

    def remove(self, key: str) -> None:
        self.rows[key]["deleted_at"] = "2026-01-01T00:00:00Z"

    def listing(self, req: Request) -> Response:
        return reply([row for row in self.rows.values() if not row["deleted_at"]])


class Gone(Correct):
    """What is removed answers 410 with what it was."""

    def __init__(self) -> None:
        self.gone: dict[str, Any] = {}
        super().__init__()

    def remove(self, key: str) -> None:
        self.gone[key] = self.rows.pop(key)

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        old = self.gone.get(req.path.removeprefix("/things/"))
        return reply(old, 410) if old and req.method == "GET" else super().route(req, body)


class Archived(Correct):
    """What is removed is archived, and still listed."""

    defaults: ClassVar[dict[str, Any]] = {"status": "live"}

    def remove(self, key: str) -> None:
        self.rows[key]["status"] = "archived"


class Undeletable(Correct):
    """Nothing is ever removed."""

    item_methods: tuple[str, ...] = ("get", "put")


# What it is strict about.


class Html406(Correct):
    """Nothing but JSON is given."""

    asks = STRICT

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        wanted = req.headers.get("Accept", "*/*")
        if "json" not in wanted and "*/*" not in wanted:
            return reply({"error": "not acceptable"}, 406)
        return super().route(req, body)


class HtmlLogin(Correct):
    """Who asks for a page is sent to the login."""

    asks = STRICT

    def deny(self, req: Request) -> Response:
        if "text/html" in req.headers.get("Accept", ""):
            return Response(status=302, headers={"Location": f"/login?next={req.path}"})
        return super().deny(req)


class StrictHeader(Correct):
    """400 for a credential of another form."""

    asks = STRICT

    def deny(self, req: Request) -> Response:
        text = req.headers.get("Authorization")
        if text is not None and not re.fullmatch(r"ApiKey [\w.-]+:[\w-]{8,64}", text, re.ASCII):
            return reply({"error": "malformed"}, 400)
        return super().deny(req)


class StrictQuery(Correct):
    """422 for a parameter that it does not know."""

    asks = STRICT

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.args and req.path.startswith(self.base):
            return reply({"error": "unknown parameter"}, 422)
        return super().route(req, body)


class StrictBody(Correct):
    """415 for what is no JSON, 400 for a field that it does not know, before it is asked who calls."""

    asks = STRICT

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path.startswith(self.base) and req.method in ("POST", "PATCH"):
            if req.mimetype != "application/json":
                return reply({"error": "media type"}, 415)
            if set(body) - set(self.props):
                return reply({"error": "unknown field"}, 400)
        return super().route(req, body)


# What a word of the target file says.


class KeyAlone(Correct):
    """Basic, where the key says who calls, whatever the name."""

    channel = "{channel: basic, named: false}"
    asks = Correct.asks | {"foreign-key/*"}

    def caller(self, req: Request) -> str:
        text = req.headers.get("Authorization")
        scheme, _, rest = (text or "").partition(" ")
        try:
            key = base64.b64decode(rest).decode().partition(":")[2] if scheme == "Basic" else ""
        except ValueError:
            key = ""
        return next((name for name, own in self.keys.items() if own == key), "guest" if text is None else "bad")


class Header422(Correct):
    """A missing or malformed header is invalid input (422), a wrong key is not."""

    words = Correct.words + "\nexpect: {unauthenticated: [401, 403, 422]}"

    def deny(self, req: Request) -> Response:
        return reply({"error": "no header"}, 422) if self.caller(req) == "guest" else super().deny(req)


class Audited(Correct):
    """An object shows who was refused on it, with what."""

    trail = "refused"

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        row = super().create(body)
        row[self.trail] = []
        return row

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        answer = self.deny(req)
        if key in self.rows:
            # What it does not know may be a key that somebody sent in the wrong place.
            known = {name: value for name, value in body.items() if name in self.props}
            entry = {"who": self.caller(req), "method": req.method, "body": known, "status": answer.status_code}
            self.rows[key][self.trail].append(entry)
        return answer


class Logged(Audited):
    """The same in the log of everything, where the good attempts stand, too."""

    trail = "history"

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if key in self.rows:
            self.rows[key][self.trail].append({"who": "boss", "method": req.method, "status": 200})
        return super().write(req, key, body)


class Recent(Correct):
    """The list shows the ten newest of many and says that there are more; a search finds the others."""

    seeded = 30
    words = Correct.words + '\nresources: {things: {find: "GET /things?q={marker}"}}'

    def listing(self, req: Request) -> Response:
        wanted = req.args.get("q", "")
        rows = [row for row in self.rows.values() if wanted in json.dumps(row)]
        return reply({"items": rows[-10:], "has_more": len(rows) > 10})


class Busy(Correct):
    """Others write to the list, too: they make an object now and then, or change one of theirs."""

    requests = 0

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        self.requests += 1
        if self.requests % 100 == 60:
            self.create({"title": f"of others {self.requests}"})
        if self.requests % 100 == 0:
            self.rows["1"]["notes"] = f"edited by others {self.requests}"
        return super().route(req, body)


class FormBodies(Correct):
    """Takes forms and no JSON, and its document says so."""

    def document(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(json.dumps(super().document()).replace("application/json", FORM))
        return told

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.method in ("POST", "PATCH") and self.caller(req) == "boss" and req.get_data():
            if req.mimetype != FORM:
                return reply({"error": "a form, please"}, 415)
            body = req.form.to_dict()
        return super().route(req, body)


class Enveloped(Correct):
    """Wraps what it takes and what it shows as JSON:API does."""

    props: ClassVar[dict[str, Any]] = {"title": {"type": "string"}, "homepage": {"type": "string", "format": "uri"}}
    required: ClassVar[list[str]] = ["title", "homepage"]

    def document(self) -> dict[str, Any]:
        told = super().document()
        for path in told["paths"].values():
            for one in (path[method] for method in ("post", "patch") if "requestBody" in path.get(method, {})):
                content = one["requestBody"]["content"]["application/json"]
                kind = {"type": "string", "enum": ["things"]}
                data: dict[str, Any] = {"type": "object", "required": ["type", "attributes"]}
                data["properties"] = {"type": kind, "attributes": content["schema"]}
                content["schema"] = {"type": "object", "required": ["data"], "properties": {"data": data}}
        return told

    def show(self, row: dict[str, Any]) -> Any:
        told = {name: row[name] for name in self.props}
        return {"type": "things", "id": row["id"], "attributes": told}

    def wrap(self, data: Any) -> Any:
        return {"data": data}

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        data = body.get("data")
        fields = data.get("attributes") if isinstance(data, dict) and data.get("type") == "things" else None
        if req.method in ("POST", "PATCH") and not isinstance(fields, dict):
            return reply({"errors": [{"status": "422"}]}, 422)
        return super().write(req, key, fields or {})


class Manifests(Correct):
    """Takes and shows objects as Kubernetes and gRPC gateways do: all that an object has is below a field that no
    schema asks for, and the methods of one path call its parameter differently."""

    base = "/api/projects"
    item_methods = ("get", "delete")
    words = """public: ["GET /**"]
resources: {projects: {id: "$.metadata.name"}}"""

    def document(self) -> dict[str, Any]:
        told = super().document()
        named = {"type": "object", "properties": {"name": {"type": "string"}}}
        spec = {"type": "object", "properties": {"title": {"type": "string"}}}
        one = {"type": "object", "properties": {"metadata": named, "spec": spec}}
        schema = {"type": "object", "properties": {"upsert": {"type": "boolean"}, "project": one}}
        taken = {"requestBody": {"content": {"application/json": {"schema": schema}}}, "responses": {}}
        told["paths"][self.base]["post"] = taken
        parameter = {"name": "project.metadata.name", "in": "path", "required": True, "schema": {"type": "string"}}
        told["paths"][self.base + "/{project.metadata.name}"] = {"put": {"parameters": [parameter], **taken}}
        return told

    def new_id(self) -> str:
        return f"seed-{next(self.ids)}"

    def show(self, row: dict[str, Any]) -> Any:
        return {"metadata": {"name": row["id"]}, "spec": {"title": row["title"]}}

    def listing(self, req: Request) -> Response:
        return reply({"metadata": {}, "items": [self.show(row) for row in self.rows.values()]})

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        told = body.get("project")
        if req.method not in ("POST", "PUT"):
            return super().write(req, key, body)
        fields = told if isinstance(told, dict) else {}
        name = fields.get("metadata", {}).get("name")
        if req.method == "POST" and (not name or name in self.rows):
            return reply({"code": 3}, 400)
        if req.method == "PUT" and key in self.rows:
            self.rows[key]["title"] = fields.get("spec", {}).get("title", name)
            return reply(self.show(self.rows[key]))
        if req.method == "PUT":
            return reply({"code": 5}, 404)
        self.rows[name] = {"id": name, "title": fields.get("spec", {}).get("title", "")}
        return reply(self.show(self.rows[name]))


class SaysNothingOfWhatIsGone(Correct):
    """Answers 403 where there is no object, to everybody, the admin included."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        answer = super().route(req, body)
        return reply({"error": "forbidden"}, 403) if answer.status_code == 404 else answer


class Tags(Correct):
    """Objects that are names, made by PUT: all that a read tells is whether one is there."""

    base = "/tags"
    item_methods = ("get", "put", "delete")

    def document(self) -> dict[str, Any]:
        told = super().document()
        del told["paths"][self.base]["post"]
        del told["paths"][self.base + "/{thing_id}"]["put"]["requestBody"]
        return told

    def listing(self, req: Request) -> Response:
        return reply({"tags": sorted(self.rows)})

    def read(self, req: Request, row: dict[str, Any]) -> Response:
        return reply(None, 204)

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "PUT" and key:
            self.rows[key] = {"id": key}
            return Response("", 201)
        return super().write(req, key, body)


class BelowWhatIsThere(Correct):
    """Its objects hang on one that no operation makes, which the target file names."""

    base = "/dags/etl/runs"
    words = """public: ["GET /**"]
resources: {runs: {body: {dag_id: etl}}}"""

    def document(self) -> dict[str, Any]:
        told = super().document()
        parameter = {"name": "dag_id", "in": "path", "required": True, "schema": {"type": "string"}}
        paths = {path.replace("/etl/", "/{dag_id}/"): one for path, one in told["paths"].items()}
        for path, one in paths.items():
            if "{dag_id}" in path:
                one["parameters"] = [parameter, *one.get("parameters", ())]
        return {**told, "paths": paths}


class SoftErrors(Correct):
    """200 to everything; what went wrong, and what is not there, is told in the body."""

    words = Correct.words + "\ndenied_when: [{status: 200, json: {$.ok: false}}]"

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        answer = super().route(req, body)
        if not req.path.startswith(self.base):
            return answer
        good = answer.status_code < 300
        return reply({"ok": good, "result": json.loads(answer.get_data() or b"null") if good else None})


class BadRequests(Correct):
    """400 to everything that is wrong: to strangers, and for what is not there."""

    words = Correct.words + "\ndenied_when: [{status: 400, json: {$.error: no}}]"

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        answer = super().route(req, body)
        return reply(json.loads(answer.get_data()), 400) if answer.status_code >= 400 else answer


class Viewed(Correct):
    """Counts how often each object was looked at, and says when it was last."""

    asks: ClassVar[frozenset[str]] = Correct.asks | {"invalid-on-read/*", "conflicting-channels/body-of-a-read"}

    def read(self, req: Request, row: dict[str, Any]) -> Response:
        row["views"] = row.get("views", 0) + 1
        return reply({**row, "last": {"seen": str(time.time())}})

    def listing(self, req: Request) -> Response:
        return reply([{name: row[name] for name in ("id", "title", "notes")} for row in self.rows.values()])


class LateIndex(Correct):
    """An object is read at once, and stands in the list 300 ms later."""

    settle_ms = 900
    asks = Eventual.asks

    def __init__(self) -> None:
        super().__init__()
        self.index = list(self.rows)

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        answer = super().route(req, body)
        if req.method != "GET":
            index = list(self.rows)
            self.later(0.3, lambda: setattr(self, "index", index))
        return answer

    def listing(self, req: Request) -> Response:
        return reply([self.rows[key] for key in self.index if key in self.rows])


class Named(Correct):
    """Objects are made, and replaced, by PUT under a name that the client chooses; each belongs to its creator. Its
    number is what it is called by, and a change of its text leaves that alone."""

    item_methods = ("get", "put", "delete")
    props: ClassVar[dict[str, Any]] = {"notes": {"type": "string"}}
    required: ClassVar[list[str]] = []
    words = """public: ["GET /**"]
resources: {things: {owner: creator}}"""
    asks: ClassVar[frozenset[str]] = Correct.asks | {"foreign-object/*"}

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        return self.put(self.new_id(), body, "boss")

    def put(self, key: str, body: dict[str, Any], owner: str) -> dict[str, Any]:
        self.rows.setdefault(key, {"about": "", "number": key, "owner": owner})["about"] = body.get("notes", "")
        return self.rows[key]

    def owned(self, req: Request, key: str) -> bool:
        return self.caller(req) == "boss" or self.rows[key]["owner"] == self.caller(req)

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        mine = self.caller(req) == "worker" and key in self.rows and self.owned(req, key)
        return self.write(req, key, body) if mine else self.deny(req)

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "PUT" and key:
            return reply(self.put(key, body, self.caller(req)), 200 if key in self.rows else 201)
        return super().write(req, key, body)

    def document(self) -> dict[str, Any]:
        told = super().document()
        del told["paths"][self.base]["post"]
        return told


class NamedLater(Named):
    """The same, but that what was put is there 200 ms later."""

    settle_ms = 600
    asks: ClassVar[frozenset[str]] = Eventual.asks

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method != "PUT":
            return super().write(req, key, body)
        self.later(0.2, lambda: self.put(key, body, "boss"))
        return reply({"job": f"of {key}"}, 202)
