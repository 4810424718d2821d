"""A path that must never be sent is known in every spelling."""

import pytest

from harness.wire import readings

SPELLINGS = [
    "/admin/shutdown",
    "/admin/shutdown/",
    "/admin/shutdown?x=1",
    "/admin/shutdown#x",
    "//admin//shutdown",
    "/admin/./shutdown",
    "/x/../admin/shutdown",
    "/../admin/shutdown",
    "/%61dmin/shutdown",
    "/admin%2fshutdown",
    "/x/%2e%2e/admin/shutdown",
    "/x/%252e%252e/admin/shutdown",
    "/admin;a=1/shutdown;b",
    "/x/..;/admin/shutdown",
    "/admin\\shutdown",
    "/admin/shutdown%3fx",
    "/admin/shutdown\0.json",
    "/admin/shutdown%00.json",
    "http://127.0.0.1:8000/admin/shutdown",
    "HTTPS://other/x/../admin/shutdown?y",
    "admin/shutdown",
]


@pytest.mark.parametrize("target", SPELLINGS)
def test_every_spelling_is_read(target: str) -> None:
    assert "/admin/shutdown" in readings(target)


@pytest.mark.parametrize("target", ["/admin", "/admin/shutdowns", "/shutdown", "/x?next=/admin/shutdown", "*", ""])
def test_other_paths_are_not(target: str) -> None:
    assert "/admin/shutdown" not in readings(target)
