"""A run on a correct server, in this process: whatever is not held or not applicable is a false alarm."""

import uuid
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar

from harness.engine import Opened, Results, Run, make_plan, open_target
from harness.family import Family, load_families
from harness.model import Outcome, Probe
from tests.contract.adversary.kit import Api, served

SUITES = Path(__file__).parents[3] / "suites"
TARGET = """version: 1
name: correct
base_url: {url}
openapi: /openapi.json
environment: local
auth:
  key: {channel}
identities:
  admin: {{username: boss, key: "${{ADMIN_KEY}}", privileged: true}}
  plain: {{username: worker, key: "${{PLAIN_KEY}}"}}
limits: {{settle: {settle}ms}}
{words}
"""
QUIET = frozenset({Outcome.HELD, Outcome.NOT_APPLICABLE})


class Correct(Api):
    """A correct server; subclasses are correct in another style."""

    item_methods: tuple[str, ...] = ("get", "patch", "delete")
    channel = '{channel: header, name: Authorization, template: "ApiKey {username}:{key}"}'
    words = 'public: ["GET /**"]'
    """Of its target file, besides the usual ones."""
    settle_ms = 20
    asks: ClassVar[frozenset[str]] = frozenset(
        {
            "fabricated-key/arbitrary-key",
            "foreign-key/low-key",
            "guest-read/bent-key",
            "guest-view/plain",
            "guest-write/no-header",
            "invalid-on-read/arbitrary-key",
            "low-privilege-write/own-credential",
            "missing-key/name-alone",
        }
    )
    """What a short run asks: `family/mutation` or `family/*`."""


def opened_at(api: Correct, url: str, folder: Path) -> Opened:
    """The server at an address, as its target file has it."""
    file = folder / "target.yaml"
    file.write_text(TARGET.format(url=url, channel=api.channel, words=api.words, settle=api.settle_ms))
    return open_target(file, {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]})


def run(api: Correct, folder: Path, whole: bool = False) -> Results:
    """What a run finds; a short one, or of every family."""
    with served(api) as url:
        opened = opened_at(api, url, folder)
        plan = make_plan(families(), opened)
        chosen = [one.id for one in plan.probes if whole or _asked(api)(one)]
        return Run(opened, plan, folder / uuid.uuid4().hex).execute(chosen)


def alarms(results: Results) -> list[str]:
    """What a run says against a server, or could not tell of it."""
    told = [one for one in results.judged.values() if one.verdict.outcome not in QUIET]
    return [f"{one.probe.id}: {one.verdict} {one.verdict.detail}" for one in told]


def _asked(api: Correct) -> Callable[[Probe], bool]:
    return lambda probe: not api.asks.isdisjoint({f"{probe.family}/{probe.mutation}", f"{probe.family}/*"})


@cache
def families() -> Sequence[Family]:
    return load_families(SUITES)
