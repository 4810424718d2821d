"""Each defect is found by its family, where it is and nowhere else, and nothing is said of what is right."""

from itertools import islice
from pathlib import Path

import pytest

from harness.engine.course.results import Results
from harness.model import Probe
from tests.bench.__main__ import table
from tests.bench.defects import DEFECTS, NAMES, Defect
from tests.bench.running import APIS, Choice, families, flagged, served, tried

SIDECARS = frozenset({"gpg_signature_file", "signature_url"})
LINKS = frozenset({"url", "download_url", "changelog_url"})
"""Of many URL fields, those that stand for all."""
ABOUT_LINKS = frozenset(one.name for one in families() if one.url_fields)
SMOKE = frozenset(f"{one.name}/{mutation}" for one in families() for mutation in islice(one.mutations, 1))
"""The first mutation of each family: what else might be said of a defect."""

each = pytest.mark.parametrize("defect", DEFECTS, ids=lambda one: one.id)


def quick(defect: Defect) -> Choice:
    """The mutations that find it, where it is and at operations where it may not be, and others where it is."""
    api = APIS[defect.api]
    places = {*defect.at[:2], *api.writes, *api.reads}
    linked = {*defect.at[:1], api.links[0]} if defect.at else places
    first = defect.at[0] if defect.at else api.writes[0]

    def chosen(probe: Probe) -> bool:
        name, place = f"{probe.family}/{probe.mutation}", probe.operation.name
        if probe.family in ABOUT_LINKS:
            sought = name in defect.finds or (name in SMOKE and place == first)
            fields = SIDECARS if probe.family == "sidecar-mismatch" else LINKS
            return sought and place in linked and probe.variant in fields
        return (name in defect.finds and place in places) or (name in SMOKE and place == first)

    return chosen


def check(defect: Defect, results: Results) -> None:
    """What was found is the defect, and what follows from it."""
    found = flagged(results)
    tested = {
        (f"{one.probe.family}/{one.probe.mutation}", one.probe.operation.name)
        for one in results.judged.values()
        if one.verdict.outcome.name != "NOT_APPLICABLE"
    }
    expected = {
        (name, place): set(verdict.split(", "))
        for name, verdict in defect.finds.items()
        for mutation, place in tested
        if mutation == name and (not defect.at or place in defect.at)
    }
    assert {name for name, _ in expected} == defect.finds.keys()
    assert {key: verdicts for key, verdicts in found.items() if key[0] in defect.finds} == expected
    others = {name.partition("/")[0] for name, _ in found} - {*defect.families, *defect.also}
    assert others == set()
    assert (results.leftovers, results.aborted) == ((), "")


@each
def test_a_defect_is_found_where_it_is(defect: Defect, tmp_path: Path) -> None:
    with served(defect.api, defect.name) as lab:
        check(defect, tried(lab, tmp_path, quick(defect)))


@pytest.mark.soak
@each
def test_every_probe_agrees(defect: Defect, tmp_path: Path) -> None:
    with served(defect.api, defect.name) as lab:
        check(defect, tried(lab, tmp_path, lambda _: True))


def test_every_defect_of_the_labs_is_in_the_table() -> None:
    for framework, names in NAMES.items():
        assert {one.name for one in DEFECTS if one.api.startswith(framework)} == names
    assert len(DEFECTS) >= 60
    assert len(list(table(DEFECTS))) == len(DEFECTS) + 2


def test_the_table_names_families_that_there_are() -> None:
    mutations = {f"{one.name}/{name}" for one in families() for name in one.mutations}
    assert {name for one in DEFECTS for name in one.finds} <= mutations
    assert len({one.id for one in DEFECTS}) == len(DEFECTS)
