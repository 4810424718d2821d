"""A target file from a document alone: on APIs of many styles it passes `check` once the keys are there, or says what
is missing and passes with that."""

import json
import os
import pty
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from werkzeug import Request, Response

from harness.cli import main
from harness.config import load
from harness.engine import open_target
from harness.engine.planning.plan import Plan
from harness.engine.planning.roles import roles_of
from harness.engine.rehearsing.checking import check_target
from tests.contract.adversary.kit import served
from tests.contract.demos import ENDS, Demos
from tests.contract.drafted import press, shelf, tracker
from tests.contract.drafted.billing import KEYS as BILLING_KEYS
from tests.contract.drafted.billing import TAX_CLASS, WORKSPACE, Billing
from tests.contract.labs.djangolab import DjangoLab
from tests.e2e.command import PATIENCE, ROOT, command, environment

WORKS = "everything that a run rests on works"
NAMES = ["--admin-name", "release-manager", "--plain-name", "plain-user"]


@dataclass(frozen=True)
class Said:
    """What a command said."""

    code: int
    text: str


def holdfast(folder: Path, *arguments: str, keys: Mapping[str, str] | None = None) -> Said:
    """Runs the command in this process and another folder, with these keys alone in the environment."""
    hidden: dict[str, str | None] = {
        name: None for name in os.environ if name.endswith(("_KEY", "_TOKEN", "_PASSWORD"))
    }
    before = Path.cwd()
    os.chdir(folder)
    try:
        done = CliRunner().invoke(main, list(arguments), env={**hidden, **(keys or {}), "COLUMNS": "200"})
    finally:
        os.chdir(before)
    return Said(done.exit_code, done.output)


def keys_of(environment: Mapping[str, str], prefix: str, kind: str) -> dict[str, str]:
    return {f"{who}_{kind}": environment[f"{prefix}_{who}_{kind}"] for who in ("ADMIN", "PLAIN")}


def checked(file: Path, keys: Mapping[str, str]) -> None:
    """Everything that a run with this file rests on works."""
    opened = open_target(file, keys)
    done = check_target(opened, Plan((), roles_of(opened.identities))).done
    assert [one for one in done if not one.good] == []
    assert "control" in {one.part for one in done}


def drafted(folder: Path) -> dict[str, object]:
    read: dict[str, object] = yaml.safe_load((folder / "holdfast.yaml").read_text())
    return read


def test_the_embedded_api(demos: Demos, tmp_path: Path) -> None:
    demo = demos.of(ENDS[0])
    said = holdfast(tmp_path, "init", demo.base_url, "--no-input", *NAMES)
    assert (said.code, said.text.splitlines()) == (
        0,
        [
            "holdfast.yaml: written",
            "  to be set in the environment: ADMIN_KEY, PLAIN_KEY",
            "then: holdfast check holdfast.yaml",
        ],
    )
    file = drafted(tmp_path)
    assert file["auth"] == {
        "apikey": {"channel": "header", "name": "Authorization", "template": "ApiKey {username}:{key}"}
    }
    assert file["public"] == ["GET /**"]
    assert file["resources"] == {
        "os": {"marker": "name", "unique": ["slug"]},
        "release": {
            "marker": "name",
            "unique": ["slug"],
            "body": {"is_published": True},
            "draft": {"is_published": False},
        },
        "release_file": {"marker": "description", "unique": ["slug", "url"]},
    }
    checked(tmp_path / "holdfast.yaml", keys_of(demo.environment, "HOLDFAST_DEMO", "KEY"))


def test_its_second_version_is_tried_at_once_where_the_keys_are_there(demos: Demos, tmp_path: Path) -> None:
    demo = demos.of(ENDS[1])
    keys = keys_of(demo.environment, "HOLDFAST_DEMO", "TOKEN")
    keys = {name.replace("TOKEN", "KEY"): value for name, value in keys.items()}
    said = holdfast(tmp_path, "init", f"{demo.base_url}/openapi-v2.json", "--yes", keys=keys)
    assert said.code == 0, said.text
    assert WORKS in said.text
    assert drafted(tmp_path)["operations"] == {"never": ["DELETE /api/v2/downloads/release_file/delete_by_release/"]}
    assert "scoped: [{operation:" in " ".join((tmp_path / "holdfast.yaml").read_text().replace("#", "").split())
    text = (tmp_path / "holdfast.yaml").read_text()
    assert not [value for value in keys.values() if value in text]


