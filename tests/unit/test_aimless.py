"""What a target file says of operations that its document does not have is told, and nothing is begun."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli import main
from harness.engine import open_target
from harness.engine.planning.aimless import needless, see_patterns
from harness.errors import ConfigError

DOCUMENT = """\
openapi: 3.1.0
info: {title: things, version: "1"}
servers: [{url: /api}]
paths:
  /things:
    get: {responses: {"200": {description: all}}}
    post: {responses: {"201": {description: made}}}
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: one}}}
    delete: {responses: {"204": {description: gone}}}
  /things/{id}/purge:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    post: {responses: {"204": {description: empty}}}
  /torn: {$ref: "#/nowhere"}
"""
HEAD = """\
version: 1
name: things
base_url: http://127.0.0.1:1
openapi: openapi.yaml
auth: {basic: {channel: basic}}
identities:
  admin: {username: ann, key: "${KEY}", privileged: true}
  plain: {username: bob, key: "${KEY}", may: [{may}]}
"""
KEYS = {"KEY": "ab12cd34ef56"}


def written(folder: Path, more: str, may: str = "") -> Path:
    (folder / "openapi.yaml").write_text(DOCUMENT)
    file = folder / "target.yaml"
    file.write_text(HEAD.replace("{may}", may) + more)
    return file


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            'operations: {never: ["POST /api/things/{id}/purgee"]}',
            "9:22: operations.never[0]: means no operation of openapi.yaml; "
            "did you mean 'POST /api/things/{id}/purge'?",
        ),
        (
            "resources: {thing: {owner: creator}}",
            "9:13: resources.thing: is no resource of openapi.yaml; did you mean 'things'?",
        ),
        (
            'operations: {never: ["DELETE /things/{id}"]}',
            "9:22: operations.never[0]: means no operation of openapi.yaml; did you mean 'DELETE /api/things/{id}'?",
        ),
        (
            'operations: {never: ["DELETE /api/things/{id}/purge"]}',
            "9:22: operations.never[0]: means no operation of openapi.yaml; the methods there are POST",
        ),
        (
            'operations: {refuse_only: ["POST /shutdown"]}',
            "9:28: operations.refuse_only[0]: means no operation of openapi.yaml; "
            "write it as there, like 'GET /api/things', or remove it",
        ),
        (
            'public: ["GET /api/things", "GET /api/thing/*"]',
            "9:29: public[1]: means no operation of openapi.yaml; did you mean 'GET /api/things'?",
        ),
        (
            'protected: ["POST /api/things/7/purge"]',
            "9:13: protected[0]: means no operation of openapi.yaml; did you mean 'POST /api/things/{id}/purge'?",
        ),
        (
            "denied_when: [{status: 302, operation: PUT /api/things}]",
            "9:29: denied_when[0].operation: means no operation of openapi.yaml; the methods there are GET, POST",
        ),
        (
            'fixtures: {"GET /api/things/{thing}": {id: 7}}',
            "9:12: fixtures.…: means no operation of openapi.yaml; did you mean 'GET /api/things/{id}'?",
        ),
        (
            'parameters: {"POST /things": {mode: fast}}',
            "9:14: parameters.…: means no operation of openapi.yaml; did you mean 'POST /api/things'?",
        ),
    ],
)
def test_a_pattern_that_means_nothing(more: str, told: str, tmp_path: Path) -> None:
    file = written(tmp_path, more)
    with pytest.raises(ConfigError) as error:
        see_patterns(open_target(file, KEYS, silent=True))
    assert str(error.value) == f"{file}:{told}"


@pytest.mark.parametrize("command", ["plan", "check", "run"])
def test_no_command_begins_with_one(command: str, tmp_path: Path) -> None:
    file = written(tmp_path, "operations: {never: [POST /api/thing]}")
    done = CliRunner().invoke(main, [command, str(file)], env=KEYS)
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert "operations.never[0]: means no operation of openapi.yaml; did you mean" in done.output


def test_all_of_them_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = written(
        tmp_path, 'operations: {never: [POST /api/thing]}\npublic: ["GET /api/thing"]\n', may='"GET /**", "GET /things"'
    )
    done = CliRunner().invoke(main, ["plan", str(file)], env=KEYS)
    assert done.exit_code == 2
    wrong = [line.removeprefix(f"{file}:").partition(": means")[0] for line in done.output.splitlines()]
    assert wrong == ["8:58: identities.plain.may[1]", "9:22: operations.never[0]", "10:10: public[0]"]


def test_what_is_like_nothing_there_keeps_nobody(tmp_path: Path) -> None:
    file = written(tmp_path, 'operations: {never: [POST /shutdown]}\npublic: ["GET /robots.txt"]')
    opened = open_target(file, KEYS, silent=True)
    see_patterns(opened)
    assert list(needless(opened)) == ["GET /robots.txt", "POST /shutdown"]


@pytest.mark.parametrize(
    "more",
    [
        'public: ["GET /**", "PATCH /**"]',
        'operations: {never: ["DELETE /api/things/7", "POST /**/purge"]}',
        # Nobody documents it, and it is asked of every list.
        "operations: {never: [DELETE /api/things]}",
        'operations: {never: ["PUT /api/things/**"]}',
        # What cannot be read may still be meant.
        'operations: {never: ["POST /api/torn"]}',
        'operations: {add: [POST /shutdown], never: ["POST /shutdown"]}',
        'fixtures: {id: 7, "GET /api/things/{id}": {id: 7}}',
    ],
)
def test_what_means_something_is_no_error(more: str, tmp_path: Path) -> None:
    opened = open_target(written(tmp_path, more), KEYS, silent=True)
    see_patterns(opened)
    assert opened.reading.operations
