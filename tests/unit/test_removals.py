"""How an object says that it was removed."""

import pytest

from harness.model import Json
from harness.removals import marked_removed


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"deleted": False}, {"deleted": True}, True),
        ({}, {"is_deleted": True}, True),
        ({"isArchived": 0}, {"isArchived": 1}, True),
        ({"deleted": True}, {"deleted": True}, False),
        ({"deleted_at": None}, {"deleted_at": "2026-01-01"}, True),
        ({"deletedAt": "2026-01-01"}, {"deletedAt": None}, False),
        ({"status": "live"}, {"status": "Archived"}, True),
        ({"release_status": "live"}, {"release_status": "removed"}, True),
        ({"status": "draft"}, {"status": "published"}, False),
        ({"title": "a"}, {"title": "deleted"}, False),
        ({"active": True}, {"active": False}, True),
        ({}, {"active": False}, False),
        ({"published": False}, {"published": True}, False),
    ],
)
def test_marks(before: dict[str, Json], after: dict[str, Json], found: bool) -> None:
    assert marked_removed(before, after) is found
