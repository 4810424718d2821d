"""The entitled identity on the ways that mutants went: by another method, or with a body of another form. Where nobody
is served, nothing is said of who may."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from harness.canaries import refused, told_id, until
from harness.controls import materialise
from harness.engine.lanes.stage import Stage
from harness.model import GUEST, Evidence, Json, Mutant, Probe, Proof
from harness.oracle import Want, wants
from harness.resources import Template


def likewise_supplied(
    probes: Sequence[Probe], found: Mapping[str, Evidence], send: Callable[[Mutant], Proof]
) -> dict[str, Evidence]:
    """The evidence of those of a lane's probes that want it, by id, with what `send` tells; of each way it is asked
    once."""
    told: dict[Mutant, Proof] = {}
    more: dict[str, Evidence] = {}
    for probe in probes:
        evidence = found.get(probe.id)
        if evidence is None or Want.LIKEWISE not in wants(probe, evidence):
            continue
        way = replace(probe.mutant, credential=GUEST, actor="", pairs=(), telling=False)
        if way not in told:
            told[way] = send(way)
        more[probe.id] = replace(evidence, likewise=told[way])
    return more


def made_likewise(stage: Stage, template: Template, slots: Mapping[str, Json], mutant: Mutant) -> Proof:
    """A creation as the entitled identity sends it that way, and whether what it makes is seen."""
    operation, resource, keeper = template.operation, template.resource, stage.keeper
    marker = keeper.new_marker(operation, "control")
    filled = {**slots, "marker": marker, "unique": marker, "unique_number": int.from_bytes(marker[-5:].encode())}
    stage.observer.expects(resource, filled)
    request = materialise(template, stage.controls.likewise(mutant), filled, stage.signer)
    there = stage.observer.listing(resource, slots)
    exchange = stage.send(request, keeper.line)
    keeper.hear(operation, marker, slots, exchange)
    if not exchange.ok:
        return Proof(exchange, False, refused(operation, exchange))
    reading, waited = until(
        lambda: stage.observer.find(resource, marker, slots),
        lambda one: one.state == "present",
        stage.target.limits.settle,
    )
    if reading.state == "present":
        return Proof(exchange, True, settle=waited)
    told = told_id(resource, exchange)
    known = {stage.observer.identify(resource, row) for row in there.rows}
    if told and there.whole and told not in known:
        # It was made of nothing that the body said, so that no marker tells whose it is: the answer alone does.
        keeper.holdings.remove(resource, {**slots, "self.id": told})
    return Proof(exchange, False, f"{operation.name}: {exchange.status}, but nothing was seen of it")
