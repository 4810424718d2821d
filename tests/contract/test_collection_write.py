"""Writes on whole lists of the embedded API: what each build lets through, and what is only sent where all may be
lost."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness import plugin
from harness.engine import NO_LEAVE, Permission, Results, Run
from harness.model import Outcome
from tests.contract.counted import counted

FAMILY = "collection-write"
SUITES = Path(__file__).parents[2] / "suites"
V1, LISTS = "/api/v1/downloads", ("os", "release", "release_file")
FORMS = ("empty-objects", "all", "new-in-objects", "named-in-objects")
BOUNDED = 2
"""Of these, how many reach no more than what the run has made."""
WORDS = {"`disposable: true` in the target file", "--allow-bulk", "--snapshot ID"}


def prepared(target: Path, environment: Mapping[str, str], permission: Permission = NO_LEAVE) -> plugin.Session:
    return plugin.Session.prepare(target, [SUITES], target.parent, environment=environment, permission=permission)


def ran(build: str, folder: Path, version: str = "v1", part: str = FAMILY) -> Results:
    with counted(build) as server:
        session = prepared(server.target(folder, version=version), server.environment)
        ids = [one.id for one in session.plan.probes if one.id.startswith(part)]
        return Run(session.opened, session.plan, folder / "out").execute(ids)


def told(results: Results) -> Counter[str]:
    """How many probes of each mutation came to which verdict."""
    judged = results.judged.values()
    return Counter(f"{one.probe.mutation}: {one.verdict.outcome} {one.verdict.reason}" for one in judged)


def test_a_wrong_key_opened_every_list_before_the_fixes(tmp_path: Path) -> None:
    results = ran("2014", tmp_path)
    each = len(FORMS) * len(LISTS)
    assert told(results) == {
        "guest: HELD refused": each,
        "arbitrary-key: BYPASSED any-change": each,
        "low-privilege: HELD refused": each,
        "session: BYPASSED any-change": BOUNDED * len(LISTS),
        "inactive-account: BYPASSED any-change": BOUNDED * len(LISTS),
    }
    methods = Counter(one.probe.operation.method for one in results.judged.values())
    assert methods == {"PATCH": 10 * len(LISTS), "PUT": 3 * len(LISTS), "DELETE": 3 * len(LISTS)}
    assert (results.leftovers, results.aborted, results.exit_code(strict=False)) == ((), "", 1)
    assert results.missing == ("4 os", "8 release", "24 release_file")


def test_what_went_besides_is_told(tmp_path: Path) -> None:
    probe = f"{FAMILY}/arbitrary-key[DELETE {V1}/release_file/ via=delete case=all]"
    results = ran("2014", tmp_path, part=probe)
    ours, others = results.judged[probe].evidence.effects
    assert (ours.kind, ours.inside) == ("deleted", True)
    assert (others.kind, others.inside) == ("deleted", False)
    assert results.missing == ("24 release_file",)
    assert results.notices == (
        "gone since the run began, and not its own: 24 release_file; what got in took them, or somebody else did",
    )
    assert others.object_id == "and 24 of others"


@pytest.mark.parametrize(
    ("build", "version", "by_session"),
    [
        ("2026-06-09", "v1", ("session: HELD refused", BOUNDED * len(LISTS))),
        ("2014", "v2", ("session: NOT-APPLICABLE no-identity", len(LISTS))),
    ],
)
def test_lists_are_closed(build: str, version: str, by_session: tuple[str, int], tmp_path: Path) -> None:
    results = ran(build, tmp_path, version)
    each = len(FORMS) * len(LISTS)
    assert told(results) == {
        **{f"{name}: HELD refused": each for name in ("guest", "arbitrary-key", "low-privilege")},
        "inactive-account: HELD refused": BOUNDED * len(LISTS),
        by_session[0]: by_session[1],
    }
    assert (results.leftovers, results.aborted, results.exit_code(strict=False)) == ((), "", 0)
    assert results.missing == ()


def test_methods_that_no_document_mentions_are_asked_of_what_makes_an_object(tmp_path: Path) -> None:
    with counted("2026-06-09") as server:
        session = prepared(server.target(tmp_path), server.environment)
        session.opened.wire.close()
    found = {(one.operation.name, dict(one.mutant.pairs)["via"]) for one in session.plan.probes if one.family == FAMILY}
    documented = {(f"DELETE {V1}/release_file/", "delete")}
    hidden = {(f"POST {V1}/{name}/", method) for name in LISTS for method in ("patch", "put", "delete")}
    assert found == documented | hidden - {(f"POST {V1}/release_file/", "delete")}


@pytest.mark.parametrize(
    ("more", "permission", "missing"),
    [
        ("", NO_LEAVE, WORDS),
        ("disposable: true\n", Permission(bulk=True), {"--snapshot ID"}),
        ("disposable: true\n", Permission(snapshot="s-1"), {"--allow-bulk"}),
        ("", Permission(True, "s-1"), {"`disposable: true` in the target file"}),
        ("disposable: true\n", Permission(True, "s-1"), set()),
    ],
)
def test_what_could_empty_a_list_takes_three_words(
    more: str, permission: Permission, missing: set[str], tmp_path: Path
) -> None:
    with counted("2014") as server:
        target = server.target(tmp_path, f"limits: {{settle: 200ms}}\n{more}")
        target.write_text(target.read_text().replace("environment: local", "environment: staging"))
        session = prepared(target, server.environment, permission)
        session.opened.wire.close()
    unbounded = [one for one in session.plan.probes if one.mutant.unbounded]
    assert len(unbounded) == 3 * 2 * len(LISTS)
    for one in unbounded:
        reason, _, words = (one.not_applicable or "").partition(": ")
        assert reason == ("needs-disposable" if missing else "")
        assert {word for word in WORDS if word in words} == missing
    bounded = [one for one in session.plan.probes if one.family == FAMILY and not one.mutant.unbounded]
    assert [one.not_applicable for one in bounded] == [None] * 5 * BOUNDED * len(LISTS)


def test_what_is_not_sent_is_told_by_name(tmp_path: Path) -> None:
    with counted("2014") as server:
        target = server.target(tmp_path)
        target.write_text(target.read_text().replace("environment: local", "environment: staging"))
        session = prepared(target, server.environment)
        ids = [one.id for one in session.plan.probes if one.family == FAMILY and one.mutation == "guest"]
        seen = len(server.seen)
        results = Run(session.opened, session.plan, tmp_path / "out").execute(ids)
        sent = {(one.method, one.path) for one in server.seen[seen:]}
    assert not {(method, f"{V1}/{name}/") for method in ("PUT", "DELETE") for name in LISTS} & sent
    outcomes = Counter((one.verdict.outcome, one.verdict.reason) for one in results.judged.values())
    assert outcomes == {(Outcome.HELD, "refused"): 6, (Outcome.NOT_APPLICABLE, "needs-disposable"): 6}
    assert (results.exit_code(strict=False), results.exit_code(strict=True)) == (0, 3)


def test_a_snapshot_is_written_into_the_ledger(tmp_path: Path) -> None:
    with counted("2026-06-09") as server:
        session = prepared(server.target(tmp_path), server.environment, Permission(True, "before-the-run"))
        Run(session.opened, session.plan, tmp_path / "out").execute([])
    assert '"snapshot": "before-the-run"' in (tmp_path / "out" / "ledger.jsonl").read_text()


def test_lanes_that_could_empty_a_list_come_last(tmp_path: Path) -> None:
    with counted("2014") as server:
        session = prepared(server.target(tmp_path), server.environment)
        session.opened.wire.close()
    lanes = session.plan.lanes([one.id for one in session.plan.probes])
    last = [lane for lane in lanes if lane.unbounded]
    assert lanes[-len(last) :] == last
    assert [lane.operation.name for lane in last] == [f"POST {V1}/{name}/" for name in LISTS]