@pytest.mark.parametrize(("version", "kind"), [("v1", "KEY"), ("v2", "TOKEN")])
def test_a_document_in_a_file(version: str, kind: str, tmp_path: Path) -> None:
    name = f"python-org-{version}.openapi.yaml"
    (tmp_path / name).write_bytes((ROOT / "targets" / name).read_bytes())
    with DjangoLab.start("all") as lab:
        keys = {f"{who}_KEY": lab.environment[f"LAB_{who}_{kind}"] for who in ("ADMIN", "PLAIN")}
        names = NAMES if version == "v1" else []
        said = holdfast(tmp_path, "init", name, "--base-url", lab.base_url, "--no-input", *names, keys=keys)
    assert said.code == 0, said.text
    assert WORKS in said.text
    urls = drafted(tmp_path)["urls"]
    assert isinstance(urls, dict)
    assert urls["allow"] == ["https://www.python.org/"]
    assert urls["fields"]["release_notes_url"] == {"rule": "none"}


def test_openapi_30_says_what_is_missing_and_works_with_it(tmp_path: Path) -> None:
    api = Billing()
    with served(api) as url:
        said = holdfast(tmp_path, "init", url, "--no-input", keys=BILLING_KEYS)
        assert said.code == 0
        wanted = [line for line in said.text.splitlines() if "to be filled in" in line]
        assert {line.split(": ")[1] for line in wanted} == {"parameters"}
        assert all("X-Workspace-Id" in line for line in wanted)
        assert not any(path.startswith(("POST", "PUT", "DELETE")) for path in api.paths)
        file = tmp_path / "holdfast.yaml"
        file.write_text(f"{file.read_text()}parameters: {{X-Workspace-Id: {WORKSPACE}}}\n")
        tried = holdfast(tmp_path, "check", "holdfast.yaml", keys=BILLING_KEYS)
        assert tried.code == 3
        assert "tax_class_id" in tried.text
        text = file.read_text().replace("unique: [number]}", f"unique: [number], body: {{tax_class_id: {TAX_CLASS}}}}}")
        file.write_text(text)
        checked(file, BILLING_KEYS)
    assert drafted(tmp_path)["public"] == ["GET /v1/ping"]


def test_openapi_31_with_a_login(tmp_path: Path) -> None:
    with shelf.served() as url:
        said = holdfast(tmp_path, "init", f"{url}/", "--no-input", *shelf.NAMES, keys=shelf.KEYS)
    assert said.code == 0, said.text
    assert WORKS in said.text
    login = {
        "operation": "POST /auth/token",
        "form": {"username": "{username}", "password": "{password}"},
        "token": "$.access_token",
    }
    assert drafted(tmp_path)["auth"] == {"oauth2passwordbearer": {"channel": "bearer", "login": login}}
    assert "operations" not in drafted(tmp_path)


def test_swagger_20(tmp_path: Path) -> None:
    with served(tracker.application()) as url:
        said = holdfast(tmp_path, "init", url, "--no-input", *tracker.NAMES, keys=tracker.KEYS)
    assert said.code == 0, said.text
    assert WORKS in said.text
    assert drafted(tmp_path)["auth"] == {
        "apikeyauth": {"channel": "header", "name": "Authorization", "template": "ApiKey {username}:{key}"}
    }
    assert drafted(tmp_path)["operations"] == {"never": ["POST /api/2/rebuild"]}


def test_what_is_made_below_another_and_read_beside_it(tmp_path: Path) -> None:
    """And what the document leaves open is named by `check`, until it is there."""
    with served(press.application()) as url:
        said = holdfast(
            tmp_path, "init", url, "--no-input", *press.NAMES, "--allow-url", "https://example.org/", keys=press.KEYS
        )
        assert said.code == 3
        assert "answers 200 and no token at $.access_token; say `token: $.meta.token` in its login" in said.text
        assert "✗ control" not in said.text
        file = tmp_path / "holdfast.yaml"
        file.write_text(file.read_text().replace("$.access_token}", "$.meta.token}"))
        tried = holdfast(tmp_path, "check", "holdfast.yaml", keys=press.KEYS)
        assert [line for line in tried.text.splitlines() if line.startswith("✗")] == [
            "✗ control DELETE /v1/issues/{id}",
            "✗ control PATCH /v1/issues/{id}",
            "✗ control POST /v1/journals/{id}/issues",
        ]
        assert "say where it may point: urls: {fields: {scan: {allow: [PREFIX]}}}" in tried.text
        assert tried.text.count("for the same reason as DELETE /v1/issues/{id}") == 2
        file.write_text(file.read_text() + f'  fields: {{scan: {{allow: ["{press.HOST}"]}}}}\n')
        checked(file, press.KEYS)
    assert "operations" not in drafted(tmp_path)


