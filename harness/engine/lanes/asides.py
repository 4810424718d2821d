"""What the oracle wants to know besides: what guests are shown of a path, and where the entitled are served.
Of many probes it is asked side by side."""

import re
from collections.abc import Iterable
from dataclasses import replace

from harness.engine.lanes.stage import Stage, tells_of_path
from harness.engine.sending.once import Once
from harness.model import REFUSALS, Evidence, Exchange, Probe
from harness.oracle import Want, wants

_NUMBERED = re.compile(r"[^/]*\d[^/]*")
_NAMED = re.compile(r"[^/*]+")
_OF_PATHS = frozenset({Want.GUEST_ITEM, Want.SPELLED_PATH, Want.UNKNOWN_PATH})


class Asides:
    """Asks for the probes of one lane, of each path once."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._views: Once[tuple[str, str], Exchange] = Once(lambda found: found.status is not None)
        self._unknown: Once[str, Exchange] = Once(lambda found: found.status is not None)

    def all_supplied(self, struck: Iterable[tuple[Probe, Evidence, str]]) -> dict[str, Evidence]:
        """The evidence of these, by id, each as `supplied`."""
        told = list(struck)
        lacking = [one for one in told if not _OF_PATHS.isdisjoint(wants(*one[:2]))]
        more = self._stage.crowd.each(lambda one: self.supplied(*one), lacking)
        found = {probe.id: evidence for probe, evidence, _ in told}
        return found | {probe.id: evidence for (probe, _, _), evidence in zip(lacking, more, strict=True)}

    def supplied(self, probe: Probe, evidence: Evidence, path: str) -> Evidence:
        """The evidence with what is still wanted; `path` is as it is read."""
        missing = wants(probe, evidence)
        if Want.GUEST_ITEM in missing:
            evidence = replace(
                evidence, guest_item=self._view(probe.mutant.actor if probe.mutant.foreign else "", path)
            )
        if Want.SPELLED_PATH in missing:
            own = self._served(path)
            # Where the object is gone, nobody is served it, however its path is spelled.
            there = self._spelled(probe, path, evidence.attempts[-1]) if own.ok else None
            evidence = replace(evidence, own_path=own, spelled_path=there)
        if Want.UNKNOWN_PATH in missing:
            unknown = self._unknown.get(path, lambda: self._stage.unknown_path(path))
            evidence = replace(evidence, unknown_path=unknown)
        return evidence

    def _view(self, name: str, path: str) -> Exchange:
        """What somebody, or a guest, is shown there."""
        stage = self._stage
        return self._views.get((name, path), lambda: stage.get_as(name, path) if name else stage.guest_get(path))

    def _spelled(self, probe: Probe, path: str, answer: Exchange) -> Exchange:
        """What the entitled are answered at a path as a probe spells it. Where they were refused at another of the same
        form, spelled alike, and the probe is answered so at this one, nobody is asked again."""
        form = _form(path)
        told, first = self._asked(path, probe.mutant.spelling, _NAMED.sub("-", form))
        alike = first.status is not None and 300 <= first.status < 429 and first.status not in REFUSALS
        if (_form(told) == form and tells_of_path(first)) or (alike and _face(first) == _face(answer)):
            return first
        return self._asked(path, probe.mutant.spelling, form)[1]

    def _asked(self, path: str, spelling: str, form: str) -> tuple[str, Exchange]:
        """The entitled identity's GET of a path in this spelling, asked once for all paths of the form: it is the route
        that is looked for, and not the object. With the path that was asked for."""
        stage = self._stage
        request = replace(stage.signer.signed("GET", path, stage.owner), spelling=spelling)
        return stage.spelled.get(
            (stage.owner, form, spelling), lambda: (path, stage.send(request, f"reader {stage.owner}"))
        )

    def _served(self, path: str) -> Exchange:
        """The same of the path as it is."""
        stage = self._stage
        key = stage.owner, _form(path)
        return stage.served.get(
            key, lambda: stage.send(stage.signer.signed("GET", path, stage.owner), f"reader {stage.owner}")
        )


def _form(path: str) -> str:
    """A path with stars for what may be ids."""
    return _NUMBERED.sub("*", path.partition("?")[0])


def _face(exchange: Exchange) -> tuple[object, ...]:
    return exchange.status, exchange.media_type, exchange.json_keys
