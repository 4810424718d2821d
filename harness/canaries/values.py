"""Objects that a run made."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model import Json, Proof
from harness.openapi import Unsatisfiable
from harness.resources import Resource


@dataclass(frozen=True, slots=True)
class Canary:
    """An object of this run."""

    resource: str
    id: str
    uri: str
    marker: str
    values: Mapping[str, Json] = field(default_factory=dict)
    """As it was first read."""

    def slots(self, name: str) -> dict[str, Json]:
        """What templates put where they name this canary as `name`."""
        number = int(self.id) if self.id.isdigit() else self.id
        return {f"{name}.id": self.id, f"{name}.number": number, f"{name}.uri": self.uri}


@dataclass(frozen=True, slots=True)
class Made:
    """An object that the run made, as far as an answer told."""

    resource: Resource
    slots: Mapping[str, Json]
    sure: bool
    """Whether the answer left no doubt that the id is that of the object, and not of a job or of something around
    it."""
    seen: bool = False
    """Whether it was read back."""
    gone: bool = False
    """Whether it was seen to be gone when the run itself had removed it."""
    by: str = ""
    """Name of the identity that made it, which may be the only one to read and remove it."""


class NoCanary(Exception):
    """A parent could not be made."""

    def __init__(self, resource: str, proof: Proof) -> None:
        super().__init__(f"no {resource} could be made for it: {proof.reason}")
        self.exchange = proof.exchange


def why_unmade(error: NoCanary | Unsatisfiable, more: str = "") -> str:
    """Why nothing was sent where an object could not be made: for want of a control, or of the budget for one."""
    spent = isinstance(error, NoCanary) and error.exchange is not None and error.exchange.failure == "budget"
    return f"{'budget' if spent else 'control'}: {more}{error}"


def unmade(error: NoCanary | Unsatisfiable) -> Proof:
    """What an object that could not be made proves: nothing, for this reason."""
    return Proof(error.exchange if isinstance(error, NoCanary) else None, False, str(error))