def test_names_and_prefixes_that_are_said_stand_in_the_file(tmp_path: Path) -> None:
    """Though the credential carries no name, and no field is called a URL."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "keys", "version": "1"},
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}},
        "paths": {"/things": {"get": {"responses": {"200": {"description": "all"}}}}},
    }
    (tmp_path / "api.json").write_text(json.dumps(document))
    more = ["--base-url", "http://127.0.0.1:1", *NAMES, "--second-name", "deputy", "--allow-url", "https://a.example/"]
    said = holdfast(tmp_path, "init", "api.json", "--yes", *more)
    assert said.code == 0, said.text
    assert drafted(tmp_path)["identities"] == {
        "admin": {"username": "release-manager", "key": "${ADMIN_KEY}", "privileged": True},
        "second": {"username": "deputy", "key": "${SECOND_KEY}", "privileged": True},
        "plain": {"username": "plain-user", "key": "${PLAIN_KEY}"},
    }
    assert drafted(tmp_path)["urls"] == {"allow": ["https://a.example/"]}


def test_a_name_that_nobody_said_is_asked_for_by_name(tmp_path: Path) -> None:
    with served(tracker.application()) as url:
        said = holdfast(tmp_path, "init", url, "--no-input", keys=tracker.KEYS)
        assert said.code == 0
        file = tmp_path / "holdfast.yaml"
        for who, name in (("admin", "lead"), ("plain", "guestbook")):
            assert f"to be filled in: identities.{who}.username" in said.text
            file.write_text(file.read_text().replace(f'{who}: {{username: "FILL IN"', f"{who}: {{username: {name}"))
        checked(file, tracker.KEYS)


def test_on_a_terminal_it_asks_what_the_document_does_not_tell(tmp_path: Path) -> None:
    (tmp_path / "swagger.json").write_text(json.dumps(tracker.document()))
    ours, theirs = pty.openpty()
    answers = ["http://127.0.0.1:1", "lead", "", "local"]
    os.write(ours, "".join(f"{one}\n" for one in answers).encode())
    try:
        done = subprocess.run(
            command("init", "swagger.json"),
            cwd=tmp_path,
            env={**environment({}, tmp_path), "PYTHONPATH": str(ROOT)},
            stdin=theirs,
            stdout=theirs,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        os.close(theirs)
        os.close(ours)
    assert (done.returncode, done.stderr) == (0, b"")
    read = drafted(tmp_path)
    assert (read["base_url"], read["environment"]) == ("http://127.0.0.1:1", "local")
    assert read["identities"] == {
        "admin": {"username": "lead", "key": "${ADMIN_KEY}", "privileged": True},
        "plain": {"username": "FILL IN", "key": "${PLAIN_KEY}"},
    }


SOURCES = {
    "nowhere.yaml": "nowhere.yaml: cannot be read (no such file or directory); name a URL of the API, or its OpenAPI "
    "document",
    "text.yaml": "text.yaml: is no OpenAPI document; it must say `openapi: 3.…` or `swagger: '2.0'`",
    "old.yaml": "old.yaml: no document that can be read: it must say `openapi: 3.0.x`, `openapi: 3.1.x` or "
    "`swagger: '2.0'`",
    "elsewhere.yaml": "elsewhere.yaml: does not say that it is on this machine; say where it runs with --base-url",
    "https://api.example.com/v1": "https://api.example.com: is not this machine, and nothing shows that its owner "
    "wants it tested; run `holdfast proof`, serve its token there, and set HOLDFAST_PROOF; or name the document as a "
    "file",
    "http://": "the URL must be http:// or https://, a host, and perhaps a port and a path, like http://127.0.0.1:8000",
    "http://admin:hunter2@127.0.0.1/": "the URL must not hold a user name or password; name them under 'identities'",
}


@pytest.mark.parametrize("source", SOURCES)
def test_bad_input_is_told_in_a_line_and_nothing_is_written(source: str, tmp_path: Path) -> None:
    (tmp_path / "text.yaml").write_text("just: words\n")
    (tmp_path / "old.yaml").write_text("swagger: '1.2'\nhost: 127.0.0.1:1\npaths: {}\n")
    (tmp_path / "elsewhere.yaml").write_text(
        "openapi: 3.0.0\nservers: [{url: 'https://api.example.com/'}]\npaths: {}\n"
    )
    before = set(tmp_path.iterdir())
    said = holdfast(tmp_path, "init", source, "--no-input")
    assert (said.code, said.text) == (2, f"holdfast: {SOURCES[source]}\n")
    assert set(tmp_path.iterdir()) == before


def test_no_file_is_written_over_and_no_place_is_asked_twice(tmp_path: Path) -> None:
    api = Billing()
    (tmp_path / "holdfast.yaml").write_text("mine")
    with served(api) as url:
        said = holdfast(tmp_path, "init", url, "--no-input")
        assert (said.code, api.paths) == (2, [])
        assert said.text.startswith("holdfast: holdfast.yaml: is there already;")
        said = holdfast(tmp_path, "init", f"{url}/nothing", "--no-input", "--out", "other.yaml")
        assert said.code == 0, said.text
        assert api.paths == sorted(set(api.paths), key=api.paths.index)
        assert len(api.paths) <= 2 * 20
    assert (tmp_path / "holdfast.yaml").read_text() == "mine"


def test_a_host_that_serves_none_is_asked_a_bounded_number_of_times(tmp_path: Path) -> None:
    class Bare(Billing):
        def answer(self, request: Request) -> Response:
            return Response("<html>", 302, {"Location": "http://127.0.0.1:1/openapi.json"})

    api = Bare()
    with served(api) as url:
        said = holdfast(tmp_path, "init", f"{url}/app", "--no-input")
    assert said.code == 2
    assert said.text.count("\n") == 1
    assert "no OpenAPI document at /app and the 17 usual places; name its URL, or save it to a file" in said.text
    assert len(api.paths) == 1 + 2 * 17
    assert list(tmp_path.iterdir()) == []


HOSTILE = """openapi: 3.0.0
info: {title: "x\\u2028\\n# y\\nversion: 2", version: "1"}
servers: [{url: "http://127.0.0.1:1"}]
paths:
  "/a\\nidentities: {}/b": {post: {responses: {}}}
  "/things":
    post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/T"}}}}, responses: {}}
  "/things/{id}": {get: {responses: {}}, parameters: [{name: id, in: path, required: true, schema: {type: string}}]}
