"""What is taken for a record of refused attempts."""

import pytest

from harness.engine.leaves import changed
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
