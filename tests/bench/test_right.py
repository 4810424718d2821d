"""Servers that are right: every family, and nothing to say."""

from pathlib import Path

import pytest

from harness.model import Expect, Probe
from tests.bench.defects import VARIANTS
from tests.bench.running import APIS, served, tried, untold

RIGHT = [(api, "addresses-checked" if api in ("django-v1", "django-v2") else None) for api in APIS]
OTHERWISE = [(api, name) for api, names in VARIANTS.items() for name in names]


def names(build: tuple[str, str | None]) -> str:
    return "-".join(part or "right" for part in build)


@pytest.mark.parametrize("build", [*RIGHT, *OTHERWISE], ids=names)
def test_a_right_server_is_passed_by_every_family(build: tuple[str, str | None], tmp_path: Path) -> None:
    api = APIS[build[0]]
    places = {api.writes[0], api.writes[-1], *api.reads} if build in RIGHT else {api.writes[0]}

    def chosen(probe: Probe) -> bool:
        if probe.mutant.expect is Expect.INVALID:
            return build in RIGHT and (probe.operation.name, probe.variant) == api.links
        return probe.operation.name in places or probe.operation.undeclared

    with served(*build) as lab:
        results = tried(lab, tmp_path, chosen)
    assert untold(results) == {}
    assert results.exit_code(strict=False) == 0
    assert len({one.probe.family for one in results.judged.values() if one.verdict.outcome.name == "HELD"}) >= 12


@pytest.mark.soak
@pytest.mark.parametrize("build", [*RIGHT, *OTHERWISE], ids=names)
def test_a_right_server_is_passed_by_every_probe(build: tuple[str, str | None], tmp_path: Path) -> None:
    with served(*build) as lab:
        results = tried(lab, tmp_path, lambda probe: True)
    assert untold(results) == {}
    assert results.exit_code(strict=False) == 0
