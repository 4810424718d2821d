"""Servers behind a proxy that spoils a twentieth of all exchanges: nothing is made up, overlooked, or left behind."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from harness.demo.process import DemoServer, snapshot
from harness.engine.course.results import Results
from harness.model import FINDINGS, Outcome, Probe
from tests.bench.running import APIS, ROOT, Choice, Served, families, tried
from tests.contract.labs.djangolab import DjangoLab
from tests.contract.labs.fastapilab import FastapiLab
from tests.contract.servers.proxy import Chaos, Proxy

pytestmark = pytest.mark.soak
DEMO = ROOT / "targets" / "demo.yaml"
V1 = "/api/v1/downloads/"
PLACES: Mapping[str, tuple[str, ...]] = {
    "demo": (f"POST {V1}os/", f"PUT {V1}os/{{id}}/", f"DELETE {V1}os/{{id}}/", f"POST {V1}release_file/"),
    **{name: (*api.writes, *api.reads) for name, api in APIS.items()},
}
MANY = ("guest-write", "fabricated-key", "low-privilege-write")
"""Families of which all is tried; of the others, a mutation."""
FIRST = frozenset(f"{one.name}/{mutation}" for one in families() for mutation in islice(one.mutations, 1))
Rows = Callable[[], object]


@contextmanager
def standing(api: str, build: str | None) -> Iterator[tuple[Served, Rows]]:
    """A server, and what tells its rows."""
    if api == "demo":
        with DemoServer.start(build or "") as demo:
            yield Served(DEMO, demo.base_url, demo.environment), lambda: snapshot(demo.database)
    elif api.startswith("django"):
        with DjangoLab.start("all", build) as django:
            yield Served(APIS[api].target, django.base_url, django.environment), django.snapshot
    else:
        with FastapiLab.start(build) as lab:
            yield Served(APIS[api].target, lab.base_url, lab.environment), lab.rows


def chosen(api: str) -> Choice:
    """The probes that are tried."""

    def choice(probe: Probe) -> bool:
        telling = probe.family in MANY or f"{probe.family}/{probe.mutation}" in FIRST
        return telling and probe.operation.name in PLACES[api]

    return choice


def found(results: Results) -> dict[str, str]:
    """Findings that fail a run, by probe."""
    return {
        name: str(one.verdict.outcome)
        for name, one in results.judged.items()
        if one.verdict.outcome in FINDINGS and one.verdict.reason != "advisory"
    }


def disturbed(api: str, build: str | None, seed: int, folder: Path) -> tuple[Results, Results]:
    """A run in peace and one through the proxy; both leave the server as it was."""
    with standing(api, build) as (lab, rows):
        before = rows()
        runs = []
        for name in ("peace", "chaos"):
            (folder / name).mkdir()
            with Proxy(lab.base_url, Chaos(seed) if name == "chaos" else lambda _: "pass") as proxy:
                runs.append(tried(replace(lab, base_url=proxy.url), folder / name, chosen(api)))
            assert rows() == before
            assert (runs[-1].leftovers, runs[-1].aborted) == ((), "")
        assert proxy.spoiled > 10
        return runs[0], runs[1]


RIGHT = (("demo", "2026-06-09"), ("django-v1", "addresses-checked"), ("fastapi", None), ("fastapi-login", None))
WRONG = (("demo", "2014"), ("django-v2", "destroy-open"), ("fastapi", "key-starts-with"))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("api", "build"), RIGHT)
def test_a_right_server_gets_no_finding_and_is_passed_only_if_all_is_told(
    tmp_path: Path, api: str, build: str | None, seed: int
) -> None:
    peace, chaos = disturbed(api, build, seed, tmp_path)
    assert found(peace) == found(chaos) == {}
    told = all(one.verdict.outcome is not Outcome.INCONCLUSIVE for one in chaos.judged.values())
    assert chaos.exit_code(strict=False) == (0 if told else 3)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("api", "build"), WRONG)
def test_a_wrong_server_keeps_every_finding(tmp_path: Path, api: str, build: str, seed: int) -> None:
    peace, chaos = disturbed(api, build, seed, tmp_path)
    assert found(peace) == found(chaos) != {}
