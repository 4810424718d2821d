"""What a run will judge, and the lanes that its probes run in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.engine.planning.permission import NO_LEAVE, Permission
from harness.engine.planning.profiles import Profile
from harness.family import Family
from harness.model import Identity, Json, Operation, Probe


@dataclass(frozen=True, slots=True)
class Lane:
    """Probes that share an operation and its control, and run one after the other."""

    operation: Operation
    probes: tuple[Probe, ...]
    fixtures: Mapping[str, Json] = field(default_factory=dict)
    """Real ids for the parameters of a read that no canary fills."""
    by: str = ""
    """Name of the identity that makes the controls, `guest` for none; empty for the entitled one."""
    refuse_only: bool = False
    """Whether no valid key may be sent to the operation; such lanes come last."""
    unbounded: bool = False
    """Whether its mutants may reach more than the run has made; such lanes come last of all."""

    @property
    def variants(self) -> tuple[str, ...]:
        """The body fields that its control carries besides the smallest body."""
        return tuple(dict.fromkeys(probe.variant for probe in self.probes if probe.variant))

    def parts(self) -> list["Lane"]:
        """A lane for each of its variants."""
        return [
            replace(self, probes=tuple(one for one in self.probes if one.variant == name)) for name in self.variants
        ]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a run will judge."""

    probes: tuple[Probe, ...]
    roles: Mapping[str, Identity]
    """Identities by role; no `admin` makes it an observer run."""
    fixtures: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    """Real ids by operation and parameter."""
    profile: Profile = "standard"
    refuse_only: frozenset[str] = frozenset()
    """Operations to which no valid key may be sent."""
    followed: frozenset[str] = frozenset()
    """URL fields that others continue: what those hold must fit them, so they are changed where those are absent."""
    families: tuple[Family, ...] = ()
    permission: Permission = NO_LEAVE

    def lanes(self, selected: Sequence[str]) -> list[Lane]:
        """The lanes of the selected probes, in the plan's order; what is not applicable has none. URL fields share a
        control that carries them all, of which each probe changes one."""
        wanted, lanes = set(selected), dict[tuple[str, bool, str, str, bool], list[Probe]]()
        for probe in self.probes:
            if probe.id in wanted and not probe.not_applicable and not probe.mutant.listens:
                shared = probe.variant and probe.variant not in self.followed and _changes_one(probe)
                operation = probe.base or probe.operation
                key = (
                    operation.name,
                    operation.replaces,
                    "*" if shared else probe.variant,
                    probe.by,
                    probe.mutant.unbounded,
                )
                lanes.setdefault(key, []).append(probe)
        found = [
            Lane(
                probes[0].base or probes[0].operation,
                # What guests are let in to is worth most, and comes before anything that may lock an account.
                tuple(sorted(probes, key=lambda one: not one.mutant.bare)),
                self.fixtures.get(name, {}),
                by,
                name in self.refuse_only,
                unbounded,
            )
            for (name, _, _, by, unbounded), probes in lanes.items()
        ]
        return sorted(found, key=lambda lane: (lane.unbounded, lane.refuse_only))


def _changes_one(probe: Probe) -> bool:
    """Whether the field that its control carries is all that it changes there."""
    return {name for name, _ in probe.mutant.fields} == {probe.variant} and not probe.mutant.without
