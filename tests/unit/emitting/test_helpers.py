"""What emitted tests make of the envelopes that objects come in."""

from typing import Any

import pytest

from harness.emitting import helpers

ROW = {"id": "7", "name": "a"}


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (ROW, ROW),
        ({"thing": ROW}, ROW),
        ({"thing": ROW, "meta": {"page": 1}}, ROW),
        ({"thing": {"name": "a"}}, {"name": "a"}),
        ({**ROW, "owner": {"id": "1"}}, {**ROW, "owner": {"id": "1"}}),
        ({"one": ROW, "two": ROW}, {"one": ROW, "two": ROW}),
        ({"attributes": ROW, "id": "1"}, {**ROW, "attributes": ROW, "id": "1"}),
        ([ROW], [ROW]),
        (None, None),
    ],
)
def test_an_object_is_taken_out_of_its_envelope(answer: Any, shown: Any) -> None:
    assert scope()["bare"](answer) == shown


def test_an_object_of_json_api_shows_its_fields() -> None:
    inside = {"type": "things", "id": "7", "attributes": {"name": "a"}}
    values = scope()["bare"]({"data": inside, "links": {"self": "/things/7"}})
    assert (values["id"], values["name"]) == ("7", "a")


def scope() -> dict[str, Any]:
    found: dict[str, Any] = {"IDS": ("id", "uuid")}
    exec(f"from __future__ import annotations\n{helpers.MAKING}", found)
    return found
