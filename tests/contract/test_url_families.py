"""What the families about addresses say of each build of the embedded API: exact sets, on a few of its operations."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness import plugin
from harness.engine import Results, Run
from harness.model import Probe
from tests.contract.counted import counted

FAMILIES = ("url-not-https", "url-malformed", "url-field-coverage", "sidecar-mismatch", "url-write-paths")
STORED, WEAK = "BYPASSED stored-outside-rule", "WEAK stored-outside-rule"
CRASHED, HELD = "CRASHED crash", "HELD refused"
IGNORED = "HELD ignored"
SIDECARS = ("other-file sibling", "other-suffix another-kind", "left-behind")
"""What does not fit, though it is on the right host."""
PLAIN = ("other-scheme http", "with-its-artifact http", "plain-http", "field-alone http-twin")
"""What is on the right host by plain http."""
ELSEWHERE = ("other-host", "other-place other-host", "field-alone other-host")
JAVASCRIPT = "other-scheme javascript"
NONE = ("wrapped markdown", "other-type list")
"""What is no address at all."""
CASES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "url-not-https": {"url": ("http", "javascript"), "gpg_signature_file": ("http",)},
    "url-malformed": {"url": ("list", "html-behind", "markdown", "line-behind", "nul-behind", "path")},
    "url-field-coverage": {"sbom_spdx2_file": ("",)},
    "sidecar-mismatch": {"gpg_signature_file": ("sibling", "other-host", "another-kind", "")},
    "url-write-paths": {"url": ("http-twin", "other-host")},
}
"""By family and field, the few cases that tell the builds apart."""


def chosen(probe: Probe) -> bool:
    told = dict(probe.mutant.pairs)
    cases = CASES.get(probe.family, {}).get(told.get("field", ""), ())
    return told.get("case", "") in cases and not probe.not_applicable


def told(build: str, version: str, folder: Path, method: str) -> Mapping[str, str]:
    """The verdict on each probe, by its mutation, case, and method."""
    with counted(build) as server:
        results = _run(server.target(folder, version=version), server.environment, folder, method)
    assert results.leftovers == ()
    assert results.aborted == ""
    found: dict[str, str] = {}
    for one in results.judged.values():
        case = dict(one.probe.mutant.pairs).get("case", "")
        name = " ".join(filter(None, [one.probe.mutation, case, one.probe.operation.method]))
        assert found.get(name) in (None, f"{one.verdict.outcome} {one.verdict.reason}")
        found[name] = f"{one.verdict.outcome} {one.verdict.reason}"
    return found


def _run(target: Path, environment: Mapping[str, str], folder: Path, method: str) -> Results:
    suites = Path(__file__).parents[2] / "suites"
    session = plugin.Session.prepare(target, [suites], folder / "out", environment=environment)
    ids = [one.id for one in session.plan.probes if chosen(one) and one.operation.method == method]
    return Run(session.opened, session.plan, folder / "out").execute(ids)


def verdicts(build: str) -> dict[str, str]:
    """What a build's own rule makes of every case. The first API hands to the database what its rule lets through."""
    fits, host, other = {
        "2014": (STORED, STORED, STORED),
        "2026-02-24": (STORED, STORED, STORED),
        "2026-02-25": (STORED, STORED, CRASHED),
        "2026-06-04": (STORED, STORED, CRASHED),
        "2026-06-09": (HELD, HELD, HELD),
    }[build]
    return {
        **dict.fromkeys(SIDECARS, fits),
        **dict.fromkeys(PLAIN, host),
        **dict.fromkeys((*ELSEWHERE, JAVASCRIPT, *NONE), other),
        **dict.fromkeys(("stray-characters line-behind", "without-artifact"), WEAK),
        "framework-characters html-behind": "WEAK advisory",
        **dict.fromkeys(("stray-characters nul-behind", "overlong path"), CRASHED),
    }


def verdicts_of_the_second(build: str) -> dict[str, str]:
    """The second API reads a value before its rule does: what it does not take for an address never gets further, and
    blanks around one are taken away."""
    before = (JAVASCRIPT, *NONE, "overlong path", "stray-characters nul-behind", "without-artifact")
    return {**verdicts(build), **dict.fromkeys(before, HELD), "stray-characters line-behind": IGNORED}


@pytest.mark.parametrize("build", ["2014", "2026-02-24", "2026-02-25", "2026-06-04", "2026-06-09"])
def test_the_first_api(build: str, tmp_path: Path) -> None:
    only_by_patch = {"left-behind", "field-alone http-twin", "field-alone other-host"}
    wanted = {f"{name} POST": verdict for name, verdict in verdicts(build).items() if name not in only_by_patch}
    assert told(build, "v1", tmp_path, "POST") == wanted


@pytest.mark.parametrize("build", ["2014", "2026-06-04", "2026-06-09"])
def test_the_second_api_on_a_change(build: str, tmp_path: Path) -> None:
    found = verdicts_of_the_second(build)
    wanted = {f"{name} PATCH": verdict for name, verdict in found.items() if name != "without-artifact"}
    assert told(build, "v2", tmp_path, "PATCH") == wanted
