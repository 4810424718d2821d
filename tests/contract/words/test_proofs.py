"""What a proof in the request lets in: servers that look at it, and that only seem to."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from harness.engine.planning.opening import open_target
from harness.engine.planning.planner import make_plan
from harness.engine.rehearsing.checking import check_target
from tests.contract.adversary.kit import TARGET, served
from tests.contract.words.kit import Api, Ran, reply, run

FAMILY = ("missing-proof",)
ACTIVATE = "PUT /users/{thing_id}/activate"
HELD, BYPASSED = "HELD refused", "BYPASSED any-change"


class Users(Api):
    """The admin makes users, and whoever holds a user's token activates it, and says what it is called."""

    base = "/users"
    props = {"username": {"type": "string"}, "title": {"type": "string"}}  # noqa: RUF012
    required = ["username"]  # noqa: RUF012
    item_methods = ("get", "delete")
    seeded = 2
    once = True
    refusal = 403
    source = "operation: POST /users, value: $.token"
    place = "body.token"

    def __init__(self, hole: bool = False) -> None:
        self.tokens: dict[str, str | None] = {}
        self.read_with: list[str] = []
        super().__init__(hole)

    @property
    def more(self) -> str:  # type: ignore[override]
        once = f"once: {str(self.once).lower()}"
        return f'protected: [{{operation: "{ACTIVATE}", proof: {self.place}, from: {{{self.source}}}, {once}}}]'

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        row = super().create(body)
        self.tokens[row["id"]] = secrets.token_urlsafe(24)
        return row

    def created(self, row: dict[str, Any]) -> Response:
        return reply({**row, "token": self.tokens[row["id"]]}, 201)

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        words = req.path.strip("/").split("/")
        if len(words) > 2 and words[2] == "activate":
            if req.method != "PUT":
                self.read_with.append(req.path)
                return reply({"error": "method"}, 405)
            row = self.rows.get(words[1])
            return self.activate(req, row, body) if row else reply({"error": "not found"}, 404)
        return super().route(req, body)

    def sent(self, req: Request, body: dict[str, Any]) -> Any:
        kind, _, name = self.place.partition(".")
        if kind == "header":
            return req.headers.get(name)
        return body.get(name) if kind == "body" else req.args.get(name)

    def activate(self, req: Request, row: dict[str, Any], body: dict[str, Any]) -> Response:
        if not self.proves(row["id"], self.sent(req, body)):
            return reply({"error": "token"}, self.refusal)
        row["published"] = True
        row["title"] = body["title"]
        if self.once:
            self.tokens[row["id"]] = None
        return reply(row)

    def proves(self, key: str, sent: Any) -> bool:
        return isinstance(sent, str) and sent != "" and sent == self.tokens[key]

    def document(self) -> dict[str, Any]:
        told = super().document()
        kind, _, name = self.place.partition(".")
        fields = {"title": {"type": "string"}, **({name: {"type": "string"}} if kind == "body" else {})}
        schema = {"type": "object", "properties": fields, "required": list(fields)}
        parameter = {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string"}}
        parameters = [parameter]
        if kind != "body":
            parameters.append({"name": name, "in": kind, "required": True, "schema": {"type": "string"}})
        told["paths"]["/users/{thing_id}/activate"] = {
            "parameters": parameters,
            "put": {
                "security": [],
                "requestBody": {"content": {"application/json": {"schema": schema}}},
                "responses": {"200": {"description": "ok"}},
            },
        }
        return told


class Unasked(Users):
    """The token is optional."""

    def proves(self, key: str, sent: Any) -> bool:
        return not sent or super().proves(key, sent)


class OfNobody(Users):
    """What is sent is compared with what is stored, and where nothing is, nothing fits."""

    def proves(self, key: str, sent: Any) -> bool:
        return bool(sent == self.tokens[key])


class Anybodys(Users):
    """The token is looked up, and not whose it is."""

    once = False

    def proves(self, key: str, sent: Any) -> bool:
        return isinstance(sent, str) and sent in self.tokens.values()


class AnyText(Users):
    """Whether there is a token is asked, and not which."""

    def proves(self, key: str, sent: Any) -> bool:
        return isinstance(sent, str) and sent != ""


class Again(Users):
    """A used token stays."""

    def activate(self, req: Request, row: dict[str, Any], body: dict[str, Any]) -> Response:
        kept = self.tokens[row["id"]]
        answer = super().activate(req, row, body)
        self.tokens[row["id"]] = kept
        return answer


class Beginning(Users):
    """The token is compared as far as it was sent."""

    def proves(self, key: str, sent: Any) -> bool:
        return isinstance(sent, str) and len(sent) > 8 and (self.tokens[key] or "").startswith(sent)


class Conditions(Users):
    """What is sent is handed on to a document database, which takes an object for a condition."""

    def proves(self, key: str, sent: Any) -> bool:
        return super().proves(key, sent.get("$eq") if isinstance(sent, dict) else sent)


class Masked(Unasked):
    """Does it, and answers that it does not."""

    def activate(self, req: Request, row: dict[str, Any], body: dict[str, Any]) -> Response:
        right = Users.proves(self, row["id"], self.sent(req, body))
        answer = super().activate(req, row, body)
        return answer if right else reply({"error": "token"}, 403)


def found(ran: Ran) -> dict[str, str]:
    """The verdicts of the family on the one operation, by mutation and case."""
    told = ran.of(ACTIVATE, "missing-proof")
    return {
        name.removeprefix("missing-proof/").replace(f"[{ACTIVATE}", "").replace("]", ""): verdict
        for name, verdict in told.items()
    }


ALL = {
    *("no-proof", "empty-proof", "null-proof", "other-proof", "used-proof", "condition-for-proof"),
    *("no-proof-any-more", "null-proof-any-more"),
    *(f"bent-proof case={one}" for one in ("random-alike", "last-changed", "first-changed", "shortened")),
}
BENT = {one for one in ALL if one.startswith("bent")}
TABLE: list[tuple[type[Users], set[str]]] = [
    (Users, set()),
    (Unasked, {"no-proof", "empty-proof", "null-proof", "no-proof-any-more", "null-proof-any-more"}),
    (OfNobody, {"no-proof-any-more", "null-proof-any-more"}),
    (Anybodys, {"other-proof"}),
    (AnyText, BENT | {"other-proof", "used-proof"}),
    (Again, {"used-proof"}),
    (Conditions, {"condition-for-proof"}),
    (Beginning, {"bent-proof case=shortened"}),
    (Masked, {"no-proof", "empty-proof", "null-proof", "no-proof-any-more", "null-proof-any-more"}),
]


@pytest.mark.parametrize(("kind", "open_to"), TABLE, ids=[one[0].__name__ for one in TABLE])
def test_what_lets_in(kind: type[Users], open_to: set[str], tmp_path: Path) -> None:
    api = kind()
    ran = run(api, tmp_path, FAMILY)
    verdicts = found(ran)
    untold = set() if api.once else {"used-proof"}
    assert set(verdicts) == ALL, ran.explain()
    assert {one for one, verdict in verdicts.items() if verdict == BYPASSED} == open_to, ran.explain()
    assert {one for one, verdict in verdicts.items() if verdict == HELD} == ALL - open_to - untold, ran.explain()
    assert all(verdicts[one] == "NOT-APPLICABLE no-field" for one in untold)
    assert ran.clean, ran.explain()
    for name in open_to:
        _, _, case = name.partition(" ")
        probe = f"missing-proof/{name.partition(' ')[0]}[{ACTIVATE}{' ' + case if case else ''}]"
        assert str(ran.results.judged[probe].verdict) == "BYPASSED(any-change, state)"


AUTHENTICATION = (*FAMILY, "guest-write", "fabricated-key/arbitrary-key", "low-privilege-write/own-credential")


def test_a_proof_alone_is_no_business_of_keys(tmp_path: Path) -> None:
    ran = run(Users(), tmp_path, AUTHENTICATION)
    for family in ("guest-write", "fabricated-key", "low-privilege-write"):
        assert set(ran.of(ACTIVATE, family).values()) == {"NOT-APPLICABLE public"}, ran.explain()
        assert set(ran.of("POST /users", family).values()) == {HELD}, ran.explain()
    assert set(ran.of("POST /users", "missing-proof").values()) == {"NOT-APPLICABLE no-field"}
    assert ran.clean, ran.explain()


class Told(Users):
    """The token is asked for apart from the user's creation."""

    source = 'operation: "POST /users/{thing_id}/invitation", value: "$.invitation.code"'
    refusal = 404

    def created(self, row: dict[str, Any]) -> Response:
        return reply(row, 201)

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path.endswith("/invitation"):
            if not self.admin(req):
                return self.deny(req)
            return reply({"invitation": {"code": self.tokens[req.path.split("/")[2]]}})
        return super().route(req, body)


class InQuery(Users):
    place = "query.token"
    refusal = 400


class InHeader(Users):
    place = "header.X-Activation"
    refusal = 422


class InPath(Users):
    place = "path.token"
    refusal = 404

    @property
    def more(self) -> str:  # type: ignore[override]
        return super().more.replace(ACTIVATE, f"{ACTIVATE}/{{token}}")

    def sent(self, req: Request, body: dict[str, Any]) -> Any:
        return req.path.strip("/").partition("/activate/")[2]

    def document(self) -> dict[str, Any]:
        told = super().document()
        activation = told["paths"].pop("/users/{thing_id}/activate")
        return {**told, "paths": {**told["paths"], "/users/{thing_id}/activate/{token}": activation}}


def test_in_the_path(tmp_path: Path) -> None:
    api = InPath()
    ran = run(api, tmp_path, FAMILY)
    told = ran.of(f"{ACTIVATE}/{{token}}", "missing-proof")
    assert {name.partition("[")[0].partition("/")[2] for name, verdict in told.items() if verdict == HELD} == {
        *("bent-proof", "other-proof", "used-proof")
    }, ran.explain()
    assert set(told.values()) == {HELD, "NOT-APPLICABLE no-field"}
    assert all(one.endswith("/activate/-") for one in api.read_with)
    assert ran.clean, ran.explain()


@pytest.mark.parametrize("kind", [Told, InQuery, InHeader])
def test_wherever_it_is_told_and_sent(kind: type[Users], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path, FAMILY)
    nulls = {"null-proof", "null-proof-any-more", "condition-for-proof"} if kind is not Told else set()
    assert {one for one, verdict in found(ran).items() if verdict != HELD} == nulls, ran.explain()
    assert {found(ran)[one] for one in nulls} <= {"NOT-APPLICABLE no-field"}
    assert ran.clean, ran.explain()


class Both(Users):
    """The document asks for a key besides, and so does the server."""

    def document(self) -> dict[str, Any]:
        told = super().document()
        del told["paths"]["/users/{thing_id}/activate"]["put"]["security"]
        return {**told, "security": [{"key": []}]}

    def activate(self, req: Request, row: dict[str, Any], body: dict[str, Any]) -> Response:
        return super().activate(req, row, body) if self.admin(req) else self.deny(req)


class BothOptional(Both, Unasked):
    """The key is looked at, and the token is optional."""


def test_a_proof_beside_a_key(tmp_path: Path) -> None:
    ran = run(Both(), tmp_path / "shut", AUTHENTICATION)
    assert set(ran.of(ACTIVATE).values()) == {HELD}, ran.explain()
    assert len(ran.of(ACTIVATE, "guest-write")) == 10
    ran = run(BothOptional(), tmp_path / "optional", FAMILY)
    assert found(ran)["no-proof"] == BYPASSED, ran.explain()
    assert found(ran)["other-proof"] == HELD, ran.explain()
    ran = run(Both(hole=True), tmp_path / "open", AUTHENTICATION)
    assert ran.of(ACTIVATE, "fabricated-key") == {f"fabricated-key/arbitrary-key[{ACTIVATE}]": BYPASSED}, ran.explain()
    assert set(found(ran).values()) == {HELD}, ran.explain()


class Alone(Users):
    """The token says whose it is: the path names nobody."""

    @property
    def more(self) -> str:  # type: ignore[override]
        return super().more.replace(ACTIVATE, "PUT /activation")

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path != "/activation":
            return super().route(req, body)
        if req.method != "PUT":
            return reply({"error": "method"}, 405)
        row = next((row for key, row in self.rows.items() if self.proves(key, self.sent(req, body))), None)
        return self.activate(req, row, body) if row else reply({"error": "token"}, 403)

    def document(self) -> dict[str, Any]:
        told = super().document()
        activation = {"put": told["paths"].pop("/users/{thing_id}/activate")["put"]}
        return {**told, "paths": {**told["paths"], "/activation": activation}}


class AloneOnConditions(Alone, Conditions):
    """And a condition finds whose it is."""


@pytest.mark.parametrize(("kind", "open_to"), [(Alone, set()), (AloneOnConditions, {"condition-for-proof"})])
def test_a_proof_may_be_all_that_names_the_object(kind: type[Users], open_to: set[str], tmp_path: Path) -> None:
    ran = run(kind(), tmp_path, FAMILY)
    told = {name.partition("[")[0].partition("/")[2]: one for name, one in ran.of("PUT /activation").items()}
    assert {name for name, verdict in told.items() if verdict == BYPASSED} == open_to, ran.explain()
    assert told.pop("other-proof") == "NOT-APPLICABLE no-field"
    assert {name for name, verdict in told.items() if verdict != HELD} == open_to, ran.explain()
    assert ran.clean, ran.explain()


class Silent(Users):
    """No answer tells a token."""

    def created(self, row: dict[str, Any]) -> Response:
        return reply({**row, "token": None}, 201)


def test_without_a_real_proof_nothing_is_told(tmp_path: Path) -> None:
    ran = run(Silent(), tmp_path, FAMILY)
    assert set(found(ran).values()) == {"INCONCLUSIVE control"}, ran.explain()
    one = ran.results.judged[f"missing-proof/no-proof[{ACTIVATE}]"].verdict
    assert one.detail == "body.token: POST /users told no proof of it at $.token"
    assert ran.clean, ran.explain()


def test_no_proof_is_written_down(tmp_path: Path) -> None:
    api = Unasked()
    known: set[str] = set()
    make = api.create

    def create(body: dict[str, Any]) -> dict[str, Any]:
        row = make(body)
        known.add(str(api.tokens[row["id"]]))
        return row

    api.create = create  # type: ignore[method-assign]
    ran = run(api, tmp_path, (*FAMILY, "credential-echo", "guest-write/no-header"))
    assert len(known) > 10
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    shown = repr([(one.evidence, one.verdict) for one in ran.results.judged.values()])
    bodies = [
        (one.request.target, one.request.headers, one.request.body, one.headers, one.body)
        for judged in ran.results.judged.values()
        for proof in (judged.evidence.before, judged.evidence.after)
        for one in (*judged.evidence.attempts, *([proof.exchange] if proof and proof.exchange else []))
    ]
    for token in known:
        assert token not in shown
        assert token not in repr(bodies)
        assert not any(token.encode() in one for one in kept)
    assert "[PROOF]" in repr(bodies)
    assert ran.of("POST /users", "credential-echo/other-key") == {
        "credential-echo/other-key[POST /users]": "HELD silent"
    }


def test_a_rehearsal_shows_the_proof(tmp_path: Path) -> None:
    for kind, good in ((Users, True), (Silent, False)):
        api, file = kind(), tmp_path / f"{kind.__name__}.yaml"
        file.write_text(TARGET.format(more=api.more).replace("1800ms", "30ms"))
        with served(api) as url:
            opened = open_target(file, {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}, url)
            done = check_target(opened, make_plan([], opened)).done
        assert [one.good for one in done if one.name == ACTIVATE] == [good]
        assert all(one.good for one in done if one.name != ACTIVATE)


class Guarded(Users):
    """The document says that all may make users, and the target file that they may not."""

    place = ""

    @property
    def more(self) -> str:  # type: ignore[override]
        return "protected: [POST /users]"

    def document(self) -> dict[str, Any]:
        told = super().document()
        del told["paths"]["/users/{thing_id}/activate"]
        told["paths"]["/users"]["post"]["security"] = []
        return told


def test_what_is_guarded_although_the_document_says_open(tmp_path: Path) -> None:
    ran = run(Guarded(), tmp_path / "shut", AUTHENTICATION)
    for family in ("guest-write", "fabricated-key"):
        assert set(ran.of("POST /users", family).values()) == {HELD}, ran.explain()
    assert set(ran.of("POST /users", "missing-proof").values()) == {"NOT-APPLICABLE no-field"}
    ran = run(Guarded(hole=True), tmp_path / "open", AUTHENTICATION)
    assert ran.hole_seen("POST /users"), ran.explain()


class Invited(Api):
    """Who knows the code of the house makes things; nobody needs a key for it."""

    more = (
        'protected: [{operation: "POST /things", proof: body.code}]\n'
        'resources: {things: {body: {title: "{marker}", code: the-code-of-the-house}}}'
    )
    props = {"title": {"type": "string"}, "code": {"type": "string"}}  # noqa: RUF012
    required = ["title", "code"]  # noqa: RUF012
    seeded = 0

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.write(req, key, body) if req.method == "POST" and not key else self.deny(req)

    def write(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        known = body.get("code") == "the-code-of-the-house" or (self.hole and not body.get("code"))
        if req.method == "POST" and not known:
            return reply({"error": "code"}, 403)
        return super().write(req, key, {**body, "code": ""})


def test_one_proof_for_all(tmp_path: Path) -> None:
    own = {f"missing-proof/{name}-proof[POST /things]" for name in ("no", "empty", "null")}
    bent = {f"missing-proof/{one.replace(' ', '[POST /things ')}]" for one in BENT}
    ran = run(Invited(), tmp_path / "shut", FAMILY)
    assert {one for one, verdict in ran.of("POST /things").items() if verdict == HELD} == own | bent, ran.explain()
    ran = run(Invited(hole=True), tmp_path / "open", FAMILY)
    assert {one for one, verdict in ran.of("POST /things").items() if verdict == BYPASSED} == own, ran.explain()
    assert {one for one, verdict in ran.of("POST /things").items() if verdict == HELD} == bent, ran.explain()
    assert ran.clean, ran.explain()
