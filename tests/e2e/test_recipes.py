"""The recipes for pipelines: linted, and their shell executed as the pipeline would.

What needs a pipeline's own machines, uploading and the images, is only linted.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.demo.process import DemoServer
from tests.e2e.command import PATIENCE, ROOT, TARGET

RECIPES = ROOT / "recipes"
ACTION, WORKFLOW = RECIPES / "github/action.yml", RECIPES / "github/workflow.yml"
GITLAB, DOCKERFILE = RECIPES / "gitlab.yml", RECIPES / "Dockerfile"
SCHEMAS = {"github-actions": ACTION, "github-workflows": WORKFLOW, "gitlab-ci": GITLAB}
PINNED = re.compile(r"[\w-]+/[\w./-]+@[0-9a-f]{40}")
INPUT = re.compile(r"\$\{\{ inputs\.([a-z-]+) \}\}")


def ran(command: list[str], environment: Mapping[str, str], folder: Path = ROOT) -> tuple[int, str]:
    """Exit code and words of a program that has this environment alone."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={"HOME": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's folder for files that come and go, with this environment where the action installs one."""
    temporary = tmp_path_factory.mktemp("runner")
    (temporary / "holdfast").symlink_to(Path(sys.executable).parents[1])
    return temporary


@pytest.mark.soak
def test_the_action_installs_what_is_locked(tmp_path: Path) -> None:
    certificates = {name: value for name, value in os.environ.items() if name in ("SSL_CERT_FILE", "PIP_CERT")}
    around = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable, "RUNNER_TEMP": str(tmp_path), **certificates}
    code, said = ran(
        ["sh", "-e", "-c", steps()["Install"]["run"]], {**around, "GITHUB_ACTION_PATH": str(ACTION.parent)}, tmp_path
    )
    assert code == 0, said
    python = str(tmp_path / "holdfast/bin/python")
    said = ran([python, "-m", "pip", "list", "--format", "freeze"], around, tmp_path)[1]
    frozen = {line.lower().replace("_", "-") for line in said.splitlines() if "==" in line}
    locked = set(re.findall(r"^(\S+==\S+)", (RECIPES / "runtime.lock").read_text(), re.MULTILINE))
    assert {one.partition("==")[0] for one in frozen - locked} == {"pip", "setuptools", "holdfast"}
    assert ran([str(tmp_path / "holdfast/bin/holdfast"), "--help"], around, tmp_path)[0] == 0


@pytest.fixture(scope="module", params=["2014", "2026-06-09"])
def demo(request: pytest.FixtureRequest) -> Iterator[tuple[str, DemoServer]]:
    """A build of the embedded API, and its name."""
    with DemoServer.start(request.param) as server:
        yield request.param, server


def steps() -> dict[str, Any]:
    """The action's steps by name."""
    return {step["name"]: step for step in yaml.safe_load(ACTION.read_text())["runs"]["steps"] if "name" in step}


def filled(step: Mapping[str, Any], inputs: Mapping[str, str]) -> dict[str, str]:
    """A step's environment with the inputs put in, as the runner does it."""
    declared = yaml.safe_load(ACTION.read_text())["inputs"]
    given = {name: inputs.get(name, one.get("default", "")) for name, one in declared.items()}
    return {name: INPUT.sub(lambda found: given[found[1]], text) for name, text in step["env"].items()}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_pipeline_would_read_them(schema: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(SCHEMAS[schema])]
    assert ran(command, {"PATH": "/usr/bin:/bin"})[0] == 0


@pytest.mark.parametrize(
    "command", [("zizmor", "--offline", "--pedantic", str(ACTION), str(WORKFLOW)), ("hadolint", str(DOCKERFILE))]
)
def test_the_linters_find_nothing(command: tuple[str, ...]) -> None:
    code, said = ran([str(Path(sys.executable).parent / command[0]), *command[1:]], {"PATH": "/usr/bin:/bin"})
    assert code == 0, said


def test_everything_foreign_is_pinned() -> None:
    used = [
        line.split("uses: ")[1]
        for file in (ACTION, WORKFLOW)
        for line in file.read_text().splitlines()
        if "uses: " in line
    ]
    assert len(used) == 5
    assert [one for one in used if not PINNED.match(one)] == []
    images = [line.split()[1] for line in DOCKERFILE.read_text().splitlines() if line.startswith("FROM ")]
    assert len(images) == 2
    assert all(re.search(r"@sha256:[0-9a-f]{64}$", one) for one in images)


def test_no_input_is_ever_read_as_shell() -> None:
    scripts = [step["run"] for step in steps().values() if "run" in step]
    assert len(scripts) == 2
    assert not [one for one in scripts if "${{" in one]


def test_the_action_gates(demo: tuple[str, DemoServer], installed: Path, tmp_path: Path) -> None:
    build, server = demo
    summary = tmp_path / "summary.md"
    inputs = {"target": str(TARGET), "base-url": server.base_url, "profile": "smoke", "out": "there"}
    runner = {
        "PATH": "/usr/bin:/bin",
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_ACTION_PATH": str(ACTION.parent),
        "RUNNER_TEMP": str(installed),
    }
    step = steps()["Run"]
    code, said = ran(
        ["sh", "-e", "-c", step["run"]], {**runner, **filled(step, inputs), **server.environment}, tmp_path
    )
    assert code == (1 if build == "2014" else 0), said
    assert ("::error" in said) is (build == "2014")
    assert ("BYPASSED" in summary.read_text()) is (build == "2014")
    names = {file.name for file in (tmp_path / "there").iterdir()}
    assert {"report.html", "report.sarif", "junit.xml"} <= names


def test_the_gitlab_job_gates(demo: tuple[str, DemoServer], installed: Path, tmp_path: Path) -> None:
    """In the image `holdfast-gate` is the script that the Dockerfile puts there."""
    build, server = demo
    ((source, name),) = re.findall(r"^COPY --chmod=755 (\S+) (\S+)$", DOCKERFILE.read_text(), re.MULTILINE)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / Path(name).name).write_text((ROOT / source).read_text())
    (programs / Path(name).name).chmod(0o755)
    job = yaml.safe_load(GITLAB.read_text())["holdfast"]
    image = {"PATH": f"{programs}:{installed}/holdfast/bin:/usr/bin:/bin", **server.environment}
    own = {"HOLDFAST_TARGET": str(TARGET), "HOLDFAST_BASE_URL": server.base_url, "HOLDFAST_PROFILE": "smoke"}
    code, said = ran(["sh", "-e", "-c", "\n".join(job["script"])], {**image, **job["variables"], **own}, tmp_path)
    assert code == (1 if build == "2014" else 0), said
    assert (tmp_path / job["artifacts"]["reports"]["junit"]).is_file()


def test_the_gate_says_what_is_missing(tmp_path: Path) -> None:
    code, said = ran(["sh", str(RECIPES / "gate.sh")], {"PATH": "/usr/bin:/bin"}, tmp_path)
    assert code == 2
    assert said.splitlines()[-1].endswith("HOLDFAST_TARGET: set it to the path of your target file")
    assert list(tmp_path.iterdir()) == []
