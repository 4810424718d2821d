"""From members to a row of the second API: each field, then the pair of links, then the URLs (400)."""

from harness.demo.builds import Build
from harness.demo.resources import RELEASE_FILE, Field, Resource, Row, Value
from harness.demo.store import Condition, Store
from harness.demo.v2.bodies import Sent
from harness.demo.v2.replies import WHOLE, invalid
from harness.demo.v2.values import Unfit, stored


class Serializer:
    """Makes the rows of one build."""

    def __init__(self, build: Build, store: Store) -> None:
        self._build = build
        self._store = store

    def row(self, resource: Resource, sent: Sent, before: Row | None, *, partial: bool) -> dict[str, Value]:
        """The whole row, without its number: a new one, or `before` with changes. 400 with every fault of one stage."""
        values: dict[str, Value] = {}
        faults: dict[str, list[str]] = {}
        for field in resource.fields:
            try:
                if _is_sent(field, sent, partial):
                    values[field.column] = self._value(resource, field, sent, before)
            except Unfit as unfit:
                faults[field.name] = [str(unfit)]
        if faults:
            raise invalid(faults)
        made = {field.column: field.initial if before is None else before[field.column] for field in resource.fields}
        made |= values
        if resource is RELEASE_FILE:
            self._refuse_a_taken_pair(made, before)
        if faults := self._build.urls.complaints(resource, made, before):
            raise invalid(faults)
        return made

    def _value(self, resource: Resource, field: Field, sent: Sent, before: Row | None) -> Value:
        value = stored(field, sent.members.get(field.name, "false"), self._store)
        taken = Condition(f"{field.column} = ? AND id <> ?", (value, before["id"] if before else 0))
        if field.unique and self._store.count(resource, taken):
            raise Unfit(f"{resource.model} with this {field.name} already exists.")
        return value

    def _refuse_a_taken_pair(self, made: Row, before: Row | None) -> None:
        # The service's validator forgets to ask whether the new file is meant for the button, of which there is one.
        pair = (made["os_id"], made["release_id"])
        if before is not None and pair == (before["os_id"], before["release_id"]):
            return
        taken = "download_button AND os_id = ? AND release_id = ? AND id <> ?"
        if self._store.count(RELEASE_FILE, Condition(taken, (*pair, before["id"] if before else 0))):
            raise invalid({WHOLE: ["The fields os, release must make a unique set."]})


def _is_sent(field: Field, sent: Sent, partial: bool) -> bool:
    """Whether there is a value to look at. In a whole form, a box that is not ticked says false."""
    if field.name in sent.members:
        return True
    if partial:
        return False
    if field.required:
        raise Unfit("This field is required.")
    return sent.form and field.kind == "boolean"
