"""A lab with one build, and a run of chosen probes against it."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from harness.engine.course.results import Results
from harness.engine.course.run import Run
from harness.engine.planning.opening import open_target
from harness.engine.planning.planner import make_plan
from harness.family import Family, load_families
from harness.model import FINDINGS, Probe
from tests.contract.labs.djangolab import DjangoLab
from tests.contract.labs.fastapilab import FastapiLab
from tests.contract.labs.flasklab import FlaskLab

ROOT = Path(__file__).parents[2]
LABS = ROOT / "tests" / "contract" / "labs"
SETTLE = "50ms"
"""The labs are at once what they were told to be; more would only be waited for where nothing happens."""


@dataclass(frozen=True, slots=True)
class Api:
    """One of the labs' APIs."""

    target: Path
    """Its target file."""
    writes: tuple[str, ...]
    """Operations that stand for the others where a test cannot afford all: a creation first."""
    reads: tuple[str, ...] = ()
    links: tuple[str, str] = ("", "")
    """A creation, and a URL field of its body, that stand for all such fields."""
    base: str = ""
    """The build that its defects are put upon, where that is another than what is right everywhere."""


V1, V2 = "/api/v1/downloads/", "/api/v2/downloads/"
PACKAGE, RELEASE = "/packages/{package_id}", "/releases/{release_id}"
APIS: Mapping[str, Api] = {
    "django-v1": Api(
        LABS / "djangolab" / "v1.yaml",
        (f"POST {V1}os/", f"DELETE {V1}os/{{id}}/"),
        (f"GET {V1}release/",),
        (f"POST {V1}release_file/", "url"),
    ),
    "django-v2": Api(
        LABS / "djangolab" / "v2.yaml",
        (f"POST {V2}os/", f"PATCH {V2}os/{{id}}/", f"DELETE {V2}os/{{id}}/"),
        (f"GET {V2}release/",),
        (f"POST {V2}release_file/", "url"),
    ),
    "django-uploads": Api(
        LABS / "djangolab" / "v2-uploads.yaml",
        (f"POST {V2}release_file/", f"DELETE {V2}release/{{id}}/"),
        base="uploaders",
    ),
    "fastapi-uploads": Api(
        LABS / "fastapilab" / "target-uploads.yaml", (f"POST {RELEASE}/files", f"DELETE {RELEASE}"), base="uploads"
    ),
    "flask": Api(
        LABS / "flasklab" / "target.yaml",
        ("POST /packages", f"PATCH {PACKAGE}", f"DELETE {PACKAGE}", f"POST {PACKAGE}/versions"),
        links=(f"POST {PACKAGE}/versions", "download_url"),
    ),
    "fastapi": Api(
        LABS / "fastapilab" / "target.yaml",
        ("POST /releases", f"PATCH {RELEASE}", f"DELETE {RELEASE}", f"POST {RELEASE}/files"),
        ("GET /releases",),
        (f"POST {RELEASE}/files", "url"),
    ),
    "fastapi-login": Api(
        LABS / "fastapilab" / "target-login.yaml", ("POST /releases", f"DELETE {RELEASE}"), ("GET /releases",)
    ),
}


@dataclass(frozen=True, slots=True)
class Served:
    """A build that is up."""

    target: Path
    base_url: str
    environment: Mapping[str, str] = field(repr=False)


@contextmanager
def served(api: str, build: str | None = None) -> Iterator[Served]:
    """The API with one defect or variant; with none where it is right."""
    target, build = APIS[api].target, build or APIS[api].base or None
    if api.startswith("django"):
        with DjangoLab.start("all", build) as django:
            yield Served(target, django.base_url, django.environment)
    elif api == "flask":
        with FlaskLab.start(build) as flask:
            yield Served(target, flask.base_url, flask.environment)
    else:
        with FastapiLab.start(build) as fastapi:
            yield Served(target, fastapi.base_url, fastapi.environment)


Choice = Callable[[Probe], bool]


def tried(lab: Served, folder: Path, choice: Choice) -> Results:
    """A run of the probes that a choice is true of."""
    text = lab.target.read_text()
    document = re.search(r"^openapi: ([^/\s]\S*)$", text, re.MULTILINE)
    if document:
        (folder / document[1]).write_bytes((lab.target.parent / document[1]).read_bytes())
    file = folder / "target.yaml"
    file.write_text(f"{text}limits: {{settle: {SETTLE}}}\n")
    opened = open_target(file, lab.environment, base_url=lab.base_url)
    plan = make_plan(families(), opened)
    return Run(opened, plan, folder / "out").execute([probe.id for probe in plan.probes if choice(probe)])


@cache
def families() -> tuple[Family, ...]:
    """Every family of the project."""
    return tuple(load_families(ROOT / "suites"))


def flagged(results: Results) -> dict[tuple[str, str], set[str]]:
    """`OUTCOME reason` of the findings that fail a run, by mutation and operation."""
    found: dict[tuple[str, str], set[str]] = {}
    for one in results.judged.values():
        if one.verdict.outcome in FINDINGS and one.verdict.reason != "advisory":
            key = f"{one.probe.family}/{one.probe.mutation}", one.probe.operation.name
            found.setdefault(key, set()).add(f"{one.verdict.outcome} {one.verdict.reason}")
    return found


def untold(results: Results) -> dict[str, str]:
    """Verdicts that let a run of all probes end with another status than 0, by probe."""
    return {
        name: f"{one.verdict.outcome} {one.verdict.reason}"
        for name, one in results.judged.items()
        if one.verdict.outcome.name == "INCONCLUSIVE"
        or (one.verdict.outcome in FINDINGS and one.verdict.reason != "advisory")
    }
