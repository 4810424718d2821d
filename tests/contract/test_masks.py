"""Servers that try to make a run say something false, and the exact verdict that each of them gets.

One run shows what it does to state and connections as well: `run` sees after each that seeded objects were never
aimed at, and `left_as_found` that nothing of the run stays behind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.model import Outcome, Probe
from tests.contract.running import Choice, Ran, left_as_found, run, run_against
from tests.contract.servers import Record, Settings, Standing, Workshop

URLS = "url-off-domain"
PARTS, PART = "/api/parts", "/api/parts/{part_id}"
TOOLS, TOOL = "/api/tools", "/api/tools/{tool_id}"
FOUND = "BYPASSED any-change"
REFUSED = "HELD refused"

QUICK = {
    ("fabricated-admin", "random-name"),
    ("fabricated-key", "arbitrary-key"),
    ("fabricated-key", "reversed-key"),
    ("foreign-key", "low-key"),
    ("guest-write", "no-header"),
    ("low-privilege-write", "own-credential"),
    ("missing-key", "empty-key"),
    ("missing-key", "name-alone"),
}
"""Callers of each kind: with the admin's name, with another's, with none, with a valid ordinary key."""

CASES = {"http-twin", "other-host", "tab-between-host-and-other"}


def quick(probe: Probe) -> bool:
    """A few mutations of every family, on every method of both resources."""
    if probe.family == URLS:
        return dict(probe.mutant.pairs)["case"] in CASES
    return probe.operation.writes and (probe.family, probe.mutation) in QUICK


def of(*families: str, methods: str = "POST PUT PATCH DELETE", path: str = "") -> Choice:
    """The probes of these families on these methods, of both resources or one, that there is an identity for."""
    return lambda probe: (
        probe.family in families
        and probe.mutation != "lesser-key"
        and probe.operation.method in methods.split()
        and path in probe.operation.path
    )


def mutations(*names: str, methods: str = "POST PUT PATCH DELETE") -> Choice:
    """The probes of these mutations, each written `family/mutation`."""
    return lambda probe: f"{probe.family}/{probe.mutation}" in names and probe.operation.method in methods.split()


def assert_found(ran: Ran, found: set[str], verdict: str = FOUND) -> None:
    """Exactly these are findings, there is one at least, and all else is held."""
    assert found
    assert ran.having(verdict) == found
    assert ran.having(REFUSED) == ran.judged.keys() - found


# The masking table.

TABLE = [
    ("correct", REFUSED, REFUSED),
    ("status_401_html", REFUSED, REFUSED),
    ("blocked_all", "INCONCLUSIVE blocked", "INCONCLUSIVE blocked"),
    ("redirect_login", "HELD login-redirect", REFUSED),
    ("soft_200", "HELD soft", REFUSED),
    ("bad_request_400", "INCONCLUSIVE masked:400", REFUSED),
    ("not_found_404", "INCONCLUSIVE masked:404", REFUSED),
    ("hidden_404", "HELD hidden", REFUSED),
    ("writes_then_401", FOUND, REFUSED),
    ("empty_204", "INCONCLUSIVE no-effect", REFUSED),
    ("missing_slash", REFUSED, REFUSED),
    ("blind_reader", "INCONCLUSIVE control", "INCONCLUSIVE control"),
    ("cached_reader", "INCONCLUSIVE control", "INCONCLUSIVE control"),
    ("drops_url", REFUSED, "HELD ignored"),
    ("normalises_url", REFUSED, "HELD ignored"),
    ("stored_bad_url", REFUSED, "BYPASSED stored-outside-rule"),
    ("bump_updated_at", REFUSED, REFUSED),
    ("unique_400", REFUSED, REFUSED),
    ("unique_400_no_rule", REFUSED, "BYPASSED stored-outside-rule"),
]


@pytest.mark.parametrize(("mask", "others", "urls"), TABLE, ids=[row[0] for row in TABLE])
def test_the_table(mask: str, others: str, urls: str, tmp_path: Path) -> None:
    ran = run(tmp_path, mask, quick)
    assert len(ran.judged) == 8 * len(QUICK) + 3 * len(CASES)
    wanted = {name: urls if one.probe.family == URLS else others for name, one in ran.judged.items()}
    assert ran.verdicts == wanted
    left_as_found(ran)


def test_a_whole_run_on_the_correct_server(tmp_path: Path) -> None:
    ran = run(tmp_path, "correct", of(URLS, *(family for family, _ in QUICK)))
    assert {one.probe.operation.name for one in ran.judged.values()} == {
        *(f"{method} {path}" for path in (TOOL, PART) for method in ("PUT", "PATCH", "DELETE")),
        *(f"POST {path}" for path in (TOOLS, PARTS)),
    }
    assert ran.having(REFUSED) == ran.judged.keys()
    assert {one.verdict.confidence for one in ran.judged.values()} == {"state"}
    assert ran.results.exit_code(strict=True) == 0
    left_as_found(ran)


def test_a_server_that_falls_over_the_admins_name(tmp_path: Path) -> None:
    ran = run(tmp_path, "crash_on_admin_name", quick)
    fallen = mutations(
        "fabricated-key/arbitrary-key",
        "fabricated-key/reversed-key",
        "foreign-key/low-key",
        "missing-key/empty-key",
        "missing-key/name-alone",
    )
    assert_found(ran, ran.picked(fallen), "CRASHED crash")
    left_as_found(ran)


def test_a_missing_slash_is_aimed_at_again(tmp_path: Path) -> None:
    ran = run(tmp_path, "missing_slash", of("guest-write", path=PARTS))
    refused = [entry.path for entry in ran.log if entry.standing is Standing.GUEST and entry.status == 401]
    assert len(refused) >= 4 * len(GUESTS)
    assert all(path.endswith("/") for path in refused)
    redirected = [entry for entry in ran.log if entry.status == 301]
    assert 0 < len(redirected) < 8


def test_a_login_page_is_not_followed(tmp_path: Path) -> None:
    ran = run(tmp_path, "redirect_login", of("guest-write", path=PARTS))
    assert {entry.path for entry in ran.log if not entry.path.startswith("/api/")} == {"/", "/openapi.json"}


def test_one_of_three_workers_takes_everybody_for_the_admin(tmp_path: Path) -> None:
    ran = run(tmp_path, "unpatched_worker", of("guest-write", path="parts"))
    assert ran.having(FOUND) | ran.having(REFUSED) == ran.judged.keys()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert ran.having(FOUND) & ran.picked(of("guest-write", methods=method)), method
    left_as_found(ran)


# Effects that come late.


def test_effects_that_all_readers_show_late(tmp_path: Path) -> None:
    chosen = mutations("guest-write/no-header", "low-privilege-write/own-credential")
    settings = Settings(late_effect=0.06)
    ran = run(
        tmp_path,
        "late_effect",
        lambda probe: chosen(probe) and "parts" in probe.operation.path,
        settings=settings,
        settle=1000,
    )
    assert len(ran.picked(chosen)) >= 8
    # The references get in as well, and are charged with it whether they were asked for or not.
    assert ran.having(FOUND) == ran.judged.keys()
    left_as_found(ran)


@dataclass
class Ticks:
    """A clock that counts something in a server's record, so that "later" means the same on every machine."""

    count: Callable[[Record], int]
    server: Workshop | None = None

    def __call__(self) -> float:
        return float(self.count(self.server.requests)) if self.server else 0.0


