"""A small API for one word of the target file, and a run on it in this process; all on 127.0.0.1."""

import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from werkzeug import Request, Response

from harness.engine import Results, Run
from harness.engine.planning.opening import open_target
from harness.engine.planning.planner import make_plan
from harness.family import Family, load_families
from tests.contract.adversary import kit

SUITES = Path(__file__).parents[3] / "suites"
MUTATIONS = (
    "fabricated-key/arbitrary-key",
    "fabricated-key/last-char-changed",
    "fabricated-key/random-key-alike",
    "guest-write/no-header",
    "guest-write/word-guest",
)
HOLE = "fabricated-key/arbitrary-key"

reply = kit.reply


class Api(kit.Api):
    """As the adversary's, with a hole: open, it takes the admin's name with any key."""

    def __init__(self, hole: bool = False) -> None:
        self.hole = hole
        super().__init__()

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        return self.write(req, key, body) if self.hole and self.wrong_boss(req) else self.deny(req)

    def admin(self, req: Request) -> bool:
        """Whether the caller passes for the admin."""
        return self.caller(req) == "boss" or (self.hole and self.wrong_boss(req))

    @property
    def state(self) -> Any:
        """All that it keeps."""
        return copy.deepcopy(self.rows)


@dataclass
class Ran:
    """A run, with the API's state before and after it."""

    results: Results
    before: Any
    after: Any

    @property
    def verdicts(self) -> dict[str, str]:
        """`OUTCOME reason` by probe id."""
        return {name: f"{one.verdict.outcome} {one.verdict.reason}" for name, one in self.results.judged.items()}

    def of(self, operation: str, family: str = "") -> dict[str, str]:
        """Verdicts of the probes of an operation."""
        return {k: v for k, v in self.verdicts.items() if f"[{operation}" in k and k.startswith(family)}

    def all_held(self, *operations: str) -> bool:
        """Whether every probe of each operation was refused, by the state, and nothing was left behind."""
        found = [self.of(one) for one in operations]
        return all(some and set(some.values()) == {"HELD refused"} for some in found) and self.clean

    def hole_seen(self, operation: str) -> bool:
        """Whether the hole is a finding of the state, and guests are shut out."""
        found = self.results.judged[f"{HOLE}[{operation}]"].verdict
        return str(found).startswith("BYPASSED(any-change, state") and (
            self.verdicts[f"guest-write/no-header[{operation}]"] == "HELD refused"
        )

    @property
    def clean(self) -> bool:
        """Whether the API is as it was, and nobody was harmed."""
        return self.before == self.after and self.results.leftovers == () and not self.results.aborted

    def explain(self) -> str:
        """All verdicts with what is said of them, for a failed assertion."""
        return (
            "\n".join(f"{name}: {one.verdict} {one.verdict.detail}" for name, one in self.results.judged.items())
            + f"\n{self.results.leftovers} {self.results.aborted}"
        )


@cache
def _families() -> list[Family]:
    return load_families(SUITES)


def run(api: Any, folder: Path, mutations: tuple[str, ...] = MUTATIONS) -> Ran:
    """Runs the mutations' probes on an API, served for that long."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "target.yaml"
    file.write_text(getattr(api, "target", kit.TARGET).format(more=api.more).replace("1800ms", "30ms"))
    names = {f"{name.upper()}_KEY": key for name, key in api.keys.items()}
    names |= {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}
    with kit.served(api) as url:
        opened = open_target(file, names, url)
        plan = make_plan(_families(), opened)
        before = api.state
        selected = [one.id for one in plan.probes if one.id.startswith(mutations)]
        results = Run(opened, plan, folder / "out").execute(selected)
        return Ran(results, before, api.state)
