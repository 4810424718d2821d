"""Objects compared leaf by leaf: what counts as a change, and what is only a record of refused attempts."""

import pytest

from harness.engine.lanes.leaves import changed, switched
from harness.model import Json

REFUSED: Json = {"who": "guest", "status": 401}
DONE: Json = {"who": "boss", "status": 200}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"refused": []}, {"refused": [{"who": "guest"}]}, set()),
        ({"audit_trail": [DONE]}, {"audit_trail": [DONE, DONE]}, set()),
        ({"history": [DONE]}, {"history": [DONE, REFUSED]}, set()),
        ({"meta": {"log": []}}, {"meta": {"log": [{"text": "PATCH by guest: denied"}]}}, set()),
        ({"history": []}, {"history": [DONE]}, {".history.0.who", ".history.0.status"}),
        ({"comments": []}, {"comments": [{"text": "denied"}]}, {".comments.0.text"}),
        ({"attempts": []}, {"attempts": ["x"]}, {".attempts.0"}),
        ({"refused": False}, {"refused": True}, {".refused"}),
        ({"refused": [], "published": False}, {"refused": [REFUSED], "published": True}, {".published"}),
    ],
)
def test_growth(before: Json, after: Json, found: set[str]) -> None:
    assert changed(before, after) == found


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (False, True, True),
        (None, "published", True),
        ("draft", "published", True),
        ("an old text", "published", False),
        ("draft", "a new text", False),
        (1, 2, False),
        (None, "2026-01-01T00:00:00Z", False),
    ],
)
def test_a_switch_goes_between_few_values(before: Json, after: Json, found: bool) -> None:
    assert switched(".a", {"a": before}, {"a": after}) is found
