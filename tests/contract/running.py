"""Running Holdfast against a masked workshop, and what every run must leave alone."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from harness.engine import Judged, Results, Run
from harness.engine.planning.opening import open_target
from harness.engine.planning.planner import make_plan
from harness.family import Family, load_families
from harness.model import Probe
from tests.contract.servers import Entry, Settings, Standing, Workshop

SUITES = Path(__file__).parents[2] / "suites"

TARGET = """\
version: 1
name: workshop
base_url: {url}
openapi: /openapi.json
environment: local
auth:
  key: {{channel: header, name: Authorization, template: "ApiKey {{username}}:{{key}}"}}
identities:
  admin: {{username: admin, key: "${{ADMIN_KEY}}", privileged: true}}
  second: {{username: second, key: "${{SECOND_KEY}}", privileged: true}}
  plain: {{username: plain, key: "${{PLAIN_KEY}}"}}
  keyless: {{username: keyless, privileged: true}}
urls:
  allow: ["https://tools.example/"]
limits: {{settle: {settle}ms}}
"""

PLAIN = '  plain: {username: plain, key: "${PLAIN_KEY}"}'
PEER = '  peer: {username: peer, key: "${PEER_KEY}"}'
"""Stands in a target file that has anything added to it."""

Rows = Mapping[str, Mapping[int, Mapping[str, object]]]
Choice = Callable[[Probe], bool]
_DEFAULTS = Settings()


@dataclass(frozen=True)
class Ran:
    """A run, with the workshop's true rows before and after it."""

    results: Results
    before: Rows
    after: Rows
    log: tuple[Entry, ...] = field(repr=False)

    @property
    def judged(self) -> Mapping[str, Judged]:
        """Probes that there was something to test for, with evidence and verdict, by id."""
        found = self.results.judged
        return {name: one for name, one in found.items() if one.verdict.reason != "no-field"}

    @property
    def verdicts(self) -> dict[str, str]:
        """`OUTCOME reason` of each probe, by its id."""
        return {name: f"{one.verdict.outcome} {one.verdict.reason}" for name, one in self.judged.items()}

    def having(self, verdict: str) -> set[str]:
        """Ids of the probes with this verdict."""
        return {name for name, one in self.verdicts.items() if one == verdict}

    def picked(self, choice: Choice) -> set[str]:
        """Ids of the probes that a choice is true of."""
        return {name for name, one in self.judged.items() if choice(one.probe)}

    @property
    def own_rows(self) -> set[str]:
        """`RESOURCE ID` of what the run left behind."""
        return {f"{name} {key}" for name, rows in self.after.items() for key in rows.keys() - self.before[name].keys()}


def run(
    folder: Path,
    mask: str,
    choice: Choice,
    *,
    settle: int = 50,
    settings: Settings = _DEFAULTS,
    keys: Mapping[str, str] | None = None,
    more: str = "",
    limits: str = "",
) -> Ran:
    """Runs the chosen probes against a workshop that wears a mask, and sees that nothing else was touched.

    `settle` is the target's limit in milliseconds; `keys` replaces keys of users in the target file; `more` is added to
    that file, `limits` (`name: value, `) to its limits.
    """
    with Workshop.start(mask, settings) as server:
        return run_against(server, folder, choice, settle=settle, keys=keys, more=more, limits=limits)


def run_against(
    server: Workshop,
    folder: Path,
    choice: Choice,
    *,
    settle: int = 50,
    keys: Mapping[str, str] | None = None,
    more: str = "",
    limits: str = "",
) -> Ran:
    """As `run`, against a workshop that is up."""
    file = folder / "target.yaml"
    text = TARGET.format(url=server.url, settle=settle).replace("limits: {", f"limits: {{{limits}")
    file.write_text(text.replace(PLAIN, f"{PLAIN}\n{PEER}") + more if more else text)
    environment = {f"{name.upper()}_KEY": key for name, key in {**server.keys, **(keys or {})}.items()}
    opened = open_target(file, environment)
    plan = make_plan(_families(), opened)
    before = server.rows()
    results = Run(opened, plan, folder / "out").execute([probe.id for probe in plan.probes if choice(probe)])
    ran = Ran(results, before, server.rows(), server.requests.log)
    _touched_nothing_else(ran)
    return ran


@cache
def _families() -> Sequence[Family]:
    return load_families(SUITES)


def left_as_found(ran: Ran) -> None:
    """The target is as it was, and the run says so."""
    assert ran.results.leftovers == ()
    assert ran.after == ran.before
    assert ran.results.aborted == ""


def _touched_nothing_else(ran: Ran) -> None:
    """What was there before is as it was, was never written to, and no connection carried two kinds of credential."""
    for resource, rows in ran.before.items():
        assert {key: ran.after[resource].get(key) for key in rows} == rows
    for entry in ran.log:
        if entry.method in {"POST", "PUT", "PATCH", "DELETE"}:
            assert _is_own(entry, ran.before), entry
    carried: dict[int, set[Standing]] = defaultdict(set)
    for entry in ran.log:
        carried[entry.connection].add(entry.standing)
    for standings in carried.values():
        assert len(standings) == 1 or standings == {Standing.GUEST, Standing.REFUSED}


def _is_own(entry: Entry, before: Rows) -> bool:
    """Whether a write is a creation, or aims at an object that was not there before the run."""
    resource, _, number = entry.path.strip("/").removeprefix("api/").partition("/")
    if entry.method == "POST":
        return number == ""
    return number.isdigit() and int(number) not in before.get(resource, {})
