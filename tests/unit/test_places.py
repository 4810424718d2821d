"""Fields by their place in a body."""

from typing import Any

import pytest

from harness.model import put, shown, shows, taken_out

DEEP = {"data": {"type": "t", "attributes": {"url": "u"}}, "note": "n"}


@pytest.mark.parametrize(
    ("values", "place", "value"),
    [
        ({"url": "u"}, "url", "u"),
        (DEEP, "data.attributes.url", "u"),
        ({"attributes": {"url": "u"}}, "data.attributes.url", "u"),
        ({"id": 1, "url": "u"}, "data.attributes.url", "u"),
        ({"a.b": 1, "a": {"b": 2}}, "a.b", 1),
        ({"url": None}, "file.url", None),
    ],
)
def test_what_was_written_at_a_place_is_shown_with_or_without_what_wraps_it(
    values: dict[str, Any], place: str, value: Any
) -> None:
    assert shows(values, place)
    assert shown(values, place) == value


@pytest.mark.parametrize("values", [{}, {"file": "u"}, {"file": {"name": "u"}}, {"other": {"url": "u"}}])
def test_what_is_not_shown(values: dict[str, Any]) -> None:
    assert not shows(values, "file.url")
    assert shown(values, "file.url") is None


def test_a_field_is_put_and_taken_out_where_it_lies() -> None:
    assert put({}, "a.b.c", 1) == {"a": {"b": {"c": 1}}}
    assert put(DEEP, "data.attributes.sig", 1)["data"] == {"type": "t", "attributes": {"url": "u", "sig": 1}}
    assert put({"a": "text"}, "a.b", 1) == {"a": {"b": 1}}
    assert put({"a.b": 0}, "a.b", 1) == {"a.b": 1}
    assert taken_out(DEEP, "data.attributes.url") == {"data": {"type": "t", "attributes": {}}, "note": "n"}
    assert taken_out(DEEP, "note") == {"data": DEEP["data"]}
    assert taken_out(DEEP, "note.x") == DEEP