components:
  securitySchemes:
    "k}: #\\n": {type: apiKey, in: header, name: "X-K"}
  schemas:
    T:
      type: object
      required: ["a: }", b]
      properties: {"a: }": {type: string}, b: {type: string, format: uri, description: "unique\\n]"}}
"""


def test_a_hostile_document_adds_no_words(tmp_path: Path) -> None:
    (tmp_path / "document.yaml").write_text(HOSTILE)
    said = holdfast(tmp_path, "init", "document.yaml", "--no-input")
    assert said.code == 0, said.text
    read = drafted(tmp_path)
    assert read["version"] == 1
    assert isinstance(read["identities"], dict)
    assert read["identities"].keys() == {"admin", "plain"}
    load(tmp_path / "holdfast.yaml", environment={"ADMIN_KEY": "a" * 20, "PLAIN_KEY": "b" * 20})


@pytest.mark.parametrize(
    ("said", "warned"), [({}, True), ({"security": []}, False), ({"security": [{"k": []}]}, False)]
)
def test_a_read_of_which_nothing_is_said_is_told(said: dict[str, object], warned: bool, tmp_path: Path) -> None:
    answers = {"responses": {"200": {"description": "ok"}}}
    paths = {"/things": {"get": {**answers, **said}, "post": {**answers, "security": [{"k": []}]}}}
    schemes = {"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}}
    document = {"openapi": "3.0.3", "info": {"title": "a", "version": "1"}, "paths": paths, "components": schemes}
    (tmp_path / "api.json").write_text(json.dumps(document))
    holdfast(tmp_path, "init", "api.json", "--yes", "--base-url", "http://127.0.0.1:1")
    assert ("Of some reads it says nothing" in (tmp_path / "holdfast.yaml").read_text()) == warned
