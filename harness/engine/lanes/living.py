"""Whether the tokens that mutants bore were alive: one that had expired is refused for its age, which says nothing of
what its owner may do."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from harness.engine.lanes.stage import Stage
from harness.engine.planning.opening import Opened
from harness.engine.planning.plan import Lane
from harness.identities import bent
from harness.model import REFUSALS, Bend, Evidence, Mutant, Probe

EXPIRED = "control-lost: a token expired meanwhile, and again when it was tried once more"
UNSHOWN = "attested: it was given a new token just before, and no read shows that it lives"
READS = 3
"""Lists that are tried for one that tells a living token from a bent one."""


class Living:
    """Looks after the tokens of identities that log in, but for the one that makes the controls."""

    def __init__(self, opened: Opened, stage: Stage) -> None:
        self._logins = opened.logins
        self._stage = stage
        lists = [one.list_path for one in opened.graph.resources if one.operation("GET", "list")]
        self._lists = [one for one in lists if "{" not in one][:READS]
        self._telling: dict[str, str] = {}
        """Identity -> path of a read that tells whether its token lives."""

    def assured(
        self, lane: Lane, found: Mapping[str, Evidence], again: Callable[[Lane], dict[str, Evidence]]
    ) -> dict[str, Evidence]:
        """The evidence of a lane in which no refusal is owed to a token's age: where one is not shown to be alive
        after a 401, it is got anew, and the lane's probes that bear it are asked again."""
        assured = dict(found)
        for name in self._refused(lane, assured):
            if self._lives(name):
                continue
            renewed = self._logins.refresh(name)
            mine = tuple(one for one in lane.probes if name in self._bearers(lane, one) and _unknown(assured[one.id]))
            now = again(replace(lane, probes=mine)) if renewed else {one.id: assured[one.id] for one in mine}
            shown = renewed and self._lives(name)
            for key, one in now.items():
                assured[key] = one if shown or not _unknown(one) else self._doubted(name, one, renewed)
        return assured

    def _doubted(self, name: str, one: Evidence, renewed: bool) -> Evidence:
        if not renewed or name in self._telling:
            return replace(one, not_sent=EXPIRED)
        return replace(one, identity=UNSHOWN) if one.identity.startswith("proved") else one

    def _refused(self, lane: Lane, found: Mapping[str, Evidence]) -> list[str]:
        """Who bore a token of its own that was answered 401."""
        names = (name for one in lane.probes if _unknown(found[one.id]) for name in self._bearers(lane, one))
        return list(dict.fromkeys(names))

    def _bearers(self, lane: Lane, probe: Probe) -> list[str]:
        mutant = probe.mutant
        parts = [one for one in (mutant.credential.key, *mutant.parts()) if one.kind != "username"]
        names = [mutant.actor, *(one.of for one in parts if one.of and one.bend is Bend.AS_IS)]
        others = [one for one in dict.fromkeys(names) if one and one not in (self._stage.owner, lane.by)]
        return [one for one in others if one in self._stage.signer.identities and self._logins.held(one)]

    def _lives(self, name: str) -> bool:
        """Whether a read shows that its token lives."""
        if name in self._telling:
            return self._stage.get_as(name, self._telling[name]).ok
        alive = self._stage.signer.identities[name].alive
        for path in (*([alive.partition(" ")[2]] if alive else []), *self._lists):
            if self._stage.get_as(name, path).ok and self._bent(name, path) in REFUSALS:
                self._telling[name] = path
                return True
        return False

    def _bent(self, name: str, path: str) -> int | None:
        signer = self._stage.signer
        return self._stage.send(signer.request("GET", path, mutant=Mutant(bent(signer, name))), "mutant").status


def _unknown(found: Evidence) -> bool:
    """Whether the sender was taken for nobody, as far as the answers say, and nothing happened."""
    return any(one.status == 401 for one in found.attempts) and not found.effects and not found.suspects