READING = of("invalid-on-read", methods="GET", path="api")


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A run in which others' writes are done 60 requests after they were refused, long after they were looked for."""
    clock = Ticks(lambda record: record.total)
    with Workshop.start("late_bypass_only", Settings(late_bypass=60.0, clock=clock)) as server:
        clock.server = server
        others = mutations("guest-write/no-header", "fabricated-key/arbitrary-key", "fabricated-key/zeros")
        choice: Choice = lambda probe: (  # noqa: E731
            probe.family == URLS or READING(probe) or (others(probe) and "parts" in probe.operation.path)
        )
        # One by one, so that the rest of the run is so many requests long.
        return run_against(server, tmp_path_factory.mktemp("late"), choice, limits="concurrency: 1, ")


def test_late_creations_are_found(late: Ran) -> None:
    created = late.picked(of("guest-write", "fabricated-key", methods="POST"))
    assert len(created) >= 3
    assert created <= late.having(FOUND)
    assert all("seen only later" in late.judged[name].verdict.detail for name in created)


def test_of_late_changes_the_last_is_found_and_no_other_is_held(late: Ran) -> None:
    for method in ("PUT", "PATCH"):
        struck = late.picked(of("guest-write", "fabricated-key", methods=method))
        found = struck & late.having(FOUND)
        assert len(found) == 1
        assert struck - found == struck & late.having("INCONCLUSIVE unobserved")


