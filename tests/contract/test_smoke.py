"""The smoke profile on the embedded API: what it finds, and what it costs as the server counts it."""

from collections import Counter
from pathlib import Path

import pytest

from harness import plugin
from harness.engine import Results, Run
from harness.model import Outcome
from tests.contract.counted import Counted, counted

SUITES = Path(__file__).parents[2] / "suites"
V1 = "/api/v1/downloads"
EACH, IN_ALL = 16, 440
"""Requests for each operation of the document, and in all, that a smoke run may cost."""


def smoked(server: Counted, folder: Path) -> Results:
    """A smoke run against a server."""
    session = plugin.Session.prepare(
        server.target(folder),
        [SUITES.resolve()],
        folder / "out",
        environment=server.environment,
        profile="smoke",
    )
    return Run(session.opened, session.plan, folder / "out").execute([one.id for one in session.plan.probes])


def found(results: Results, outcome: Outcome) -> set[str]:
    """What came to this verdict, as `family/mutation METHOD path`."""
    judged = (one.probe for one in results.judged.values() if one.verdict.outcome is outcome)
    return {f"{one.family}/{one.mutation} {one.operation.name.replace(V1, '')}" for one in judged}


@pytest.mark.parametrize(
    ("build", "operations", "bypassed"),
    [
        (
            "2014",
            27,
            {f"fabricated-key/arbitrary-key POST /{name}/" for name in ("os", "release", "release_file")}
            | {"fabricated-key/arbitrary-key PUT /os/{id}/"}
            | {
                "fabricated-key/last-char-changed POST /os/",
                "fabricated-key/case-swapped POST /os/",
                "fabricated-key/keyless-admin-arbitrary-key POST /os/",
            }
            | {"foreign-key/low-key POST /os/", "method-override/arbitrary-key POST /os/"}
            | {f"conflicting-channels/{name}query POST /os/" for name in ("", "other-scheme-and-", "scheme-alone-and-")}
            | {f"session-without-key/{name} POST /os/" for name in ("cookie-alone", "wrong-key", "malformed-key")}
            | {"mixed-mode/session-and-scheme-alone POST /os/"}
            | {"dead-credential/inactive-account POST /os/", "dead-credential/inactive-name-arbitrary-key POST /os/"}
            | {"url-off-domain/other-place POST /release_file/", "collection-write/arbitrary-key PATCH /os/"},
        ),
        (
            "2026-02-24",
            27,
            {f"session-without-key/{name} POST /os/" for name in ("cookie-alone", "malformed-key")}
            | {"mixed-mode/session-and-scheme-alone POST /os/", "dead-credential/inactive-account POST /os/"}
            | {"url-off-domain/other-place POST /release_file/"},
        ),
    ],
)
def test_smoke_finds_what_each_fix_closed(tmp_path: Path, build: str, operations: int, bypassed: set[str]) -> None:
    with counted(build) as server:
        results = smoked(server, tmp_path)
    assert found(results, Outcome.BYPASSED) == bypassed
    assert found(results, Outcome.WEAK) == {"legacy-channel/query POST /os/"}
    assert found(results, Outcome.INCONCLUSIVE) == set()
    assert results.leftovers == ()
    assert len(server.seen) <= min(EACH * operations, IN_ALL)
    assert results.exit_code(strict=False) == 1


def test_smoke_is_silent_where_all_is_mended(tmp_path: Path) -> None:
    with counted("2026-06-09") as server:
        results = smoked(server, tmp_path)
    told = Counter(one.verdict.outcome for one in results.judged.values())
    assert set(told) == {Outcome.HELD, Outcome.NOT_APPLICABLE}
    assert told[Outcome.HELD] > 40
    assert (results.partial, results.profile, results.exit_code(strict=False)) == (False, "smoke profile", 0)
    assert len(server.seen) <= EACH * 13


@pytest.mark.parametrize(
    ("build", "changes"), [("2014", {"PUT"}), ("2026-06-09", set[str]())], ids=["with changes", "without"]
)
def test_smoke_sends_a_guest_to_make_change_and_remove_every_kind(
    tmp_path: Path, build: str, changes: set[str]
) -> None:
    with counted(build) as server:
        session = plugin.Session.prepare(
            server.target(tmp_path), [SUITES.resolve()], tmp_path, environment=server.environment, profile="smoke"
        )
        session.opened.wire.close()
    asked = {
        one.operation.name.replace(V1, "")
        for one in session.plan.probes
        if (one.family, one.mutation) == ("guest-write", "no-header") and not one.not_applicable
    }
    kinds = ("os", "release", "release_file")
    made = {f"POST /{kind}/" for kind in kinds}
    assert asked == made | {f"{method} /{kind}/{{id}}/" for kind in kinds for method in ("DELETE", *changes)}
