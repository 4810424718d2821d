"""What a team would see of the defect of python.org, on the frameworks of python.org."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.running import APIS, LABS, V1, V2, Served, flagged, tried, untold
from tests.contract.labs.djangolab import DjangoLab

RESOURCE = "os/"
WRITES = tuple(
    f"{method} {V1}{RESOURCE}{'' if method == 'POST' else '{id}/'}" for method in ("POST", "PUT", "PATCH", "DELETE")
)
AUTHENTICATION = frozenset(
    {"fabricated-key", "foreign-key", "missing-key", "guest-write", "dead-credential", "session-without-key"}
)


@pytest.fixture(scope="module")
def wrong() -> Iterator[DjangoLab]:
    with DjangoLab.start("none") as lab:
        yield lab


def by(lab: DjangoLab, target: Path) -> Served:
    return Served(target, lab.base_url, lab.environment)


def test_the_wrong_build_is_open_to_a_fabricated_key_at_every_write(wrong: DjangoLab, tmp_path: Path) -> None:
    results = tried(
        by(wrong, LABS / "djangolab" / "v1-2014.yaml"),
        tmp_path,
        lambda probe: probe.family == "fabricated-key" and probe.operation.name in WRITES,
    )
    assert results.exit_code(strict=False) == 1
    told = {
        (one.probe.operation.name, str(one.verdict.outcome), str(one.verdict.confidence))
        for one in results.judged.values()
        if "case=empty" not in one.probe.id
    }
    assert told == {(name, "BYPASSED", "state") for name in WRITES}
    assert results.leftovers == ()


def test_its_second_api_is_shut(wrong: DjangoLab, tmp_path: Path) -> None:
    places = {f"{method} {V2}{RESOURCE}{'' if method == 'POST' else '{id}/'}" for method in ("POST", "PATCH", "DELETE")}
    results = tried(
        by(wrong, APIS["django-v2"].target),
        tmp_path,
        lambda probe: probe.family in AUTHENTICATION and probe.operation.name in places,
    )
    assert untold(results) == {}
    assert results.exit_code(strict=False) == 0


def test_what_no_valid_request_can_be_made_of_is_left_alone(wrong: DjangoLab, tmp_path: Path) -> None:
    name = f"DELETE {V2}release_file/delete_by_release/"
    before = wrong.snapshot()
    results = tried(by(wrong, APIS["django-v2"].target), tmp_path, lambda probe: probe.operation.name == name)
    assert {one.verdict.reason for one in results.judged.values()} == {"never"}
    assert wrong.snapshot() == before
    assert flagged(results) == {}