def test_late_removals_are_told_of_the_group(late: Ran) -> None:
    struck = late.picked(of("guest-write", "fabricated-key", methods="DELETE"))
    assert struck == late.having("BYPASSED group")
    assert all(set(late.judged[name].evidence.suspects) == struck for name in struck)


def test_what_the_admin_did_meanwhile_is_held(late: Ran) -> None:
    assert late.picked(of(URLS)) | late.picked(READING) == late.having(REFUSED)
    left_as_found(late)


# Groups: what many mutants on one canary must not hide.


@pytest.mark.parametrize(
    ("mask", "method", "names"),
    [
        ("two_patch_members", "PATCH", ("reversed-key", "case-swapped")),
        ("two_patch_members_200", "PATCH", ("reversed-key", "case-swapped")),
        ("one_delete_member", "DELETE", ("shortened-key",)),
        ("one_delete_member_204", "DELETE", ("shortened-key",)),
    ],
)
def test_members_of_a_group_are_told_apart(mask: str, method: str, names: tuple[str, ...], tmp_path: Path) -> None:
    ran = run(tmp_path, mask, of("fabricated-key", "guest-write", methods=method))
    found = ran.picked(mutations(*(f"fabricated-key/{name}" for name in names)))
    assert len(found) == 2 * len(names)
    assert_found(ran, found)
    left_as_found(ran)


@pytest.mark.parametrize(("mask", "method", "path"), [("once_only", "PATCH", PART), ("once_only_post", "POST", PARTS)])
def test_what_happens_once_is_told_of_its_writer(mask: str, method: str, path: str, tmp_path: Path) -> None:
    # One by one, for it happens to whoever comes first.
    ran = run(tmp_path, mask, of("fabricated-key", "guest-write", methods=method), limits="concurrency: 1, ")
    assert_found(ran, {f"fabricated-key/arbitrary-key[{method} {path}]"})
    left_as_found(ran)


def test_a_removal_that_happens_once_is_told_of_its_group(tmp_path: Path) -> None:
    ran = run(tmp_path, "once_only_delete", of("fabricated-key", methods="DELETE"))
    group = ran.having("BYPASSED group")
    # Which of the two comes first is the target's to say.
    operation = next(one for one in (PART, TOOL) if f"fabricated-key/arbitrary-key[DELETE {one}]" in group)
    assert all(set(ran.judged[name].evidence.suspects) == group for name in group)
    assert_found(ran, group, "BYPASSED group")
    assert 1 < len(group) <= 20
    assert all(f"[DELETE {operation}" in name for name in group)
    left_as_found(ran)


# Open doors.

ANY_KEY = (
    *("fabricated-key/arbitrary-key", "fabricated-key/hashed-key", "fabricated-key/second-admin-arbitrary-key"),
    *("foreign-key/low-key", "foreign-key/second-admin-key", "missing-key/empty-key", "missing-key/tab-as-key"),
)
NO_KEY = (
    *("fabricated-admin/random-name", "foreign-key/low-name", "foreign-key/unknown-name"),
    *("guest-write/no-header", "missing-key/name-alone", "missing-key/scheme-alone"),
)
GUESTS = (
    *("no-header", "guest-in-query", "guest-in-header", "same-origin"),
    *("script-request", "internal-client", "html-wanted", "own-csrf-token"),
)
LOW = (
    *("own-credential", "privileged-name-in-query", "privileged-name-in-body", "privileged-name-in-header"),
    "privileged-role-in-header",
)


def in_x_user(probe: Probe) -> bool:
    """The probes of that header, and not of those that proxies set."""
    return f"{probe.family}/{probe.mutation}" == "low-privilege-write/privileged-name-in-header" and not dict(
        probe.mutant.pairs
    )


DOORS = {
    "guest_let_in": mutations(*(f"guest-write/{name}" for name in GUESTS)),
    "foreign_key_accepted": mutations("foreign-key/low-key"),
    "low_can_write": mutations(*(f"low-privilege-write/{name}" for name in LOW)),
    "query_user_trusted": mutations("low-privilege-write/privileged-name-in-query"),
    "header_user_trusted": in_x_user,
    "json_user_trusted": mutations("low-privilege-write/privileged-name-in-body"),
}


