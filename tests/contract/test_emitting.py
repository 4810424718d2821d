"""Findings as tests that stand alone: on the API that has them each fails and says what got in, on the mended one they
pass, and where a control does not work none of them does."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from werkzeug import Request, Response

from harness.cli import main
from harness.demo.process import snapshot
from harness.emitting import Told, Unwritable, name_of, page, reopened
from harness.engine import Opened, Run, make_plan, open_target
from harness.family import load_families
from harness.model import FINDINGS, Probe
from harness.report.facts import fingerprint
from harness.report.files import write_files
from tests.contract.adversary.kit import reply, served
from tests.contract.correct.kit import Correct, opened_at
from tests.contract.demos import ENDS, Demos
from tests.e2e.command import PATIENCE, ROOT
from tests.e2e.command import TARGET as DEMO

RULES = "E,F,W,I,B,UP,SIM,RUF,C4,PT"
FAMILIES = {
    *("collection-write", "conflicting-channels", "fabricated-key", "foreign-key", "invalid-on-read", "legacy-channel"),
    *("malformed-authorization", "malformed-key", "method-override", "missing-key", "mixed-mode", "sidecar-mismatch"),
    *("url-field-coverage", "url-malformed", "url-not-https", "url-off-domain", "url-write-paths"),
    "username-normalisation",
}
"""The families that find something on the service as it was in 2014."""
OF_OTHERS = {"delete-cascade", "nested-object"}
"""Families that rest on what becomes of another object than the one that a request names."""
OPERATIONS = {
    *("POST /api/v1/downloads/os/", "PATCH /api/v1/downloads/os/", "PUT /api/v1/downloads/os/{id}/"),
    *("DELETE /api/v1/downloads/os/{id}/", "GET /api/v1/downloads/release/", "GET /api/v1/downloads/release/{id}/"),
    *("POST /api/v1/downloads/release_file/", "PATCH /api/v1/downloads/release_file/{id}/"),
    "GET /api/v1/downloads/os/",  # Of which a guest sees all there is.
}
CASES = {"colon-behind", "named-in-objects", "space-behind", "tab"}
"""Cases that are asked besides the first of their mutation."""
FIELDS = {"", "url", "gpg_signature_file"}
LINE = re.compile(r"^(PASSED|FAILED|XFAIL|ERROR) \S*?(test_\w+)\.py", re.MULTILINE)


@dataclass(frozen=True)
class Emitted:
    """Tests of what a run found."""

    folder: Path
    findings: Mapping[str, str]
    """Verdict of each finding, by the name of its file."""
    run: Path
    ids: tuple[str, ...]
    opened: Opened
    probes: Mapping[str, Probe]


def chosen(probes: tuple[Probe, ...]) -> list[str]:
    """The first of every mutation on each of a few operations."""
    found: dict[tuple[str, ...], str] = {}
    for one in probes:
        field = dict(one.mutant.pairs).get("field", "")
        on_files = "release_file" in one.operation.path
        if (
            one.operation.name in OPERATIONS
            and field in FIELDS
            and on_files == bool(field)
            and not one.mutant.unbounded
        ):
            case = dict(one.mutant.pairs).get("case", "")
            case = case if case in CASES else ""
            short = (one.family, one.mutation, case, "" if one.operation.writes else one.operation.path)
            found.setdefault((*short, one.operation.method if one.mutation == "arbitrary-key" else ""), one.id)
    return list(found.values())


@pytest.fixture(scope="module")
def emitted(demos: Demos, tmp_path_factory: pytest.TempPathFactory) -> Emitted:
    """A run on the service of 2014, and the tests of all that it found."""
    base = tmp_path_factory.mktemp("emitting")
    (base / "target.yaml").write_text(f"{DEMO.read_text()}limits: {{settle: 50ms}}\n")
    demo = demos.of(ENDS[0])
    opened = open_target(base / "target.yaml", demo.environment, demo.base_url)
    plan = make_plan(load_families(ROOT / "suites"), opened)
    results = Run(opened, plan, base / "run").execute(chosen(plan.probes))
    write_files(results, opened, base / "run")
    found = {name: one for name, one in results.judged.items() if one.verdict.outcome in FINDINGS}
    again = reopened(base / "run")
    probes = {one.id: one for one in plan.probes}
    (base / "tests").mkdir()
    names, refused, written = dict[str, str](), set[str](), set[str]()
    for name, judged in found.items():
        probe, verdict = probes[name], judged.verdict
        file = base / "tests" / name_of(probe, fingerprint(probe))
        try:
            file.write_text(page(again, probe, "admin", Told(str(verdict.outcome), verdict.reason, "2026-11-22")))
            names[file.stem] = str(verdict.outcome)
            written.add(probe.family)
        except Unwritable:
            refused.add(probe.family)
    assert written >= FAMILIES
    assert refused - written <= OF_OTHERS
    assert len(names) > 70
    return Emitted(base / "tests", names, base / "run", tuple(found), again, probes)


def tried(folder: Path, url: str, keys: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """What came of the tests in a folder, by the file's name, in a process that knows nothing but them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOLDFAST", "PYTEST", "PYTHON"))}
    plugins = [word for one in ("cacheprovider", "schemathesis", "hypothesispytest") for word in ("-p", f"no:{one}")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-W", "error", "-c", os.devnull, *plugins, "--rootdir", ".", "."],
        cwd=folder,
        env={**kept, **keys, "BASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=False,
    )
    said = done.stdout.decode()
    return {name: outcome for outcome, name in LINE.findall(said)}, said


def test_each_fails_where_the_door_is_open_and_says_what_got_in(emitted: Emitted, demos: Demos) -> None:
    demo = demos.of(ENDS[0])
    before = snapshot(demo.database)
    outcomes, said = tried(emitted.folder, demo.base_url, demo.environment)
    assert outcomes == dict.fromkeys(emitted.findings, "FAILED"), said
    assert "could not tell" not in said
    told = re.findall(r"^(BYPASSED|LEAKED|CRASHED|WEAK): .* answers [0-9]{3}: .+$", said, re.MULTILINE)
    assert sorted(told) == sorted(emitted.findings.values())
    assert snapshot(demo.database) == before
    assert not [one for one in demo.environment.values() if one in said]


def test_they_pass_where_it_is_shut_and_none_does_where_nothing_is_shown(emitted: Emitted, demos: Demos) -> None:
    demo = demos.of(ENDS[1])
    before = snapshot(demo.database)
    outcomes, said = tried(emitted.folder, demo.base_url, demo.environment)
    opened = {name for name, outcome in outcomes.items() if outcome == "FAILED"}
    # What the service still does: none of its repairs was about these.
    left = {"method_override_entitled_by_get", "url_malformed_overlong", "url_malformed_stray_characters"}
    left |= {"url_malformed_framework_characters", "sidecar_mismatch_without_artifact"}
    assert {name.removeprefix("test_").rpartition("_")[0] for name in opened} == left, said
    gone = {name for name, outcome in outcomes.items() if outcome == "XFAIL"}
    assert {name for name, outcome in outcomes.items() if outcome == "PASSED"} == outcomes.keys() - opened - gone
    assert len(outcomes) - len(opened) - len(gone) > 50
    for name in gone:
        text = (emitted.folder / f"{name}.py").read_text()
        assert re.search(r"\[(PUT|PATCH) ", text), name
    assert snapshot(demo.database) == before


def test_with_a_dead_key_nothing_can_be_told(emitted: Emitted, demos: Demos, tmp_path: Path) -> None:
    demo = demos.of(ENDS[1])
    sample = [*emitted.findings][::8]
    for name in sample:
        shutil.copy(emitted.folder / f"{name}.py", tmp_path)
    keys = {name: "dead" * 10 if "ADMIN" in name else value for name, value in demo.environment.items()}
    outcomes, said = tried(tmp_path, demo.base_url, keys)
    assert outcomes == dict.fromkeys(sample, "FAILED")
    assert len(re.findall("^could not tell: ", said, re.MULTILINE)) == len(outcomes)


def test_the_files_stand_alone(emitted: Emitted, demos: Demos) -> None:
    allowed = {*sys.stdlib_module_names, "pytest", "requests"}
    secrets = set(demos.of(ENDS[0]).environment.values())
    for file in emitted.folder.glob("*.py"):
        text = file.read_text()
        nodes = list(ast.walk(ast.parse(text)))
        names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
        assert {name.partition(".")[0] for name in names} <= allowed
        assert not [one for one in secrets if one in text]
        assert "127.0.0.1" not in text
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length", "120", "--select", RULES]
    done = subprocess.run([*ruff, str(emitted.folder)], capture_output=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout.decode().strip()) == (0, "All checks passed!")


def command(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["emit-test", *arguments])
    return done.exit_code, done.output


def test_the_command_writes_one_without_keys_and_says_why_it_writes_none(emitted: Emitted, tmp_path: Path) -> None:
    name = next(one for one in emitted.ids if one.startswith("fabricated-key/arbitrary-key[POST"))
    file = tmp_path / "test_it.py"
    code, said = command(str(emitted.run), name, "--out", str(file))
    assert (code, said) == (0, f"{file}: written; run it with pytest, BASE_URL and the keys in the environment\n")
    assert name in file.read_text()
    code, said = command(str(emitted.run), name, "--out", str(file))
    assert (code, said.count("\n")) == (2, 1)
    assert "is there already" in said
    code, said = command(str(emitted.run), "guest-write/no-header[POST /api/v1/downloads/os/]", "--out", str(file))
    assert code == 2
    assert "is HELD, and only a finding can be written down as a test" in said
    code, said = command(str(tmp_path), name)
    assert code == 2
    assert "report.json: cannot be read" in said


class Lying(Correct):
    """Obeys a privileged name with any key, and says that it does not."""

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        answer = super().route(req, body)
        if self.caller(req) == "bad" and req.method == "POST":
            self.create(body)
        return answer


class Forgetful(Correct):
    """Refuses as it should, and shows no list."""

    def listing(self, req: Request) -> Response:
        return reply([])


@pytest.mark.parametrize(
    ("kind", "outcome", "told"),
    [
        (Correct, "PASSED", "1 passed"),
        (Lying, "FAILED", "BYPASSED: The key is an arbitrary word. POST /things answers 401: "),
        (Forgetful, "FAILED", "could not tell: the list does not show what the valid key has just made"),
    ],
)
def test_what_counts_is_what_came_of_it(kind: type[Correct], outcome: str, told: str, tmp_path: Path) -> None:
    api = kind()
    with served(api) as url:
        opened = opened_at(api, url, tmp_path)
        opened.wire.close()
        plan = make_plan([one for one in load_families(ROOT / "suites") if one.name == "fabricated-key"], opened)
        probe = next(one for one in plan.probes if one.id == "fabricated-key/arbitrary-key[POST /things]")
        (tmp_path / "tests").mkdir()
        file = tmp_path / "tests" / "test_one.py"
        file.write_text(page(opened, probe, "admin", Told("BYPASSED", "any-change", "2026-11-22")))
        keys = {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}
        before = set(api.rows)
        outcomes, said = tried(tmp_path / "tests", url, keys)
    assert outcomes == {"test_one": outcome}, said
    assert told in said
    assert set(api.rows) == before


def test_what_may_destroy_more_is_not_written_down(emitted: Emitted) -> None:
    probe = emitted.probes["collection-write/arbitrary-key[PUT /api/v1/downloads/os/ via=put case=empty-objects]"]
    with pytest.raises(Unwritable, match="it may destroy what is not the test's own"):
        page(emitted.opened, probe, "admin", Told("BYPASSED", "any-change", "2026-11-22"))
