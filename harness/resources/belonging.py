"""Whose an operation is that stands neither on a list nor on an item: the resource of which it does something."""

from collections.abc import Sequence

from harness.config import Target
from harness.model import Operation
from harness.resources.graph import Resource
from harness.resources.links import own_ids
from harness.resources.paths import PARAMETER, shape
from harness.resources.proofs import guarded
from harness.resources.schemas import resolved


class Belonging:
    """The resources of a document, by where they stand. Where several may be meant, the first of them counts."""

    def __init__(self, resources: Sequence[Resource], target: Target) -> None:
        self._resources = resources
        self._target = target
        self._lists: dict[str, list[Resource]] = {}
        self._items: dict[str, tuple[int, Resource]] = {}
        for rank, one in enumerate(resources):
            self._lists.setdefault(shape(one.list_path), []).append(one)
            self._items.setdefault(shape(one.item_path), (rank, one))

    def of(self, operation: Operation) -> Resource | None:
        """The resource of an operation; None where there is none."""
        return self._named_in_body(operation) or self._above(operation) or self._proved(operation)

    def _named_in_body(self, operation: Operation) -> Resource | None:
        """By an operation below a list that says in its body which objects of the list it is for."""
        above, _, word = shape(operation.path).rpartition("/")
        if not operation.writes or "{" in word:
            return None
        beside = (one for one in self._lists.get(above, ()) if one.creators)
        return next((one for one in beside if own_ids(one, resolved(operation.body_schema))), None)

    def _above(self, operation: Operation) -> Resource | None:
        """By an item below which its path goes on."""
        segments = shape(operation.path).split("/")
        paths = ("/".join(segments[:end]) for end in range(1, len(segments)))
        above = [self._items[one] for one in paths if one in self._items]
        return min(above, key=lambda one: one[0])[1] if above else None

    def _proved(self, operation: Operation) -> Resource | None:
        """By the proof alone that an operation asks for, as `POST /password/reset` by the code that the account was
        made with."""
        words = guarded(operation, self._target)
        if not words or not words.from_ or not operation.writes or PARAMETER.search(operation.path):
            return None
        source = words.from_.operation
        return next((one for one in self._resources if source in {it.name for it in one.creators}), None)
