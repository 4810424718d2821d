"""Lanes of logins: a name with something else than its password, which must get no token.

The control is the run's own login, whose token is used from then on.
"""

from dataclasses import replace

from harness.engine.lanes.stage import Stage
from harness.engine.planning.plan import Lane
from harness.identities import Logins, bent
from harness.model import REFUSALS, Effect, Evidence, Exchange, Look, Mutant, Probe, Proof, Secret
from harness.oracle import Want, wants

READS = 3
"""Lists that are tried for one that tells a living token from a bent one."""


class Entering:
    """One lane of logins."""

    def __init__(self, stage: Stage, lane: Lane, logins: Logins) -> None:
        self._stage = stage
        self._lane = lane
        self._logins = logins
        sender = lane.probes[0].mutant.credential
        who = str(sender.username.of)
        self._aside = logins.aside(who, sender.via)
        """Who logs in where the document alone tells of the login; empty where the target file does."""
        self._name = self._aside or who
        self._telling = ""
        """A read that serves a living token alone; empty where none does."""
        self._choosy = False
        """Whether a bent password gets no token."""

    def run(self) -> dict[str, Evidence]:
        """Evidence for every probe of the lane, by id."""
        before, public = self._control(), self._stage.public
        if not before.good and self._aside:
            why = (
                f"no-identity: {before.reason}; name it in a `login` under `auth`, with an identity that logs in there"
            )
            return {probe.id: Evidence(pointless=why) for probe in self._lane.probes}
        if not before.good:
            return {probe.id: Evidence(before=before, public=public) for probe in self._lane.probes}
        self._telling = next(filter(self._tells, self._reads()), "")
        grant, refused = self._logins.attempt(self._name, "bent")
        self._choosy = grant.token is None
        base = Evidence(before=before, public=public, reference=refused if refused.ok else None)
        found = {probe.id: self._asked(probe, base) for probe in self._lane.probes}
        after = self._control()
        return {name: replace(one, after=after) for name, one in found.items()}

    def _control(self) -> Proof:
        grant, exchange = self._logins.attempt(self._name, "real")
        why = "" if grant.token else f"its login {self._lane.operation.name} answers {grant.told}; {grant.remedy}"
        return Proof(exchange, grant.token is not None, why)

    def _asked(self, probe: Probe, base: Evidence) -> Evidence:
        evidence = self._sent(probe, base)
        if Want.REPEAT in wants(probe, evidence):
            again = self._sent(probe, base)
            attempts = (*evidence.attempts, *again.attempts)
            evidence = replace(again, attempts=attempts, repeat_after=self._control())
        self._stage.told(probe.id)
        return evidence

    def _sent(self, probe: Probe, base: Evidence) -> Evidence:
        if not self._stage.sparing.takes(probe):
            assert base.before is not None
            assert base.before.exchange is not None
            return replace(base, attempts=(Exchange(base.before.exchange.request, failure="budget"),))
        grant, exchange = self._logins.attempt(self._name, probe.mutant.login)
        self._stage.sparing.note(probe, exchange)
        got_in = grant.token is not None and self._lives(grant.token)
        told = self._telling or self._choosy or grant.token is None
        effect = Effect("created", "session", f"of {self._name}")
        look = Look.UNCHANGED if told else Look.UNREADABLE
        return replace(base, attempts=(exchange,), effects=(effect,) if got_in else (), look=look)

    def _reads(self) -> list[str]:
        """Paths that may tell a living token."""
        alive = self._stage.signer.identities[self._name].alive
        lists = [one.list_path for one in self._stage.graph.resources if one.operation("GET", "list")]
        return [*([alive.partition(" ")[2]] if alive else []), *[one for one in lists if "{" not in one][:READS]]

    def _tells(self, path: str) -> bool:
        signer = self._stage.signer
        false = signer.request("GET", path, mutant=Mutant(bent(signer, self._name)))
        return self._stage.get_as(self._name, path).ok and self._stage.send(false, "mutant").status in REFUSALS

    def _lives(self, token: Secret) -> bool:
        """Whether a token that was granted opens anything, as far as a read tells; else whether the password counts at
        all."""
        if not self._telling:
            return self._choosy
        alias = self._logins.stand_in(self._name, token)
        try:
            return self._stage.get_as(alias, self._telling).ok
        finally:
            self._logins.dismiss(alias)
