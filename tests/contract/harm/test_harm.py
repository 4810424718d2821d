"""What a run must never do to a target, to its owner's files, or with its keys. Each test failed at f872274."""

import html
import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.contract.harm.kit import ADMIN, Answer, Api, Call, Ran, command, environment, holdfast, run_on, serving

DOCUMENTED_WITH_ID = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    "required": ["id", "name"],
}


def unharmed(api: Api, folder: Path, *more: str, verb: str = "run", left: int = 0) -> Ran:
    """Runs, and asserts that nothing that was there before has changed and at most `left` objects are new."""
    before = api.state()
    ran = run_on(api, folder, *more, verb=verb)
    after = api.state()
    for name, rows in before.items():
        gone = {key: row for key, row in rows.items() if after[name].get(key) != row}
        assert not gone, f"{name}: objects of others were changed or deleted: {gone}"
        new = after[name].keys() - rows.keys()
        assert len(new) <= left, f"{name}: {len(new)} left behind; exit {ran.code}, told: {told_left(ran)}"
    return ran


def told_left(ran: Ran) -> Any:
    return ran.report["leftovers"] if (ran.out / "report.json").exists() else ran.text[-300:]


class Activity(Api):
    """Users show what they did last. Only the field `last_action` of the administrator's row is touched by others."""

    names = ("users", "notes")

    def __init__(self) -> None:
        super().__init__()
        self.rows["users"][1]["name"] = "admin"

    def created(self, name: str, row: dict[str, Any]) -> Answer:
        self.rows["users"][1]["last_action"] = f"created {name} '{row['name']}'"
        return super().created(name, row)

    def state(self) -> Any:
        return {
            name: {key: {word: row[word] for word in ("id", "name")} for key, row in rows.items()}
            for name, rows in super().state().items()
        }


@pytest.mark.parametrize("verb", ["check", "run"])
def test_an_account_that_shows_our_marker_as_its_last_action_is_not_deleted(tmp_path: Path, verb: str) -> None:
    unharmed(Activity(), tmp_path, verb=verb)


class Jobs(Api):
    """A creation answers with the id of a job and an echo of what was asked."""

    seed = 12
    jobs = 0

    def created(self, name: str, row: dict[str, Any]) -> Answer:
        self.jobs += 1
        return Answer(202, {"id": self.jobs, "status": "queued", "request": {"name": row["name"]}})


def test_the_id_of_a_job_is_not_taken_for_that_of_an_object_and_deleted(tmp_path: Path) -> None:
    unharmed(Jobs(), tmp_path, verb="check")


