"""Proofs in templates: where a request carries what lets its sender in, by the target's `protected:`."""

from collections.abc import Callable
from dataclasses import replace

from harness.config import Guarded, Target, any_of, matches
from harness.model import Operation
from harness.openapi import Unsatisfiable
from harness.resources.graph import Template

_STAND_IN = "0proof0"
"""Holds the place of a proof in a path while the rest of it is written."""


def guarded(operation: Operation, target: Target) -> Guarded | None:
    """What the target file says of the proof that an operation asks for; None where it names none."""
    words = (one for one in target.protected if one.proof)
    return next((one for one in words if matches(one.operation, operation.method, operation.path)), None)


def proof_alone(operation: Operation, target: Target) -> bool:
    """Whether nothing but a proof guards an operation: the document asks for no credential, or the target file says
    that guests may do it."""
    if guarded(operation, target) is None:
        return False
    listed = any_of(target.public or (), operation)
    return listed or not operation.declared_guarded


def with_proof(operation: Operation, target: Target, make: Callable[[Operation], Template]) -> Template:
    """The template of a write as `make` gives it, with a slot where its proof belongs, if it asks for one.

    Raises Unsatisfiable where nothing would tell a real proof.
    """
    words = guarded(operation, target)
    if words is None or words.proof is None:
        return make(operation)
    place, _, name = words.proof.partition(".")
    aimed = replace(operation, path=operation.path.replace(f"{{{name}}}", _STAND_IN)) if place == "path" else operation
    made = make(aimed)
    if words.from_ is None or made.where in ("list", "create"):
        return _known(made, words.proof, name)
    path, body = made.path.replace(_STAND_IN, "{self.proof}"), made.body
    if place == "body":
        body = {**(body or {}), name: "{self.proof}"}
    source = words.from_.operation, words.from_.value
    return replace(made, operation=operation, path=path, body=body, proof=words.proof, proof_from=source)


def _known(made: Template, place: str, name: str) -> Template:
    """A template whose proof the target file tells itself, under `body:`."""
    said = (made.body or {}).get(name) if place.startswith("body.") else None
    if not isinstance(said, str) or "{" in said:
        raise Unsatisfiable(f"{place}: nothing tells a proof that lets in; say under `protected` what does, by `from`")
    return replace(made, proof=place, proof_known=said)
