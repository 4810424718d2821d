"""Options that cannot be followed end a command with 2 and a word on which and why."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli import main


def test_keys_that_cannot_be_written(tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "demo.env"
    done = CliRunner().invoke(main, ["demo", "--serve", "2014", "--keys", str(file)])
    told = f"holdfast: --keys {file}: cannot be written; name a file in a folder that is there\n"
    assert (done.exit_code, done.output) == (2, told)


def test_an_expression_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text('{"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}}')
    file = tmp_path / "target.yaml"
    file.write_text(
        "version: 1\nname: x\nbase_url: http://127.0.0.1:1\nopenapi: openapi.json\nauth: {basic: {channel: basic}}\n"
        'identities: {admin: {username: ann, key: "${KEY}", privileged: true}}\n'
    )
    words = ["run", str(file), "--out", str(tmp_path / "out"), "-k", "(("]
    done = CliRunner().invoke(main, words, env={"KEY": "correct-horse-31"})
    assert done.exit_code == 2
    assert done.output == "holdfast: -k: this is no expression; write words joined by and, or, not\n"


def test_families_are_listed_where_none_is_named() -> None:
    done = CliRunner().invoke(main, ["explain"])
    assert done.exit_code == 0
    assert "fabricated-key           a request that names a privileged account" in done.output


def test_a_family_by_nearly_its_name() -> None:
    done = CliRunner().invoke(main, ["explain", "fabricated_key"])
    assert (done.exit_code, done.output) == (
        2,
        "holdfast: there is no family 'fabricated_key'; did you mean 'fabricated-key'?\n",
    )


TARGET = """\
version: 1
name: x
base_url: http://127.0.0.1:1
openapi: openapi.json
auth: {basic: {channel: basic}}
identities: {admin: {username: ann, key: "${KEY}", privileged: true}}
"""
NOWHERE = "file/x"
MISUSES = {
    "no-number": (["run", "--wait", "nan"], "'nan' is no number of seconds."),
    "nothing-failed-before": (
        ["run", "--lf", "--out", "new"],
        "holdfast: --lf: new holds no run; name the folder of one with --out, or leave --lf out",
    ),
    "junit-nowhere": (
        ["run", "--junitxml", NOWHERE],
        "holdfast: --junitxml file/x: cannot be written: Not a directory; name another",
    ),
    "allure-nowhere": (
        ["run", "--alluredir", NOWHERE],
        "holdfast: --alluredir file/x: cannot be written: Not a directory; name another",
    ),
    "no-expression": (["run", "-k", "and"], "holdfast: -k: this is no expression; write words joined by and, or, not"),
    "no-such-family": (["run", "--family", "zz"], "holdfast: --family zz: there is no family 'zz'; there are bulk-"),
    "no-such-operation": (["run", "--operation", "GET /x"], "holdfast: --operation 'GET /x': the document has no such"),
}


@pytest.mark.parametrize("name", MISUSES)
def test_what_is_said_of_a_run_that_cannot_be_and_nothing_is_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = {"/things": {"get": {"responses": {"200": {"description": "all"}}}}}
    document = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": paths}
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    (tmp_path / "target.yaml").write_text(TARGET)
    (tmp_path / "file").write_text("")
    words, told = MISUSES[name]
    done = CliRunner().invoke(main, [words[0], "target.yaml", *words[1:]], env={"KEY": "correct-horse-31"})
    assert done.exit_code == 2, done.output
    assert told in done.output
    assert "Traceback" not in done.output
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "openapi.json", "target.yaml"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--keys", "x.env"], "--keys and --port: are for --serve BUILD; name one, or leave them out"),
        (["--serve", "2014", "--full"], "--serve: only serves, and sends nothing; leave --full, --page and --out away"),
    ],
)
def test_a_demo_that_serves_and_walks(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["demo", *words])
    assert (done.exit_code, done.output) == (2, f"holdfast: {told}\n")
    assert not list(tmp_path.iterdir())