class Tickets(Api):
    """Addressed by number, with an internal id beside it; the target file says so."""

    seed = 5

    def new_row(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        own = self.next_id(name)
        return {"id": own, "number": own + (5 if own <= 5 else 100), **self.clean(body)}

    def find(self, name: str, text: str) -> Any:
        for key, row in self.rows[name].items():
            if str(row["number"]) == text:
                return key
        raise Answer(404, {"detail": "not found"})

    def document(self) -> dict[str, Any]:
        told = super().document()
        item = told["paths"].pop("/things/{id}")
        item["parameters"][0]["name"] = "ticket_number"
        told["paths"]["/things/{ticket_number}"] = item
        return told

    def target(self) -> str:
        return super().target() + "resources:\n  things: {id: $.number}\n"


def test_rows_are_identified_by_what_the_target_file_says(tmp_path: Path) -> None:
    unharmed(Tickets(), tmp_path, verb="check")


class SkipLimit(Api):
    """FastAPI's tutorial: a bare array, `skip` and `limit`, twenty by default, oldest first."""

    seed = 25

    def listed(self, name: str, rows: list[dict[str, Any]], query: Mapping[str, str]) -> Any:
        skip = int(query.get("skip", 0))
        return rows[skip : skip + int(query.get("limit", 20))]


class Cursor(SkipLimit):
    """`next_cursor`."""

    def listed(self, name: str, rows: list[dict[str, Any]], query: Mapping[str, str]) -> Any:
        start = int(query.get("cursor") or 0)
        return {"items": rows[start : start + 20], "next_cursor": str(start + 20) if start + 20 < len(rows) else None}


class HasMore(SkipLimit):
    """`has_more` and `starting_after`."""

    def listed(self, name: str, rows: list[dict[str, Any]], query: Mapping[str, str]) -> Any:
        found = [row for row in rows if row["id"] > int(query.get("starting_after") or 0)]
        return {"object": "list", "data": found[:20], "has_more": len(found) > 20}


class Drafts(Api):
    """The list shows what is published; what is new is not."""

    def new_row(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().new_row(name, body), "published": str(body["name"]).startswith("theirs")}

    def visible(self, name: str) -> list[dict[str, Any]]:
        return [row for row in super().visible(name) if row["published"]]


@pytest.mark.parametrize("style", [SkipLimit, Cursor, HasMore, Drafts])
def test_what_a_list_does_not_show_is_removed_all_the_same(tmp_path: Path, style: type[Api]) -> None:
    unharmed(style(), tmp_path, verb="check")


class Unanswered(Api):
    """Has no list, and a search. Every third creation is obeyed, and answered by a gateway that has lost patience."""

    methods_list = ("POST",)

    def handle(self, call: Call) -> Answer:
        if call.path == "/search":
            text = call.query.get("name", "")
            return Answer(200, [row for row in self.rows["things"].values() if text in row["name"]])
        return super().handle(call)

    def created(self, name: str, row: dict[str, Any]) -> Answer:
        return Answer(504) if row["id"] % 3 == 0 else super().created(name, row)

    def document(self) -> dict[str, Any]:
        told = super().document()
        query = {"name": "name", "in": "query", "required": True, "schema": {"type": "string"}}
        told["paths"]["/search"] = {"get": {"parameters": [query], "responses": {"200": {"description": "ok"}}}}
        return told


class Searched(Unanswered):
    """The target file says how to search."""

    def target(self) -> str:
        return super().target() + 'resources: {things: {find: "GET /search?name={marker}"}}\n'


def test_what_an_unanswered_creation_made_is_found_by_a_search(tmp_path: Path) -> None:
    unharmed(Searched(), tmp_path, verb="check")


def test_what_an_unanswered_creation_made_is_told_where_nothing_finds_it(tmp_path: Path) -> None:
    ran = run_on(Unanswered(), tmp_path, "--family", "guest-write")
    assert ran.code == 4
    assert "a creation was not answered, so that one with the text " in ran.text


class Short(Api):
    """No field takes a text of a marker's length."""

    fields: ClassVar[Mapping[str, Any]] = {"name": {"type": "string", "maxLength": 20}}

    def clean(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value[:20] for key, value in super().clean(body).items()}


def test_what_carries_no_marker_is_not_made_or_is_removed_by_its_id(tmp_path: Path) -> None:
    unharmed(Short(), tmp_path, verb="check")


class PutById(Api):
    """PUT obeys the id in its body, which the document requires (`session.merge(Thing(**body))`)."""

    def document(self) -> dict[str, Any]:
        told = super().document()
        content = told["paths"]["/things/{id}"]["put"]["requestBody"]["content"]
        content["application/json"]["schema"] = DOCUMENTED_WITH_ID
        return told

    def saved(self, name: str, row: dict[str, Any], body: Mapping[str, Any]) -> None:
        own = body.get("id", row["id"])
        self.rows[name].setdefault(own, {"id": own})["name"] = body["name"]


def test_a_put_sends_the_canarys_own_id_in_its_body(tmp_path: Path) -> None:
    unharmed(PutById(), tmp_path, verb="check")


class PostById(Api):
    """The client chooses ids; a POST on one that is there replaces it."""

    fields: ClassVar[Mapping[str, Any]] = {"id": {"type": "integer"}, "name": {"type": "string"}}
    required = ("id", "name")

    def seeded(self, name: str, number: int) -> dict[str, Any]:
        return {"id": number + 1, "name": f"theirs {number}"}

    def new_row(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self.clean(body)


def test_a_post_invents_no_id_that_may_be_somebody_elses(tmp_path: Path) -> None:
    unharmed(PostById(), tmp_path, verb="check")


class EmptyId(Api):
    """The id is told when the object is processed, and is empty until then; DELETE on the list empties it."""

    methods_list = ("GET", "POST", "DELETE")

    def created(self, name: str, row: dict[str, Any]) -> Answer:
        return Answer(202, {"id": "", "name": row["name"]})

    def handle(self, call: Call) -> Answer:
        if call.path.rstrip("/") == "/things" and call.method == "DELETE" and self.who(call.headers) == "admin":
            self.rows["things"].clear()
            return Answer(204)
        return super().handle(call)


def test_an_empty_id_never_makes_an_item_path_that_of_the_list(tmp_path: Path) -> None:
    api = EmptyId()
    unharmed(api, tmp_path, verb="check", left=10)
    assert not [path for method, path, _ in api.log if method == "DELETE" and path.rstrip("/") == "/things"]


class Payments(Api):
    """An operation that nobody ever sends."""

    names = ("things", "payments")

    def target(self) -> str:
        never = ", ".join(f'"{method} /payments**"' for method in ("POST", "PUT", "PATCH", "DELETE"))
        return super().target() + f"operations: {{never: [{never}]}}\n"


@pytest.mark.parametrize("verb", ["check", "run"])
def test_what_is_never_to_be_sent_is_not_sent(tmp_path: Path, verb: str) -> None:
    api = Payments()
    run_on(api, tmp_path, verb=verb)
    sent = {f"{method} {path}" for method, path, _ in api.log if method != "GET" and path.startswith("/payments")}
    assert not sent


class Files(Api):
    """Checksums hang on release files, whose counters the owner watches."""

    names = ("release-files", "checksums")

    def document(self) -> dict[str, Any]:
        told = super().document()
        linked = {
            "type": "object",
            "properties": {"name": {"type": "string"}, "release_file_id": {"type": "integer"}},
            "required": ["name", "release_file_id"],
        }
        for where, method in (("/checksums", "post"), ("/checksums/{id}", "put")):
            told["paths"][where][method]["requestBody"]["content"]["application/json"]["schema"] = linked
        return told

    def validate(self, name: str, body: Any, partial: bool) -> dict[str, Any]:
        found = super().validate(name, body, partial)
        if name == "checksums" and not partial:
            parent = self.rows["release-files"].get(found.get("release_file_id"))
            if parent is None:
                raise Answer(422, {"detail": "no such release file"})
            parent["touched"] = parent.get("touched", 0) + 1
        return found


def test_a_child_is_hung_on_a_canary_and_not_on_object_one(tmp_path: Path) -> None:
    unharmed(Files(), tmp_path, verb="check")


class Budget(Api):
    """A run may send few requests."""

    def target(self) -> str:
        return super().target() + "limits: {requests: 200}\n"


def test_a_spent_budget_leaves_enough_to_clean_up(tmp_path: Path) -> None:
    unharmed(Budget(), tmp_path)


class Cyrillic(Api):
    """A path that is not Latin."""

    names = ("things", "объекты")


def test_a_path_that_cannot_be_written_neither_crashes_nor_leaves_anything(tmp_path: Path) -> None:
    ran = unharmed(Cyrillic(), tmp_path)
    assert "Traceback" not in ran.text
    assert "INTERNALERROR" not in ran.text


def test_a_key_that_is_not_latin_is_a_configuration_error(tmp_path: Path) -> None:
    api = Api()
    (tmp_path / "target.yaml").write_text(api.target())
    with serving(api) as url:
        ran = holdfast(tmp_path, "check", "target.yaml", "--base-url", url, ADMIN_KEY="ключ-не-латиница-0123")
    assert "Traceback" not in ran.text
    assert ran.code == 2


def test_a_document_cannot_crash_it_with_a_header_name_that_is_none(tmp_path: Path) -> None:
    class Header(Api):
        def document(self) -> dict[str, Any]:
            scheme = {"type": "apiKey", "in": "header", "name": "X-Key\r\nX-Evil: 1"}
            return {**super().document(), "components": {"securitySchemes": {"key": scheme}}}

        def target(self) -> str:
            return re.sub(r"auth:\n.*\n", "", super().target())

    ran = run_on(Header(), tmp_path)
    assert "Traceback" not in ran.text
    assert ran.code == 2


def test_reports_beside_the_target_file_spare_what_was_there(tmp_path: Path) -> None:
    api = Api()
    mine = {"target.yaml": "# mine\n" + api.target(), "document": "mine", "evidence/thesis.txt": "mine"}
    (tmp_path / "evidence").mkdir()
    for name, text in mine.items():
        (tmp_path / name).write_text(text)
    with serving(api) as url:
        holdfast(tmp_path, "run", "target.yaml", "--base-url", url, "--out", ".", "--family", "guest-write")
    now = {name: (tmp_path / name).read_text() if (tmp_path / name).exists() else None for name in mine}
    assert now == mine


class NoList(Api):
    """Nothing lists things. Numbers are given again when the server starts anew."""

    methods_list = ("POST",)


SECONDS = 120
"""How long anything is waited for."""


def until_quiet(api: Any) -> None:
    """Waits until no request has been handled for a moment."""
    end, count = time.monotonic() + SECONDS, -1
    while count != len(api.log):
        assert time.monotonic() < end, "requests still come in"
        count = len(api.log)
        time.sleep(0.1)


@contextmanager
def started(api: Any, folder: Path, requests: int, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a process of its own, when the API has had so many requests, or the process has ended."""
    with subprocess.Popen(
        command(*arguments),
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        end = time.monotonic() + SECONDS
        while len(api.log) < requests and process.poll() is None:
            assert time.monotonic() < end, f"{len(api.log)} requests of {requests} came"
            time.sleep(0.005)
        yield process


def test_a_clean_up_deletes_by_id_only_what_still_carries_its_marker(tmp_path: Path) -> None:
    api = NoList()
    (tmp_path / "target.yaml").write_text(api.target())
    with serving(api) as url:
        with started(api, tmp_path, 150, "run", "target.yaml", "--base-url", url, "--out", "out") as process:
            process.kill()
        with api.lock:  # it came up anew, and other people went on
            api.rows["things"] = {number: {"id": number, "name": f"of somebody {number}"} for number in range(1, 30)}
        before = api.state()
        holdfast(tmp_path, "cleanup", "out")
        assert api.state() == before


class Tree:
    """orgs, projects below them, files below those; a removed parent leaves its children where they are."""

    kinds = ("orgs", "projects", "files")

    def __init__(self) -> None:
        self.base = Api()
        self.lock, self.log, self.last = self.base.lock, self.base.log, 0
        self.rows: dict[str, dict[str, Any]] = {}

    def target(self) -> str:
        return self.base.target()

    def handle(self, call: Call) -> Answer:
        if call.path == "/openapi.json":
            return Answer(200, self.document())
        if call.path == "/":
            return Answer(200, {})
        parts = call.path.strip("/").split("/")
        kinds, ids = parts[0::2], parts[1::2]
        if tuple(kinds) != self.kinds[: len(kinds)]:
            raise Answer(404, {})
        self.base.admit(call.method, self.base.who(call.headers))
        with self.lock:
            if len(kinds) == len(ids):
                return self.item(call)
            if call.method == "GET":
                return Answer(200, [row for key, row in self.rows.items() if key.rsplit("/", 1)[0] == call.path])
            if ids and call.path.rsplit("/", 1)[0] not in self.rows:
                raise Answer(404, {})
            self.last += 1
            self.rows[f"{call.path}/{self.last}"] = {"id": self.last, "name": call.json()["name"]}
            return Answer(201, self.rows[f"{call.path}/{self.last}"])

    def item(self, call: Call) -> Answer:
        if call.path not in self.rows:
            raise Answer(404, {})
        if call.method == "DELETE":
            del self.rows[call.path]
            return Answer(204)
        if call.method != "GET":
            self.rows[call.path]["name"] = call.json()["name"]
        return Answer(200, self.rows[call.path])

    def document(self) -> dict[str, Any]:
        told = self.base.document()
        paths, told["paths"] = told["paths"], {}
        prefix, parameters = "", list[Any]()
        for kind in self.kinds:
            name = kind[:-1] + "_id"
            told["paths"][f"{prefix}/{kind}"] = {**paths["/things"], "parameters": list(parameters)}
            parameters.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
            prefix = f"{prefix}/{kind}/{{{name}}}"
            told["paths"][prefix] = {**paths["/things/{id}"], "parameters": list(parameters)}
        return told


def test_a_clean_up_finds_what_lies_two_parents_deep(tmp_path: Path) -> None:
    api = Tree()
    (tmp_path / "target.yaml").write_text(api.target())
    with serving(api) as url:
        with started(api, tmp_path, 400, "run", "target.yaml", "--base-url", url, "--out", "out") as process:
            process.kill()
        # What was under way is still handled: requests are logged when they are.
        until_quiet(api)
        ran = holdfast(tmp_path, "cleanup", "out")
    assert not api.rows, f"exit {ran.code}: {ran.text}"


@pytest.mark.parametrize(
    "ledger", [b"[]\n", b'{"kind": "run"}\n', b'{"kind": "run", "secret": "AAAA"}\n', b"\xff\xfe{"]
)
def test_a_ledger_that_is_none_is_a_plain_error(tmp_path: Path, ledger: bytes) -> None:
    (tmp_path / "ledger.jsonl").write_bytes(ledger)
    (tmp_path / "document").write_text("{}")
    ran = holdfast(tmp_path, "cleanup", ".")
    assert "Traceback" not in ran.text
    assert ran.code == 2


@pytest.mark.parametrize("verb", ["check", "run"])
def test_a_termination_cleans_up_or_says_how_to(tmp_path: Path, verb: str) -> None:
    class Slow(Api):
        def before(self, call: Call) -> None:
            time.sleep(0.03)

    api = Slow()
    before = api.state()
    (tmp_path / "target.yaml").write_text(api.target())
    with serving(api) as url:
        more = ["--out", "out"] if verb == "run" else []
        with started(api, tmp_path, 14, verb, "target.yaml", "--base-url", url, *more) as process:
            process.send_signal(signal.SIGTERM)
            said = process.communicate()[0].decode()
    assert api.state() == before or "holdfast cleanup" in said


KEY = 'Zx4<Qm7&Lp2"Rt9>Vb5aW'


def test_a_key_that_an_error_page_shows_escaped_for_html_is_redacted(tmp_path: Path) -> None:
    class Debug(Api):
        def who(self, headers: Mapping[str, str]) -> str | None:
            if headers.get("Authorization") == f"ApiKey admin:{KEY}":
                return "admin"
            return super().who(headers)

        def handle(self, call: Call) -> Answer:
            try:
                return super().handle(call)
            except Answer as answer:
                if answer.status == 401 and call.method == "POST":
                    page = f"<html>HTTP_AUTHORIZATION {html.escape(call.headers.get('Authorization', ''))}".encode()
                    raise Answer(500, page, Content_Type="text/html") from None
                raise

    ran = run_on(Debug(), tmp_path, "--family", "fabricated-key", ADMIN_KEY=KEY)
    # All but the last characters: some mutants change those.
    kept = [str(path) for path in ran.out.rglob("*") if path.is_file() and html.escape(KEY)[:-4] in path.read_text()]
    assert not kept
    assert ADMIN not in ran.text


def test_files_are_json(tmp_path: Path) -> None:
    """Not a finding: shows that the kit itself is sound."""
    ran = unharmed(Api(), tmp_path)
    assert json.loads((ran.out / "report.json").read_text())["leftovers"] == []
    assert ran.code == 0
