"""The lab, repaired in the order of the real repairs, shows at each step what the embedded API's builds show."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.model import Probe
from harness.report.heat import WORDS
from harness.showing.expected import expected
from tests.bench.running import APIS, Served, tried
from tests.contract.labs.djangolab import DjangoLab

STEPS: Mapping[str, str] = {
    "2014": "none",
    "2026-02-24": "auth",
    "2026-02-25": "auth,urls",
    "2026-06-04": "auth,urls,v1-boundaries,bulk",
    "2026-06-09": "all",
}
"""The repairs of the lab that a build has."""
AUTHENTICATION = {
    ("fabricated-key", "arbitrary-key"),
    ("foreign-key", "low-key"),
    ("conflicting-channels", "query"),
    ("dead-credential", "inactive-account"),
    ("session-without-key", "cookie-alone"),
    ("session-without-key", "wrong-key"),
    ("legacy-channel", "query"),
}
LINKS = {
    ("url-off-domain", "other-place"),
    ("url-not-https", "other-scheme"),
    ("sidecar-mismatch", "other-file"),
    ("sidecar-mismatch", "other-suffix"),
}
FIELDS = ("url", "gpg_signature_file")
RUNS = [*(("v1", build) for build in STEPS), *(("v2", build) for build in ("2014", "2026-02-25", "2026-06-09"))]
"""Each API at the steps that change it."""
DOORS = {"v1": AUTHENTICATION | LINKS, "v2": LINKS}
"""Family and mutation of what tells the steps apart; the second API never took a wrong credential."""


def telling(api: str, probe: Probe) -> bool:
    """Whether a probe is sent: one place for each door."""
    door, operation = (probe.family, probe.mutation), probe.operation.name
    if door in AUTHENTICATION:
        return api == "v1" and operation == "POST /api/v1/downloads/os/"
    chosen = operation == f"POST /api/{api}/downloads/release_file/" and probe.variant in FIELDS
    return chosen and door in LINKS


@pytest.mark.parametrize(("api", "build"), RUNS)
def test_each_repair_closes_the_doors_that_its_build_closed(api: str, build: str, tmp_path: Path) -> None:
    with DjangoLab.start(STEPS[build]) as lab:
        before = lab.snapshot()
        served = Served(APIS[f"django-{api}"].target, lab.base_url, lab.environment)
        results = tried(served, tmp_path, lambda probe: telling(api, probe))
        assert lab.snapshot() == before
    judged = list(results.judged.values())
    assert {(one.probe.family, one.probe.mutation) for one in judged} == DOORS[api]
    shown = {
        (one.probe.family, one.probe.mutation, WORDS[one.verdict.outcome])
        for one in judged
        if one.verdict.outcome in WORDS
    }
    assert shown == {
        (family, name, word)
        for family, mutation, word in expected(api, build)
        for name, _, field in [mutation.partition(" of ")]
        if (family, name) in DOORS[api] and field in ("", *FIELDS)
    }