@pytest.mark.parametrize("mask", DOORS)
def test_an_open_door_is_found_and_no_other(mask: str, tmp_path: Path) -> None:
    ran = run(tmp_path, mask, of("guest-write", "foreign-key", "low-privilege-write", path="parts"))
    assert_found(ran, ran.picked(DOORS[mask]))
    left_as_found(ran)


@pytest.mark.parametrize(
    ("mask", "methods"),
    [
        ("bypass_any_key", "POST PUT PATCH DELETE"),
        ("bypass_any_key_post_only", "POST"),
        ("bypass_any_key_put_only", "PUT"),
        ("bypass_any_key_patch_only", "PATCH"),
        ("bypass_any_key_delete_only", "DELETE"),
    ],
)
def test_any_key_for_a_privileged_name(mask: str, methods: str, tmp_path: Path) -> None:
    ran = run(tmp_path, mask, mutations(*ANY_KEY, *NO_KEY))
    assert_found(ran, ran.picked(mutations(*ANY_KEY, methods=methods)))
    assert ran.results.exit_code(strict=False) == 1
    left_as_found(ran)


# Routes.


def test_what_cannot_be_deleted_is_named(tmp_path: Path) -> None:
    ran = run(tmp_path, "no_delete", quick)
    assert {one.probe.operation.method for one in ran.judged.values()} == {"POST", "PUT", "PATCH"}
    assert ran.having(REFUSED) == ran.judged.keys()
    assert ran.own_rows
    assert {one.what for one in ran.results.left if one.expected} == ran.own_rows
    assert not [entry for entry in ran.log if entry.method == "DELETE"]


def test_a_documented_method_that_is_not_routed(tmp_path: Path) -> None:
    ran = run(tmp_path, "documented_but_405", quick)
    assert_found(ran, ran.picked(lambda probe: probe.operation.method == "PATCH"), "NOT-APPLICABLE not-routed")
    left_as_found(ran)


def test_a_documented_resource_that_is_not_served(tmp_path: Path) -> None:
    ran = run(tmp_path, "unserved", quick)
    gadgets = ran.picked(lambda probe: "gadgets" in probe.operation.path)
    assert {ran.judged[name].probe.operation.method for name in gadgets} == {"POST", "PUT", "PATCH", "DELETE"}
    assert_found(ran, gadgets, "NOT-APPLICABLE not-served")
    left_as_found(ran)


# Credentials that are not what the target file says.


def test_a_dead_privileged_key_lets_nothing_be_held(tmp_path: Path) -> None:
    ran = run(tmp_path, "correct", quick, keys={"admin": "0" * 40})
    assert ran.having("INCONCLUSIVE control") == ran.judged.keys()
    assert not [entry for entry in ran.log if entry.method != "GET" and entry.status < 400]
    assert ran.results.exit_code(strict=False) == 3
    left_as_found(ran)


def test_a_dead_ordinary_key_proves_nothing_about_ordinary_accounts(tmp_path: Path) -> None:
    ran = run(tmp_path, "correct", quick, keys={"plain": "0" * 40})
    resting_on_it = mutations("low-privilege-write/own-credential", "foreign-key/low-key")
    assert_found(ran, ran.picked(resting_on_it), "INCONCLUSIVE identity")
    assert ran.results.exit_code(strict=False) == 3
    left_as_found(ran)


# Limits of a server.


def test_waits_where_it_is_asked_to(tmp_path: Path) -> None:
    clock = Ticks(lambda record: sum(entry.status == 429 for entry in record.log))
    with Workshop.start("rate_limit", Settings(rate_limit=60, clock=clock)) as server:
        clock.server = server
        ran = run_against(server, tmp_path, of("guest-write", methods="POST PATCH", path="parts"))
    assert 0 < clock() < 4
    assert ran.having(REFUSED) == ran.judged.keys()
    left_as_found(ran)


def test_after_a_lock_out_nothing_is_held(tmp_path: Path) -> None:
    ran = run(tmp_path, "lockout", of("fabricated-key", path="parts"))
    assert {one.verdict.outcome for one in ran.judged.values()} == {Outcome.INCONCLUSIVE}
    assert ran.having("INCONCLUSIVE control-lost")
    assert set(ran.results.leftovers) == ran.own_rows


def test_a_lock_out_for_wrong_keys_leaves_probes_with_valid_ones_alone(tmp_path: Path) -> None:
    ran = run(tmp_path, "lockout", of(URLS))
    assert ran.having(REFUSED) == ran.judged.keys()
    left_as_found(ran)
