"""Writes that reach every object of what their query names, on builds of the embedded API: how far each query got."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from harness import plugin
from harness.engine import Results, Run
from harness.engine.course.running import Running
from harness.engine.planning.plan import Lane
from harness.errors import UsageError
from harness.model import Evidence, Probe
from tests.contract.counted import counted

FAMILY = "bulk-delete-scope"
SUITES = Path(__file__).parents[2] / "suites"
OPERATIONS = {
    "v1": "DELETE /api/v1/downloads/release_file/",
    "v2": "DELETE /api/v2/downloads/release_file/delete_by_release/",
}
SETTLE = "limits: {settle: 200ms}\n"
WORDS = 'operations: {{scoped: [{{operation: "{}", removes: {}, query: {{release: "{}"}}}}]}}\n'
REACHED, WEAK = "BYPASSED outside-scope", "WEAK beyond-filter"
NAMED, REFUSED = "HELD ignored", "HELD refused"
"""A success after which nothing was gone but what was named, and a refusal."""

FORMS = {
    "plain": ("",),
    "other-filter": ("",),
    "unknown-filter": ("",),
    "named-twice": ("in-turn", "reversed"),
    "blank-beside-filter": ("",),
    "blank": ("empty", "space", "no-equals-sign"),
    "absent": ("no-query", "unknown-filter-alone"),
    "other-name": ("capital", "list", "lookup", "space-behind"),
    "other-spelling": ("space-behind", "zero-before", "plus-before", "nul", "two-in-one"),
    "no-name": ("null", "none", "all", "*", "percent"),
}
SPELLINGS = {f"other-spelling {one}": NAMED for one in ("space-behind", "zero-before", "plus-before")}
"""Other spellings of a number that are read as that number."""
EXPECTED: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("v1", "2014"): {
        **dict.fromkeys(
            ("plain", "other-filter", "unknown-filter", "named-twice in-turn", "named-twice reversed"), NAMED
        ),
        **SPELLINGS,
        # What is no filter of it narrows nothing.
        **dict.fromkeys(("absent no-query", "absent unknown-filter-alone"), REACHED),
        **dict.fromkeys(("other-name capital", "other-name list", "other-name space-behind"), REACHED),
    },
    ("v1", "2026-06-09"): {"plain": NAMED, "other-spelling zero-before": NAMED},
    ("v2", "2014"): {
        **dict.fromkeys(("plain", "other-filter", "named-twice in-turn", "named-twice reversed"), NAMED),
        **SPELLINGS,
        **dict.fromkeys(("blank empty", "blank space", "blank no-equals-sign"), REACHED),
        "blank-beside-filter": "BYPASSED any-change",
    },
    ("v2", "2026-06-09"): {
        **dict.fromkeys(("plain", "unknown-filter", "named-twice in-turn", "named-twice reversed"), NAMED),
        **SPELLINGS,
        "other-filter": WEAK,
    },
}
"""What differs from a refusal."""


def target(server: object, folder: Path, version: str, words: str | None = None, environment: str = "local") -> Path:
    text = WORDS.format(OPERATIONS[version], "release_file", "{release.id}") if words is None else words
    file: Path = server.target(folder, SETTLE + text, version)  # type: ignore[attr-defined]
    file.write_text(file.read_text().replace("environment: local", f"environment: {environment}"))
    return file


def ran(build: str, version: str, folder: Path, choice: Callable[[Probe], bool], environment: str = "local") -> Results:
    with counted(build) as server:
        file = target(server, folder, version, environment=environment)
        session = plugin.Session.prepare(file, [SUITES], folder / "out", environment=server.environment)
        ids = [one.id for one in session.plan.probes if choice(one)]
        return Run(session.opened, session.plan, folder / "out").execute(ids)


def told(results: Results) -> dict[str, str]:
    return {
        " ".join(filter(None, [one.probe.mutation, dict(one.probe.mutant.pairs).get("case", "")])): (
            f"{one.verdict.outcome} {one.verdict.reason}"
        )
        for one in results.judged.values()
    }


@pytest.mark.parametrize(("version", "build"), EXPECTED, ids=[" ".join(one) for one in EXPECTED])
def test_how_far_each_query_gets(version: str, build: str, tmp_path: Path) -> None:
    results = ran(build, version, tmp_path, lambda one: one.family == FAMILY)
    everything = {" ".join(filter(None, (name, case))) for name, cases in FORMS.items() for case in cases}
    assert told(results) == dict.fromkeys(everything, REFUSED) | dict(EXPECTED[version, build])
    assert (results.leftovers, results.aborted) == ((), "")


@pytest.mark.parametrize(
    ("build", "verdict"), [("2014", "BYPASSED any-change"), ("2026-06-09", "NOT-APPLICABLE needs-disposable")]
)
def test_a_blank_name_is_bounded_by_a_filter_that_is_heeded(build: str, verdict: str, tmp_path: Path) -> None:
    """Where not everything may be lost, an object of ours shows the hole, if something bounds it."""
    names = ("blank-beside-filter", "blank")
    results = ran(build, "v2", tmp_path, lambda one: one.family == FAMILY and one.mutation in names, "staging")
    withheld = dict.fromkeys(("blank empty", "blank space", "blank no-equals-sign"), "NOT-APPLICABLE needs-disposable")
    assert told(results) == {"blank-beside-filter": verdict, **withheld}
    deleted = [len(one.evidence.effects) for one in results.judged.values() if one.evidence.effects]
    assert deleted == ([1] if build == "2014" else [])


def test_credentials_are_tried_on_it_like_anywhere(tmp_path: Path) -> None:
    mutations = {"arbitrary-key", "no-header", "own-credential"}

    def chosen(probe: Probe) -> bool:
        families = ("fabricated-key", "guest-write", "low-privilege-write")
        return probe.operation.name == OPERATIONS["v1"] and probe.family in families and probe.mutation in mutations

    assert told(ran("2014", "v1", tmp_path, chosen)) == {
        "arbitrary-key": "BYPASSED any-change",
        "no-header": REFUSED,
        "own-credential": REFUSED,
    }


def test_a_forgery_that_is_the_key_itself_is_none(tmp_path: Path) -> None:
    """A token is cut or signed anew; a key that is no token stays as it was, and gets in by right."""

    def chosen(probe: Probe) -> bool:
        own = probe.family == FAMILY and probe.mutation == "plain"
        return probe.operation.name == OPERATIONS["v1"] and (own or probe.family == "forged-token")

    results = ran("2026-06-09", "v1", tmp_path, chosen)
    found = told(results)
    assert found.pop("plain") == "HELD ignored"
    assert set(found.values()) == {"NOT-APPLICABLE same-as-control", "NOT-APPLICABLE no-channel"}
    assert "no-signature" in found


def test_what_is_asked_again_behind_it_is_not_charged_with_what_it_took(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the bystander of its kind, too, and says so itself. A crash is asked again at the very end."""
    lanes: list[Lane] = []
    once = Running.run

    def noting(self: Running, lane: Lane) -> dict[str, Evidence]:
        lanes.append(lane)
        return once(self, lane)

    def first(_: Running) -> Iterator[Lane]:
        yield lanes[0]

    monkeypatch.setattr(Running, "run", noting)
    monkeypatch.setattr(Running, "doubted", first)

    def chosen(probe: Probe) -> bool:
        reaches = probe.family == FAMILY and probe.mutation == "absent"
        return reaches or (probe.operation.name == "POST /api/v1/downloads/os/" and probe.mutation == "no-header")

    results = ran("2014", "v1", tmp_path, chosen)
    assert lanes[-1].probes == lanes[0].probes
    assert told(results) == {"absent no-query": REACHED, "absent unknown-filter-alone": REACHED, "no-header": REFUSED}
    assert (results.leftovers, results.aborted) == ((), "")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("DELETE /nowhere/", "release_file", "{release.id}"), ".operation: the document has no DELETE /nowhere/"),
        ((OPERATIONS["v2"], "files", "{release.id}"), ".removes: the run makes no files; it makes os, release"),
        ((OPERATIONS["v2"], "release_file", "{page.id}"), ".query: no release_file hangs on a page"),
        ((OPERATIONS["v2"], "release_file", "7"), ".query: must be one parameter and what it names"),
    ],
)
def test_words_that_fit_nothing_are_told_in_one_line(
    words: tuple[str, str, str], complaint: str, tmp_path: Path
) -> None:
    with counted("2026-06-09") as server:
        file = target(server, tmp_path, "v2", WORDS.format(*words))
        with pytest.raises(UsageError) as error:
            plugin.Session.prepare(file, [SUITES], tmp_path / "out", environment=server.environment)
    assert f"operations.scoped[0]{complaint}" in str(error.value)
